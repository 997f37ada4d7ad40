package csv

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// partWriter writes one file under a temporary name.
type partWriter struct {
	file  *os.File
	sum   hash.Hash
	bytes int64
	zip   *gzip.Writer
	out   *bufio.Writer
	ended bool
}

// newPart makes the temporary file; a name in it that ends in .gz says that the bytes are compressed.
func newPart(folder string, zipped bool) (*partWriter, error) {
	f, err := os.CreateTemp(folder, ".tmp-*.csv")
	if err != nil {
		return nil, err
	}
	w := &partWriter{file: f, sum: sha256.New()}
	w.out = bufio.NewWriterSize(rawBytes{w}, 256<<10)
	if zipped {
		w.zip = gzip.NewWriter(rawBytes{w})
		w.out = bufio.NewWriterSize(w.zip, 256<<10)
	}
	return w, nil
}

// rawBytes counts and digests what goes into the file.
type rawBytes struct{ w *partWriter }

func (r rawBytes) Write(p []byte) (int, error) {
	n, err := r.w.file.Write(p)
	r.w.sum.Write(p[:n])
	r.w.bytes += int64(n)
	return n, err
}

// finish brings the bytes to the disk.
func (w *partWriter) finish() error {
	w.ended = true
	err := w.out.Flush()
	if w.zip != nil {
		err = errors.Join(err, w.zip.Close())
	}
	return errors.Join(err, w.file.Sync(), w.file.Chmod(0o644), w.file.Close())
}

// discard removes the file.
func (w *partWriter) discard() error {
	var err error
	if !w.ended {
		w.ended, err = true, w.file.Close()
	}
	return errors.Join(err, os.Remove(w.file.Name()))
}

func (w *partWriter) hash() string { return hex.EncodeToString(w.sum.Sum(nil)) }

func (e *endpoint) ending() string {
	if e.config.Compress == "gzip" {
		return ".csv.gz"
	}
	return ".csv"
}

// encoder writes rows of a kept table.
type encoder struct {
	table   *kept
	dialect dialect
	from    []int // for each column of the table its place in the batch, -1 for one that gets nulls
	line    []byte
	text    []byte
}

var (
	errNUL      = errors.New("a text with a NUL cannot be kept in a csv file")
	errNotUTF8  = errors.New("the text is not valid UTF-8")
	errNoQuotes = errors.New(`the text cannot be told from a delimiter, a line end or null without quotes; the target has quote = "none"`)
	errNull     = errors.New("the column is not null and the row has a null there")
)

func (x *encoder) header() ([]byte, error) {
	if !x.dialect.Header {
		return nil, nil
	}
	x.line = x.line[:0]
	for i, c := range x.table.Columns {
		if err := x.field(i, []byte(c.Name)); err != nil {
			return nil, fmt.Errorf("write the name of column %q: %w", c.Name, err)
		}
	}
	x.end()
	return x.line, nil
}

// row encodes row i of b; the bytes are valid until the next call.
func (x *encoder) row(b *batch.Batch, i int) ([]byte, error) {
	x.line = x.line[:0]
	for c, column := range x.table.Columns {
		at := x.from[c]
		if at < 0 || b.Vectors[at].Null(i) {
			if !column.Null {
				return nil, x.bad(column, errNull)
			}
			x.separate(c)
			x.line = append(x.line, x.dialect.Null...)
			continue
		}
		x.text = batch.AppendText(x.text[:0], column.Type, &b.Vectors[at], i)
		if err := x.field(c, x.text); err != nil {
			return nil, x.bad(column, err)
		}
	}
	x.end()
	return x.line, nil
}

func (x *encoder) bad(c schema.Column, err error) error {
	return &providers.Error{Op: "write", Object: x.table.Name, Column: c.Name, Class: providers.BadValue, Err: err}
}

func (x *encoder) separate(c int) {
	if c > 0 {
		x.line = append(x.line, x.dialect.Delimiter...)
	}
}

func (x *encoder) end() {
	if x.dialect.CRLF {
		x.line = append(x.line, '\r')
	}
	x.line = append(x.line, '\n')
}

// field quotes a text that would read as something else without quotes: also one that equals the text for null, and a
// byte order mark.
func (x *encoder) field(c int, text []byte) error {
	x.separate(c)
	quote := x.dialect.Quote
	marked := c == 0 && strings.HasPrefix(string(text), "\uFEFF")
	plain := string(text) != x.dialect.Null && !marked
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == 0:
			return errNUL
		case b == '\n' || b == '\r' || b == x.dialect.Delimiter[0] || quote != "" && b == quote[0]:
			plain = false
		}
	}
	if !utf8.Valid(text) {
		return errNotUTF8
	}
	switch {
	case plain:
		x.line = append(x.line, text...)
		return nil
	case quote == "":
		return errNoQuotes
	}
	x.line = append(x.line, quote[0])
	for _, b := range text {
		if b == quote[0] {
			x.line = append(x.line, b)
		}
		x.line = append(x.line, b)
	}
	x.line = append(x.line, quote[0])
	return nil
}

// join writes the parts of a table into one file beside its folder, which becomes its only part.
func (e *endpoint) join(d *document, k *kept) (err error) {
	final := k.folder() + e.ending()
	if len(k.Parts) == 0 || len(k.Parts) == 1 && k.Parts[0].Path == final {
		return nil
	}
	if _, err := os.Stat(e.at(final)); err == nil && !d.paths()[final] {
		return failure("join", k.Name, providers.Conflict, final+" is there already and is not this table's")
	}
	header, err := (&encoder{table: k, dialect: k.Dialect}).header()
	if err != nil {
		return fail("join", k.Name, err)
	}
	w, err := newPart(e.root, e.config.Compress == "gzip")
	if err != nil {
		return fail("join", k.Name, err)
	}
	if err := e.copyParts(w, k, header); err != nil {
		return fail("join", k.Name, errors.Join(err, w.discard()))
	}
	if err := w.finish(); err != nil {
		return fail("join", k.Name, errors.Join(err, w.discard()))
	}
	whole := part{Path: final, Rows: k.rows(), Bytes: w.bytes, SHA256: w.hash(), Digest: sumDigests(k.Parts)}
	d.discard(k)
	d.Moves = append(d.Moves, move{From: filepath.Base(w.file.Name()), To: final})
	k.Parts = []part{whole}
	return nil
}

func (e *endpoint) copyParts(w *partWriter, k *kept, header []byte) error {
	if _, err := w.out.Write(header); err != nil {
		return err
	}
	for _, p := range k.Parts {
		f, err := e.partFile(k, p)
		if err != nil {
			return err
		}
		in, err := openInput(f.path, "")
		if err != nil {
			return err
		}
		_, err = io.CopyN(io.Discard, in, int64(len(header)))
		if err == nil {
			_, err = io.Copy(w.out, in)
		}
		if err = errors.Join(err, in.Close()); err != nil {
			return err
		}
	}
	return nil
}

// sumDigests is "" where a part has none.
func sumDigests(parts []part) string {
	var sum batch.Digest
	for _, p := range parts {
		var d batch.Digest
		if d.UnmarshalText([]byte(p.Digest)) != nil {
			return ""
		}
		sum = sum.Plus(d)
	}
	return sum.String()
}
