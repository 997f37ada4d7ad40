package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Large objects are read and written as the rows of a table: one for each piece of each object. A source shows all of them
// under the name of the catalog that they are in. A target shows those that runs have made, which a table beside the ledger
// names: others there belong to somebody else, and are neither read nor touched.
var (
	largeObjects = schema.Ref{Schema: "pg_catalog", Name: "pg_largeobject"}
	madeObjects  = schema.Ref{Schema: "_migrateiq", Name: "large_object"}
)

// pieceBytes are in every piece of an object but the last; an object without content is one empty piece.
const pieceBytes = 1 << 20

func isLarge(r schema.Ref) bool { return r == largeObjects || r == madeObjects }

// objectsOf lists the objects of a relation as m, with their numbers.
func objectsOf(r schema.Ref) string {
	if r == madeObjects {
		return "(SELECT o.oid FROM _migrateiq.large_object o JOIN pg_catalog.pg_largeobject_metadata d ON d.oid = o.oid) m"
	}
	return "pg_catalog.pg_largeobject_metadata m"
}

// measured is the size of each object m, which the server finds at its end. Every object is closed again at once.
const measured = `CROSS JOIN LATERAL (SELECT lo_lseek64(f.fd, 0, 2) AS size, lo_close(f.fd) AS closed FROM (SELECT lo_open(m.oid, 262144) AS fd OFFSET 0) f OFFSET 0) z`

// findLarge is the relation of pieces.
func findLarge(ctx context.Context, t *tx, r schema.Ref) (*relation, error) {
	rel := &relation{ref: r, kind: "pieces"}
	if err := t.row(ctx, "SELECT current_user::text").Scan(&rel.role); err != nil {
		return nil, err
	}
	if r == madeObjects {
		var there bool
		if err := t.row(ctx, "SELECT to_regclass('_migrateiq.large_object') IS NOT NULL").Scan(&there); err != nil {
			return nil, err
		}
		if !there {
			return nil, &providers.Error{Op: "find", Object: r.String(), Class: providers.NotFound, Err: errors.New("there is no such table")}
		}
	}
	rel.pieces = fmt.Sprintf(`(SELECT m.oid::bigint AS oid, p.piece::integer AS piece FROM %s %s
	CROSS JOIN LATERAL generate_series(0::bigint, greatest(z.size - 1, 0) / %d) AS p(piece))`, objectsOf(r), measured, pieceBytes)
	return rel, rel.understand(ctx, t, map[string]kindred{"oid": {20, -1}, "piece": {23, -1}, "data": {17, -1}})
}

// pieceContent is the content of the piece of a row.
func pieceContent() string {
	return fmt.Sprintf("lo_get(t.oid::oid, t.piece::bigint * %d, %[1]d)", pieceBytes)
}

// largeTables describes the relations of pieces that are there and asked for.
func (in *inspection) largeTables(only []schema.Ref) error {
	refs := []schema.Ref{largeObjects, madeObjects}
	if only != nil && !slices.ContainsFunc(refs, func(r schema.Ref) bool { return slices.Contains(only, r) }) {
		return nil
	}
	var objects, bytes, described, granted int64
	var made bool
	err := in.tx.row(in.ctx, `SELECT count(*), pg_table_size('pg_catalog.pg_largeobject'), to_regclass('_migrateiq.large_object') IS NOT NULL,
		(SELECT count(*) FROM pg_catalog.pg_description WHERE classoid = 'pg_catalog.pg_largeobject'::regclass), count(*) FILTER (WHERE lomacl IS NOT NULL)
		FROM pg_catalog.pg_largeobject_metadata`).Scan(&objects, &bytes, &made, &described, &granted)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if only != nil && !slices.Contains(only, r) || r == madeObjects && !made {
			continue
		}
		t := schema.Table{Ref: r, Rows: objects + bytes/pieceBytes, Bytes: bytes, Primary: &schema.Key{Columns: []string{"oid", "piece"}}, Columns: []schema.Column{
			{Name: "oid", Type: schema.Type{Kind: schema.Int64}, Declared: "bigint"}, {Name: "piece", Type: schema.Type{Kind: schema.Int32}, Declared: "integer"},
			{Name: "data", Type: schema.Type{Kind: schema.Bytes}, Declared: "bytea"}}}
		for _, lost := range []struct {
			kind string
			n    int64
		}{{"comment", described}, {"grant", granted}} {
			if lost.n > 0 && r == largeObjects {
				t.Unsupported = append(t.Unsupported, schema.Object{Kind: lost.kind, Name: fmt.Sprintf("on large objects, %d in all", lost.n), Why: "only the content of large objects is copied; their owner is the role that the apply connects as"})
			}
		}
		in.large = append(in.large, t)
	}
	return nil
}

