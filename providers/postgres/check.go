package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

var (
	_ providers.Checker = (*endpoint)(nil)
	_ providers.Granter = (*endpoint)(nil)
)

// check collects what the role of a session lacks.
type check struct {
	ctx    context.Context
	t      *tx
	role   string // quoted
	health providers.Health
}

// Check asks the server's own functions, which know of groups, owners and superusers.
func (e *endpoint) Check(ctx context.Context, n providers.Needs) (providers.Health, error) {
	c := &check{ctx: ctx, role: quote(e.user)}
	err := e.asked().with(ctx, func(t *tx) error {
		c.t = t
		if err := c.facts(e); err != nil {
			return err
		}
		if n.Target {
			if err := c.ledger(e.pool.config.Database); err != nil {
				return err
			}
		}
		for _, need := range n.Tables {
			if err := c.table(need, e.pool.config.Database); err != nil {
				return err
			}
		}
		return nil
	})
	return c.health, e.fail("check", e.info.Place, err)
}

func (c *check) facts(e *endpoint) error {
	var encrypted, role string
	err := c.t.row(c.ctx, `SELECT coalesce((SELECT CASE WHEN ssl THEN version || ', ' || cipher ELSE 'no' END FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid()), 'unknown'),
		current_user || CASE WHEN rolsuper THEN ' (superuser)' ELSE '' END FROM pg_catalog.pg_roles WHERE rolname = current_user`).Scan(&encrypted, &role)
	c.health.Facts = [][2]string{{"product", "PostgreSQL"}, {"version", e.info.Version}, {"place", e.info.Place}, {"encrypted", encrypted}, {"role", role}}
	return err
}

// lack notes what is missing, once.
func (c *check) lack(what string, run ...string) {
	if slices.ContainsFunc(c.health.Missing, func(m providers.Missing) bool { return m.What == what }) {
		return
	}
	c.health.Missing = append(c.health.Missing, providers.Missing{What: what, Run: run})
}

// may asks one question whose answer is yes or no.
func (c *check) may(question string, args ...any) (yes bool, err error) {
	err = c.t.row(c.ctx, "SELECT "+question, args...).Scan(&yes)
	return yes, err
}

// ledger demands rights on the tables that are there, or the right to make them.
func (c *check) ledger(database string) error {
	there, err := exists(c.ctx, c.t)
	if err != nil {
		return err
	}
	if !there {
		if may, err := c.may(`pg_catalog.has_database_privilege(current_database(), 'CREATE')`); err != nil || may {
			return err
		}
		c.lack("the ledger cannot be made: CREATE on the database; or let an administrator run what `migrateiq grants` prints",
			fmt.Sprintf("GRANT CREATE ON DATABASE %s TO %s;", quote(database), c.role))
		return nil
	}
	may, err := c.may(`pg_catalog.has_schema_privilege('_migrateiq', 'USAGE')`)
	if err == nil && may {
		may, err = c.may(`bool_and(pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
			AND pg_catalog.has_table_privilege(c.oid, 'UPDATE') AND pg_catalog.has_table_privilege(c.oid, 'DELETE'))
			FROM pg_catalog.pg_class c WHERE c.relnamespace = '_migrateiq'::regnamespace AND c.relkind = 'r'`)
	}
	if err == nil && !may {
		c.lack("the ledger in the schema _migrateiq", ledgerGrants(c.role)...)
	}
	if err != nil {
		return err
	}
	return c.keymap()
}

// keymap demands the right to make the table that a ledger of an earlier format lacks.
func (c *check) keymap() error {
	there, err := hasKeymap(c.ctx, c.t)
	if err != nil || there {
		return err
	}
	may, err := c.may(`pg_catalog.has_schema_privilege('_migrateiq', 'CREATE')`)
	if err == nil && !may {
		c.lack("the ledger's table for keys cannot be made: CREATE on its schema; or let an administrator run what `migrateiq grants` prints",
			fmt.Sprintf("GRANT CREATE ON SCHEMA _migrateiq TO %s;", c.role))
	}
	return err
}

