package packs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaOf is the schema of the document as CORE-01 reads it, without the names that only tools for schemas need.
func schemaOf(t *testing.T) []byte {
	t.Helper()
	text, err := policy.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	delete(schema, "$schema")
	out, err := json.MarshalIndent(map[string]any{"input": schema}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func TestTheSchemaOfThePacksIsThatOfTheDocument(t *testing.T) {
	const name = "bundle/migrateiq/schema/data.json"
	want := schemaOf(t)
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, name); got != string(want) {
		t.Errorf("%s is not what policy.Schema gives; go test ./policy/packs -run Schema -update writes it", name)
	}
}

// The document that the tests of the rules begin with could be one of the program's.
func TestTheDocumentOfTheFixturesIsADocument(t *testing.T) {
	text, err := policy.Schema()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("input.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("input.json")
	if err != nil {
		t.Fatal(err)
	}
	fixtures := documents(t)["migrateiq"].(map[string]any)["fixtures"].(map[string]any)
	if err := schema.Validate(fixtures["document"]); err != nil {
		t.Errorf("the document of the fixtures: %v", err)
	}
}
