package conformance

import (
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// shapes: what CreateTable says, Inspect finds.
func shapes(t *testing.T, s Suite) {
	sys := target(t, s)
	parent := sys.table(sys.simple("Parent Table"))
	child := schema.Table{
		Ref: sys.ref(`child "quoted"`), Columns: columns([]string{"a", "b c"}, "a", wide, "b c", wide, "select", text),
		Primary: &schema.Key{Columns: []string{"b c", "a"}, Unique: true},
		Foreign: []schema.ForeignKey{{Columns: []string{"a"}, Parent: parent.Ref, Key: []string{"id"}, OnDelete: "cascade"}},
	}
	got := sys.table(child)
	if !need[providers.Definer](t, sys.e).Order().ForeignWithTable {
		check(t, "add the foreign key", sys.do(schema.Change{AddForeign: &schema.ForeignAdd{Table: child.Ref, Foreign: child.Foreign[0]}}))
		got = sys.described(child.Ref)
	}
	if !slices.Equal(got.Names(), child.Names()) {
		t.Errorf("columns: got %v, want %v", got.Names(), child.Names())
	}
	for i, c := range got.Columns {
		if c.Null != child.Columns[i].Null {
			t.Errorf("column %s: may be null is %v, want %v", c.Name, c.Null, child.Columns[i].Null)
		}
	}
	if got.Primary == nil || !slices.Equal(got.Primary.Columns, child.Primary.Columns) || !got.IsUnique([]string{"a", "b c"}) {
		t.Errorf("primary key: got %+v, want %v", got.Primary, child.Primary.Columns)
	}
	if len(got.Foreign) != 1 || got.Foreign[0].Parent.Name != parent.Ref.Name || got.Foreign[0].OnDelete != "cascade" {
		t.Errorf("foreign keys: got %+v", got.Foreign)
	}
}

// foreign: orphans that were loaded while the checks were off are found, and counted.
func foreign(t *testing.T, s Suite) {
	sys := target(t, s)
	if !need[providers.Definer](t, sys.e).Order().ForeignWithTable {
		t.Skip("the target adds foreign keys after the rows, by statements that check them")
	}
	child := sys.simple("child")
	child.Foreign = []schema.ForeignKey{{Columns: []string{"id"}, Parent: sys.ref("parent"), Key: []string{"id"}}}
	parent, made := sys.table(sys.simple("parent")), sys.table(child)
	_, err := sys.load(sys.spec(made, 0), numbered(made, 0, 10))
	check(t, "load children first", err)
	wantClass(t, "children without parents", sys.do(schema.Change{CheckForeign: &made.Ref}), providers.Conflict)
	_, err = sys.load(sys.spec(parent, 1), numbered(parent, 0, 10))
	check(t, "load the parents", err)
	check(t, "check again", sys.do(schema.Change{CheckForeign: &made.Ref}))
}

// swaps: the new rows stand under the old name, the old ones are gone, and foreign keys of others still lead there.
func swaps(t *testing.T, s Suite) {
	sys := target(t, s)
	if !slices.Contains(sys.e.Info().Modes, "replace") {
		t.Skip("the endpoint has no replace")
	}
	old := sys.table(sys.simple("album"))
	beside := sys.simple("album_beside")
	made := sys.table(beside)
	_, err := sys.load(sys.spec(old, 0), numbered(old, 0, 10))
	check(t, "load", err)
	b := numbered(made, 5, 25)
	_, err = sys.load(sys.spec(made, 1), b)
	check(t, "load beside", err)
	check(t, "swap", sys.do(schema.Change{Swap: &schema.TableSwap{Old: old.Ref, New: beside}}))
	now := sys.described(old.Ref)
	same(t, "rows under the old name", sys.whole(now), of(b, nil))
	if now.Primary == nil {
		t.Error("the swapped table has no primary key")
	}
	cat, err := need[providers.Inspector](t, sys.e).Inspect(t.Context(), nil)
	check(t, "inspect", err)
	if _, ok := cat.Table(beside.Ref); ok || len(cat.Tables) != 1 {
		t.Errorf("tables after the swap: got %d, want the one", len(cat.Tables))
	}
}
