package main

import (
	"os"
	"testing"
)

func TestVariablesOfTheDriverAreForgotten(t *testing.T) {
	for _, name := range []string{"PGSERVICE", "PGPASSFILE", "PGHOST"} {
		t.Setenv(name, "stray")
	}
	t.Setenv("MIGRATEIQ_VAR_KEPT", "kept")
	if err := forgetDriver(os.Environ()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"PGSERVICE", "PGPASSFILE", "PGHOST"} {
		if got, ok := os.LookupEnv(name); ok {
			t.Errorf("%s: got %q, want nothing", name, got)
		}
	}
	if got := os.Getenv("MIGRATEIQ_VAR_KEPT"); got != "kept" {
		t.Errorf("another variable: got %q", got)
	}
}
