package transform_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/mapping"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"pgregory.net/rapid"
)

// caster moves single values of one type into a column of another.
type caster struct {
	from, to schema.Type
	tr       *transform.Transformer
}

func newCaster(from, to schema.Type, allow string) (*caster, plan.Fidelity, error) {
	fidelity, err := mapping.Judge(from, to, allow)
	f := plan.Field{Name: "x", CEL: `src["x"]`, Plain: "x", Column: nullable("x", to), Value: from, Fidelity: fidelity, OnRowError: "fail"}
	if err != nil {
		f.Fidelity.Allow = allow
	}
	d := &plan.Definition{SourceTable: schema.Ref{Name: "t"}, Read: []schema.Column{nullable("x", from)}, Fields: []plan.Field{f}}
	tr, compileErr := transform.Compile(transform.Spec{Definition: d})
	if (err == nil) != (compileErr == nil) && fidelity.Verdict != plan.Lossy {
		return nil, fidelity, fmt.Errorf("mapping says %v, transform %v", err, compileErr)
	}
	if tr == nil {
		return nil, fidelity, nil
	}
	return &caster{from, to, tr}, fidelity, nil
}

// cast gives the value's vector in the column, or the reason of the misfit.
func (c *caster) cast(v batch.Vector) (batch.Vector, string, error) {
	b := batch.New([]schema.Column{nullable("x", c.from)}, 0)
	b.Vectors[0] = v
	r, err := c.tr.Run(b)
	var row *transform.RowError
	if errors.As(err, &row) {
		return batch.Vector{}, row.Reason, nil
	}
	if err != nil {
		return batch.Vector{}, "", err
	}
	return r.Out.Vectors[0], "", nil
}

