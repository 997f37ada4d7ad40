package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// form is a type of the server, with what its values' ways in and out need to know. The numbers of users' types differ
// from database to database, so that a form is looked up in the one where it is used.
type form struct {
	oid    uint32
	mod    int32
	name   string // as format_type writes it with only pg_catalog in the search path
	schema string
	plain  string // the name without schema and modifier
	class  string // pg_type.typtype
	output string // the output function, with its schema; "" for one that is made for another type
	delim  byte   // between elements of an array's text
	base   *form  // of a domain
	elem   *form  // of an array
	labels []string
	ops    string // the schema of the operators of its default b-tree order, "" where it has none
	typ    schema.Type
}

// kindred names a type and its modifier, by which a form is found.
type kindred struct {
	oid uint32
	mod int32
}

// root is the type under all domains: whose values these are, and whose functions are called.
func (f *form) root() *form {
	for f.base != nil {
		f = f.base
	}
	return f
}

// plainly reports whether f is one of the types that have no name of their own among the canonical ones. Their values
// are compared with untyped literals, by operators of pg_catalog.
func (f *form) plainly() bool { return canonical(f.oid, f.mod).Kind != schema.Unknown }

// sql names the type without its modifier, which a cast would apply to the value.
func (f *form) sql() string { return quote(f.schema) + "." + quote(f.plain) }

// op is an operator of the type's order, wherever in the database it lies.
func (f *form) op(sign string) string {
	r := f.root()
	if r.plainly() || r.ops == "" {
		return sign
	}
	return "OPERATOR(" + quote(r.ops) + "." + sign + ")"
}

// shown is an expression for the text of a value as the type's output function gives it; a cast to text is not the same
// for all types.
func (f *form) shown(value string) string {
	r := f.root()
	if r != f {
		value = "CAST(" + value + " AS " + r.sql() + ")"
	}
	if r.output == "" {
		return "CAST(" + value + " AS pg_catalog.text)" // which calls the output function, whatever type it is for
	}
	return "pg_catalog.textin(" + r.output + "(" + value + "))"
}

// lookup asks for types by number. A type's own operators are those of its default b-tree operator class; enums, arrays,
// ranges and rows have those of pg_catalog.
const lookup = `SELECT t.oid, k.mod, pg_catalog.format_type(t.oid, k.mod), t.typtype::text, n.nspname::text, t.typname::text, t.typdelim::text,
	CASE WHEN f.proargtypes[0] = t.oid OR (SELECT a.typtype FROM pg_catalog.pg_type a WHERE a.oid = f.proargtypes[0]) = 'p'
		THEN pg_catalog.quote_ident(fn.nspname) || '.' || pg_catalog.quote_ident(f.proname) ELSE '' END, t.typbasetype, t.typtypmod,
	coalesce((SELECT e.oid FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid), 0::oid),
	ARRAY(SELECT l.enumlabel::text FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder),
	coalesce((SELECT o.nspname::text FROM pg_catalog.pg_opclass c
		JOIN pg_catalog.pg_amop a ON a.amopfamily = c.opcfamily AND a.amoplefttype = c.opcintype AND a.amoprighttype = c.opcintype AND a.amopstrategy = 3
		JOIN pg_catalog.pg_operator p ON p.oid = a.amopopr JOIN pg_catalog.pg_namespace o ON o.oid = p.oprnamespace
		WHERE c.opcmethod = 403 AND c.opcdefault AND c.opcintype = t.oid), '')
FROM unnest($1::oid[], $2::int4[]) AS k(oid, mod) JOIN pg_catalog.pg_type t ON t.oid = k.oid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_proc f ON f.oid = t.typoutput JOIN pg_catalog.pg_namespace fn ON fn.oid = f.pronamespace`

// forms looks types up, and all that they are made of. Plain types cost no question to the server.
func forms(ctx context.Context, t *tx, wanted []kindred) (map[kindred]*form, error) {
	s := formSearch{ctx: ctx, tx: t, found: map[kindred]*form{}, parts: map[*form][2]kindred{}}
	was := t.free
	for len(wanted) > 0 {
		var err error
		if wanted, err = s.round(wanted); err != nil {
			return nil, err
		}
	}
	if was {
		if err := t.unpin(ctx); err != nil {
			return nil, err
		}
	}
	for f, p := range s.parts {
		f.base, f.elem = s.found[p[0]], s.found[p[1]]
	}
	for _, f := range s.found {
		f.describe()
	}
	return s.found, nil
}

type formSearch struct {
	ctx   context.Context
	tx    *tx
	found map[kindred]*form
	parts map[*form][2]kindred // base and element
}

