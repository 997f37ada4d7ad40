package csv

import (
	"cmp"
	"context"
	encoding "encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"pgregory.net/rapid"
)

const visits = "id,at,price,name\n1,2024-01-01,1.50,b\n2,2024-01-02,,a\n3,,-2.00,\n10,2024-01-01,10.25,\"\"\n"

func TestReadsAreNarrowedByValueAndNotByText(t *testing.T) {
	e := folder(t, Config{}, map[string]string{"visits.csv": visits})
	all, err := e.Inspect(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) schema.Column { c, _ := all.Tables[0].Column(name); return c }
	keys := batch.New([]schema.Column{column("name"), column("id")}, 0)
	keys.Vectors[0].AppendString("a")
	keys.Vectors[1].AppendInt(2)
	keys.Vectors[0].AppendNull()
	keys.Vectors[1].AppendInt(3)
	keys.Vectors[0].AppendString("b")
	keys.Vectors[1].AppendInt(3)
	compare := func(column, op, value string) func(*providers.ReadSpec) {
		return func(s *providers.ReadSpec) {
			s.Predicate = &schema.Predicate{And: []schema.Compare{{Column: column, Op: op, Value: value}}}
		}
	}
	cursor := func(name, after, upTo string) func(*providers.ReadSpec) {
		return func(s *providers.ReadSpec) {
			s.Cursor = &providers.CursorRange{Column: column(name), After: after, UpTo: upTo}
		}
	}
	for _, c := range []struct {
		name   string
		narrow func(*providers.ReadSpec)
		want   string
	}{
		{"numbers are no texts", compare("id", ">", "2"), "3 10"},
		{"decimals of several lengths", compare("price", ">=", "-2"), "1 3 10"},
		{"a negative decimal", compare("price", "<", "-1.99"), "3"},
		{"equal decimals", compare("price", "=", "1.5"), "1"},
		{"null", compare("price", "null", ""), "2"},
		{"not null", compare("at", "notnull", ""), "1 2 10"},
		{"the empty string is no null", compare("name", "=", ""), "10"},
		{"a cursor with both ends", cursor("at", "2024-01-01", "2024-01-02"), "2"},
		{"a cursor without a start has the nulls", cursor("at", "", "2024-01-01"), "1 3 10"},
		{"a cursor without an end", cursor("id", "2", ""), "3 10"},
		{"keys, of which a null is equal to nothing", func(s *providers.ReadSpec) { s.Keys = keys }, "2"},
		{"a column that is not read", func(s *providers.ReadSpec) {
			compare("name", "=", "a")(s)
			s.Columns = s.Columns[:1]
		}, "2"},
	} {
		lines, err := content(t.Context(), e, "visits", c.narrow)
		for i := range lines {
			lines[i], _, _ = strings.Cut(lines[i], "|")
		}
		if got := strings.Join(lines, " "); err != nil || got != c.want {
			t.Errorf("%s: got %q, error %v, want %q", c.name, got, err, c.want)
		}
		s := providers.ReadSpec{Table: schema.Ref{Name: "visits"}, Columns: all.Tables[0].Columns}
		c.narrow(&s)
		if n, err := e.Count(t.Context(), s); err != nil || int(n) != len(lines) {
			t.Errorf("%s: counted %d, error %v, want %d", c.name, n, err, len(lines))
		}
	}
	for name, want := range map[string]string{"id": "10", "price": "10.25", "at": "2024-01-02", "name": "b"} {
		if got, err := e.Position(t.Context(), schema.Ref{Name: "visits"}, column(name)); err != nil || got != want {
			t.Errorf("Position(%s): got %q, error %v, want %q", name, got, err, want)
		}
	}
}

func TestValuesHaveTheOrderOfTheirType(t *testing.T) {
	for ty, ascending := range map[schema.Kind]string{
		schema.Decimal: "-Infinity -100 -20.5 -20.45 -3 0 0.001 0.01 2.5 10 10.000001 Infinity NaN",
		schema.Float64: "-Infinity -1 0 5e-324 10 Infinity NaN",
		schema.Int64:   "-10 -9 0 9 10",
		schema.Date:    "-infinity -0044-03-15 1970-01-01 +12026-01-01 infinity",
		schema.String:  "A B a z ä",
	} {
		order, err := orderOf(schema.Type{Kind: ty})
		if err != nil {
			t.Fatal(err)
		}
		texts := strings.Fields(ascending)
		for i := range texts {
			for k := range texts {
				a, b := batch.NewVector(schema.Type{Kind: ty}), batch.NewVector(schema.Type{Kind: ty})
				if err := errors.Join(batch.Parse(&a, schema.Type{Kind: ty}, []byte(texts[i])), batch.Parse(&b, schema.Type{Kind: ty}, []byte(texts[k]))); err != nil {
					t.Fatal(err)
				}
				if got, want := order(&a, &b), cmp.Compare(i, k); got != want {
					t.Errorf("%s %s and %s: got %d, want %d", ty, texts[i], texts[k], got, want)
				}
			}
		}
	}
	if _, err := orderOf(schema.Type{Kind: schema.JSON}); err == nil {
		t.Error("json has an order")
	}
}

func TestChunksCoverEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var b strings.Builder
		mark := rapid.SampledFrom([]string{"", "\ufeff"}).Draw(r, "mark")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(r, "end")
		header := rapid.SampledFrom([]string{"first_row", "none"}).Draw(r, "header")
		b.WriteString(mark)
		if header == "first_row" {
			b.WriteString("id,x" + end)
		}
		n := rapid.IntRange(1, 40).Draw(r, "rows")
		for i := range n {
			fmt.Fprintf(&b, "%d,%s%s", i, rapid.SampledFrom([]string{"", "x", `"a` + "\n\n" + `b"`, `"` + strings.Repeat("y", 70) + `"`}).Draw(r, "x"), end)
		}
		b.WriteString(rapid.SampledFrom([]string{"", "\n\n"}).Draw(r, "tail"))
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		put(t, filepath.Join(dir, "t.csv"), b.String())
		e := open(t, Config{Path: dir, Header: header})
		whole, err := content(t.Context(), e, "t")
		if err != nil || len(whole) != n {
			r.Fatalf("got %d rows, error %v, want %d", len(whole), err, n)
		}
		table := schema.Table{Ref: schema.Ref{Name: "t"}}
		chunks, err := e.Chunks(t.Context(), table, rapid.Int64Range(1, 300).Draw(r, "bytes"), true)
		if err != nil {
			r.Fatal(err)
		}
		var got []string
		for i, c := range chunks {
			lines, err := content(t.Context(), e, "t", func(s *providers.ReadSpec) { s.Chunk = &c })
			if err != nil || c.N != i || c.Positional != (c.Bounds != wholeTable) {
				r.Fatalf("chunk %+v: error %v", c, err)
			}
			if c.Positional && int(c.Rows) != len(lines) {
				r.Fatalf("chunk %+v: got %d rows", c, len(lines))
			}
			got = append(got, lines...)
		}
		if !slices.Equal(got, whole) {
			r.Fatalf("got %q, want %q", got, whole)
		}
	})
}

func TestALineInALaterChunkKeepsItsNumber(t *testing.T) {
	e := folder(t, Config{}, map[string]string{"t.csv": "a,b\n1,\"x\ny\"\n2,z\n3,w\n"})
	chunks, err := e.Chunks(t.Context(), schema.Table{Ref: schema.Ref{Name: "t"}}, 1, true)
	if err != nil || len(chunks) != 3 {
		t.Fatalf("got %v, error %v", chunks, err)
	}
	_, err = content(t.Context(), e, "t", func(s *providers.ReadSpec) {
		s.Chunk = &chunks[2]
		s.Columns = []schema.Column{{Name: "b", Type: schema.Type{Kind: schema.Int32}}}
	})
	var p *providers.Error
	if !errors.As(err, &p) || p.Row != "line 5" || p.Column != "b" {
		t.Errorf("got error %v, want line 5 column b", err)
	}
	one, err := e.Chunks(t.Context(), schema.Table{Ref: schema.Ref{Name: "t"}}, 1, false)
	if err != nil || len(one) != 1 || one[0].Positional {
		t.Errorf("without positions: got %v, error %v, want one chunk", one, err)
	}
}

