package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// refTarget is one kind of target for mappings with refs, whose source is a SQLite file.
type refTarget struct {
	*folder
	kind  string
	query func(query string) string // a line a row, values joined with |
	table func(name string) string  // of the ledger
}

// inEach runs a test into SQLite and into PostgreSQL.
func inEach(t *testing.T, source string, config func(to string) string, test func(t *testing.T, f refTarget)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			old := refTarget{kind: kind}
			head := "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\n"
			if kind == "sqlite" {
				old.folder = newFolder(t, head+"target \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+config("sqlite"))
				old.query = func(q string) string { return sqliteRows(t, old.path("new.db"), q) }
				old.table = func(name string) string { return "migrateiq_" + name }
			} else {
				url := testserver.Postgres(t)
				old.folder = newFolder(t, head+"target \"postgres\" \"new\" {\n  url = secret(\"env://NEW_URL\")\n}\n"+config("postgres"), "NEW_URL="+url)
				old.query = func(q string) string { return testserver.Psql(t, url, q) }
				old.table = func(name string) string { return "_migrateiq." + name }
			}
			sqliteRun(t, old.path("old.db"), source)
			test(t, old)
		})
	}
}

func (f refTarget) wants(query, want string) {
	f.t.Helper()
	if got := f.query(query); got != want {
		f.t.Errorf("%s: got\n%s\nwant\n%s", query, got, want)
	}
}

func (f refTarget) source(script string) {
	f.t.Helper()
	sqliteRun(f.t, f.path("old.db"), script)
}

// mapped is a mapping of one table with lines behind its key.
func mapped(to, name, key, lines string) string {
	return fmt.Sprintf("mapping %q {\n  from {\n    source = source.sqlite.old\n    table  = %q\n  }\n  to {\n    target = target.%s.new\n    table  = %q\n    key    = [%q]\n  }\n%s}\n", name, name, to, name, key, lines)
}

const refWards = `CREATE TABLE ward (code text PRIMARY KEY, name text NOT NULL) WITHOUT ROWID; INSERT INTO ward VALUES ('A', 'North'), ('B', 'South'), ('', 'Nowhere');
CREATE TABLE patient (id integer PRIMARY KEY, ward text, name text NOT NULL); INSERT INTO patient VALUES (1, 'A', 'Ann'), (2, 'B', 'Bob'), (3, NULL, 'Cid'), (4, '', 'Dan'), (5, 'A', 'Eve');`

func wardsTo(missing string) func(string) string {
	return func(to string) string {
		ref := "  ref \"ward_id\" {\n    mapping = mapping.ward\n    on      = \"src.ward\"\n"
		if missing != "" {
			ref += "    missing = \"" + missing + "\"\n"
		}
		return mapped(to, "ward", "ward_id", "  field \"ward_id\" { cel = \"uuid5('ward', src.code)\" }\n  field \"name\" { from = \"name\" }\n") +
			mapped(to, "patient", "patient_id", "  field \"patient_id\" { from = \"id\" }\n  field \"name\" { from = \"name\" }\n"+ref+"  }\n  lifecycle { max_rejects = 10 }\n")
	}
}

const wardNames = "SELECT p.patient_id, coalesce(w.name, '-') FROM patient p LEFT JOIN ward w ON w.ward_id = p.ward_id ORDER BY 1"

func TestARefIsTheKeyThatAnotherMappingGave(t *testing.T) {
	inEach(t, refWards, wardsTo(""), func(t *testing.T, f refTarget) {
		f.apply()
		f.wants(wardNames, "1|North\n2|South\n3|-\n4|Nowhere\n5|North")
		f.wants("SELECT count(*) FROM patient WHERE ward_id IS NULL", "1")
		f.wants("SELECT count(*), count(DISTINCT new) FROM "+f.table("keymap"), "3|3")
		f.settled()
		f.source("INSERT INTO ward VALUES ('C', 'East'); UPDATE patient SET ward = 'C' WHERE id = 2; INSERT INTO patient VALUES (6, 'B', 'Fay')")
		f.apply()
		f.wants(wardNames, "1|North\n2|East\n3|-\n4|Nowhere\n5|North\n6|South")
		f.settled()
	})
}