func TestCasts(t *testing.T) {
	date, ts, tz, tod := schema.Date, schema.Timestamp, schema.TimestampTZ, schema.Time
	enum := schema.Type{Kind: schema.Enum, Values: []string{"a", "b"}}
	for _, c := range []castCase{
		{of(schema.Int64), "32767", of(schema.Int16), "", "32767"},
		{of(schema.Int64), "32768", of(schema.Int16), "", ""},
		{of(schema.Int64), "-2147483649", of(schema.Int32), "", ""},
		{of(schema.Int32), "7", decimal(5, 2), "", "7.00"},
		{of(schema.Int32), "1000", decimal(5, 2), "", ""},
		{of(schema.Int64), "9007199254740993", of(schema.Float64), "", ""},
		{of(schema.Int64), "9007199254740993", of(schema.Float64), "round", "9.007199254740992e+15"},
		{of(schema.Int64), "9223372036854775807", of(schema.Float64), "", ""},
		{of(schema.Int32), "16777217", of(schema.Float32), "", ""},
		{of(schema.Bool), "true", text(4), "", "true"},
		{of(schema.Bool), "false", text(4), "", ""},
		{decimal(0, 0), "12.00", of(schema.Int16), "", "12"},
		{decimal(0, 0), "12.5", of(schema.Int16), "", ""},
		{decimal(0, 0), "12.5", of(schema.Int16), "round", "12"},
		{decimal(0, 0), "13.5", of(schema.Int16), "round", "14"},
		{decimal(0, 0), "-13.9", of(schema.Int16), "truncate", "-13"},
		{decimal(0, 0), "99999", of(schema.Int16), "round", ""},
		{decimal(0, 0), "NaN", of(schema.Int16), "", ""},
		{decimal(0, 0), "-Infinity", of(schema.Int64), "round", ""},
		{decimal(0, 0), "99999999999999999999", of(schema.Int64), "", ""},
		{decimal(0, 0), "1.005", decimal(5, 2), "", ""},
		{decimal(0, 0), "1.005", decimal(5, 2), "round", "1.00"},
		{decimal(0, 0), "1.015", decimal(5, 2), "round", "1.02"},
		{decimal(0, 0), "1.0150001", decimal(5, 2), "round", "1.02"},
		{decimal(0, 0), "-1.019", decimal(5, 2), "truncate", "-1.01"},
		{decimal(0, 0), "999.995", decimal(5, 2), "round", ""},
		{decimal(0, 0), "NaN", decimal(5, 2), "round", "NaN"},
		{decimal(0, 0), "Infinity", decimal(5, 2), "", ""},
		{decimal(5, 2), "1.50", decimal(0, 0), "", "1.50"},
		{decimal(5, 2), "1.50", decimal(4, 1), "", "1.5"},
		{decimal(5, 2), "0.10", of(schema.Float64), "", "0.1"},
		{decimal(0, 0), "0.1000000000000000055511151231257827", of(schema.Float64), "", ""},
		{decimal(0, 0), "0.1000000000000000055511151231257827", of(schema.Float64), "round", "0.1"},
		{decimal(0, 0), "1e400", of(schema.Float64), "round", ""},
		{decimal(0, 0), "16777217", of(schema.Float32), "", ""},
		{of(schema.Float64), "0.1", of(schema.Float32), "", ""},
		{of(schema.Float64), "0.5", of(schema.Float32), "", "0.5"},
		{of(schema.Float64), "0.1", of(schema.Float32), "round", "0.1"},
		{of(schema.Float64), "1e300", of(schema.Float32), "round", ""},
		{of(schema.Float64), "NaN", of(schema.Float32), "", "NaN"},
		{of(schema.Float64), "0.1", decimal(5, 2), "", "0.10"},
		{of(schema.Float64), "0.125", decimal(5, 2), "", ""},
		{of(schema.Float64), "0.125", decimal(5, 2), "round", "0.12"},
		{of(schema.Float64), "Infinity", decimal(5, 2), "round", ""},
		{of(schema.Float64), "1e+20", of(schema.Int64), "", ""},
		{of(schema.Float64), "2.5", of(schema.Int64), "round", "2"},
		{of(schema.Float64), "2.5", of(schema.Int64), "", ""},
		{of(schema.Float64), "NaN", of(schema.Int64), "truncate", ""},
		{text(0), "äöü", text(3), "", "äöü"},
		{text(0), "äöüß", text(3), "", ""},
		{text(0), "äöüß", text(3), "truncate", "äöü"},
		{text(0), "a", enum, "", "a"},
		{text(0), "A", enum, "", ""},
		{text(0), "6F1C2B0E-5F0D-5A52-9C0B-4D3B7A9D2E11", of(schema.UUID), "", "6f1c2b0e-5f0d-5a52-9c0b-4d3b7a9d2e11"},
		{text(0), "6f1c2b0e", of(schema.UUID), "", ""},
		{text(0), `{"a": 1}`, of(schema.JSON), "", `{"a": 1}`},
		{text(0), `{"a": `, of(schema.JSON), "", ""},
		{of(schema.UUID), "6f1c2b0e-5f0d-5a52-9c0b-4d3b7a9d2e11", text(36), "", "6f1c2b0e-5f0d-5a52-9c0b-4d3b7a9d2e11"},
		{enum, "b", text(1), "", "b"},
		{of(schema.Interval), "P1M2DT3S", text(0), "", "P1M2DT3S"},
		{of(date), "2020-02-29", moment(ts, 3), "", "2020-02-29 00:00:00.000"},
		{of(date), "infinity", moment(ts, 3), "", "infinity"},
		{of(date), "+300000-01-01", moment(ts, 3), "", ""},
		{of(date), "2300-01-01", moment(ts, 9), "", ""},
		{of(date), "-0044-03-15", text(0), "", "-0044-03-15"},
		{moment(ts, 3), "2020-02-29 00:00:00.000", of(date), "", "2020-02-29"},
		{moment(ts, 3), "1969-12-31 23:59:59.999", of(date), "", ""},
		{moment(ts, 3), "1969-12-31 23:59:59.999", of(date), "truncate", "1969-12-31"},
		{moment(ts, 3), "-infinity", of(date), "", "-infinity"},
		{moment(ts, 6), "1969-12-31 23:59:59.999500", moment(ts, 3), "", ""},
		{moment(ts, 6), "1969-12-31 23:59:59.999500", moment(ts, 3), "round", "1970-01-01 00:00:00.000"},
		{moment(ts, 6), "1969-12-31 23:59:59.998500", moment(ts, 3), "round", "1969-12-31 23:59:59.998"},
		{moment(ts, 6), "1969-12-31 23:59:59.999500", moment(ts, 3), "truncate", "1969-12-31 23:59:59.999"},
		{moment(ts, 9), "2020-01-01 00:00:00.000001000", moment(ts, 6), "", "2020-01-01 00:00:00.000001"},
		{moment(ts, 9), "2020-01-01 00:00:00.000001001", moment(ts, 6), "", ""},
		{moment(ts, 9), "2020-01-01 00:00:00.000001100", moment(ts, 7), "", "2020-01-01 00:00:00.0000011"},
		{moment(ts, 6), "2020-01-01 00:00:00.000001", moment(ts, 9), "", "2020-01-01 00:00:00.000001000"},
		{moment(ts, 6), "2300-01-01 00:00:00.000001", moment(ts, 9), "", ""},
		{moment(ts, 6), "infinity", moment(ts, 9), "", "infinity"},
		{moment(ts, 6), "infinity", moment(ts, 0), "", "infinity"},
		{moment(tz, 6), "2020-01-01 10:00:00.000000Z", moment(ts, 0), "zone", "2020-01-01 10:00:00"},
		{moment(tz, 6), "2020-01-01 10:00:00.500000Z", moment(ts, 0), "zone", ""},
		{moment(tz, 6), "2020-01-01 00:00:00.000000Z", of(date), "zone", "2020-01-01"},
		{moment(tz, 6), "2020-01-01 10:00:00.000000Z", of(date), "zone", ""},
		{moment(tod, 3), "23:59:59.999", moment(tod, 0), "round", "24:00:00"},
		{moment(tod, 3), "23:59:59.999", moment(tod, 0), "", ""},
		{moment(tod, 3), "23:59:59.999", text(8), "", ""},
	} {
		c.holds(t)
	}
}

