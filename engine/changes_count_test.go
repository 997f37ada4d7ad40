package engine_test

import (
	"fmt"
	"slices"
	"strings"
)

// count makes the target count what is written to the tables of the change from now on: triggers note every row that is
// inserted, updated and deleted, and of updates the columns. SQLite says which columns a statement sets, PostgreSQL which
// ones hold something else afterwards.
func (c *change) count() {
	c.t.Helper()
	for _, w := range c.writes {
		table, _, _ := strings.Cut(w, " ")
		if c.to == "postgres" {
			c.hit(countInPostgres(table))
		} else {
			c.hit(countInSQLite(table, strings.Fields(sqliteRows(c.t, c.path("target.db"), "SELECT name FROM pragma_table_info('"+table+"')"))))
		}
	}
}

func countInPostgres(table string) string {
	return fmt.Sprintf(`CREATE SCHEMA IF NOT EXISTS counting;
CREATE TABLE IF NOT EXISTS counting.writes (tab text, what text);
CREATE OR REPLACE FUNCTION counting.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO counting.writes VALUES (TG_TABLE_NAME, TG_OP);
	IF TG_OP = 'UPDATE' THEN
		INSERT INTO counting.writes SELECT TG_TABLE_NAME, 'column ' || n.key FROM jsonb_each(to_jsonb(NEW)) n WHERE n.value IS DISTINCT FROM to_jsonb(OLD) -> n.key;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER counting AFTER INSERT OR UPDATE OR DELETE ON %q FOR EACH ROW EXECUTE FUNCTION counting.note();`, table)
}

func countInSQLite(table string, columns []string) string {
	script := "CREATE TABLE IF NOT EXISTS counting_writes (tab TEXT, what TEXT);\n"
	for _, op := range []string{"INSERT", "UPDATE", "DELETE"} {
		script += fmt.Sprintf("CREATE TRIGGER counting_%s_%s AFTER %s ON %s BEGIN INSERT INTO counting_writes VALUES ('%s', '%s'); END;\n", table, op, op, table, table, op)
	}
	for _, column := range columns {
		script += fmt.Sprintf("CREATE TRIGGER counting_%s_of_%s AFTER UPDATE OF %s ON %s BEGIN INSERT INTO counting_writes VALUES ('%s', 'column %s'); END;\n", table, column, column, table, table, column)
	}
	return script
}

// counted holds what the target counted against the archive.
func (c *change) counted() {
	c.t.Helper()
	for _, w := range c.writes {
		words := strings.Fields(w)
		table, want := words[0], words[1:]
		log := map[string]string{"postgres": "counting.writes", "sqlite": "counting_writes"}[c.to]
		got := []string{}
		for i, op := range []string{"INSERT", "UPDATE", "DELETE"} {
			got = append(got, string("+~-"[i])+c.there(fmt.Sprintf("SELECT count(*) FROM %s WHERE tab = '%s' AND what = '%s'", log, table, op)))
		}
		set := strings.Fields(c.there(fmt.Sprintf("SELECT DISTINCT substr(what, 8) FROM %s WHERE tab = '%s' AND what LIKE 'column %%' ORDER BY 1", log, table)))
		if got = append(got, set...); !slices.Equal(got, want) {
			c.t.Errorf("what the target counted of %s: got %v, want %v", table, got, want)
		}
	}
}
