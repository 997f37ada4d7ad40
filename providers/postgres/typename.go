package postgres

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// spelled is a type's name as SQL writes it: parts of a name, perhaps in quotes, numbers or words in brackets, words
// behind them, and brackets of an array. What does not look so never becomes part of a statement.
var spelled = regexp.MustCompile(`^\s*((?:[\pL_][\pL\pN_$]*|"(?:[^"\x00]|"")+")(?:\s*\.\s*(?:[\pL_][\pL\pN_$]*|"(?:[^"\x00]|"")+"))?(?: [a-zA-Z]+)*?)\s*` +
	`(?:\(\s*([\pL\pN_]+|-?\d+)((?:\s*,\s*(?:[\pL\pN_]+|-?\d+))*)\s*\))?((?: [a-zA-Z]+)*)\s*((?:\[\s*\])*)\s*$`)

// builtins are the names of built-in types, with their own names as format_type writes them.
var builtins = map[string]string{
	"bool": "boolean", "boolean": "boolean", "int2": "smallint", "smallint": "smallint", "int4": "integer", "int": "integer",
	"integer": "integer", "int8": "bigint", "bigint": "bigint", "float4": "real", "real": "real", "float8": "double precision",
	"double precision": "double precision", "text": "text", "varchar": "character varying", "character varying": "character varying",
	"char varying": "character varying", "char": "character", "character": "character", "bpchar": "bpchar", "bytea": "bytea", "date": "date",
	"time": "time", "time without time zone": "time", "timetz": "timetz", "time with time zone": "timetz", "timestamp": "timestamp",
	"timestamp without time zone": "timestamp", "timestamptz": "timestamptz", "timestamp with time zone": "timestamptz",
	"interval": "interval", "uuid": "uuid", "json": "json", "jsonb": "jsonb", "numeric": "numeric", "decimal": "numeric", "name": "name",
	"bit": "bit", "varbit": "bit varying", "bit varying": "bit varying", `"char"`: `"char"`, `"bit"`: `"bit"`,
}

// ownNames are the built-in types that only their names stand for.
var ownNames = strings.Fields(`xml inet cidr macaddr macaddr8 money tsvector tsquery point line lseg box path polygon circle
	oid xid xid8 cid tid regproc regprocedure regoper regoperator regclass regtype regrole regnamespace regconfig regdictionary
	regcollation pg_lsn txid_snapshot pg_snapshot jsonpath refcursor aclitem int2vector oidvector int4range int8range numrange tsrange
	tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange`)

// parseType is the canonical type of a built-in type's name, as Inspect would give it; of any other name it is a native
// type of that name.
func parseType(text string) (schema.Type, error) {
	m := spelled.FindStringSubmatch(text)
	if m == nil {
		return schema.Type{}, fmt.Errorf("%q is not the name of a type of PostgreSQL", text)
	}
	t := parseElement(m)
	if t.Kind == schema.Unknown {
		return t, fmt.Errorf("%q is not a type that PostgreSQL has", text)
	}
	if m[5] == "" {
		return t, nil
	}
	return schema.Type{Kind: schema.Array, Elem: &t}, nil
}

func parseElement(m []string) schema.Type {
	name := strings.Join(strings.Fields(m[1]+m[4]), " ")
	bare := strings.TrimPrefix(lower(name), "pg_catalog.")
	args := m[2] + strings.ReplaceAll(m[3], " ", "")
	native := schema.Type{Kind: schema.Native, Native: name}
	if args != "" {
		native.Native = m[1] + "(" + args + ")" + m[4]
	}
	for _, own := range ownNames {
		if bare == own && args == "" {
			return schema.Type{Kind: schema.Native, Native: own}
		}
	}
	if fields, ok := strings.CutPrefix(bare, "interval "); ok {
		return parseFields(fields, args)
	}
	std, ok := builtins[bare]
	if !ok {
		return native
	}
	numbers := []int{}
	for _, a := range strings.FieldsFunc(args, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(a)
		if err != nil {
			return schema.Type{}
		}
		numbers = append(numbers, n)
	}
	return builtin(std, numbers)
}

// lower makes a name that is not in quotes lower case, as the server does.
func lower(name string) string {
	if strings.Contains(name, `"`) {
		return name
	}
	return strings.ToLower(name)
}

// intervalFields are the fields that an interval may be limited to.
var intervalFields = strings.Split("year,month,day,hour,minute,second,year to month,day to hour,day to minute,day to second,hour to minute,hour to second,minute to second", ",")