func TestARowThatRefersToNothing(t *testing.T) {
	orphan := refWards + "INSERT INTO patient VALUES (6, 'X', 'Gus')"
	for _, c := range []struct {
		missing string
		code    int
		rows    string
		says    []string
	}{
		{"error", 10, "", []string{"row 6: field ward_id: it refers to a row that mapping.ward has not moved"}},
		{"null", 0, "1|North\n2|South\n3|-\n4|Nowhere\n5|North\n6|-", nil},
		{"quarantine", 0, "1|North\n2|South\n3|-\n4|Nowhere\n5|North", []string{"1 quarantined"}},
		{"defer", 10, "1|-\n2|-\n3|-\n4|-\n5|-\n6|-", []string{"row 6: field ward_id: it refers to a row that mapping.ward has not moved"}},
	} {
		t.Run(c.missing, func(t *testing.T) {
			inEach(t, orphan, wardsTo(c.missing), func(t *testing.T, f refTarget) {
				out := f.exits(c.code, "apply", "--auto-approve")
				holds(t, out, c.says...)
				if c.rows != "" {
					f.wants(wardNames, c.rows)
				}
				if c.code == 0 {
					f.settled()
					return
				}
				f.source("DELETE FROM patient WHERE id = 6")
				f.apply()
				f.wants(wardNames, "1|North\n2|South\n3|-\n4|Nowhere\n5|North")
				f.settled()
				f.source("INSERT INTO ward VALUES ('X', 'West'); INSERT INTO patient VALUES (6, 'X', 'Gus')")
				f.apply()
				f.wants(wardNames, "1|North\n2|South\n3|-\n4|Nowhere\n5|North\n6|West")
				f.settled()
			})
		})
	}
}

func TestARefByAKeyOfSeveralColumns(t *testing.T) {
	const source = `CREATE TABLE bed (ward text NOT NULL, n int NOT NULL, PRIMARY KEY (ward, n)); INSERT INTO bed VALUES ('a', 1), ('a', 12), ('a1', 2);
CREATE TABLE stay (id integer PRIMARY KEY, w text, b int); INSERT INTO stay VALUES (1, 'a', 12), (2, 'a1', 2), (3, 'a', NULL), (4, 'a', 1);`
	inEach(t, source, func(to string) string {
		return mapped(to, "bed", "bed_id", "  field \"bed_id\" { cel = \"src.ward + '/' + string(src.n)\" }\n") +
			mapped(to, "stay", "id", "  field \"id\" { from = \"id\" }\n  ref \"bed\" {\n    mapping = mapping.bed\n    on      = [\"src.w\", \"src.b\"]\n  }\n")
	}, func(t *testing.T, f refTarget) {
		f.apply()
		f.wants("SELECT id, coalesce(bed, '-') FROM stay ORDER BY 1", "1|a/12\n2|a1/2\n3|-\n4|a/1")
		f.settled()
	})
}

// staff refer to one another in both directions of their keys' order.
const staff = `CREATE TABLE staff (id integer PRIMARY KEY, boss int, name text); INSERT INTO staff VALUES (1, 3, 'a'), (2, 1, 'b'), (3, NULL, 'c'), (4, 4, 'd');`

func staffTo(to string) string {
	return mapped(to, "staff", "staff_id", "  field \"staff_id\" { cel = \"'s' + string(src.id)\" }\n  field \"name\" { from = \"name\" }\n"+
		"  ref \"boss_id\" {\n    mapping = mapping.staff\n    on      = \"src.boss\"\n    missing = \"defer\"\n  }\n")
}

const bosses = "SELECT staff_id, coalesce(boss_id, '-'), name FROM staff ORDER BY 1"

func TestRowsThatReferToRowsOfTheirOwnTable(t *testing.T) {
	inEach(t, staff, staffTo, func(t *testing.T, f refTarget) {
		holds(t, f.exits(0, "plan"), "boss_id")
		f.apply()
		f.wants(bosses, "s1|s3|a\ns2|s1|b\ns3|-|c\ns4|s4|d")
		f.settled()
		f.source("INSERT INTO staff VALUES (5, 6, 'e'), (6, 2, 'f'); UPDATE staff SET boss = 5 WHERE id = 3; UPDATE staff SET boss = NULL WHERE id = 4")
		f.apply()
		f.wants(bosses, "s1|s3|a\ns2|s1|b\ns3|s5|c\ns4|-|d\ns5|s6|e\ns6|s2|f")
		f.settled()
		f.apply("--replace=mapping.staff")
		f.wants(bosses, "s1|s3|a\ns2|s1|b\ns3|s5|c\ns4|-|d\ns5|s6|e\ns6|s2|f")
		f.wants("SELECT count(*), min(mapping) = max(mapping) FROM "+f.table("keymap"), map[string]string{"sqlite": "6|1", "postgres": "6|t"}[f.kind])
		f.settled()
	})
}

