package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// validates FILE holds a document of plan --json against the published schema.
func validates(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: validates FILE")
	}
	schema, err := planSchema()
	ts.Check(err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	err = schema.Validate(doc)
	if err != nil && !neg {
		ts.Fatalf("%s does not keep to the schema: %v", args[0], err)
	}
	if err == nil && neg {
		ts.Fatalf("%s keeps to the schema, and should not", args[0])
	}
	if top, ok := doc.(map[string]any); ok && !neg && top["policy_input"] != nil {
		schema, err := inputSchema()
		ts.Check(err)
		if err := schema.Validate(top["policy_input"]); err != nil {
			ts.Fatalf("the policy_input of %s does not keep to its schema: %v", args[0], err)
		}
	}
}

// inputSchema is the schema of the document that policies see.
func inputSchema() (*jsonschema.Schema, error) { return schemaOf("policy-input.schema.json") }

func planSchema() (*jsonschema.Schema, error) { return schemaOf("plan.schema.json") }

func schemaOf(name string) (*jsonschema.Schema, error) {
	raw, err := os.ReadFile(filepath.Join(repository, "docs", "reference", name))
	if err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		return nil, err
	}
	return c.Compile(name)
}

// The schema is written by hand; this holds every member of the plan's structs against it, and which may be left out.
func TestTheSchemaHasEveryMemberOfThePlan(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(repository, "docs", "reference", "plan.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var top node
	if err := json.Unmarshal(raw, &top); err != nil {
		t.Fatal(err)
	}
	compare(t, top, "plan", top.resolve(top.Properties["plan"]), reflect.TypeFor[plan.Plan](), map[reflect.Type]bool{})
	verdict := top.resolve(*top.Properties["verdicts"].Items)
	compare(t, top, "verdict", verdict, reflect.TypeFor[policy.Verdict](), map[reflect.Type]bool{})
}

// node is as much of a JSON Schema as the comparison needs.
type node struct {
	Ref        string          `json:"$ref"`
	Defs       map[string]node `json:"$defs"`
	Properties map[string]node `json:"properties"`
	Required   []string        `json:"required"`
	Items      *node           `json:"items"`
}

func (top node) resolve(n node) node {
	if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
		return top.Defs[name]
	}
	return n
}

func compare(t *testing.T, top node, at string, n node, typ reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ.Kind() == reflect.Slice && n.Items != nil {
		compare(t, top, at+"[]", top.resolve(*n.Items), typ.Elem(), seen)
		return
	}
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() || seen[typ] {
		return
	}
	seen[typ] = true
	have := map[string]bool{}
	for i := range typ.NumField() {
		name, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		have[name] = true
		member, ok := n.Properties[name]
		if !ok {
			t.Errorf("the schema lacks %s.%s", at, name)
			continue
		}
		if required := slices.Contains(n.Required, name); required == strings.Contains(options, "omitempty") {
			t.Errorf("%s.%s: the schema requires it: %v; the document may leave it out: %v", at, name, required, !required)
		}
		compare(t, top, at+"."+name, top.resolve(member), typ.Field(i).Type, seen)
	}
	for name := range n.Properties {
		if !have[name] {
			t.Errorf("the schema has %s.%s, and the plan has not", at, name)
		}
	}
}
