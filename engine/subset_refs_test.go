package engine_test

import (
	"testing"
)

// A mapping that refers to another brings it along, or goes by the keys that its last run remembered; one that others refer
// to remembers its keys though these are left out.
func TestASubsetFollowsRefs(t *testing.T) {
	for _, to := range []string{"sqlite", "postgres"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			f := twoEnds(t, to, twinMapping+"output \"a\" { value = mapping.a.rows_written }\noutput \"b\" { value = mapping.b.rows_written }\n")
			sqliteRun(t, f.path("source.db"), twinSource)
			holds(t, f.exits(1, "plan", "--exclude=mapping.a"), "mapping.b needs mapping.a (ref a)")
			holds(t, f.exits(0, "plan", "--target=mapping.b"), "mapping.a is planned too: mapping.b needs it (ref a).", "2 to create")

			f.apply("--target=mapping.a") // its keys are remembered, though what refers to it is left out
			f.apply("--exclude=mapping.a")
			f.settled()

			sqliteRun(t, f.path("source.db"), "INSERT INTO a VALUES (3,'new'); INSERT INTO b VALUES (4,3,'n'),(5,1,'o')")
			f.apply("--target=mapping.a")
			holds(t, f.exits(0, "plan", "--exclude=mapping.a"), "its rows stand as the last run left them", "1 to upsert", "0 to reload")
			f.apply("--exclude=mapping.a")
			f.settled()

			f.edit("main.miq.hcl", "src.id + 100", "src.id + 200") // the owner's keys change, and it is left out: what stands counts
			holds(t, f.exits(0, "plan", "--exclude=mapping.a"), "No changes.")
			holds(t, f.exits(0, "plan", "--target=mapping.a"), "mapping.b refers to its rows by a and is left out")
			out := f.exits(0, "plan")
			holds(t, out, "2 to reload", "B115")
			f.apply()
			f.settled()
		})
	}
}

// Where nobody referred to a mapping when it was loaded, its keys are not there to be found.
func TestASubsetWantsKeysThatAreRemembered(t *testing.T) {
	for _, to := range []string{"sqlite", "postgres"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			f := twoEnds(t, to, twinMapping)
			config := f.read("main.miq.hcl")
			f.edit("main.miq.hcl", "  ref \"a\" {\n    mapping = mapping.a\n    on      = \"src.a\"\n  }\n", "")
			sqliteRun(t, f.path("source.db"), twinSource)
			f.apply("--target=mapping.a")
			f.write("main.miq.hcl", config)
			holds(t, f.exits(1, "plan", "--exclude=mapping.a"), "did not remember its keys")
			f.apply("--target=mapping.b")
			f.settled()
		})
	}
}
