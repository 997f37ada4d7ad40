package packs_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

// mutable are the paths to take away from a rule: what its tree reads, what its annotation declares, and all that holds
// those. Members of a list are no fact of their own, so none ends with `*`.
func mutable(r *reader, c rego.Control) []string {
	paths, _ := r.reads(c.Package, "results")
	for _, fact := range slices.Concat(c.Scope, c.Facts) {
		paths = append(paths, strings.ReplaceAll(fact, "?", ""))
	}
	all := map[string]bool{}
	for _, p := range paths {
		if whole(p) {
			continue
		}
		steps := stepsOf(p)
		for n := range steps {
			if steps[n] != "*" {
				all[strings.Join(steps[:n+1], ".")] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// open are the subjects that a rule does not let through.
func open(all []answer) map[string]bool {
	out := map[string]bool{}
	for _, a := range all {
		if a.Status == "fail" || a.Status == "undecidable" {
			out[a.Subject.ID] = true
		}
	}
	return out
}

// loosened tells how a verdict became better, or went away, by a change that took something away. "" is not at all.
func loosened(before, after []answer) string {
	still := open(after)
	if still["plan"] || slices.Equal(statuses(after), []string{"undecidable"}) { // though it be by another name
		return ""
	}
	for id := range open(before) {
		if !still[id] {
			return id + " is no longer open"
		}
	}
	if found := statuses(after); !slices.Equal(statuses(before), found) && slices.Equal(found, []string{"not_applicable"}) {
		return "nothing falls under it any longer"
	}
	return ""
}

// answers are facts that may be null, where null is a better answer than the one in a document of the tests, and why.
var answers = map[string]string{
	"CORE-02 engine.policy_bundles.*.expires": "a bundle without a date does not end",
	"GDPR-22 quality.quarantine.system":       "nothing lies open in a quarantine that is not there",
	"NHS-28/O anonymity.l":                    "who claims no spread need not show one",
	"PCI-03 quality.quarantine.system":        "nothing lies open in a quarantine that is not there",
	"SOX-09 fields.*.type.scale":              "a decimal without a scale takes every scale",
}

// asked says that TestARuleWithoutAFactThatItNeedsCannotDecide takes the path away from the same documents: it is a fact,
// and null is no answer to it.
func asked(c rego.Control, path, how string) bool {
	all := slices.Concat(c.Scope, c.Facts)
	return slices.Contains(all, path) || slices.Contains(all, path+"?") && how == "without"
}

func TestNothingIsLetThroughForWhatIsNotThere(t *testing.T) {
	r := readerOf(laboratoryOf(t).compiler.Modules)
	paths := map[string][]string{}
	for _, c := range controls(t) {
		paths[c.Name()] = mutable(r, c)
	}
	each(t, func(t *testing.T, l laboratory, c rego.Control) {
		docs, failing := l.documents(t, c.Package)
		maps.Copy(docs, failing)
		q := l.query(t, c.Package+".results")
		used := map[string]bool{}
		for name, doc := range docs {
			before, err := ask(q, doc)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range paths[c.Name()] {
				for how, to := range map[string]change{"without": gone, "null": null} {
					if asked(c, p, how) {
						continue
					}
					less, n := changed(doc, stepsOf(p), "", to)
					if n == 0 {
						continue
					}
					after, err := ask(q, less)
					if err != nil {
						t.Errorf("%s, %s %s: %v", name, how, p, err)
						continue
					}
					found := loosened(before, after)
					if is := c.Name() + " " + p; found != "" && how == "null" && answers[is] != "" {
						used[is] = true
					} else if found != "" {
						t.Errorf("%s: %s, %s %s: %s: %v, was %v", c.Name(), name, how, p, found, statuses(after), statuses(before))
					}
				}
			}
		}
		for is := range answers {
			if strings.HasPrefix(is, c.Name()+" ") && !used[is] {
				t.Errorf("null as %s lets nothing through; take it off the list", is)
			}
		}
	})
}

// CORE-01 reads all of the document: nothing of it can be gone.
func TestADocumentIsWholeOrDoesNotPass(t *testing.T) {
	l := laboratoryOf(t)
	q := l.query(t, "data.migrateiq.packs.core.core_01.results")
	doc, taken := l.ask(t, "data.migrateiq.fixtures.document"), 0
	for _, p := range members(reflect.TypeFor[policy.Input](), "") {
		less, n := changed(doc, stepsOf(p), "", gone)
		if n == 0 {
			continue
		}
		taken++
		if got, err := ask(q, less); err != nil || slices.Contains(statuses(got), "pass") {
			t.Errorf("without %s: got %v, error %v", p, statuses(got), err)
		}
	}
	if taken < 200 {
		t.Errorf("only %d members were taken away", taken)
	}
}

// members are the paths of all members of a kind of value, with `*` for those of lists and of objects without fixed names.
func members(in reflect.Type, below string) (all []string) {
	switch in.Kind() {
	case reflect.Pointer:
		return members(in.Elem(), below)
	case reflect.Slice, reflect.Map:
		return members(in.Elem(), join(below, "*"))
	case reflect.Struct:
		for i := range in.NumField() {
			if name := in.Field(i).Tag.Get("json"); name != "" {
				all = append(all, join(below, name))
				all = append(all, members(in.Field(i).Type, join(below, name))...)
			}
		}
	}
	return all
}
