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

// free reads the definitions of sequences that no table has.
func (in *inspection) free() error {
	var ids []string
	for _, o := range in.objects {
		if o.ID != "" {
			ids = append(ids, o.ID)
		}
	}
	if ids == nil {
		return nil
	}
	found, err := definitions(in.ctx, in.tx, ids)
	in.needed = append(in.needed, found...)
	return err
}

// standings notes with sequences where they stand, as far as the role may see it. The transaction has an empty search path.
func standings(ctx context.Context, t *tx, all []schema.Definition) error {
	at := map[string]int{}
	var names []string
	for i, d := range all {
		if d.Kind == "sequence" {
			at[d.Name] = i
			names = append(names, d.Name)
		}
	}
	for part := range slices.Chunk(names, 200) {
		rows, err := t.conn.Query(ctx, `SELECT n FROM unnest($1::text[]) n WHERE has_sequence_privilege(n::regclass, 'SELECT')`, part)
		if err != nil {
			return err
		}
		seen, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		asks := make([]string, len(seen))
		for i, n := range seen {
			asks[i] = fmt.Sprintf("SELECT %s, q.last_value, q.is_called, s.seqincrement < 0 FROM %s q, pg_catalog.pg_sequence s WHERE s.seqrelid = %[1]s::regclass", literal(n), n)
		}
		if len(asks) == 0 {
			continue
		}
		if rows, err = t.conn.Query(ctx, strings.Join(asks, " UNION ALL ")); err != nil {
			return err
		}
		var name string
		var s schema.Standing
		_, err = pgx.ForEachRow(rows, []any{&name, &s.Last, &s.Called, &s.Down}, func() error {
			found := s
			all[at[name]].Stands = &found
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// advance moves a sequence on where it stands behind. One that the run has made may begin before its start, as the
// source's does, while it has given out no number.
func advance(a *schema.Advance) ([]providers.Statement, error) {
	behind := fmt.Sprintf("q.last_value < %d", a.To.Last)
	if a.To.Down {
		behind = fmt.Sprintf("q.last_value > %d", a.To.Last)
	}
	if a.To.Called {
		behind += fmt.Sprintf(" OR q.last_value = %d AND NOT q.is_called", a.To.Last)
	}
	if a.Made {
		behind += " OR NOT q.is_called"
	}
	return single("move on the sequence "+a.Sequence, "", nil,
		fmt.Sprintf("SELECT setval(%s::regclass, %d, %t) FROM %s q WHERE %s", literal(a.Sequence), a.To.Last, a.To.Called, a.Sequence, behind))
}
