package postgres

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/testserver"
	"pgregory.net/rapid"
)

const everyKind = `b bool, i2 int2, i4 int4, i8 int8, n numeric, d numeric(12,3), r numeric(5,-2), f4 real, f8 float8, t text, v varchar(5), c character(4), na name,
	by bytea, da date, ti time, t2 time(2), ts timestamp, tz timestamptz(3), iv interval, u uuid, j json, m mood, ci citext, ta text[], ia int[], ba bytea[], ma mood[], fa float8[], da2 date[]`

// anyValue appends a value that the column can hold.
func anyValue(t *rapid.T, c schema.Column, v *batch.Vector) {
	if rapid.IntRange(0, 9).Draw(t, "null") == 0 {
		v.AppendNull()
		return
	}
	anyOf(t, c.Name, c.Type, v)
}

var between = rapid.Int64Range

func anyOf(t *rapid.T, name string, typ schema.Type, v *batch.Vector) {
	switch typ.Kind {
	case schema.Bool:
		v.AppendBool(rapid.Bool().Draw(t, name))
	case schema.Int16:
		v.AppendInt(between(math.MinInt16, math.MaxInt16).Draw(t, name))
	case schema.Int32:
		v.AppendInt(between(math.MinInt32, math.MaxInt32).Draw(t, name))
	case schema.Int64:
		v.AppendInt(rapid.Int64().Draw(t, name))
	case schema.Float32:
		v.AppendFloat(float64(math.Float32frombits(rapid.Uint32().Draw(t, name))))
	case schema.Float64:
		v.AppendFloat(math.Float64frombits(rapid.Uint64().Draw(t, name)))
	case schema.Date:
		v.AppendInt(rapid.OneOf(rapid.SampledFrom([]int64{batch.PosInf, batch.NegInf}), between(-2440588, 2145000000)).Draw(t, name))
	case schema.Time:
		v.AppendInt(between(0, 864000).Draw(t, name) * 100000)
	case schema.Timestamp, schema.TimestampTZ:
		v.AppendInt(rapid.OneOf(rapid.SampledFrom([]int64{batch.PosInf, batch.NegInf}), rapid.Map(between(-210866803200000, 9223371331200000-946684800000), func(x int64) int64 { return x * 1000 })).Draw(t, name))
	case schema.Array:
		anyArray(t, name, *typ.Elem, v)
	default:
		v.AppendString(anyText(t, name, typ))
	}
}

func anyText(t *rapid.T, name string, typ schema.Type) string {
	text := strings.ReplaceAll(rapid.String().Draw(t, name), "\x00", "")
	switch {
	case typ.Kind == schema.Decimal && typ.Precision > 0:
		return fmt.Sprintf("%d.%03d", between(-999999999, 999999999).Draw(t, name), between(0, 999).Draw(t, name))
	case typ.Native == "numeric(5,-2)":
		return fmt.Sprint(between(-99999, 99999).Draw(t, name) * 100)
	case typ.Kind == schema.Decimal:
		n := rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?`).Draw(t, name)
		if strings.Trim(n, "-0.") == "" {
			n = strings.TrimPrefix(n, "-")
		}
		return n
	case typ.Kind == schema.Bytes:
		return string(rapid.SliceOf(rapid.Byte()).Draw(t, name))
	case typ.Kind == schema.UUID:
		var x [16]byte
		binary.BigEndian.PutUint64(x[:], rapid.Uint64().Draw(t, name))
		return string(x[:])
	case typ.Kind == schema.Interval:
		x := batch.Interval{Months: rapid.Int32().Draw(t, name), Days: rapid.Int32().Draw(t, name), Micros: between(-math.MaxInt64, math.MaxInt64).Draw(t, name)}
		return string(batch.AppendInterval(nil, x))
	case typ.Kind == schema.JSON:
		return " " + string(batch.AppendJSONString(nil, []byte(text)))
	case typ.Kind == schema.Enum:
		return rapid.SampledFrom(typ.Values).Draw(t, name)
	case typ.Kind == schema.Native: // bit varying
		return rapid.StringMatching(`[01]{0,20}`).Draw(t, name)
	}
	runes := []rune(text)
	switch {
	case typ.Native == "name":
		for len(text) > maxName {
			_, size := utf8.DecodeLastRuneInString(text)
			text = text[:len(text)-size]
		}
	case strings.HasPrefix(typ.Native, "character("):
		text = string(append(runes, []rune(strings.Repeat(" ", typ.Length))...)[:typ.Length])
	case typ.Length > 0:
		text = string(runes[:min(len(runes), typ.Length)])
	}
	return text
}

func anyArray(t *rapid.T, name string, elem schema.Type, v *batch.Vector) {
	a, count := batch.Array{}, 1
	for range rapid.IntRange(0, 3).Draw(t, name) {
		d := batch.Dim{Lower: rapid.IntRange(-2, 2).Draw(t, name), Length: rapid.IntRange(1, 3).Draw(t, name)}
		a.Dims, count = append(a.Dims, d), count*d.Length
	}
	cell := batch.NewVector(elem)
	for range count {
		if len(a.Dims) == 0 {
			break
		}
		if rapid.IntRange(0, 4).Draw(t, name) == 0 {
			a.Elems = append(a.Elems, nil)
			continue
		}
		cell.Reset()
		anyOf(t, name, elem, &cell)
		a.Elems = append(a.Elems, batch.AppendText([]byte{}, elem, &cell, 0))
	}
	v.AppendBlob(a.Append(nil))
}

// TestRandomValuesComeBackAsTheyWent writes random rows by binary COPY, and by text where a column of bit varying stands
// beside the others.
func TestRandomValuesComeBackAsTheyWent(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, "CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('sad', 'h\"a\\p', '', 'Ü,');"+
		"CREATE TABLE bin (id int, "+everyKind+"); CREATE TABLE txt (id int, "+everyKind+", x varbit, xa varbit[])")
	chunk := 0
	for _, name := range []string{"bin", "txt"} {
		target := table(t, e, name)
		rapid.Check(t, func(t *rapid.T) {
			chunk++
			b := batch.New(target.Columns, 0)
			for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
				b.Vectors[0].AppendInt(int64(chunk*10 + i))
				for c := 1; c < len(target.Columns); c++ {
					anyValue(t, target.Columns[c], &b.Vectors[c])
				}
			}
			s := spec(target, epoch, providers.Insert)
			s.ChunkID = fmt.Sprint("c", chunk)
			if _, err := put(t.Context(), e, s, b); err != nil {
				t.Fatalf("%v: %q", err, texts(b))
			}
			keys := batch.New(target.Columns[:1], 0)
			keys.Vectors[0] = b.Vectors[0]
			back, err := all(t.Context(), e, providers.ReadSpec{Table: target.Ref, Columns: target.Columns, Keys: keys})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := s.Hasher.Batch(back, nil), s.Hasher.Batch(b, nil); got != want {
				t.Fatalf("got  %q\nwant %q", texts(back), texts(b))
			}
		})
	}
}
