package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
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
}

func planSchema() (*jsonschema.Schema, error) {
	raw, err := os.ReadFile(filepath.Join(repository, "docs", "reference", "plan.schema.json"))
	if err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("plan.schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("plan.schema.json")
}
