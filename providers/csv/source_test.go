package csv

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// folder makes an endpoint over a folder of these files.
func folder(t *testing.T, c Config, files map[string]string) *endpoint {
	t.Helper()
	c.Path = filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(c.Path, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		put(t, filepath.Join(c.Path, name), text)
	}
	return open(t, c)
}

func open(t *testing.T, c Config) *endpoint {
	t.Helper()
	e, err := New().Open(t.Context(), &c)
	if err != nil {
		t.Fatal(err)
	}
	return e.(*endpoint)
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// content reads a table as lines of canonical texts, nulls as ~.
func content(ctx context.Context, e *endpoint, name string, narrow ...func(*providers.ReadSpec)) ([]string, error) {
	c, err := e.Inspect(ctx, []schema.Ref{{Name: name}})
	if err != nil {
		return nil, err
	}
	if len(c.Tables) != 1 {
		return nil, fmt.Errorf("got %d tables named %s", len(c.Tables), name)
	}
	s := providers.ReadSpec{Table: schema.Ref{Name: name}, Columns: c.Tables[0].Columns}
	for _, f := range narrow {
		f(&s)
	}
	r, err := e.Read(ctx, s)
	if err != nil {
		return nil, err
	}
	var lines []string
	for b := batch.New(s.Columns, 0); ; {
		err := r.Next(ctx, b)
		if err == io.EOF {
			return lines, r.Close()
		}
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		for i := range b.Len() {
			lines = append(lines, text(b, i))
		}
	}
}

func text(b *batch.Batch, i int) string {
	cells := make([]string, len(b.Vectors))
	for c := range b.Vectors {
		cells[c] = "~"
		if !b.Vectors[c].Null(i) {
			cells[c] = string(batch.AppendText(nil, b.Columns[c].Type, &b.Vectors[c], i))
		}
	}
	return strings.Join(cells, "|")
}

func types(t *testing.T, e *endpoint, name string) string {
	t.Helper()
	c, err := e.Inspect(t.Context(), []schema.Ref{{Name: name}})
	if err != nil || len(c.Tables) != 1 {
		t.Fatalf("Inspect(%s): got %v, error %v", name, c, err)
	}
	var all []string
	for _, c := range c.Tables[0].Columns {
		null := ""
		if c.Null {
			null = "?"
		}
		all = append(all, c.Name+" "+c.Type.String()+null)
	}
	return strings.Join(all, ", ")
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func wideText(s string, mark bool, big bool) string {
	var b bytes.Buffer
	if mark {
		s = "\uFEFF" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

func TestFilesAreReadInTheirDialect(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		file   string
		text   string
		want   string
	}{
		{"an unquoted empty field is null and a quoted one is the empty string", Config{}, "t.csv", "a,b\n,\"\"\n", "~|"},
		{"another text for null leaves empty fields empty", Config{Null: `\N`}, "t.csv", "a,b,c\n\\N,,\"\\N\"\n", `~||\N`},
		{"line ends inside quotes stay as they are", Config{}, "t.csv", "a,b\r\n\"x\r\ny\nz\",1\r\n", "x\r\ny\nz|1"},
		{"a doubled quote is a quote", Config{}, "t.csv", "a\n\"x\"\"y\"\n", `x"y`},
		{"the last line needs no end", Config{}, "t.csv", "a,b\nx,", "x|~"},
		{"empty lines at the end are nothing", Config{}, "t.csv", "a,b\nx,y\n\n\r\n", "x|y"},
		{"an empty line in a single column is a null", Config{}, "t.csv", "a\nx\n\ny\n", "x/~/y"},
		{"tabs may part fields", Config{Delimiter: `\t`}, "t.csv", "a\tb\nx,\ty\n", "x,|y"},
		{"another quote", Config{Delimiter: ";", Quote: "'"}, "t.csv", "a;b\n'x;''';\"\n", `x;'|"`},
		{"no quote at all", Config{Quote: "none"}, "t.csv", "a,b\n\"x,y\"\n", `"x|y"`},
		{"without a header the columns are numbered", Config{Header: "none"}, "t.csv", "x,y\nz,w\n", "x|y/z|w"},
		{"a byte order mark is no part of the first name", Config{}, "t.csv", "\ufeffa,b\nx,y\n", "x|y"},
		{"gzip goes by the name", Config{}, "t.csv.gz", zipped("a,b\nx,y\n"), "x|y"},
		{"UTF-16 with a mark", Config{}, "t.csv", wideText("a,b\nä,😀\n", true, false), "ä|😀"},
		{"UTF-16, big end first, by name", Config{Encoding: "utf-16be"}, "t.csv", wideText("a,b\nä,😀\n", false, true), "ä|😀"},
		{"UTF-16 keeps a replacement character that is really there", Config{}, "t.csv", wideText("a\n\uFFFD\n", true, true), "\uFFFD"},
		{"latin 1", Config{Encoding: "iso-8859-1"}, "t.csv", "a\n\xe4\xdf\x80\n", "äß\u0080"},
		{"windows 1252", Config{Encoding: "windows-1252"}, "t.csv", "a\n\xe4\x80\n", "ä€"},
		{"shift jis", Config{Encoding: "shift_jis"}, "t.csv", "a\n\x93\xfa\x96\x7b\n", "日本"},
		{"a field longer than every buffer", Config{}, "t.csv", "a,b\n" + strings.Repeat("x", splitBuffer*3) + ",y\n", strings.Repeat("x", splitBuffer*3) + "|y"},
		{"a quoted field longer than every buffer", Config{}, "t.csv", "a,b\n\"" + strings.Repeat(`""`, splitBuffer) + "\",y\n", strings.Repeat(`"`, splitBuffer) + "|y"},
		{"no rows", Config{}, "t.csv", "a,b\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := folder(t, c.config, map[string]string{c.file: c.text})
			lines, err := content(t.Context(), e, "t")
			if got := strings.Join(lines, "/"); err != nil || got != c.want {
				t.Errorf("got %.200q, error %v, want %.200q", got, err, c.want)
			}
		})
	}
}

func TestADamagedFileSaysWhereItIsDamaged(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		file   string
		text   string
		want   string // of the message
		row    string
		column string
	}{
		{"too few fields", Config{}, "t.csv", "a,b,c\n1,2,3\n4,5\n", "the line has 2 fields and the header has 3", "line 3", ""},
		{"too many fields behind a field of two lines", Config{}, "t.csv", "a,b\n\"x\ny\",1\n1,2,3\n", "the line has 3 fields and the header has 2", "line 4", ""},
		{"an empty line with rows behind it", Config{}, "t.csv", "a,b\n\n1,2\n", "the line has 1 field and the header has 2", "line 2", ""},
		{"an empty line at the end of one column", Config{}, "t.csv", "a\nx\n\n", "may be a row or nothing", "line 3", ""},
		{"a bare quote", Config{}, "t.csv", "a,b\nx,y\"z\n", "a quote stands inside a field", "line 2", "b"},
		{"text behind a closing quote", Config{}, "t.csv", "a,b\n\"x\"y,z\n", "text follows a closing quote", "line 2", "a"},
		{"an open quote", Config{}, "t.csv", "a,b\nx,\"y\nz\n", "a quote is opened and never closed", "line 2", "b"},
		{"a NUL", Config{}, "t.csv", "a,b\nx,\x00\n", "NUL", "line 2", "b"},
		{"a NUL inside quotes", Config{}, "t.csv", "a,b\nx,\"\x00\"\n", "NUL", "line 2", "b"},
		{"a lone carriage return", Config{}, "t.csv", "a,b\nx,y\rz,w\n", "carriage return", "line 2", "b"},
		{"bytes that are no UTF-8", Config{}, "t.csv", "a,b\nx,\xe4\n", "bytes that the encoding does not know", "line 2", "b"},
		{"halves of one character in two fields", Config{}, "t.csv", "a,b\n\xc3,\xa9\n", "bytes that the encoding does not know", "line 2", "a"},
		{"a lone surrogate", Config{}, "t.csv", "\xff\xfea\x00\n\x00x\x00\x00\xd8\n\x00", "bytes that the encoding does not know", "line 2", "a"},
		{"an odd byte at the end of UTF-16", Config{}, "t.csv", "\xff\xfea\x00\n\x00x\x00y", "bytes that the encoding does not know", "line 2", "a"},
		{"a byte that shift jis does not know", Config{Encoding: "shift_jis"}, "t.csv", "a,b\nx,\xfd\xfe\n", "bytes that the encoding does not know", "line 2", "b"},
		{"a mark against the configuration", Config{Encoding: "iso-8859-1"}, "t.csv", "\ufeffa\nx\n", "byte order mark of utf-8", "", ""},
		{"UTF-16 that does not say its order", Config{Encoding: "utf-16"}, "t.csv", "\x00a\x00\n", "byte order mark", "", ""},
		{"two columns of one name", Config{}, "t.csv", "a,a\n1,2\n", `two columns have the name "a"`, "line 1", ""},
		{"a column without a name", Config{}, "t.csv", "a,\n1,2\n", "column 2 has no name", "line 1", ""},
		{"a file without a byte", Config{}, "t.csv", "", "the file is empty", "", ""},
		{"half a gzip file", Config{}, "t.csv.gz", zipped("a\nb\n")[:20], "unexpected EOF", "", ""},
		{"no gzip file", Config{}, "t.csv.gz", "a,b\n1,2\n3,4\n5,6\n", "gzip", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := folder(t, c.config, map[string]string{c.file: c.text})
			_, err := e.Inspect(t.Context(), nil)
			var p *providers.Error
			if !errors.As(err, &p) || p.Class != providers.BadValue || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got error %v (class %q), want one of class bad_value with %q", err, providers.ClassOf(err), c.want)
			}
			if p.Row != c.row || p.Column != c.column || p.Object != c.file {
				t.Errorf("got %q %q %q, want %q %q %q", p.Object, p.Row, p.Column, c.file, c.row, c.column)
			}
		})
	}
}

