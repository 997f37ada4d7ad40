package postgres

import "context"

// pin leaves only pg_catalog in the transaction's search path, so that names of types and values that name objects (such
// as regclass) are written with their schema, whatever the role's own path is.
func (t *tx) pin(ctx context.Context) error {
	if !t.free {
		return nil
	}
	t.free = false
	return t.run(ctx, "SET LOCAL search_path = pg_catalog")
}

// unpin gives the role's own search path back, as users' queries, views and triggers expect it.
func (t *tx) unpin(ctx context.Context) error {
	if t.free {
		return nil
	}
	t.free = true
	return t.run(ctx, "SET LOCAL search_path TO DEFAULT")
}
