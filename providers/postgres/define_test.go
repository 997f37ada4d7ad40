package postgres

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

var (
	integer = schema.Type{Kind: schema.Int32}
	text    = schema.Type{Kind: schema.String}
)

// odd is a name that has to be quoted; its derived names are too long.
const odd = `we"ird.Täble with a name of sixty-three bytes, as long as can be`

func TestWhatDefineMakesIsWhatInspectSees(t *testing.T) {
	e, dsn := database(t)
	if len(odd) > maxName+2 || len(odd) < 60 {
		t.Fatalf("the odd name has %d bytes", len(odd))
	}
	name := odd[:62]
	home := "Sch'ema"
	define(t, e, dsn, schema.Change{CreateSchema: &home})
	parent := schema.Table{Ref: schema.Ref{Schema: home, Name: "parent"}, Columns: []schema.Column{{Name: "A", Type: integer}, {Name: "b", Type: text}}}
	made := schema.Table{
		Ref: schema.Ref{Schema: home, Name: name}, Comment: "it's a table",
		Columns: []schema.Column{
			{Name: "id", Type: schema.Type{Kind: schema.Int64}, Identity: true, Comment: `the "key"`},
			{Name: "Up", Type: integer, Null: true, Default: "7"},
			{Name: "up2", Type: text, Null: true, Default: "'it''s'"},
			{Name: "flag", Type: schema.Type{Kind: schema.Bool}, Default: "true"},
		},
		Primary: &schema.Key{Columns: []string{"id"}},
		Keys:    []schema.Key{{Columns: []string{"Up"}}, {Columns: []string{"up2", "Up"}, Unique: true}},
		Foreign: []schema.ForeignKey{{Columns: []string{"Up", "up2"}, Parent: parent.Ref, Key: []string{"A", "b"}, OnDelete: "cascade", OnUpdate: "set null"}},
	}
	changes := []schema.Change{
		{CreateTable: &parent}, {CreateTable: &made}, {AddPrimary: &schema.KeyChange{Table: parent.Ref, Key: schema.Key{Columns: []string{"A", "b"}}}},
		{AddPrimary: &schema.KeyChange{Table: made.Ref, Key: *made.Primary}},
	}
	for _, k := range made.Keys {
		changes = append(changes, schema.Change{AddKey: &schema.KeyChange{Table: made.Ref, Key: k}})
	}
	changes = append(changes, schema.Change{AddForeign: &schema.ForeignAdd{Table: made.Ref, Foreign: made.Foreign[0]}},
		schema.Change{Analyze: &made.Ref}, schema.Change{Comments: &made}, schema.Change{Sequences: &made}, schema.Change{CheckForeign: &made.Ref})
	for _, c := range changes {
		define(t, e, dsn, c)
	}
	c, err := e.Inspect(t.Context(), []schema.Ref{made.Ref})
	if err != nil || len(c.Tables) != 1 {
		t.Fatalf("Inspect: %v, %v", c, err)
	}
	got := c.Tables[0]
	if got.Primary == nil || len(got.Keys) != 2 || len(got.Foreign) != 1 {
		t.Fatalf("Inspect: got %+v", got)
	}
	names := map[string]bool{got.Primary.Name: true, got.Keys[0].Name: true, got.Keys[1].Name: true, got.Foreign[0].Name: true}
	for n := range names {
		if len(n) > maxName || !strings.HasPrefix(n, `we"ird.Täble`) {
			t.Errorf("a key is named %q", n)
		}
	}
	if len(names) != 4 {
		t.Errorf("names are not distinct: %v", names)
	}
	got.Primary.Name, got.Foreign[0].Name, got.Foreign[0].SetColumns = "", "", nil
	portable := func(k *schema.Key) { *k = schema.Key{Columns: k.Columns, Unique: k.Unique} }
	portable(got.Primary)
	for i := range got.Keys {
		portable(&got.Keys[i])
	}
	got.Native, got.Indexes, got.Sequences = nil, nil, nil
	for i := range got.Columns {
		got.Columns[i].Declared, got.Columns[i].Default = "", ""
	}
	for i := range made.Columns {
		made.Columns[i].Default = ""
	}
	made.Primary.Unique = true
	if made.Keys[0].Unique != got.Keys[0].Unique { // sorted by names, which hold a hash
		got.Keys[0], got.Keys[1] = got.Keys[1], got.Keys[0]
	}
	got.Rows, got.Bytes, got.Tracks = 0, 0, false
	if diff := cmp.Diff(made, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	define(t, e, dsn, schema.Change{Empty: &made.Ref})
	define(t, e, dsn, schema.Change{Drop: &made.Ref})
}

func TestNamesAndChangesThatCannotBeAreRefused(t *testing.T) {
	e := &endpoint{}
	long := strings.Repeat("é", 32)
	column := []schema.Column{{Name: "a", Type: integer}}
	ref := public("t")
	for name, c := range map[string]schema.Change{
		"a long table":    {CreateTable: &schema.Table{Ref: public(long), Columns: column}},
		"a long column":   {CreateTable: &schema.Table{Ref: ref, Columns: []schema.Column{{Name: long, Type: integer}}}},
		"an empty name":   {CreateTable: &schema.Table{Ref: public(""), Columns: column}},
		"a zero byte":     {CreateTable: &schema.Table{Ref: public("a\x00"), Columns: column}},
		"no columns":      {CreateTable: &schema.Table{Ref: ref}},
		"an unknown type": {CreateTable: &schema.Table{Ref: ref, Columns: []schema.Column{{Name: "a"}}}},
		"a long key":      {AddKey: &schema.KeyChange{Table: ref, Key: schema.Key{Name: long, Columns: []string{"a"}}}},
		"a key of none":   {AddPrimary: &schema.KeyChange{Table: ref}},
		"an odd action":   {AddForeign: &schema.ForeignAdd{Table: ref, Foreign: schema.ForeignKey{Columns: []string{"a"}, Parent: ref, Key: []string{"a"}, OnDelete: "explode"}}},
		"two schemas":     {Swap: &schema.TableSwap{Old: ref, New: schema.Table{Ref: schema.Ref{Schema: "x", Name: "y"}}}},
		"nothing":         {},
	} {
		if got, err := e.Define(c); err == nil {
			t.Errorf("%s: got %v, want an error", name, got)
		}
	}
}

func TestDefaultsThatAreNoConstantsAreNamed(t *testing.T) {
	for _, c := range []struct {
		column schema.Column
		want   string
	}{
		{schema.Column{Type: integer, Default: "'-1'::integer"}, "'-1'"},
		{schema.Column{Type: text, Default: "'a''b'::character varying(10)"}, "'a''b'"},
		{schema.Column{Type: schema.Type{Kind: schema.Bool}, Default: "0"}, ""},
		{schema.Column{Type: integer, Default: "'x'"}, ""},
		{schema.Column{Type: text, Default: "5"}, ""},
		{schema.Column{Type: text, Default: "now()"}, ""},
		{schema.Column{Type: text, Default: "'a' || 'b'"}, ""},
		{schema.Column{Type: integer, Default: "1; DROP TABLE t"}, ""},
	} {
		if got := constantDefault(c.column); got != c.want {
			t.Errorf("%s for %s: got %q, want %q", c.column.Default, c.column.Type, got, c.want)
		}
	}
	s, err := (&endpoint{}).Define(schema.Change{CreateTable: &schema.Table{Ref: public("t"), Columns: []schema.Column{{Name: "a", Type: text, Default: "now()"}}}})
	if err != nil || s[0].What != "create table public.t without the default of a" {
		t.Errorf("Define: got %v, %v", s, err)
	}
}

func TestSequencesGoPastTheLargestValueAndNeverBack(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE TABLE t (a int GENERATED BY DEFAULT AS IDENTITY, b serial, c bigint GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1), v int);
		INSERT INTO t (a, b, c) VALUES (41, -5, -7), (7, -9, -3); CREATE TABLE empty (a int GENERATED BY DEFAULT AS IDENTITY)`)
	target, empty := table(t, e, "t"), table(t, e, "empty")
	for range 2 {
		define(t, e, dsn, schema.Change{Sequences: &target})
		define(t, e, dsn, schema.Change{Sequences: &empty})
	}
	if got := testserver.Psql(t, dsn, "INSERT INTO t (v) VALUES (1) RETURNING a, b, c"); got != "42|1|-8" {
		t.Errorf("the next numbers: got %s, want 42|1|-8", got)
	}
	testserver.Psql(t, dsn, "DELETE FROM t WHERE a > 1")
	define(t, e, dsn, schema.Change{Sequences: &target})
	if got := testserver.Psql(t, dsn, "INSERT INTO t (v) VALUES (1) RETURNING a; INSERT INTO empty DEFAULT VALUES RETURNING a"); got != "43\n1" {
		t.Errorf("the next numbers: got %s, want 43 and 1", got)
	}
}

func TestSwapPutsTheNewTableInUnderProperNames(t *testing.T) {
	e, dsn := database(t)
	build := func(name string, id int) schema.Table {
		made := schema.Table{
			Ref:     public(name),
			Columns: []schema.Column{{Name: "id", Type: integer, Identity: true}, {Name: "up", Type: integer, Null: true}, {Name: "n", Type: text, Null: true}},
			Primary: &schema.Key{Columns: []string{"id"}}, Keys: []schema.Key{{Columns: []string{"up"}}, {Columns: []string{"n"}, Unique: true}},
			Foreign: []schema.ForeignKey{{Columns: []string{"up"}, Parent: public("parent"), Key: []string{"id"}}},
		}
		define(t, e, dsn, schema.Change{CreateTable: &made})
		testserver.Psql(t, dsn, "INSERT INTO "+name+" VALUES ("+strings.Repeat("1", id)+", 1, 'x')")
		define(t, e, dsn, schema.Change{AddPrimary: &schema.KeyChange{Table: made.Ref, Key: *made.Primary}})
		for _, k := range made.Keys {
			define(t, e, dsn, schema.Change{AddKey: &schema.KeyChange{Table: made.Ref, Key: k}})
		}
		define(t, e, dsn, schema.Change{AddForeign: &schema.ForeignAdd{Table: made.Ref, Foreign: made.Foreign[0]}})
		return made
	}
	testserver.Psql(t, dsn, "CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1)")
	build("album", 1)
	before := table(t, e, "album")
	made := build("album_migrateiq_new", 2)
	define(t, e, dsn, schema.Change{Swap: &schema.TableSwap{Old: public("album"), New: made}})
	after := table(t, e, "album")
	before.Rows, before.Bytes, after.Rows, after.Bytes = 0, 0, 0, 0
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("before -, after +:\n%s", diff)
	}
	if got := testserver.Psql(t, dsn, "SELECT id FROM album; SELECT pg_get_serial_sequence('album', 'id'); SELECT count(*) FROM pg_class WHERE relname LIKE '%migrateiq%'"); got != "11\npublic.album_id_seq\n0" {
		t.Errorf("after the swap: got %s", got)
	}
}

func TestADuplicateIsFoundWhenThePrimaryKeyIsBuilt(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1); CREATE TABLE n (a int); INSERT INTO n VALUES (NULL)")
	for name, want := range map[string]providers.Class{"t": providers.Conflict, "n": providers.BadValue} {
		s, err := e.Define(schema.Change{AddPrimary: &schema.KeyChange{Table: public(name), Key: schema.Key{Columns: []string{"a"}}}})
		if err != nil {
			t.Fatal(err)
		}
		err = ledger{e}.Exec(t.Context(), providers.Step{Run: "r", N: 1, Epoch: epoch, Statement: s[0]})
		if f := failure(err); f.Class != want || errors.Is(err, providers.ErrDuplicateKey) != (want == providers.Conflict) {
			t.Errorf("%s: got class %q (%v), want %q", name, f.Class, err, want)
		}
	}
	testserver.Psql(t, dsn, "CREATE TABLE p (a int PRIMARY KEY); INSERT INTO p VALUES (5)")
	s, err := e.Define(schema.Change{AddForeign: &schema.ForeignAdd{Table: public("t"), Foreign: schema.ForeignKey{Columns: []string{"a"}, Parent: public("p"), Key: []string{"a"}}}})
	if err != nil || len(s) != 2 {
		t.Fatalf("Define: got %v, %v, want two statements", s, err)
	}
	if err := (ledger{e}).Exec(t.Context(), providers.Step{Run: "r", N: 2, Epoch: epoch, Statement: s[0]}); err != nil {
		t.Errorf("a foreign key that is not yet checked: %v", err)
	}
	if err := (ledger{e}).Exec(t.Context(), providers.Step{Run: "r", N: 3, Epoch: epoch, Statement: s[1]}); providers.ClassOf(err) != providers.Conflict {
		t.Errorf("its check: got %v, want an error of class conflict", err)
	}
}