// round finds types, and gives those that they are made of and that are not found yet.
func (s *formSearch) round(wanted []kindred) (next []kindred, err error) {
	var oids []uint32
	var mods []int32
	for _, k := range wanted {
		if s.found[k] != nil {
			continue
		}
		if p, ok := plainTypes[k.oid]; ok && canonical(k.oid, k.mod).Kind != schema.Unknown {
			s.found[k] = &form{oid: k.oid, mod: k.mod, schema: "pg_catalog", plain: p.name, class: "b", output: p.output, delim: ',', ops: p.ops}
			continue
		}
		s.found[k] = &form{oid: k.oid, mod: k.mod, class: "p"} // until it is known, and where it is gone
		oids, mods = append(oids, k.oid), append(mods, k.mod)
	}
	if len(oids) == 0 {
		return nil, nil
	}
	if err := s.tx.pin(s.ctx); err != nil {
		return nil, err
	}
	rows, err := s.tx.conn.Query(s.ctx, lookup, oids, mods)
	if err != nil {
		return nil, err
	}
	var f form
	var base, elem uint32
	var mod int32
	var delim string
	_, err = pgx.ForEachRow(rows, []any{&f.oid, &f.mod, &f.name, &f.class, &f.schema, &f.plain, &delim, &f.output, &base, &mod, &elem, &f.labels, &f.ops}, func() error {
		found := s.found[kindred{f.oid, f.mod}]
		*found = f
		found.delim = delim[0]
		f.labels = nil
		var p [2]kindred
		if base != 0 {
			p[0] = kindred{base, mod}
			next = append(next, p[0])
		}
		if elem != 0 {
			p[1] = kindred{elem, f.mod}
			next = append(next, p[1])
		}
		s.parts[found] = p
		return nil
	})
	return next, err
}

// describe sets the canonical type and the operators, from the bottom up.
func (f *form) describe() {
	if f.typ.Kind != schema.Unknown {
		return
	}
	for _, part := range []*form{f.base, f.elem} {
		if part != nil {
			part.describe()
		}
	}
	f.typ = f.canonical()
	switch {
	case f.base != nil:
		f.ops = f.base.ops
	case f.elem != nil:
		if f.elem.root().ops != "" {
			f.ops = "pg_catalog"
		}
	case f.class == "e" || f.class == "r" || f.class == "m" || f.class == "c" || f.oid == oidCIDR:
		f.ops = "pg_catalog"
	}
}

// canonical is the type as the rest of the program knows it. Unknown is what has no values of its own, and what the
// server itself refuses to read back.
func (f *form) canonical() schema.Type {
	if t := canonical(f.oid, f.mod); t.Kind != schema.Unknown {
		return t
	}
	t := schema.Type{Kind: schema.Native}
	switch {
	case f.class == "p" || f.name == "" || unreadable[f.oid]:
		return schema.Type{}
	case f.base != nil:
		t = f.base.typ
		switch t.Kind {
		case schema.Unknown:
			return t
		case schema.String, schema.JSON, schema.Decimal, schema.Interval:
			t.Base = t.Rule()
		}
	case f.elem != nil:
		if f.elem.typ.Kind == schema.Unknown {
			return schema.Type{}
		}
		elem := f.elem.typ
		return schema.Type{Kind: schema.Array, Elem: &elem}
	case f.class == "e":
		t = schema.Type{Kind: schema.Enum, Values: f.labels}
	case f.oid == oidBpchar:
		t = schema.Type{Kind: schema.String, Length: max(0, int(f.mod)-4)}
	case f.oid == oidName || f.isCitext():
		t.Kind = schema.String
	case f.oid == oidJSONB:
		t.Kind = schema.JSON
	case f.oid == oidNumeric:
		t.Kind = schema.Decimal
	case f.oid == oidInterval:
		t.Kind = schema.Interval
	}
	t.Native = f.name
	return t
}

// isCitext goes by name and output function: the type belongs to an extension and has no fixed number.
func (f *form) isCitext() bool {
	return f.class == "b" && f.plain == "citext" && strings.HasSuffix(f.output, ".citextout")
}

// exact reports whether values that the type's own equality holds equal have one canonical form.
func (f *form) exact() bool {
	r := f.root()
	switch r.typ.Kind {
	case schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Bytes, schema.Date, schema.Time, schema.Timestamp,
		schema.TimestampTZ, schema.UUID, schema.Enum:
		return true
	case schema.Decimal: // without a scale 2 and 2.0 are equal
		return r.mod >= 0
	case schema.Float32, schema.Float64, schema.Interval, schema.JSON, schema.Array:
		return false
	case schema.Native:
		return exactly[r.oid]
	}
	return !r.isCitext() && (r.oid != oidBpchar || r.mod > 4)
}

// bound reports whether values name objects of the database by the search path.
func (f *form) bound() bool {
	r := f.root()
	return pathBound[r.oid] || r.elem != nil && r.elem.bound()
}