func ledgerGrants(role string) []string {
	return []string{"GRANT USAGE ON SCHEMA _migrateiq TO " + role + ";",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA _migrateiq TO " + role + ";"}
}

// table checks one table, or where it is still to be made its schema.
func (c *check) table(n providers.Need, database string) error {
	ref := home(n.Table)
	var there bool
	if err := c.t.row(c.ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)`, ref.Schema).Scan(&there); err != nil {
		return err
	}
	if !there {
		may, err := c.may(`pg_catalog.has_database_privilege(current_database(), 'CREATE')`)
		if err == nil && !may {
			c.lack("the schema "+ref.Schema+" is not there and cannot be made",
				fmt.Sprintf("CREATE SCHEMA %s; GRANT USAGE, CREATE ON SCHEMA %[1]s TO %s;", quote(ref.Schema), c.role))
		}
		return err
	}
	for _, right := range schemaRights(n) {
		may, err := c.may(`pg_catalog.has_schema_privilege($1, $2)`, ref.Schema, right)
		if err != nil {
			return err
		}
		if !may {
			c.lack(right+" on the schema "+ref.Schema, fmt.Sprintf("GRANT %s ON SCHEMA %s TO %s;", right, quote(ref.Schema), c.role))
		}
	}
	if slices.Contains(n.Rights, providers.Create) {
		return nil
	}
	if isLarge(ref) {
		return c.large(ref)
	}
	return c.standing(n, ref)
}

func schemaRights(n providers.Need) []string {
	if slices.Contains(n.Rights, providers.Create) || slices.Contains(n.Rights, providers.Replace) {
		return []string{"USAGE", "CREATE"}
	}
	return []string{"USAGE"}
}

// words are the rights as GRANT has them, "" for those that are given otherwise.
func word(r providers.Right) string {
	switch r {
	case providers.Create, providers.Replace, providers.Advance:
		return ""
	}
	return strings.ToUpper(string(r))
}

// standing checks a table that is there.
func (c *check) standing(n providers.Need, ref schema.Ref) error {
	name := quoteRef(ref)
	oid, err := oidOf(c.ctx, c.t, ref)
	if err != nil {
		return err
	}
	var missing []string
	for _, r := range n.Rights {
		may, err := c.right(n, r, oid)
		if err != nil {
			return err
		}
		if !may && word(r) != "" {
			missing = append(missing, word(r))
		}
	}
	if missing != nil {
		run := []string{fmt.Sprintf("GRANT %s ON %s TO %s;", strings.Join(missing, ", "), name, c.role)}
		if slices.Equal(missing, []string{"SELECT"}) {
			run = append(run, fmt.Sprintf("-- or, for every table of the server: GRANT pg_read_all_data TO %s;", c.role))
		}
		c.lack(strings.Join(missing, ", ")+" on table "+ref.String(), run...)
		return nil
	}
	hidden, err := c.may(`pg_catalog.row_security_active($1::oid)`, oid)
	if err == nil && hidden {
		c.lack("row security hides rows of "+ref.String(), fmt.Sprintf("ALTER ROLE %s BYPASSRLS;", c.role))
	}
	return err
}

// right reports whether the role has one, and notes what is missing of those that no GRANT on a table gives.
func (c *check) right(n providers.Need, r providers.Right, oid uint32) (bool, error) {
	switch r {
	case providers.Replace:
		may, err := c.may(`pg_catalog.pg_has_role(relowner, 'USAGE') FROM pg_catalog.pg_class WHERE oid = $1`, oid)
		if err == nil && !may {
			c.lack("to build "+n.Table.String()+" anew, which its owner may", fmt.Sprintf("ALTER TABLE %s OWNER TO %s;", quoteRef(home(n.Table)), c.role))
		}
		return true, err
	case providers.Advance:
		return true, c.sequences(oid)
	case providers.Select:
		return c.columns(n, oid)
	case providers.Change:
		if may, err := c.may(`pg_catalog.has_database_privilege(current_database(), 'TEMPORARY')`); err != nil || !may {
			c.lack("temporary tables", fmt.Sprintf("GRANT TEMPORARY ON DATABASE %s TO %s;", quote(c.t.conn.Config().Database), c.role))
			if err != nil {
				return false, err
			}
		}
	}
	return c.may(`pg_catalog.has_table_privilege($1::oid, $2)`, oid, word(r))
}

// columns accepts the right on the columns that are read in place of that on the table.
func (c *check) columns(n providers.Need, oid uint32) (bool, error) {
	if may, err := c.may(`pg_catalog.has_table_privilege($1::oid, 'SELECT')`, oid); err != nil || may || len(n.Columns) == 0 {
		return may, err
	}
	return c.may(`coalesce(bool_and(pg_catalog.has_column_privilege($1::oid, attnum, 'SELECT')), false)
		FROM pg_catalog.pg_attribute WHERE attrelid = $1 AND attname = ANY ($2)`, oid, n.Columns)
}

// sequences looks at those that number columns of the table.
func (c *check) sequences(oid uint32) error {
	var missing []string
	rows, err := c.t.conn.Query(c.ctx, `SELECT DISTINCT s.oid::regclass::text FROM pg_catalog.pg_class s JOIN pg_catalog.pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
		AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
		WHERE s.relkind = 'S' AND d.refobjid = $1 AND NOT (pg_catalog.has_sequence_privilege(s.oid, 'UPDATE') AND pg_catalog.has_sequence_privilege(s.oid, 'SELECT'))`, oid)
	if err != nil {
		return err
	}
	for rows.Next() {
		var sequence string
		if err := rows.Scan(&sequence); err != nil {
			return err
		}
		missing = append(missing, sequence)
	}
	for _, s := range missing {
		c.lack("to move the sequence "+s+" on", fmt.Sprintf("GRANT SELECT, UPDATE ON SEQUENCE %s TO %s;", s, c.role))
	}
	return rows.Err()
}

// oidOf finds a table without the right to look into its schema. One that is not there is an error.
func oidOf(ctx context.Context, t *tx, ref schema.Ref) (oid uint32, err error) {
	err = t.row(ctx, `SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`,
		ref.Schema, ref.Name).Scan(&oid)
	if errors.Is(err, pgx.ErrNoRows) {
		err = &providers.Error{Op: "check", Object: ref.String(), Class: providers.NotFound, Err: errors.New("there is no such table")}
	}
	return oid, err
}

// tableGrants are the grants for a table's needs, whoever has them already.
func tableGrants(n providers.Need, role string) []string {
	var rights []string
	for _, r := range n.Rights {
		if w := word(r); w != "" {
			rights = append(rights, w)
		}
	}
	name := quoteRef(home(n.Table))
	var out []string
	if len(rights) > 0 {
		out = append(out, fmt.Sprintf("GRANT %s ON %s TO %s;", strings.Join(rights, ", "), name, role))
	}
	if slices.Contains(n.Rights, providers.Replace) {
		out = append(out, fmt.Sprintf("ALTER TABLE %s OWNER TO %s;", name, role))
	}
	return out
}