// castCase is one value that is cast. want "" says that it does not fit.
type castCase struct {
	from  schema.Type
	value string
	to    schema.Type
	allow string
	want  string
}

func (c castCase) holds(t *testing.T) {
	t.Helper()
	cast, _, err := newCaster(c.from, c.to, c.allow)
	if err != nil || cast == nil {
		t.Errorf("%s into %s, %q: %v", c.from, c.to, c.allow, err)
		return
	}
	v := batch.NewVector(c.from)
	if err := batch.Parse(&v, c.from, []byte(c.value)); err != nil {
		t.Fatalf("%s: %v", c.value, err)
	}
	out, misfit, err := cast.cast(v)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	if misfit == "" {
		got = string(batch.AppendText(nil, c.to, &out, 0))
	}
	if got != c.want || c.value != "" && strings.Contains(misfit, c.value) {
		t.Errorf("%s of %s into %s, %q: got %q (%s), want %q", c.value, c.from, c.to, c.allow, got, misfit, c.want)
	}
}

func castTypes() []schema.Type {
	elem := of(schema.Int32)
	return []schema.Type{
		of(schema.Bool), of(schema.Int16), of(schema.Int32), of(schema.Int64), decimal(0, 0), decimal(5, 2), decimal(12, 4),
		of(schema.Float32), of(schema.Float64), text(0), text(5), of(schema.Bytes), of(schema.Date), moment(schema.Time, 3), moment(schema.Time, 7),
		moment(schema.Timestamp, 0), moment(schema.Timestamp, 6), moment(schema.Timestamp, 9), moment(schema.TimestampTZ, 6), moment(schema.TimestampTZ, 7),
		of(schema.Interval), of(schema.UUID), of(schema.JSON), {Kind: schema.Array, Elem: &elem},
		{Kind: schema.Enum, Values: []string{"a", "b"}}, {Kind: schema.Enum, Values: []string{"a"}},
		named(of(schema.Enum), "public.mood", "b", "a"), named(of(schema.Native), "inet"), named(of(schema.JSON), "jsonb"), character(5),
		named(text(0), "name"), named(text(0), "public.citext"), named(of(schema.Decimal), "numeric(3,-2)"), named(of(schema.Interval), "interval(3)"),
		named(of(schema.Int32), "public.positive"), array(of(schema.Int64)), array(text(0)), array(character(5)), array(decimal(5, 2)), named(array(elem), "public.list"),
	}
}

// rewrites reports whether a column writes a value in a form of its own, so that the way back gives another text.
func rewrites(from, to schema.Type) bool {
	free := from.Kind == schema.String || from.Kind == schema.JSON || from.Kind == schema.Array || from.Kind == schema.Enum || from.Kind == schema.Native
	return free && (to.Form().Pad > 0 || to.Form().JSONB || to.Kind == schema.Array && (from.Kind != schema.Array || to.Elem.Form().Pad > 0))
}

// randomValue draws a value and puts it into a vector of its type.
func randomValue(r *rapid.T, t schema.Type) batch.Vector {
	v := batch.NewVector(t)
	switch t.Kind {
	case schema.Bool:
		v.AppendBool(rapid.Bool().Draw(r, "bool"))
	case schema.Int16:
		v.AppendInt(int64(rapid.Int16().Draw(r, "int16")))
	case schema.Int32:
		v.AppendInt(int64(rapid.Int32().Draw(r, "int32")))
	case schema.Int64:
		v.AppendInt(rapid.Int64().Draw(r, "int64"))
	case schema.Float32:
		v.AppendFloat(float64(rapid.Float32().Draw(r, "float32")) + 0) // 0 for -0, which numbers of other types have not
	case schema.Float64:
		v.AppendFloat(rapid.Float64().Draw(r, "float64") + 0)
	case schema.Date:
		v.AppendInt(rapid.Int64Range(-3e6, 3e6).Draw(r, "date"))
	case schema.Time:
		v.AppendInt(rapid.Int64Range(0, 86399).Draw(r, "time")*t.Unit() + grains(r, t))
	case schema.Timestamp, schema.TimestampTZ:
		reach := int64(9e18) / t.Unit()
		v.AppendInt(rapid.Int64Range(-reach, reach).Draw(r, "seconds")*t.Unit() + grains(r, t))
	case schema.UUID, schema.Bytes:
		v.AppendBlob(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(r, "bytes"))
	default:
		if err := batch.Parse(&v, t, []byte(randomText(r, t))); err != nil {
			v.AppendBlob([]byte(randomText(r, t)))
		}
	}
	return v
}