func TestAFileThatChangesUnderASnapshotIsAConflict(t *testing.T) {
	e := folder(t, Config{}, map[string]string{"t.csv": "a\nx\n", "u.csv": "a\nx\n"})
	ref := schema.Ref{Name: "t"}
	s, err := e.Snapshot(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	spec := providers.ReadSpec{Table: ref, Columns: []schema.Column{{Name: "a", Type: schema.Type{Kind: schema.String}}}}
	b := batch.New(spec.Columns, 0)
	r, err := s.Read(t.Context(), spec)
	if err == nil {
		err = r.Next(t.Context(), b)
	}
	if err != nil || b.Len() != 1 {
		t.Fatalf("got %d rows, error %v", b.Len(), err)
	}
	was, err := e.Fingerprint(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(e.root, "t.csv"), "a\nx\nyy\n")
	if r, err = s.Read(t.Context(), spec); err == nil {
		err = r.Next(t.Context(), b)
	}
	if providers.ClassOf(err) != providers.Conflict || !errors.Is(err, errChanged) {
		t.Errorf("got error %v, want a conflict", err)
	}
	again, err := e.Snapshot(t.Context(), 1)
	if err != nil || again.Moment() == s.Moment() {
		t.Errorf("got moment %v, error %v, want another than before", again, err)
	}
	if now, err := e.Fingerprint(t.Context(), ref); err != nil || now == was || !strings.HasPrefix(now, "sha256:") {
		t.Errorf("Fingerprint: got %q, error %v, want another than %q", now, err, was)
	}
}

func TestAFileThatGrowsWhileItIsReadIsAConflict(t *testing.T) {
	e := folder(t, Config{}, map[string]string{"t.csv": "a\n" + strings.Repeat("xxxxxxx\n", 100_000)})
	spec := providers.ReadSpec{Table: schema.Ref{Name: "t"}, Columns: []schema.Column{{Name: "a", Type: schema.Type{Kind: schema.String}}}}
	r, err := e.Read(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	b := batch.New(spec.Columns, 1000)
	if err := r.Next(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(e.root, "t.csv"), "a\n"+strings.Repeat("xxxxxxx\n", 100_001))
	for err == nil {
		err = r.Next(t.Context(), b)
	}
	if providers.ClassOf(err) != providers.Conflict {
		t.Errorf("got error %v, want a conflict", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestEndpointsSayWhatIsNotThere(t *testing.T) {
	e := folder(t, Config{}, map[string]string{"b.csv": "x\n1\n", "a.csv": "x\n1\n"})
	_, err := e.Read(t.Context(), providers.ReadSpec{Table: schema.Ref{Name: "c"}})
	var p *providers.Error
	if !errors.As(err, &p) || p.Class != providers.NotFound || p.Remedy != "The tables are: a, b." {
		t.Errorf("a table that is not there: got %#v", err)
	}
	if _, err := open(t, Config{Path: filepath.Join(e.root, "c.csv")}).Inspect(t.Context(), nil); providers.ClassOf(err) != providers.NotFound {
		t.Errorf("a file that is not there: got error %v", err)
	}
	if c, err := open(t, Config{Path: filepath.Join(e.root, "none")}).Inspect(t.Context(), nil); err != nil || len(c.Tables) != 0 {
		t.Errorf("a folder that is not there: got %v, error %v, want no tables", c, err)
	}
	one := open(t, Config{Path: filepath.Join(e.root, "a.csv")})
	if lines, err := content(t.Context(), one, "a"); err != nil || len(lines) != 1 {
		t.Errorf("one file: got %q, error %v", lines, err)
	}
	put(t, filepath.Join(e.root, "a.csv.gz"), zipped("x\n1\n"))
	if _, err := e.Inspect(t.Context(), nil); providers.ClassOf(err) != providers.Conflict {
		t.Errorf("two files of one table: got error %v, want a conflict", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := one.Fingerprint(ctx, schema.Ref{Name: "a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got error %v", err)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for field, c := range map[string]Config{
		"path":        {},
		"delimiter":   {Path: "x", Delimiter: "||"},
		"quote":       {Path: "x", Quote: ","},
		"header":      {Path: "x", Header: "yes"},
		"null":        {Path: "x", Null: "a,b"},
		"encoding":    {Path: "x", Encoding: "utf-99"},
		"compress":    {Path: "x", Compress: "zip"},
		"line_ending": {Path: "x", LineEnding: "cr"},
	} {
		if found := c.Validate(); len(found) != 1 || found[0].Field != field || !strings.HasSuffix(found[0].Message, ".") {
			t.Errorf("%s: got %+v", field, found)
		}
	}
	c := Config{Path: "data"}
	if c.Root("/base"); len(c.Validate()) != 0 || c.Path != filepath.Join("/base", "data") {
		t.Errorf("got %+v", c)
	}
}

// FuzzSplit holds the splitter against encoding/csv wherever that takes the text, and wants no panic elsewhere.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", "a", "a,b\nc,d\n", "\"a\n\"\"b\",\r\nc,", "\n\n", "a\"b", "\"a", "\"a\"b", "a\r", "\x00", ",,\n,\"\",\n", "\"\r\n\",x\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newSplitter(strings.NewReader(text), dialect{Delimiter: ",", Quote: `"`}, 0, 0)
		var got [][]string
		var err error
		for err = s.next(); err == nil; err = s.next() {
			var record []string
			for i := range s.len() {
				record = append(record, string(s.field(i)))
			}
			if !s.blank() { // encoding/csv leaves them out
				got = append(got, record)
			}
		}
		if err == io.EOF {
			err = nil
		}
		theirs := encoding.NewReader(strings.NewReader(text))
		theirs.FieldsPerRecord = -1
		want, wantErr := theirs.ReadAll()
		if strings.ContainsAny(text, "\r\x00") { // they fold CRLF inside quotes and take what we refuse
			return
		}
		if (err == nil) != (wantErr == nil) || err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, error %v, encoding/csv has %q, error %v", text, got, err, want, wantErr)
		}
		if err == nil && s.offset() != int64(len(text)) {
			t.Errorf("%q: stopped at byte %d", text, s.offset())
		}
	})
}
