// Package expr reads, checks and names typed expressions of rows: their types, whether they may be null, what they depend on,
// and a canonical form for fingerprints. It runs none.
package expr

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Scope is what an expression sees.
type Scope struct {
	Columns []schema.Column // src.<name>; for CheckTable the target's fields, out.<name>
	Joins   []Join          // join.<name>.<column>
	Offline bool            // columns are not known: src.<anything> is taken as it is, the null rule does not apply to it
	Out     *Value          // for expect: out; nil elsewhere
	Origin  *Origin         // for CheckTable: where the rows come from; nil: run and src are not there
	Params  []Param         // param.<name>
	Lookups []Lookup        // lookup.<name>[key]
	Keys    []string        // names of keys of protecting functions
	Object  string          // for diagnostics: mapping "patient"
	Place   string          // for messages: Table main.Album of source.sqlite.shop
}

// Value is a single value that an expression sees under a name.
type Value struct {
	Type schema.Type
	Null bool
}

// Param is a value handed over from the configuration; it is never null.
type Param struct {
	Name string
	Type schema.Type
}

// Lookup is a map from keys to values. Null says that a missing key gives null, so that lookup.x[k] may be null.
type Lookup struct {
	Name       string
	Key, Value schema.Type
	Null       bool
}

// Join is the row of a joined table. An expression reads its columns under the names that Read gives them, as if they
// were columns of the row itself, and each may be null.
type Join struct {
	Name    string
	Columns []schema.Column
	Place   string // for messages: Table main.Ward of source.sqlite.shop
}

// Joined is the name under which a column of a joined table is read: ward.NAME of join.ward.NAME.
func Joined(join, column string) string { return join + "." + column }

// Expr is a checked expression.
type Expr struct {
	text      string
	typ       schema.Type
	null      bool
	column    string
	canonical string
	deps      dependencies
	functions []string
	keys      []string
	reaches   []Reach
	held      [][2]string
	native    *celast.AST
	env       *cel.Env
	program   cel.Program
}

type dependencies struct{ columns, params, lookups map[string]bool }

func newDependencies() dependencies {
	return dependencies{map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

func sorted(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Text is the expression as it was written.
func (e *Expr) Text() string { return e.text }

// Type is the canonical type of the result. src.X alone has exactly the column's type; Unknown where columns are not known.
func (e *Expr) Type() schema.Type { return e.typ }

// MayBeNull reports whether the result may be null.
func (e *Expr) MayBeNull() bool { return e.null }

// Canonical is the same for every layout of the same meaning. It is the input of fingerprints.
func (e *Expr) Canonical() string { return e.canonical }

// Columns are the columns that the expression reads, sorted.
func (e *Expr) Columns() []string { return sorted(e.deps.columns) }

// Params are the parameters that the expression reads, sorted.
func (e *Expr) Params() []string { return sorted(e.deps.params) }

// Lookups are the lookups that the expression reads, sorted.
func (e *Expr) Lookups() []string { return sorted(e.deps.lookups) }

// Keys are the keys of protecting functions that the expression names, sorted.
func (e *Expr) Keys() []string { return slices.Clone(e.keys) }

// Reaches are the columns and lookups whose values get into the result, or decide it, each with what protects it on the
// least protected way.
func (e *Expr) Reaches() []Reach { return slices.Clone(e.reaches) }

// Functions are the functions that the expression calls, each name@version, sorted. A function that depends on the rules of a
// time zone has the zone and a digest of its rules behind the version.
func (e *Expr) Functions() []string { return slices.Clone(e.functions) }

// Column says whether the expression is just a column, and which.
func (e *Expr) Column() (name string, ok bool) { return e.column, e.column != "" }

// Env is the environment that the expression was checked in, without its variables.
func (e *Expr) Env() *cel.Env { return e.env }

// Program is ready to run, by many goroutines at once. It sees the variables src, param, lookup and out as far as the scope
// had them: each a map by name or a value with Get (traits.Indexer) but for an out of one value. A lookup is a traits.Mapper, or a
// traits.Indexer whose Get gives the default or the error of a missing key, and a traits.Container where `in` is used on it.
// Null flows through it as the language says, which a program made from the tree alone would not do.
func (e *Expr) Program() (cel.Program, error) { return e.program, nil }

// Parse checks the syntax of an expression, nothing else.
func Parse(text string, at diag.Range, object string) diag.List {
	_, list := parse(text, at, object)
	return list
}

// Check reads an expression of a row.
func Check(text string, at diag.Range, s Scope) (*Expr, diag.List) {
	return check(text, at, s, false)
}

// Condition is Check for what decides: the result must be bool and never null.
func Condition(text string, at diag.Range, s Scope) (*Expr, diag.List) {
	return check(text, at, s, true)
}

// Library is a digest of the functions that expressions can call, each by its version.
func Library() string {
	h := sha256.New()
	versions := library.Versions()
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		fmt.Fprintf(h, "%s@%s\n", name, versions[name])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