// largeChunks cuts between objects, so that one transaction makes each of them.
func largeChunks(ctx context.Context, t *tx, r schema.Ref, bytes int64) ([]providers.Chunk, error) {
	bytes = max(bytes, pieceBytes)
	rows, err := t.conn.Query(ctx, fmt.Sprintf(`SELECT oid::text FROM (SELECT oid, size, sum(size) OVER (ORDER BY oid ROWS UNBOUNDED PRECEDING) AS upto
		FROM (SELECT m.oid, z.size + 2048 AS size FROM %s %s) s) c WHERE div(upto, %d) > div(upto - size, %[3]d) ORDER BY c.oid`, objectsOf(r), measured, bytes))
	if err != nil {
		return nil, err
	}
	cuts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	var chunks []providers.Chunk
	var after []string
	for n := range len(cuts) + 1 {
		l := limits{Key: []string{"oid"}, After: after}
		if n < len(cuts) {
			l.UpTo = cuts[n : n+1]
		}
		text, err := l.text()
		if err != nil {
			return nil, err
		}
		chunks, after = append(chunks, providers.Chunk{N: n, Bounds: text}), l.UpTo
	}
	return chunks, nil
}

// defineLarge writes the statements for what is done to the table that names the objects of the runs; false for any other.
func defineLarge(c schema.Change) ([]providers.Statement, bool, error) {
	switch {
	case c.CreateTable != nil && c.CreateTable.Ref == madeObjects:
		s, err := single("make the list of large objects", "", nil, "CREATE TABLE _migrateiq.large_object (oid oid PRIMARY KEY)")
		return s, true, err
	case c.AddPrimary != nil && c.AddPrimary.Table == madeObjects, c.Comments != nil && c.Comments.Ref == madeObjects:
		return nil, true, nil
	case c.Empty != nil && *c.Empty == madeObjects:
		s, err := single("empty the list of large objects", "removes the large objects that runs have made", nil,
			"SELECT lo_unlink(o.oid) FROM _migrateiq.large_object o JOIN pg_catalog.pg_largeobject_metadata d ON d.oid = o.oid", "TRUNCATE _migrateiq.large_object")
		return s, true, err
	case c.CreateTable != nil && c.CreateTable.Ref.Schema == madeObjects.Schema, c.Swap != nil && c.Swap.Old == madeObjects, c.Drop != nil && *c.Drop == madeObjects:
		return nil, true, &providers.Error{Op: "define", Object: "large objects", Class: providers.Unsupported, Err: errors.New("large objects cannot be built anew beside the old ones, whose numbers they have"),
			Remedy: "To load them again, remove those that the runs have made: SELECT lo_unlink(oid) FROM _migrateiq.large_object; DROP TABLE _migrateiq.large_object. The next plan then makes them again."}
	}
	return nil, false, nil
}

