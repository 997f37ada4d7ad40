package engine_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// syntheaConfig is the same for every target but for its block and its kind.
const syntheaConfig = `
variable "as_of" {
  type    = string
  default = "2024-06-01"
}
source "csv" "synthea" {
  path = "data"
  table "patients" {
    key = ["Id"]
    column "Id" { type = uuid }
    column "BIRTHDATE" { type = string }
    column "DEATHDATE" { type = date }
    column "PREFIX" { classify = ["personal.name"] }
    column "FIRST" { classify = ["personal.name"] }
    column "LAST" { classify = ["personal.name"] }
    column "ZIP" { type = string }
    column "HEALTHCARE_EXPENSES" { type = decimal }
  }
  table "encounters" {
    key = ["Id"]
    column "Id" { type = uuid }
    column "PATIENT" { type = uuid }
    column "START" { type = timestamptz(0) }
    column "STOP" { type = timestamptz(0) }
    column "TOTAL_CLAIM_COST" { type = decimal(10, 2) }
  }
  table "conditions" {
    key = ["ENCOUNTER", "CODE"]
    column "PATIENT" { type = uuid }
    column "ENCOUNTER" { type = uuid }
    column "CODE" { type = string }
    column "START" { type = date }
    column "STOP" { type = date }
  }
  table "medications" {
    column "PATIENT" { type = uuid }
    column "ENCOUNTER" { type = uuid }
    column "CODE" { type = string }
    column "START" { type = timestamptz(0) }
    column "STOP" { type = timestamptz(0) }
    column "DISPENSES" { type = int32 }
    column "BASE_COST" { type = decimal(10, 2) }
  }
}
TARGET
lookup "class" {
  file  = "codes/class.csv"
  key   = "class"
  value = "code"
}
mapping "medication" {
  from {
    source = source.csv.synthea
    table  = "medications"
    where  = "src.BASE_COST > 10 && (src.STOP == null || src.STOP > src.START)"
  }
  to {
    target = target.KIND.hospital
    table  = "medication"
    key    = ["medication_id"]
  }
  field "medication_id" {
    cel  = "uuid5('medication', string(src.ENCOUNTER), src.CODE, string(src.START), coalesce(string(src.STOP), ''))"
    type = uuid
  }
  field "patient_id" { from = "PATIENT" }
  field "encounter_id" { from = "ENCOUNTER" }
  field "code" { from = "CODE" }
  field "days" { cel = "date.diff_days(date(src.START.in_zone('UTC')), date(src.STOP.in_zone('UTC')))" }
  field "cost" {
    cel  = "src.BASE_COST * src.DISPENSES"
    type = decimal(12, 2)
  }
}
mapping "condition" {
  from {
    source = source.csv.synthea
    table  = "conditions"
  }
  to {
    target = target.KIND.hospital
    table  = "condition"
    key    = ["encounter_id", "code"]
  }
  field "patient_id" { from = "PATIENT" }
  field "encounter_id" { from = "ENCOUNTER" }
  field "code" { from = "CODE" }
  field "name" { cel = "src.DESCRIPTION.replace(' (disorder)', '')" }
  field "noted" { from = "START" }
  field "resolved" { from = "STOP" }
}
mapping "encounter" {
  from {
    source = source.csv.synthea
    table  = "encounters"
  }
  to {
    target = target.KIND.hospital
    table  = "encounter"
    key    = ["encounter_id"]
  }
  field "encounter_id" { from = "Id" }
  field "patient_id" { from = "PATIENT" }
  field "kind" { cel = "lookup.class[src.ENCOUNTERCLASS]" }
  field "started" { from = "START" }
  field "day" { cel = "string(date(src.START.in_zone('America/New_York')))" }
  field "minutes" { cel = "int((src.STOP - src.START).getMinutes())" }
  field "cost" {
    from   = "TOTAL_CLAIM_COST"
    expect = "out >= decimal('0')"
  }
  check "wellness" {
    expect = "agg.count_if(out.kind == 'W') * 2 > agg.count()"
  }
}
mapping "patient" {
  from {
    source = source.csv.synthea
    table  = "patients"
  }
  to {
    target = target.KIND.hospital
    table  = "patient"
    key    = ["patient_id"]
  }
  params = { as_of = var.as_of }
  field "patient_id" { from = "Id" }
  field "full_name" { cel = "text.squish(coalesce(src.PREFIX, '') + ' ' + src.FIRST + ' ' + src.LAST)" }
  field "birth_date" { cel = "date(src.BIRTHDATE)" }
  field "death_date" { from = "DEATHDATE" }
  field "age_band" {
    cel = <<-CEL
      has_value(src.DEATHDATE) ? 'dead'
      : date.diff_years(date(src.BIRTHDATE), date(param.as_of)) < 18 ? '0-17'
      : date.diff_years(date(src.BIRTHDATE), date(param.as_of)) < 65 ? '18-64'
      : '65+'
    CEL
  }
  field "zip" { from = "ZIP" }
  field "expenses" {
    cel  = "decimal.round(src.HEALTHCARE_EXPENSES, 2, 'half_up')"
    type = decimal(12, 2)
  }
  check "all_have_a_name" {
    expect = "agg.count_if(out.full_name.size() > 3) == agg.count()"
  }
}
`

