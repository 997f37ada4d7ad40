package rego

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

// storeOf holds the data of all sources beside parameters, waivers and lock.
func storeOf(all []Source, r Rules) storage.Store {
	data := map[string]any{}
	for _, s := range all {
		maps.Copy(data, s.data)
	}
	data["params"], data["waivers"], data["lock"] = orEmpty(r.Params), r.Waivers, r.Lock
	if r.Waivers == nil {
		data["waivers"] = []any{}
	}
	return inmem.NewFromObjectWithOpts(data, inmem.OptReturnASTValuesOnRead(true))
}

func orEmpty(p Params) any {
	if p == nil {
		return map[string]any{}
	}
	return p
}

type preparer struct {
	compiler *ast.Compiler
	store    storage.Store
	natives  []native
}

func (p preparer) prepare(ctx context.Context, query string) (opa.PreparedEvalQuery, error) {
	options := []func(*opa.Rego){opa.Query(query), opa.Compiler(p.compiler), opa.Store(p.store),
		opa.Capabilities(capabilities()), opa.StrictBuiltinErrors(true)}
	for _, n := range p.natives {
		options = append(options, n.option())
	}
	q, err := opa.New(options...).PrepareForEval(ctx)
	if err != nil {
		return opa.PreparedEvalQuery{}, fmt.Errorf("prepare the rules: %w", err)
	}
	return q, nil
}

// questions makes a question of each pack, two of core, and one of each source of own rules.
func (p preparer) questions(ctx context.Context, r Rules, lib Source) ([]question, error) {
	packages := map[string][]string{}
	for _, c := range controlsOf(lib) {
		packages[c.Framework] = append(packages[c.Framework], c.Package)
	}
	if err := r.check(slices.Sorted(maps.Keys(packages))); err != nil {
		return nil, err
	}
	var out []question
	for _, pack := range r.packs() {
		for _, some := range sideBySide(packages[pack.Name]) {
			q := question{name: pack.Name, advisory: pack.Advisory, packages: some}
			var parts []string
			for _, pkg := range some {
				parts = append(parts, fmt.Sprintf("%q: %s.results", pkg, pkg))
			}
			var err error
			if q.query, err = p.prepare(ctx, "answer := {"+strings.Join(parts, ", ")+"}"); err != nil {
				return nil, err
			}
			out = append(out, q)
		}
	}
	for _, s := range r.Own {
		q, err := p.own(ctx, s)
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}

// sideBySide splits the controls of a pack into those that are asked together, as they share what they look up, and
// CORE-01, which holds the whole document against its schema and takes as long as all others of its pack.
func sideBySide(packages []string) [][]string {
	const whole = "data.migrateiq.packs.core.core_01"
	if !slices.Contains(packages, whole) {
		return [][]string{packages}
	}
	rest := slices.DeleteFunc(slices.Clone(packages), func(p string) bool { return p == whole })
	return [][]string{{whole}, rest}
}

// own asks the rules of a source: those named results, and those that conftest would run.
func (p preparer) own(ctx context.Context, s Source) (question, error) {
	q := question{name: s.Name, own: true, advisory: s.Advisory}
	var parts []string
	for _, entry := range entries(s) {
		level := "deny"
		if strings.HasPrefix(entry.rule, "warn") {
			level = "warn"
		}
		q.packages = append(q.packages, entry.String())
		control, err := json.Marshal(strings.TrimPrefix(entry.String(), "data."))
		if err != nil {
			return question{}, err
		}
		parts = append(parts, fmt.Sprintf("%q: data.migrateiq.lib.own.of(%s, %q, %s)", entry, control, level, entry))
	}
	if len(parts) == 0 {
		return question{}, fmt.Errorf("the rules of %q have none named results, deny, violation or warn, so they decide nothing", s.Name)
	}
	var err error
	q.query, err = p.prepare(ctx, "answer := {"+strings.Join(parts, ", ")+"}")
	return q, err
}

type entry struct {
	pkg  ast.Ref
	rule string
}

func (e entry) String() string { return e.pkg.Append(ast.StringTerm(e.rule)).String() }

// entries finds the rules of a source that decide. Functions of such a name do not.
func entries(s Source) []entry {
	found := map[string]entry{}
	for _, m := range s.modules {
		for _, r := range m.Rules {
			name, plain := r.Head.Ref()[0].Value.(ast.Var)
			if !plain || !decides(string(name)) || len(r.Head.Args) > 0 {
				continue
			}
			e := entry{m.Package.Path, string(name)}
			found[e.String()] = e
		}
	}
	var out []entry
	for _, k := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[k])
	}
	return out
}

func decides(name string) bool {
	for _, n := range []string{"deny", "violation", "warn"} {
		if name == n || strings.HasPrefix(name, n+"_") {
			return true
		}
	}
	return name == "results"
}
