package engine_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const keyedFolder = `
source "sqlite" "shop" {
  path = "shop.db"
  table "people" {
    column "nhs" { classify = ["nhs_number"] }
  }
}
target "sqlite" "new" { path = "new.db" }
key "people" { from = secret("env://PEOPLE_KEY") }
mapping "people" {
  from {
    source = source.sqlite.shop
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "people"
    key    = ["pseudonym"]
  }
  field "pseudonym" { cel = "pseudonym.hmac('people', nhs.normalise(src.nhs))" }
  field "name" { cel = "src.name" }
}
`

const (
	firstKey  = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	secondKey = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
)

// pseudonymOf is what the target has to hold, made without the program.
func pseudonymOf(key, value string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil))[:32]
}

func TestAPseudonymIsMadeWithTheKeyAndTheKeyStaysOut(t *testing.T) {
	f := newFolder(t, keyedFolder, "PEOPLE_KEY="+firstKey)
	f.exec("shop.db", "CREATE TABLE people (id INTEGER PRIMARY KEY, nhs TEXT NOT NULL, name TEXT NOT NULL)",
		"INSERT INTO people VALUES (1, '943 476 5919', 'Ann'), (2, '9434765870', 'Bob')")
	out := f.exits(0, "plan", "--json", "--out", "p.json")
	out += f.apply("--json")
	for i, value := range []string{"9434765919", "9434765870"} {
		name := []string{"Ann", "Bob"}[i]
		if got := f.one("new.db", "SELECT pseudonym FROM people WHERE name = '"+name+"'"); got != pseudonymOf(firstKey, value) {
			t.Errorf("the pseudonym of %s: got %s, want %s", value, got, pseudonymOf(firstKey, value))
		}
	}
	f.settled()
	files, err := filepath.Glob(f.path("*"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := filepath.Glob(f.path("*.runs/*"))
	if err != nil || len(records) == 0 {
		t.Fatalf("records of runs: got %v, %v, want some", records, err)
	}
	for _, name := range append(files, records...) {
		if strings.HasSuffix(name, ".runs") {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), firstKey) {
			t.Errorf("%s holds the key", filepath.Base(name))
		}
	}
	if strings.Contains(out, firstKey) {
		t.Error("the output holds the key")
	}
	if !strings.Contains(f.read("p.json"), `"keys"`) {
		t.Error("the plan does not name the key's id")
	}
}

func TestAnotherKeyIsAChangeOfTheFieldsThatUseIt(t *testing.T) {
	f := newFolder(t, keyedFolder, "PEOPLE_KEY="+firstKey)
	f.exec("shop.db", "CREATE TABLE people (id INTEGER PRIMARY KEY, nhs TEXT NOT NULL, name TEXT NOT NULL)", "INSERT INTO people VALUES (1, '9434765919', 'Ann')")
	f.exits(0, "plan", "--out", "p.json")
	f.env = []string{"PEOPLE_KEY=" + secondKey}
	if out := f.exits(6, "apply", "p.json"); !strings.Contains(out, "key people is another one than in the plan") {
		t.Errorf("apply with another key: got\n%s", out)
	}
	f.env = []string{"PEOPLE_KEY=" + firstKey}
	f.apply()
	f.env = []string{"PEOPLE_KEY=" + secondKey}
	if out := f.exits(2, "plan", "--detailed-exitcode"); !strings.Contains(out, "pseudonym") {
		t.Errorf("plan with another key: got\n%s", out)
	}
	for value, says := range map[string]string{"": "is not set", "short": "fewer than 32 characters"} {
		f.env = []string{"PEOPLE_KEY=" + value}
		if out := f.exits(1, "plan"); !strings.Contains(out, says) || !strings.Contains(out, "main.miq.hcl line 9") {
			t.Errorf("plan with the key %q: got\n%s\nwant %q", value, out, says)
		}
	}
}

// exec runs statements in a database of the folder.
func (f *folder) exec(name string, statements ...string) {
	f.t.Helper()
	db, err := sql.Open("sqlite", f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			f.t.Fatalf("%s: %v", s, err)
		}
	}
}

// one gives the only value of a query.
func (f *folder) one(name, query string) string {
	f.t.Helper()
	db, err := sql.Open("sqlite", f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	var got string
	if err := db.QueryRow(query).Scan(&got); err != nil {
		f.t.Fatalf("%s: %v", query, err)
	}
	return got
}