func parseFields(fields, args string) schema.Type {
	for _, f := range intervalFields {
		switch {
		case f != fields:
		case args == "":
			return schema.Type{Kind: schema.Interval, Native: "interval " + f}
		case strings.HasSuffix(f, "second"):
			return schema.Type{Kind: schema.Interval, Native: "interval " + f + "(" + args + ")"}
		}
	}
	return schema.Type{}
}

// builtin is a type of the standard's name and its numbers; Unknown where the numbers do not fit.
func builtin(name string, n []int) schema.Type {
	for kind, plain := range map[string]schema.Kind{
		"boolean": schema.Bool, "smallint": schema.Int16, "integer": schema.Int32, "bigint": schema.Int64, "real": schema.Float32,
		"double precision": schema.Float64, "text": schema.String, "bytea": schema.Bytes, "date": schema.Date, "uuid": schema.UUID, "json": schema.JSON,
	} {
		if kind == name && len(n) == 0 {
			return schema.Type{Kind: plain}
		}
	}
	one := func(low, high int) bool { return len(n) == 1 && n[0] >= low && n[0] <= high }
	switch {
	case name == "numeric":
		return builtinNumeric(n)
	case name == "jsonb" && len(n) == 0:
		return schema.Type{Kind: schema.JSON, Native: name}
	case (name == "name" || name == "bpchar") && len(n) == 0:
		return schema.Type{Kind: schema.String, Native: name}
	case (name == `"char"` || name == `"bit"`) && len(n) == 0:
		return schema.Type{Kind: schema.Native, Native: name}
	case name == "character varying" && (len(n) == 0 || one(1, maxLength)):
		return schema.Type{Kind: schema.String, Length: sum(n)}
	case name == "character" && (len(n) == 0 || one(1, maxLength)) || name == "bpchar" && one(1, maxLength):
		length := max(1, sum(n))
		return schema.Type{Kind: schema.String, Length: length, Native: fmt.Sprintf("character(%d)", length)}
	case name == "bit" && (len(n) == 0 || one(1, 8*maxLength)):
		return schema.Type{Kind: schema.Native, Native: fmt.Sprintf("bit(%d)", max(1, sum(n)))}
	case name == "bit varying" && len(n) == 0:
		return schema.Type{Kind: schema.Native, Native: name}
	case name == "bit varying" && one(1, 8*maxLength):
		return schema.Type{Kind: schema.Native, Native: fmt.Sprintf("bit varying(%d)", n[0])}
	case len(n) == 0 || one(0, 6):
		return builtinClock(name, n)
	}
	return schema.Type{}
}

func builtinNumeric(n []int) schema.Type {
	switch {
	case len(n) == 0:
		return schema.Type{Kind: schema.Decimal}
	case len(n) == 1:
		n = append(n, 0)
	}
	switch {
	case len(n) > 2 || n[0] < 1 || n[0] > maxDigits || n[1] < -maxDigits || n[1] > maxDigits:
		return schema.Type{}
	case n[1] < 0 || n[1] > n[0]:
		return schema.Type{Kind: schema.Decimal, Native: fmt.Sprintf("numeric(%d,%d)", n[0], n[1])}
	}
	return schema.Type{Kind: schema.Decimal, Precision: n[0], Scale: n[1]}
}

func builtinClock(name string, n []int) schema.Type {
	digits := 6
	if len(n) == 1 {
		digits = n[0]
	}
	switch {
	case name == "time":
		return schema.Type{Kind: schema.Time, Precision: digits}
	case name == "timestamp":
		return schema.Type{Kind: schema.Timestamp, Precision: digits}
	case name == "timestamptz":
		return schema.Type{Kind: schema.TimestampTZ, Precision: digits}
	case name == "timetz" && len(n) == 1:
		return schema.Type{Kind: schema.Native, Native: fmt.Sprintf("time(%d) with time zone", digits)}
	case name == "timetz":
		return schema.Type{Kind: schema.Native, Native: "time with time zone"}
	case name == "interval" && len(n) == 1:
		return schema.Type{Kind: schema.Interval, Native: fmt.Sprintf("interval(%d)", digits)}
	case name == "interval":
		return schema.Type{Kind: schema.Interval}
	}
	return schema.Type{}
}

func sum(n []int) (total int) {
	for _, x := range n {
		total += x
	}
	return total
}

// bareName is a name that needs no quotes, leaving key words aside.
var bareName = regexp.MustCompile(`^[a-z_][a-z0-9_$]*$`)

func quoteIdent(name string) string {
	if bareName.MatchString(name) {
		return name
	}
	return quote(name)
}