const classCodes = "class,code\nambulatory,A\nemergency,E\ninpatient,I\noutpatient,O\nurgentcare,U\nwellness,W\n"

// syntheaTables stand before the load, in no order of their keys.
const syntheaTables = `
CREATE TABLE patient (patient_id uuid PRIMARY KEY, full_name text NOT NULL, birth_date date NOT NULL, death_date date, age_band varchar(5) NOT NULL,
	zip varchar(5), expenses numeric(12,2) NOT NULL);
CREATE TABLE encounter (encounter_id uuid PRIMARY KEY, patient_id uuid NOT NULL REFERENCES patient, kind varchar(1) NOT NULL, started timestamptz(0) NOT NULL,
	day text NOT NULL, minutes bigint NOT NULL, cost numeric(10,2) NOT NULL CHECK (cost >= 0));
CREATE TABLE condition (encounter_id uuid REFERENCES encounter, code text, patient_id uuid NOT NULL REFERENCES patient, name text NOT NULL, noted date NOT NULL,
	resolved date, PRIMARY KEY (encounter_id, code));
CREATE TABLE medication (medication_id uuid PRIMARY KEY, patient_id uuid NOT NULL REFERENCES patient, encounter_id uuid NOT NULL REFERENCES encounter,
	code text NOT NULL, days bigint, cost numeric(12,2) NOT NULL);`

// syntheaWant computes each table from the raw files in PostgreSQL. Moments are written as in SQLite.
var syntheaWant = map[string]string{
	"patient": `SELECT "Id", regexp_replace(btrim(coalesce("PREFIX", '') || ' ' || "FIRST" || ' ' || "LAST"), '\s+', ' ', 'g'), "BIRTHDATE", "DEATHDATE",
		CASE WHEN "DEATHDATE" IS NOT NULL THEN 'dead' WHEN extract(year FROM age('2024-06-01', "BIRTHDATE"::date)) < 18 THEN '0-17'
		WHEN extract(year FROM age('2024-06-01', "BIRTHDATE"::date)) < 65 THEN '18-64' ELSE '65+' END, "ZIP", round("HEALTHCARE_EXPENSES"::numeric, 2)
		FROM raw.patients`,
	"encounter": `SELECT "Id", "PATIENT", code, replace(replace("START", 'T', ' '), 'Z', ''), ("START"::timestamptz AT TIME ZONE 'America/New_York')::date,
		extract(epoch FROM "STOP"::timestamptz - "START"::timestamptz)::bigint / 60, "TOTAL_CLAIM_COST"::numeric(10,2)
		FROM raw.encounters JOIN raw.class ON class = "ENCOUNTERCLASS"`,
	"condition": `SELECT "ENCOUNTER", "CODE", "PATIENT", replace("DESCRIPTION", ' (disorder)', ''), "START", "STOP" FROM raw.conditions`,
	"medication": `SELECT "PATIENT", "ENCOUNTER", "CODE", left("STOP", 10)::date - left("START", 10)::date, ("BASE_COST"::numeric * "DISPENSES"::int)::numeric(12,2)
		FROM raw.medications WHERE "BASE_COST"::numeric > 10 AND ("STOP" IS NULL OR "STOP" > "START")`,
}

// The same columns from the targets.
var (
	syntheaInPostgres = map[string]string{
		"patient":    `SELECT patient_id, full_name, birth_date, death_date, age_band, zip, expenses FROM patient`,
		"encounter":  `SELECT encounter_id, patient_id, kind, to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), day, minutes, cost FROM encounter`,
		"condition":  `SELECT encounter_id, code, patient_id, name, noted, resolved FROM condition`,
		"medication": `SELECT patient_id, encounter_id, code, days, cost FROM medication`,
	}
	syntheaInSQLite = map[string]string{
		"patient": `SELECT patient_id, full_name, CAST(birth_date AS TEXT), CAST(death_date AS TEXT), age_band, zip, printf('%.2f', expenses) FROM patient`,
		"encounter": `SELECT encounter_id, patient_id, kind, replace(CAST(started AS TEXT), 'Z', ''), day, minutes, printf('%.2f', cost)
			FROM encounter`,
		"condition":  `SELECT encounter_id, code, patient_id, name, CAST(noted AS TEXT), CAST(resolved AS TEXT) FROM condition`,
		"medication": `SELECT patient_id, encounter_id, code, days, printf('%.2f', cost) FROM medication`,
	}
	syntheaRows = map[string]int{"patient": 27, "encounter": 604, "condition": 438, "medication": 185}
)