func grains(r *rapid.T, t schema.Type) int64 {
	n, step := t.Unit(), t.Unit()
	for range t.Precision {
		step /= 10
	}
	return rapid.Int64Range(0, n/step-1).Draw(r, "grains") * step
}

func randomText(r *rapid.T, t schema.Type) string {
	switch t.Kind {
	case schema.Decimal:
		if t.Precision > 0 {
			return rapid.StringMatching(fmt.Sprintf(`-?[0-9]{1,%d}\.[0-9]{1,%d}`, t.Precision-t.Scale, t.Scale)).Draw(r, "decimal")
		}
		if t.Native != "" {
			return rapid.StringMatching(`-?[1-9][0-9]{0,2}00`).Draw(r, "decimal")
		}
		return rapid.StringMatching(`-?[0-9]{1,25}(\.[0-9]{1,12})?`).Draw(r, "decimal")
	case schema.Interval:
		return rapid.StringMatching(`P-?[0-9]{1,4}M-?[0-9]{1,4}DT-?[0-9]{1,6}S`).Draw(r, "interval")
	case schema.JSON:
		if t.Native == "jsonb" {
			return rapid.SampledFrom([]string{`{"a": [1, null], "b": 1.5}`, `12`, `"x"`, `[true]`}).Draw(r, "json")
		}
		return rapid.SampledFrom([]string{`{"a": [1, null]}`, `12`, `"x"`, `[true]`}).Draw(r, "json")
	case schema.Enum:
		return rapid.SampledFrom(t.Values).Draw(r, "enum")
	case schema.Array:
		text := rapid.SampledFrom([]string{`["1",null,"3"]`, `[]`, `[0:1]=["1","2"]`, `[["1"],["2"]]`}).Draw(r, "array")
		if t.Elem.Form().Pad == 5 {
			text = regexp.MustCompile(`"(.)"`).ReplaceAllString(text, `"$1    "`)
		}
		return text
	}
	if t.Form().Pad > 0 {
		return fmt.Sprintf("%-*s", t.Length, rapid.StringMatching(fmt.Sprintf(`[a-zäß ]{0,%d}`, t.Length)).Draw(r, "text"))
	}
	if t.Length > 0 {
		return rapid.StringMatching(fmt.Sprintf(`[a-zäß ]{0,%d}`, t.Length)).Draw(r, "text")
	}
	return rapid.StringMatching(`[a-zäß ]{0,12}|-?[0-9]{1,4}|a|\{\}`).Draw(r, "text")
}

// A cast has what its verdict promises: exact takes every value, and what exact and checked let in comes back the same
// where there is a way back.
func TestCastsKeepThePromiseOfTheirVerdict(t *testing.T) {
	for _, from := range castTypes() {
		for _, to := range castTypes() {
			there, fidelity, err := newCaster(from, to, "")
			if err != nil {
				t.Fatalf("%s into %s: %v", from, to, err)
			}
			if there == nil {
				continue
			}
			back, _, err := newCaster(to, from, "")
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(r *rapid.T) {
				v := randomValue(r, from)
				out, misfit, err := there.cast(v)
				if err != nil {
					r.Fatal(err)
				}
				if misfit != "" {
					if fidelity.Verdict == plan.Exact {
						r.Fatalf("%s of %s into %s is exact: got %s", batch.AppendText(nil, from, &v, 0), from, to, misfit)
					}
					return
				}
				again := batch.NewVector(to)
				if shown := batch.AppendText(nil, to, &out, 0); batch.Parse(&again, to, shown) != nil || !bytes.Equal(shown, batch.AppendText(nil, to, &again, 0)) {
					r.Fatalf("%s of %s into %s: got %s, which is no value of the type", batch.AppendText(nil, from, &v, 0), from, to, shown)
				}
				if back == nil || rewrites(from, to) {
					return
				}
				got, misfit, err := back.cast(out)
				if err != nil || misfit != "" || !bytes.Equal(batch.AppendCanonical(nil, from, &v, 0), batch.AppendCanonical(nil, from, &got, 0)) {
					r.Fatalf("%s of %s into %s and back: got %s (%s), %v", batch.AppendText(nil, from, &v, 0), from, to,
						batch.AppendText(nil, from, &got, 0), misfit, err)
				}
			})
		}
	}
}
