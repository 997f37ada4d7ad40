package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// staging and leaving are the temporary tables for rows to put in and keys to remove. They go with the transaction.
const (
	staging = "pg_temp.migrateiq_in"
	leaving = "pg_temp.migrateiq_out"
)

// stage makes a temporary table with columns as the target has them, collations included.
func (l *loader) stage(ctx context.Context, name string, columns []schema.Column) error {
	return l.tx.run(ctx, fmt.Sprintf("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA",
		strings.TrimPrefix(name, "pg_temp."), quoteAll(named(columns), ""), quoteRef(l.spec.Table)))
}

func named(columns []schema.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// pair is the condition that a row of the target t and one of a temporary table i have one key.
func (l *loader) pair() string { return l.equal("t.", "i.") }

// equal compares two keys by the operators of their types, wherever these lie.
func (l *loader) equal(a, b string) string {
	on := make([]string, len(l.key))
	for n, k := range l.key {
		on[n] = fmt.Sprintf("%s%s %s %s%s", a, quote(k.Name), l.rel.forms[k.Name].op("="), b, quote(k.Name))
	}
	return strings.Join(on, " AND ")
}

// unique proves that keys of a temporary table are there once and are not null.
func (l *loader) unique(ctx context.Context, table string) error {
	for _, k := range l.key {
		var null bool
		if err := l.tx.row(ctx, fmt.Sprintf("SELECT EXISTS (SELECT FROM %s WHERE %s IS NULL)", table, quote(k.Name))).Scan(&null); err != nil {
			return err
		}
		if null {
			return &providers.Error{Op: "load", Object: l.object, Column: k.Name, Class: providers.BadValue, Err: errors.New("null in a key")}
		}
	}
	return l.tx.run(ctx, fmt.Sprintf("CREATE UNIQUE INDEX ON %s (%s)", table, quoteAll(named(l.key), "")), "ANALYZE "+table)
}

// stood locks the rows of the target that have a key of the temporary table, digests them, and counts them.
func (l *loader) stood(ctx context.Context, table string) (int64, error) {
	var standing, matched int64
	err := l.tx.row(ctx, fmt.Sprintf(`SELECT count(*), count(DISTINCT at) FROM (SELECT i.ctid AS at FROM %s t JOIN %s i ON %s FOR UPDATE OF t) x`,
		l.standing, table, l.pair())).Scan(&standing, &matched)
	if err != nil || standing == 0 {
		return 0, err
	}
	if standing != matched {
		return 0, &providers.Error{
			Op: "load", Object: l.object, Class: providers.Conflict,
			Err: fmt.Errorf("%w: the table holds a key more than once", providers.ErrDuplicateKey),
		}
	}
	if err := l.tx.pin(ctx); err != nil {
		return 0, err
	}
	digest, err := l.digest(ctx, fmt.Sprintf("FROM %s t JOIN %s i ON %s", l.standing, table, l.pair()))
	err = cmp.Or(err, l.tx.unpin(ctx)) // triggers expect the role's own path
	if err == nil && digest.Rows != standing {
		err = errors.New("rows that were locked have changed")
	}
	l.replaced = l.replaced.Plus(digest)
	return standing, err
}

func (l *loader) digest(ctx context.Context, from string) (sum batch.Digest, err error) {
	values := make([]string, len(l.spec.Columns))
	for i, c := range l.spec.Columns {
		values[i] = "t." + quote(c.Name)
	}
	values, decode, err := l.e.ways(l.rel.of(l.spec.Columns), l.spec.Columns, values)
	if err != nil {
		return sum, err
	}
	out := copyOut(ctx, l.tx.conn, "SELECT "+strings.Join(values, ", ")+" "+from)
	defer out.close()
	r := decodeRows(out, l.spec.Columns, decode)
	b := batch.New(l.spec.Columns, 0)
	for {
		switch err := r.next(ctx, b); {
		case err == io.EOF:
			<-out.done
			return sum, out.err
		case err != nil:
			return sum, err
		case l.spec.Hasher == nil:
			sum.Rows += int64(b.Len())
		default:
			sum = sum.Plus(l.spec.Hasher.Batch(b, nil))
		}
	}
}

// merge puts the staged rows in. Rows whose key is there are updated in place, the others inserted; an insert with ON
// CONFLICT would need a unique index on the key and fire the triggers of both.
func (l *loader) merge(ctx context.Context) error {
	if err := l.unique(ctx, staging); err != nil {
		return err
	}
	standing, err := l.stood(ctx, staging)
	if err != nil {
		return err
	}
	table, names := quoteRef(l.spec.Table), named(l.spec.Columns)
	if standing > 0 {
		if err := l.fixed(ctx); err != nil {
			return err
		}
	}
	if rest := l.others(); standing > 0 && len(rest) > 0 {
		set := make([]string, len(rest))
		for n, name := range rest {
			set[n] = fmt.Sprintf("%[1]s = i.%[1]s", quote(name))
		}
		n, err := l.tx.exec(ctx, fmt.Sprintf("UPDATE %s t SET %s FROM %s i WHERE %s", l.standing, strings.Join(set, ", "), staging, l.pair()))
		if err := took(n, standing, l.taken(err)); err != nil {
			return err
		}
	}
	n, err := l.tx.exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s i WHERE NOT EXISTS (SELECT FROM %s t WHERE %s)",
		table, quoteAll(names, ""), quoteAll(names, "i."), staging, l.standing, l.pair()))
	return took(n, l.rows-standing, l.taken(err))
}

