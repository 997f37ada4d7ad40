package packs_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

// spelled gives a path as the document has it: with `*` for the names of members that are not fixed. ok is false where the
// document has no such member.
func spelled(path string) (out string, null, ok bool) {
	var steps []string
	in := reflect.TypeFor[policy.Input]()
	for _, s := range strings.Split(path, ".") {
		if in.Kind() == reflect.Pointer {
			in = in.Elem()
		}
		null = false
		switch in.Kind() {
		case reflect.Struct:
			next, has := memberOf(in, s)
			if !has {
				return "", false, false
			}
			in = next
		case reflect.Slice, reflect.Map:
			in, s = in.Elem(), "*"
		default:
			return "", false, false
		}
		steps = append(steps, s)
		null = in.Kind() == reflect.Pointer
	}
	return strings.Join(steps, "."), null, true
}

// memberOf is the kind of a member. That of `*`, which is each, is that of the first, as rules ask it of members alike.
func memberOf(in reflect.Type, name string) (reflect.Type, bool) {
	if in == reflect.TypeFor[time.Time]() {
		return nil, false
	}
	for i := range in.NumField() {
		if f := in.Field(i); name == "*" || f.Tag.Get("json") == name {
			return f.Type, true
		}
	}
	return nil, false
}

// declares says whether the facts of a control answer for a path: it is one of them, holds one of them, or is each member
// of one of them.
func declares(c rego.Control, path string) bool {
	return slices.ContainsFunc(slices.Concat(c.Scope, c.Facts), func(fact string) bool {
		fact = strings.ReplaceAll(fact, "?", "")
		rest, below := strings.CutPrefix(path, fact)
		return path == fact || strings.HasPrefix(fact, path+".") || below && strings.Trim(rest, ".*") == ""
	})
}

// whole is the document. CORE-01 alone reads all of it, to hold it against its schema; others hand it on.
func whole(path string) bool { return path == "" || path == "*" }

func TestAnAnnotationDeclaresWhateverItsRuleReads(t *testing.T) {
	r := readerOf(laboratoryOf(t).compiler.Modules)
	for _, c := range controls(t) {
		paths, odd := r.reads(c.Package, "results")
		for _, o := range odd {
			t.Errorf("%s cannot be followed: %s", c.Name(), o)
		}
		if slices.Contains(paths, "*") && c.ID != "CORE-01" {
			t.Errorf("%s reads the whole document", c.Name())
		}
		for _, p := range paths {
			if whole(p) || c.ID == "CORE-01" {
				continue
			}
			if full, _, ok := spelled(p); !ok {
				t.Errorf("%s reads %s, which no document has", c.Name(), p)
			} else if !declares(c, full) {
				t.Errorf("%s reads %s, and its annotation does not say so", c.Name(), full)
			}
		}
	}
}
