package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
)

// Grants writes a script for an administrator of the database: the role, the ledger's tables if they are absent, and
// the rights. What is there already is left out, so that the script can be run.
func (e *endpoint) Grants(ctx context.Context, role string, n providers.Needs) ([]string, error) {
	var out []string
	who := quote(role)
	err := e.asked().with(ctx, func(t *tx) error {
		g := &grants{ctx: ctx, t: t, who: who}
		if err := g.role(role); err != nil {
			return err
		}
		rights := "CONNECT"
		if n.Target {
			rights = "CONNECT, TEMPORARY"
		}
		g.say("GRANT %s ON DATABASE %s TO %s;", rights, quote(e.pool.config.Database), who)
		if n.Target {
			if err := g.ledger(); err != nil {
				return err
			}
		}
		if err := g.schemas(n); err != nil {
			return err
		}
		err := g.tables(n)
		out = g.out
		return err
	})
	return out, e.fail("write the grants of", e.info.Place, err)
}

type grants struct {
	ctx context.Context
	t   *tx
	who string
	out []string
}

func (g *grants) say(format string, args ...any) {
	g.out = append(g.out, fmt.Sprintf(format, args...))
}

func (g *grants) role(name string) error {
	var there bool
	err := g.t.row(g.ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)`, name).Scan(&there)
	if err == nil && !there {
		g.say("CREATE ROLE %s LOGIN; -- then give it a password, in psql with: \\password %s", g.who, name)
	}
	return err
}

func (g *grants) ledger() error {
	there, err := exists(g.ctx, g.t)
	if err != nil {
		return err
	}
	missing := []string{}
	if !there {
		missing = ledgerTables
	}
	if mapped, err := hasKeymap(g.ctx, g.t); err != nil {
		return err
	} else if !mapped {
		missing = slices.Concat(missing, keymapTables)
	}
	for _, sql := range missing {
		g.say("%s;", sql)
	}
	g.out = append(g.out, ledgerGrants(g.who)...)
	return nil
}

// schemas names each once, with CREATE where tables are made in it.
func (g *grants) schemas(n providers.Needs) error {
	rights := map[string][]string{}
	var order []string
	for _, need := range n.Tables {
		name := home(need.Table).Schema
		if rights[name] == nil {
			order = append(order, name)
		}
		for _, r := range schemaRights(need) {
			if !slices.Contains(rights[name], r) {
				rights[name] = append(rights[name], r)
			}
		}
	}
	slices.Sort(order)
	for _, name := range order {
		var there bool
		if name == largeObjects.Schema {
			continue // everybody may use it
		}
		if err := g.t.row(g.ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)`, name).Scan(&there); err != nil {
			return err
		}
		if !there && name != madeObjects.Schema { // the ledger's own is made with it
			g.say("CREATE SCHEMA %s;", quote(name))
		}
		g.say("GRANT %s ON SCHEMA %s TO %s;", strings.Join(rights[name], ", "), quote(name), g.who)
	}
	return nil
}

func (g *grants) tables(n providers.Needs) error {
	for _, need := range n.Tables {
		if slices.Contains(need.Rights, providers.Create) {
			continue // whoever makes it owns it
		}
		if need.Table == largeObjects {
			g.say("%s;", readLarge(g.who))
			continue
		}
		g.out = append(g.out, tableGrants(need, g.who)...)
		oid, err := oidOf(g.ctx, g.t, home(need.Table))
		if err != nil {
			return err
		}
		if slices.Contains(need.Rights, providers.Advance) {
			rows, err := g.t.conn.Query(g.ctx, `SELECT DISTINCT s.oid::regclass::text FROM pg_catalog.pg_class s JOIN pg_catalog.pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
				AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass WHERE s.relkind = 'S' AND d.refobjid = $1`, oid)
			if err != nil {
				return err
			}
			found, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return err
			}
			for _, s := range found {
				g.say("GRANT SELECT, UPDATE ON SEQUENCE %s TO %s;", s, g.who)
			}
		}
		var hidden bool
		if err := g.t.row(g.ctx, `SELECT relrowsecurity FROM pg_catalog.pg_class WHERE oid = $1`, oid).Scan(&hidden); err != nil {
			return err
		}
		if hidden {
			g.say("ALTER ROLE %s BYPASSRLS; -- row security would hide rows of %s", g.who, need.Table)
		}
	}
	return nil
}