// taken says what to do about a value that is unique and that a row beside those of the chunk still holds.
func (l *loader) taken(err error) error {
	if state(err) != "23505" {
		return err
	}
	err = l.e.fail("load", l.object, err)
	var f *providers.Error
	if errors.As(err, &f) {
		f.Remedy = "Another row of the target still holds the value: one that is gone at the source, or one that gets a new value in the same plan. " +
			"Change or delete that row in the target and run the same command again, or give the run up and load the table anew with plan --replace."
	}
	return err
}

// fixed proves that identity columns that are always generated stay as they are in rows that stand: the server takes a
// number for them in an INSERT and in no UPDATE.
func (l *loader) fixed(ctx context.Context) error {
	for _, c := range l.spec.Columns {
		if !slices.Contains(l.rel.always, c.Name) || slices.Contains(l.spec.Key, c.Name) {
			continue
		}
		var moved bool
		if err := l.tx.row(ctx, fmt.Sprintf("SELECT EXISTS (SELECT FROM %[1]s t JOIN %[2]s i ON %[3]s WHERE t.%[4]s IS DISTINCT FROM i.%[4]s)",
			l.standing, staging, l.pair(), quote(c.Name))).Scan(&moved); err != nil {
			return err
		}
		if moved {
			return &providers.Error{
				Op: "load", Object: l.object, Column: c.Name, Class: providers.Unsupported,
				Err:    errors.New("a row that stands has another number, and the column is GENERATED ALWAYS AS IDENTITY: PostgreSQL changes no number there"),
				Remedy: fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s SET GENERATED BY DEFAULT; then run the same command again.", quoteRef(l.spec.Table), quote(c.Name)),
			}
		}
	}
	return nil
}

// others are the columns to set: those that are not in the key, and those of it in which equal values may differ. Those
// that no UPDATE may set are as they should be.
func (l *loader) others() []string {
	var rest []string
	for _, at := range l.sets {
		c := l.spec.Columns[at]
		if !slices.Contains(l.rel.always, c.Name) && (!slices.Contains(l.spec.Key, c.Name) || !l.rel.exact(c.Name)) {
			rest = append(rest, c.Name)
		}
	}
	return rest
}

func took(got, want int64, err error) error {
	if err == nil && got != want {
		err = fmt.Errorf("the server took %d of %d rows; a trigger or rule of the table leaves rows out, or another session writes to it", got, want)
	}
	return err
}

// Delete removes rows by key in the chunk's transaction.
func (l *loader) Delete(ctx context.Context, keys *batch.Batch) error {
	if l.failed != nil {
		return l.failed
	}
	if err := l.remove(ctx, keys); err != nil {
		l.failed = l.e.fail("load", l.object, err)
	}
	return l.failed
}

func (l *loader) remove(ctx context.Context, keys *batch.Batch) error {
	if keys.Len() == 0 {
		return nil
	}
	if len(l.key) == 0 {
		return errors.New("a delete needs a key")
	}
	if err := l.settle(ctx); err != nil {
		return err
	}
	columns := make([]schema.Column, len(keys.Columns))
	for n, k := range keys.Columns {
		at := slices.IndexFunc(l.key, func(c schema.Column) bool { return c.Name == k.Name })
		if at < 0 || len(keys.Columns) != len(l.key) {
			return errors.New("the keys to delete do not have the key's columns")
		}
		columns[n] = l.key[at]
	}
	if err := l.stage(ctx, leaving, columns); err != nil {
		return err
	}
	f, err := l.e.copyIn(context.WithoutCancel(ctx), l.tx.conn, leaving, l.object, columns, l.rel.of(columns))
	if err != nil {
		return err
	}
	if err := f.write(ctx, keys); err != nil {
		f.abort()
		return err
	}
	if err := f.finish(ctx); err != nil {
		return err
	}
	if err := l.tx.run(ctx, fmt.Sprintf("DELETE FROM %[1]s a USING %[1]s b WHERE a.ctid > b.ctid AND %[2]s",
		leaving, l.equal("a.", "b."))); err != nil {
		return err
	}
	standing, err := l.stood(ctx, leaving)
	if err != nil {
		return err
	}
	n, err := l.tx.exec(ctx, fmt.Sprintf("DELETE FROM %s t USING %s i WHERE %s", l.standing, leaving, l.pair()))
	if err := cmp.Or(took(n, standing, err), l.forgetKeys(ctx, keys)); err != nil {
		return err
	}
	return l.tx.run(ctx, "DROP TABLE "+leaving)
}