const circle = `CREATE TABLE team (id integer PRIMARY KEY, head int); CREATE TABLE player (id integer PRIMARY KEY, team int NOT NULL);
INSERT INTO team VALUES (1, 11), (2, NULL), (3, 12); INSERT INTO player VALUES (10, 1), (11, 2), (12, 3);`

func circleTo(to string) string {
	return mapped(to, "team", "team_id", "  field \"team_id\" { cel = \"src.id * 100\" }\n  ref \"head_id\" {\n    mapping = mapping.player\n    on      = \"src.head\"\n    missing = \"defer\"\n  }\n") +
		mapped(to, "player", "player_id", "  field \"player_id\" { cel = \"'p' + string(src.id)\" }\n  ref \"team_id\" {\n    mapping = mapping.team\n    on      = \"src.team\"\n  }\n")
}

const heads = "SELECT t.team_id, coalesce(t.head_id, '-'), coalesce((SELECT p.team_id FROM player p WHERE p.player_id = t.head_id), 0) FROM team t ORDER BY 1"

func TestTwoTablesThatReferToEachOther(t *testing.T) {
	inEach(t, circle, circleTo, func(t *testing.T, f refTarget) {
		f.apply()
		f.wants(heads, "100|p11|200\n200|-|0\n300|p12|300")
		f.settled()
		f.apply("--replace=mapping.team", "--replace=mapping.player")
		f.wants(heads, "100|p11|200\n200|-|0\n300|p12|300")
		f.settled()
	})
}

func TestKeysOfRowsThatStandAreRememberedWhenAMappingComesToReferToThem(t *testing.T) {
	inEach(t, refWards, func(to string) string {
		whole := wardsTo("")(to)
		return whole[:strings.Index(whole, "mapping \"patient\"")]
	}, func(t *testing.T, f refTarget) {
		f.apply()
		f.wants("SELECT count(*) FROM "+f.table("keymap"), "0")
		f.query("DELETE FROM ward WHERE name = 'Nowhere'") // somebody else's doing: a row that does not stand has no key
		whole := wardsTo("quarantine")(f.kind)
		f.write("patient.miq.hcl", whole[strings.Index(whole, "mapping \"patient\""):])
		holds(t, f.exits(0, "plan"), "mapped by its keys", "K001")
		f.apply()
		f.wants("SELECT count(*) FROM "+f.table("keymap"), "2")
		f.wants(wardNames, "1|North\n2|South\n3|-\n5|North")
	})
}

func TestANewKeyOfTheRowsReferredToLoadsThoseThatRefer(t *testing.T) {
	inEach(t, refWards, wardsTo(""), func(t *testing.T, f refTarget) {
		f.apply()
		f.edit("main.miq.hcl", "uuid5('ward', src.code)", "uuid5('wards', src.code)")
		holds(t, f.exits(0, "plan"), "B104", "B115")
		f.apply()
		f.wants(wardNames, "1|North\n2|South\n3|-\n4|Nowhere\n5|North")
		f.settled()
	})
}

func TestAKeyThatIsGoneCannotBeReferredTo(t *testing.T) {
	inEach(t, refWards, func(to string) string {
		return strings.Replace(wardsTo("null")(to), "key    = [\"ward_id\"]", "key    = [\"ward_id\"]\n    mode   = \"mirror\"", 1)
	}, func(t *testing.T, f refTarget) {
		f.apply()
		f.source("UPDATE patient SET ward = NULL WHERE ward = 'B'; DELETE FROM ward WHERE code = 'B'; INSERT INTO ward VALUES ('D', 'Dale'); INSERT INTO patient VALUES (6, 'B', 'Fay'), (7, 'D', 'Gil')")
		f.apply()
		f.wants(wardNames, "1|North\n2|-\n3|-\n4|Nowhere\n5|North\n6|-\n7|Dale")
		f.wants("SELECT count(*) FROM "+f.table("keymap"), "3")
		f.settled()
		f.edit("main.miq.hcl", "field \"name\" { from = \"name\" }\n  ref", "field \"name\" { cel = \"src.name + '!'\" }\n  ref")
		holds(t, f.exits(0, "plan"), "B116")
		f.apply()
		f.wants("SELECT min(name) FROM patient", "Ann!")
		f.wants(wardNames, "1|North\n2|-\n3|-\n4|Nowhere\n5|North\n6|-\n7|Dale")
		f.settled()
		f.edit("main.miq.hcl", "field \"name\" { from = \"name\" }", "field \"name\" { cel = \"src.name + '?'\" }")
		f.apply() // rows of the wards are written anew one by one, and their keys stay
		f.wants("SELECT count(*) FROM "+f.table("keymap"), "3")
		f.settled()
	})
}
