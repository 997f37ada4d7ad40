package packs_test

import (
	"flag"
	"os"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

var update = flag.Bool("update", false, "write the reference anew")

func TestReference(t *testing.T) {
	const page = "../../docs/reference/policy.md"
	bundle, err := packs.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	want, err := rego.Reference(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("%s is not what the rules say (error %v); write it with go test ./policy/packs -run Reference -update", page, err)
	}
}

// The names in Go are those of the rules.
func TestNamesAreThoseOfTheRules(t *testing.T) {
	var have []string
	for _, c := range controls(t) {
		if n := len(have); n == 0 || have[n-1] != c.Framework {
			have = append(have, c.Framework)
		}
	}
	if want := packs.Names(); len(have) != len(want) {
		t.Fatalf("the rules are of %v, the names are %v", have, want)
	}
	for i, n := range packs.Names() {
		if have[i] != n {
			t.Errorf("pack %d: got %s, want %s", i, have[i], n)
		}
	}
}
