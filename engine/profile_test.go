package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// publication moves ages, sexes and diagnoses, in groups of two, three and one.
const publication = `
migrateiq {
  policy "clinic" { source = "./rules" }
  policy "nhs" { mode = "advisory" }
}
governance {
  anonymity {
    claim             = "anonymised"
    release           = "public"
    quasi_identifiers = [%s]
    k                 = 2
    l                 = 2
  }
}
source "sqlite" "shop" { path = "shop.db" }
target "sqlite" "new" { path = "new.db" }
mapping "person" {
  from {
    source = source.sqlite.shop
    table  = "person"
    where  = %q
  }
  to {
    target = target.sqlite.new
    table  = "person"
    key    = ["id"]
  }
  field "id" {
    from     = "id"
    classify = ["none"]
  }
  field "age" {
    from     = "age"
    classify = ["personal"]
  }
  field "sex" {
    from     = "sex"
    classify = ["personal"]
  }
  field "diagnosis" {
    from     = "diagnosis"
    classify = [%q]
  }
}
`

const profiled = `package clinic

warn contains sprintf("measured k %v l %v pan %v", [input.run.profile.k, input.run.profile.l, input.run.profile.pan_hits]) if input.phase == "verify"
`

func TestGroupsOfTheResultAreMeasured(t *testing.T) {
	for name, c := range map[string]struct {
		qi, where, class, want string
	}{
		"groups of two and three":                       {`"age", "sex"`, "src.id < 6", "health", "measured k 2 l 1 pan null"},
		"a null is a group, and a value":                {`"age", "sex"`, "src.id < 3 || src.id > 5", "health", "measured k 1 l 1 pan null"},
		"by one field":                                  {`"age"`, "src.id < 6", "health", "measured k 2 l 1 pan null"},
		"by an address":                                 {`"mapping.person.field.sex"`, "src.id < 6", "health", "measured k 2 l 1 pan null"},
		"of one group, values and a null":               {`"age"`, "src.id >= 3 && src.id <= 5", "health", "measured k 3 l 2 pan null"},
		"no field of a special category":                {`"age", "sex"`, "src.id < 6", "personal", "measured k 2 l null pan null"},
		"no field is named":                             {``, "src.id < 6", "health", "measured k null l null pan null"},
		"a field that no table has":                     {`"age", "postcode"`, "src.id < 6", "health", "measured k null l null pan null"},
		"a table without rows has no group to speak of": {`"age"`, "src.id > 99", "health", "measured k null l null pan null"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t, fmt.Sprintf(publication, c.qi, c.where, c.class)+unapproved)
			f.now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
			f.write("rules/clinic.rego", profiled)
			sqliteRun(t, f.path("shop.db"), `CREATE TABLE person (id INTEGER PRIMARY KEY, age INTEGER, sex TEXT, diagnosis TEXT);
INSERT INTO person VALUES (1, 30, 'f', 'I10X'), (2, 30, 'f', 'I10X'), (3, 40, 'm', 'E11.9'), (4, 40, 'm', NULL), (5, 40, 'm', 'E11.9'), (6, NULL, 'm', NULL);`)
			f.apply()
			if got := after(t, f, "clinic.warn"); !strings.Contains(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// NHS-28 wants groups of five of what is public, and is decided by what was measured.
func TestThePublicationControlIsDecidedByTheMeasure(t *testing.T) {
	for n, want := range map[int]string{4: ",fail,", 5: ",pass,"} {
		f := newFolder(t, fmt.Sprintf(publication, `"age", "sex"`, "src.id > 0", "health")+unapproved)
		f.now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		f.write("rules/clinic.rego", profiled)
		rows := "CREATE TABLE person (id INTEGER PRIMARY KEY, age INTEGER, sex TEXT, diagnosis TEXT);"
		for i := range 10 + n {
			rows += fmt.Sprintf("INSERT INTO person VALUES (%d, %d, 'f', 'E1%d.9');", i+1, 30+10*(i/10), i%2)
		}
		sqliteRun(t, f.path("shop.db"), rows)
		f.apply()
		if got := after(t, f, "NHS-28/O"); !strings.Contains(got, want) {
			t.Errorf("smallest group of %d: got %s, want %s", n, got, want)
		}
	}
}
