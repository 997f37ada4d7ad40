package packs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

func files(t *testing.T, want func(string) bool) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir("bundle", func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".rego") && want(p) {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, p string) string {
	t.Helper()
	text, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// modules parses the rules, their tests and what the tests need.
func modules(t *testing.T) map[string]*ast.Module {
	t.Helper()
	out := map[string]*ast.Module{}
	for _, p := range files(t, func(string) bool { return true }) {
		m, err := ast.ParseModuleWithOpts(p, read(t, p), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			t.Fatal(err)
		}
		out[p] = m
	}
	return out
}

// documents gives the data of the bundle, fixtures among it.
func documents(t *testing.T) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, name := range []string{"params", "reference", "schema", "fixtures"} {
		var v any
		if err := json.Unmarshal([]byte(read(t, "bundle/migrateiq/"+name+"/data.json")), &v); err != nil {
			t.Fatal(err)
		}
		all[name] = v
	}
	return map[string]any{"migrateiq": all}
}

// laboratory evaluates single rules on documents, tests of rules included.
type laboratory struct {
	compiler *ast.Compiler
	store    storage.Store
	asked    *sync.Map // prepared, by the text of the query
	cases    *sync.Map // documents of the tests of a rule, by their package
}

type cases struct{ passing, failing map[string]*ast.Term }

// shared is one for all tests, as it takes seconds to make.
var shared struct {
	once sync.Once
	laboratory
}

func laboratoryOf(t *testing.T) laboratory {
	t.Helper()
	shared.once.Do(func() { shared.laboratory = newLaboratory(t) })
	if shared.compiler == nil {
		t.Fatal("the rules could not be read by the first test that needed them")
	}
	return shared.laboratory
}

func newLaboratory(t *testing.T) laboratory {
	t.Helper()
	c := ast.NewCompiler()
	if c.Compile(modules(t)); c.Failed() {
		t.Fatal(c.Errors)
	}
	data := documents(t)
	fixtures := data["migrateiq"].(map[string]any)["fixtures"].(map[string]any)
	data["params"], data["waivers"] = fixtures["params"], []any{}
	return laboratory{c, inmem.NewFromObjectWithOpts(data, inmem.OptReturnASTValuesOnRead(true)), &sync.Map{}, &sync.Map{}}
}

func (l laboratory) query(t *testing.T, q string) opa.PreparedEvalQuery {
	t.Helper()
	if p, known := l.asked.Load(q); known {
		return p.(opa.PreparedEvalQuery)
	}
	p, err := opa.New(opa.Query("answer := "+q), opa.Compiler(l.compiler), opa.Store(l.store), opa.StrictBuiltinErrors(true)).
		PrepareForEval(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	l.asked.Store(q, p)
	return p
}

// documents are those of a rule's tests: the one that passes, others that do, and those that fail, by name.
func (l laboratory) documents(t *testing.T, pkg string) (passing, failing map[string]*ast.Term) {
	t.Helper()
	if known, ok := l.cases.Load(pkg); ok {
		c := known.(cases)
		return maps.Clone(c.passing), maps.Clone(c.failing)
	}
	tests := pkg + "_test"
	one := l.ask(t, tests+".passing")
	passing, failing = map[string]*ast.Term{"passing": one}, map[string]*ast.Term{}
	for name, into := range map[string]map[string]*ast.Term{"also_passing": passing, "failing": failing} {
		all := l.ask(t, fmt.Sprintf("{name: json.patch(%[1]s.passing, patch) | some name, patch in %[1]s.%[2]s}", tests, name))
		all.Value.(ast.Object).Foreach(func(k, doc *ast.Term) { into[string(k.Value.(ast.String))] = doc })
	}
	l.cases.Store(pkg, cases{maps.Clone(passing), maps.Clone(failing)})
	return passing, failing
}

func (l laboratory) ask(t *testing.T, query string) *ast.Term {
	t.Helper()
	rs, err := l.query(t, query).Eval(context.Background())
	if err != nil || len(rs) != 1 {
		t.Fatalf("%s: got %v, error %v", query, rs, err)
	}
	v, err := ast.InterfaceToValue(rs[0].Bindings["answer"])
	if err != nil {
		t.Fatal(err)
	}
	return ast.NewTerm(v)
}

type answer struct {
	Status  string
	Subject struct{ ID string }
}

func ask(q opa.PreparedEvalQuery, doc *ast.Term) ([]answer, error) {
	rs, err := q.Eval(context.Background(), opa.EvalParsedInput(doc.Value))
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(rs[0].Bindings["answer"])
	if err != nil {
		return nil, err
	}
	var out []answer
	return out, json.Unmarshal(text, &out)
}
