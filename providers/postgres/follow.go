package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// following is what follows tables, by their oid. What cannot be given to another table has its reason in stuck.
type following struct {
	can   map[uint32][]schema.Follower
	stuck map[uint32][]schema.Object
}

// materialized is a materialized view over a table: it cannot be bound anew in place, so that what follows it is, too.
type materialized struct {
	rel, view uint32
	name      string
	at        int // its place among the followers of rel
}

// follow finds what follows tables, in the order in which it is to be made again. Names are written with their schemas.
func (e *endpoint) follow(ctx context.Context, t *tx, tables []uint32) (following, error) {
	out := following{can: map[uint32][]schema.Follower{}, stuck: map[uint32][]schema.Object{}}
	var views []materialized
	for _, sql := range e.followTexts() {
		more, err := out.ask(ctx, t, sql, tables)
		if err != nil {
			return out, err
		}
		views = append(views, more...)
	}
	for len(views) > 0 {
		v := views[0]
		views = views[1:]
		steps, err := e.anew(ctx, t, v)
		if err != nil {
			return out, err
		}
		if steps == nil {
			out.stuck[v.rel] = append(out.stuck[v.rel], schema.Object{Kind: "materialized view", Name: v.name, Why: "something that hangs on it cannot be made again"})
			continue
		}
		out.can[v.rel][v.at].Make = steps
	}
	return out, nil
}

// ask adds what one query finds. A materialized view has no statements yet.
func (f *following) ask(ctx context.Context, t *tx, sql string, tables []uint32) ([]materialized, error) {
	rows, err := t.conn.Query(ctx, sql, tables)
	if err != nil {
		return nil, err
	}
	var rel, view uint32
	var x schema.Follower
	var child schema.Ref
	var why string
	var free, strip, remake []*string
	var views []materialized
	_, err = pgx.ForEachRow(rows, []any{
		&rel, &view, &x.Kind, &x.Name, &x.Reads, &x.Typed, &x.Key, &child.Schema, &child.Name, &x.Own, &x.Lock, &free, &strip, &remake, &why,
	}, func() error {
		if why != "" {
			f.stuck[rel] = append(f.stuck[rel], schema.Object{Kind: x.Kind, Name: x.Name, Why: why})
			return nil
		}
		one := x
		one.Reads, one.Key, one.Free = slices.Clone(x.Reads), slices.Clone(x.Key), there(free)
		one.Strip, one.Make = there(strip), there(remake)
		if child.Name != "" {
			of := child
			one.Child = &of
		}
		if view != 0 {
			views = append(views, materialized{rel, view, x.Name, len(f.can[rel])})
		}
		f.can[rel] = append(f.can[rel], one)
		return nil
	})
	return views, err
}

// there are the texts that are not null.
func there(texts []*string) []string {
	var out []string
	for _, s := range texts {
		if s != nil {
			out = append(out, *s)
		}
	}
	return out
}

const viewParts = `SELECT format('%I.%I', n.nspname, c.relname), format('%I.%I', n.nspname, c.relname || '__old'),
	format('CREATE MATERIALIZED VIEW %I.%I (%s)%s%s AS %s WITH %sDATA', n.nspname, c.relname,
		(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
		' WITH (' || (SELECT string_agg(quote_ident(split_part(o, '=', 1)) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(c.reloptions) o) || ')',
		' TABLESPACE ' || (SELECT quote_ident(spcname) FROM pg_catalog.pg_tablespace WHERE oid = c.reltablespace),
		rtrim(pg_get_viewdef(c.oid), ';'), CASE WHEN c.relispopulated THEN '' ELSE 'NO ' END),
	ARRAY(SELECT format('DROP INDEX %I.%I', n.nspname, i.relname) FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid ORDER BY i.relname),
	ARRAY(SELECT pg_get_indexdef(x.indexrelid) FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid ORDER BY i.relname)
	|| ARRAY(SELECT format('COMMENT ON INDEX %I.%I IS %L', n.nspname, i.relname, obj_description(i.oid, 'pg_class')) FROM pg_catalog.pg_index x
		JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid AND obj_description(i.oid, 'pg_class') IS NOT NULL ORDER BY i.relname)
	|| ARRAY(SELECT format('ALTER MATERIALIZED VIEW %I.%I CLUSTER ON %I', n.nspname, c.relname, i.relname) FROM pg_catalog.pg_index x
		JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid AND x.indisclustered)
	|| ARRAY(SELECT format('COMMENT ON MATERIALIZED VIEW %I.%I IS %L', n.nspname, c.relname, d) FROM obj_description(c.oid, 'pg_class') d WHERE d IS NOT NULL)
	|| ARRAY(SELECT format('COMMENT ON COLUMN %I.%I.%I IS %L', n.nspname, c.relname, a.attname, col_description(c.oid, a.attnum)) FROM pg_catalog.pg_attribute a
		WHERE a.attrelid = c.oid AND a.attnum > 0 AND col_description(c.oid, a.attnum) IS NOT NULL ORDER BY a.attnum)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1`

// anew makes a materialized view again, and binds what follows it to that; nil where something that does cannot be.
func (e *endpoint) anew(ctx context.Context, t *tx, v materialized) ([]string, error) {
	var name, away, create string
	var drops, parts []string
	if err := t.row(ctx, viewParts, v.view).Scan(&name, &away, &create, &drops, &parts); err != nil {
		return nil, err
	}
	found, err := e.follow(ctx, t, []uint32{v.view})
	if err != nil || len(found.stuck[v.view]) > 0 {
		return nil, err
	}
	simple := away[strings.LastIndex(away, ".")+1:]
	out := append(slices.Clone(drops), fmt.Sprintf("ALTER MATERIALIZED VIEW %s RENAME TO %s", name, simple))
	var own, outer []string
	for _, f := range found.can[v.view] {
		out = append(out, f.Free...)
		if f.Own {
			own = append(own, f.Make...)
		} else {
			outer = append(outer, f.Make...)
		}
	}
	return slices.Concat(out, []string{create}, parts, outer, []string{"DROP MATERIALIZED VIEW " + away}, own), nil
}

// followers adds what follows the tables that were asked for.
func (in *inspection) followers(e *endpoint) error {
	found, err := e.follow(in.ctx, in.tx, in.listed)
	if err != nil {
		return err
	}
	for oid, all := range found.can {
		in.tables[oid].Followers = all
	}
	for oid, all := range found.stuck {
		in.tables[oid].Dependents = append(in.tables[oid].Dependents, all...)
	}
	return nil
}

// guarded refuses to go on where something else follows the table than when the statement was written: it would be lost.
// The table is locked by then.
func (e *endpoint) guarded(ctx context.Context, t *tx, g *providers.Guard, what string) error {
	var oid uint32
	if err := t.row(ctx, "SELECT $1::regclass::oid", quoteRef(g.Table)).Scan(&oid); err != nil {
		return err
	}
	found, err := e.follow(ctx, t, []uint32{oid})
	if err != nil {
		return err
	}
	if now := schema.FollowDigest(found.can[oid], g.But...); now != g.Follow || len(found.stuck[oid]) > 0 {
		return &providers.Error{
			Op: "carry out", Object: what, Class: providers.Conflict,
			Err:    fmt.Errorf("views, keys of other tables, triggers or rights of table %s are not those that the plan has", home(g.Table)),
			Remedy: "Nothing was swapped. Put them back as they were and run the command again, or end the run with `migrateiq run abandon` and make a new plan.",
		}
	}
	return nil
}