// synthea is a folder with copies of the four files.
func synthea(t *testing.T, kind, target string, env ...string) *folder {
	t.Helper()
	dir := publicData(t, "synthea")
	f := newFolder(t, strings.NewReplacer("KIND", kind, "TARGET", target).Replace(syntheaConfig), env...)
	f.write("codes/class.csv", classCodes)
	for _, name := range []string{"patients", "encounters", "conditions", "medications"} {
		text, err := os.ReadFile(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		f.write("data/"+name+".csv", string(text))
	}
	return f
}

// raw copies the folder's files as texts into a schema of their own; what is there is replaced.
func (f *folder) raw(dsn string) {
	f.t.Helper()
	script := "DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA raw;\n"
	for table, name := range map[string]string{"patients": "data/patients.csv", "encounters": "data/encounters.csv", "conditions": "data/conditions.csv",
		"medications": "data/medications.csv", "class": "codes/class.csv"} {
		header, _, _ := strings.Cut(f.read(name), "\n")
		columns := `"` + strings.ReplaceAll(strings.TrimSpace(header), ",", `" text, "`) + `" text`
		script += "CREATE TABLE raw." + table + " (" + columns + ");\n\\copy raw." + table + " FROM '" + f.path(name) + "' CSV HEADER\n"
	}
	testserver.Psql(f.t, dsn, script)
}

// sorted is the lines of an answer in the order of their bytes.
func sorted(answer string) []string {
	lines := strings.Split(answer, "\n")
	slices.Sort(lines)
	return lines
}

// sameLines says which lines are not on both sides.
func sameLines(t *testing.T, what, got, want string) {
	t.Helper()
	a, b := sorted(got), sorted(want)
	if slices.Equal(a, b) {
		return
	}
	t.Errorf("%s: got %d rows, want %d", what, len(a), len(b))
	shown := 0
	for _, side := range []struct {
		name       string
		have, lack []string
	}{{"got", a, b}, {"want", b, a}} {
		for _, line := range side.have {
			if !slices.Contains(side.lack, line) && shown < 6 {
				shown++
				t.Errorf("%s: only %s: %s", what, side.name, line)
			}
		}
	}
}

// asSynthea compares a target's tables with what PostgreSQL makes of the raw files.
func asSynthea(t *testing.T, f *folder, dsn string, have func(query string) string, queries map[string]string) {
	t.Helper()
	f.raw(dsn)
	for table, query := range queries {
		want := testserver.Psql(t, dsn, syntheaWant[table], "-P", "null=NULL")
		sameLines(t, table, have(query), want)
	}
}

func TestSyntheaIntoStandingTablesOfPostgreSQL(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := synthea(t, "postgres", `target "postgres" "hospital" { url = secret("env://HOSPITAL") }`, "HOSPITAL="+dsn)
	testserver.Psql(t, dsn, syntheaTables)
	have := func(query string) string { return testserver.Psql(t, dsn, query, "-P", "null=NULL") }
	syntheaLives(t, f, dsn, have, syntheaInPostgres)
	if got := have(`SELECT count(DISTINCT medication_id) FROM medication WHERE medication_id::text ~ '^.{14}5'`); got != "185" {
		t.Errorf("UUIDs of version 5 among the medications: got %s, want 185", got)
	}
}

func TestSyntheaIntoTablesThatSQLiteGets(t *testing.T) {
	dsn := testserver.Postgres(t)
	f := synthea(t, "sqlite", `target "sqlite" "hospital" { path = "hospital.db" }`)
	have := func(query string) string { return sqliteRows(t, f.path("hospital.db"), query) }
	syntheaLives(t, f, dsn, have, syntheaInSQLite)
}

// syntheaLives loads, changes rows at the source, and loads what changed.
func syntheaLives(t *testing.T, f *folder, dsn string, have func(query string) string, queries map[string]string) {
	t.Helper()
	f.apply()
	asSynthea(t, f, dsn, have, queries)
	for table, want := range syntheaRows {
		if got := len(sorted(have(queries[table]))); got != want {
			t.Errorf("%s: got %d rows, want %d", table, got, want)
		}
	}
	f.settled()

	f.edit("data/patients.csv", ",Ms.,Jackie93,Okuneva707,", ",Mrs.,Jackie93,Kunze215,")
	out := f.exits(0, "plan")
	holds(t, out, "0 to create", "1 to upsert")
	f.apply()
	asSynthea(t, f, dsn, have, queries)
	if got := have(queries["patient"]); !strings.Contains(got, "|Mrs. Jackie93 Kunze215|") {
		t.Errorf("patients: got\n%s\nwant Mrs. Jackie93 Kunze215 among them", got)
	}
	f.settled()
}