func TestTypesAreGuessedOnlyWhereNothingIsLost(t *testing.T) {
	for _, c := range []struct{ values, want string }{
		{"true false", "bool"},
		{"true 1", "string"},
		{"1 -2 0", "int64"},
		{"01 2", "string"},
		{"+1", "string"},
		{"-0", "string"},
		{"9223372036854775807 9223372036854775808", "decimal(19,0)"},
		{"1 2.50 -0.125", "decimal(4,3)"},
		{"0.1 0.25", "decimal(2,2)"},
		{"1.", "string"},
		{"-0.00", "string"},
		{"1e5", "string"},
		{"2024-02-29 1999-12-31", "date"},
		{"2023-02-29", "string"},
		{"2024-02-29 2024-02-29T10:00:00", "string"},
		{"2011-07-28T15:02:18Z 2011-07-28T15:02:18.25+01:00", "timestamptz(2)"},
		{"2011-07-28T15:02:18 2011-07-28T15:02:18.123", "timestamp(3)"},
		{"2011-07-28T15:02:18 2011-07-28T15:02:18Z", "string"},
		{"0001-01-01T00:00:00 2011-07-28T15:02:18.123456789", "string"},
		{"2011-07-28T15:02:18.123456789", "timestamp(9)"},
		{"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "uuid"},
		{"6BA7B810-9dad-11d1-80b4-00c04fd430c8", "string"},
		{"infinity", "string"},
		{"x", "string"},
		{"", "string?"},
		{"1 ~", "int64?"},
	} {
		rows := ""
		for _, v := range strings.Split(c.values, " ") {
			rows += strings.TrimPrefix(v, "~") + ",x\n"
		}
		e := folder(t, Config{}, map[string]string{"t.csv": "a,b\n" + rows})
		if got, want := types(t, e, "t"), "a "+c.want+", b string"; got != want {
			t.Errorf("%q: got %s, want %s", c.values, got, want)
		}
	}
}

func TestDeclaredColumnsAreTestedToTheLastLine(t *testing.T) {
	config := Config{}
	config.Declare([]providers.Declaration{{Table: "t", Key: []string{"id"}, Columns: []schema.Column{
		{Name: "id", Type: schema.Type{Kind: schema.Int32}}, {Name: "day", Type: schema.Type{Kind: schema.Date}}}}})
	good := "id,day,x\n1,2024-02-29,a\n2,,b\n"
	e := folder(t, config, map[string]string{"t.csv": good})
	if got, want := types(t, e, "t"), "id int32, day date?, x string"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, c := range []struct {
		add, row, column string
		class            providers.Class
	}{
		{"3,2023-02-29,c\n", "line 4", "day", providers.BadValue},
		{"3000000000,,c\n", "line 4", "id", providers.BadValue},
		{",,c\n", "line 4", "id", providers.BadValue},
		{"02,,c\n", "lines 3 and 4", "id", providers.Conflict},
	} {
		e := folder(t, config, map[string]string{"t.csv": good + c.add})
		_, err := e.Inspect(t.Context(), nil)
		var p *providers.Error
		if !errors.As(err, &p) || p.Row != c.row || p.Column != c.column || p.Class != c.class {
			t.Errorf("%q: got error %v, want %s at %s column %s", c.add, err, c.class, c.row, c.column)
		}
	}
	e = folder(t, config, map[string]string{"t.csv": "id,date\n1,x\n"})
	if _, err := e.Inspect(t.Context(), nil); providers.ClassOf(err) != providers.NotFound || !strings.Contains(err.Error(), "column day") {
		t.Errorf("a declared column that is not there: got error %v", err)
	}
}