// makePieces makes the objects that begin in a batch and writes the content of its rows. A number that is taken in the target is
// somebody else's, and is left alone.
func (l *loader) makePieces(ctx context.Context, b *batch.Batch) error {
	place := func(name string) int {
		return slices.IndexFunc(b.Columns, func(c schema.Column) bool { return c.Name == name })
	}
	atOID, atPiece, atData := place("oid"), place("piece"), place("data")
	if l.spec.Mode != providers.Insert || atOID < 0 || atPiece < 0 || atData < 0 {
		return &providers.Error{Op: "load", Object: l.object, Class: providers.Unsupported, Err: errors.New("large objects are only made, from number, piece and content")}
	}
	if l.objects == nil {
		l.objects = map[int64]bool{}
	}
	n := b.Len()
	var fresh, oids, starts []int64
	var data [][]byte
	for i := range n {
		oid, start, content := b.Vectors[atOID].Ints[i], b.Vectors[atPiece].Ints[i]*pieceBytes, b.Vectors[atData].Blob(i)
		if !l.objects[oid] {
			l.objects[oid] = true
			fresh = append(fresh, oid)
		}
		if start, content = withoutHole(start, content); len(content) > 0 {
			oids, starts, data = append(oids, oid), append(starts, start), append(data, content)
		}
	}
	if err := l.makeObjects(ctx, fresh); err != nil {
		return err
	}
	if len(oids) > 0 {
		if _, err := l.tx.exec(ctx, "SELECT lo_put(u.o::oid, u.p, u.d) FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS u(o, p, d)", oids, starts, data); err != nil {
			return err
		}
	}
	l.rows += int64(n)
	return nil
}

// withoutHole leaves of a piece of zeros the last byte, which gives the object its length: the server reads as zeros what
// was never written.
func withoutHole(start int64, content []byte) (int64, []byte) {
	if len(content) < 2 || slices.ContainsFunc(content, func(b byte) bool { return b != 0 }) {
		return start, content
	}
	return start + int64(len(content)) - 1, content[len(content)-1:]
}

func (l *loader) makeObjects(ctx context.Context, fresh []int64) error {
	if len(fresh) == 0 {
		return nil
	}
	var taken, count int64
	err := l.tx.row(ctx, "SELECT coalesce(min(oid::bigint), 0), count(*) FROM pg_catalog.pg_largeobject_metadata WHERE oid::bigint = ANY($1)", fresh).Scan(&taken, &count)
	if err != nil {
		return err
	}
	if count > 0 {
		return &providers.Error{Op: "load", Object: l.object, Class: providers.Conflict, Err: fmt.Errorf("the target has a large object %d already, which no run has made", taken),
			Remedy: fmt.Sprintf("Columns of the source name its own by this number, so it keeps it. Where the target's is not needed any more remove it with SELECT lo_unlink(%d), else give its content another number there; then run the same command.", taken)}
	}
	_, err = l.tx.exec(ctx, "INSERT INTO _migrateiq.large_object (oid) SELECT lo_create(o::oid) FROM unnest($1::bigint[]) AS o", fresh)
	return err
}

// readLarge gives a role the right on every large object that is there: there is none on all of them.
func readLarge(who string) string {
	return "DO " + literal(fmt.Sprintf("DECLARE o oid; BEGIN FOR o IN SELECT oid FROM pg_catalog.pg_largeobject_metadata LOOP EXECUTE format('GRANT SELECT ON LARGE OBJECT %%s TO %%s', o, %s); END LOOP; END", literal(who)))
}

func largeRemedy(role string) string {
	return "The role has to read every large object. Run as an administrator: " + readLarge(quote(role)) + "; or take \"large_objects\" out of objects."
}

// large checks that every large object may be read. Those that runs have made belong to the role that made them.
func (c *check) large(r schema.Ref) error {
	if r != largeObjects {
		return nil
	}
	may, err := c.may(`(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) OR current_setting('lo_compat_privileges')::bool
		OR NOT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata m WHERE NOT pg_has_role(m.lomowner, 'USAGE') AND NOT EXISTS (SELECT FROM aclexplode(m.lomacl) a
			WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_has_role(a.grantee, 'USAGE'))))`)
	if err == nil && !may {
		c.lack("SELECT on every large object", readLarge(c.role)+";")
	}
	return err
}
