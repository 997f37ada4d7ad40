package csv

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers"
)

// file is one file of a table, as it was when the table was looked up.
type file struct {
	path    string
	shown   string // for messages: a name, never the whole path
	dialect dialect
	size    int64
	time    time.Time
	own     bool // a part that a loader wrote
	columns []string
}

var errChanged = errors.New("the file changed while it was read")

// unchanged compares the file with what it was.
func (f *file) unchanged() error {
	is, err := os.Stat(f.path)
	if err != nil {
		return fail("read", f.shown, err)
	}
	if is.Size() != f.size || !is.ModTime().Equal(f.time) {
		return &providers.Error{Op: "read", Object: f.shown, Class: providers.Conflict, Err: errChanged,
			Remedy: "Wait until nobody writes the file and run the command again."}
	}
	return nil
}

// rows reads the records of one file behind its header.
type rows struct {
	file  *file
	in    *input
	split *splitter
	names []string
	held  bool  // the record in hand has not been given out yet
	end   int64 // byte where reading stops, 0: the end of the file

}

// openRows reads the header. Columns gives the names for a file without one, nil to number them.
func openRows(f *file) (_ *rows, err error) {
	in, err := openInput(f.path, f.dialect.Encoding)
	if err != nil {
		return nil, f.broken(err)
	}
	r := &rows{file: f, in: in, split: newSplitter(in, f.dialect, 0, in.skip)}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.Close())
		}
	}()
	err = r.split.next()
	switch {
	case err == io.EOF && f.dialect.Header:
		return nil, &providers.Error{Op: "read", Object: f.shown, Class: providers.BadValue, Err: errors.New("the file is empty"),
			Remedy: `Write a line with the names of the columns, or set header = "none".`}
	case err == io.EOF:
		r.names = f.columns
		return r, nil
	case err != nil:
		return nil, r.place(err)
	case !f.dialect.Header:
		r.held = true
		return r, r.number()
	}
	return r, r.readHeader()
}

// number names the columns of a file without a header.
func (r *rows) number() error {
	r.names = r.file.columns
	if r.names == nil {
		for i := range r.split.len() {
			r.names = append(r.names, "column"+strconv.Itoa(i+1))
		}
	}
	if len(r.names) != r.split.len() {
		return r.place(r.split.ragged(len(r.names), "the list of declared columns"))
	}
	return nil
}

func (r *rows) readHeader() error {
	seen := map[string]bool{}
	for i := range r.split.len() {
		name := string(r.split.field(i))
		var what string
		switch {
		case !utf8.ValidString(name):
			what = fmt.Sprintf("the name of column %d holds bytes that its encoding does not know", i+1)
		case name == "":
			what = fmt.Sprintf("column %d has no name", i+1)
		case seen[name]:
			what = fmt.Sprintf("two columns have the name %q", name)
		}
		if what != "" {
			return r.place(&fault{line: r.split.line, field: -1, what: what, remedy: `Mend the first line, or set header = "none" if it is a row.`})
		}
		seen[name] = true
		r.names = append(r.names, name)
	}
	return nil
}

// seek goes to a record that starts at a byte of the file behind so many lines, to stop at another.
func (r *rows) seek(start, end, lines int64) error {
	if _, err := r.in.file.Seek(start, io.SeekStart); err != nil {
		return fail("read", r.file.shown, err)
	}
	r.split, r.held, r.end = newSplitter(r.in.file, r.file.dialect, lines, start), false, end
	return nil
}

// next reads a row. It returns io.EOF at the end of the file.
func (r *rows) next() error {
	if r.held {
		r.held = false
		return r.check()
	}
	if r.end > 0 && r.split.offset() >= r.end {
		return io.EOF
	}
	if err := r.split.next(); err != nil {
		return r.place(err)
	}
	if r.split.blank() && !r.file.own {
		return r.blank()
	}
	return r.check()
}

// blank is what a line without anything on it means: with one column and rows behind it, a row; at the end of the file,
// nothing; with one column at the end, nobody knows.
func (r *rows) blank() error {
	if len(r.names) == 1 && r.split.more() {
		return nil
	}
	fault := r.split.ragged(len(r.names), r.yardstick())
	if len(r.names) == 1 {
		fault.what = "the last line is empty: it may be a row or nothing"
		fault.remedy = `Take the line out, or write "" or the text for null into it.`
		return r.place(fault)
	}
	for r.split.blank() {
		if err := r.split.next(); err != nil {
			return r.place(err)
		}
	}
	return r.place(fault)
}

func (r *rows) yardstick() string {
	if r.file.dialect.Header {
		return "the header"
	}
	return "the first line"
}

// check holds the record in hand against the header and its encoding.
func (r *rows) check() error {
	if r.split.len() != len(r.names) {
		return r.place(r.split.ragged(len(r.names), r.yardstick()))
	}
	if ascii(r.split.rec) {
		return nil
	}
	for i := range r.names {
		if !utf8.Valid(r.split.field(i)) {
			return r.place(&fault{line: r.split.line, field: i, what: "there are bytes that the encoding does not know",
				remedy: "Name the file's encoding in the attribute encoding, or mend the bytes."})
		}
	}
	return nil
}

func ascii(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// null reports whether field i of the record in hand means null.
func (r *rows) null(i int) bool {
	return !r.split.quoted[i] && string(r.split.field(i)) == r.file.dialect.Null
}

// misfit is the error of a value of the record in hand.
func (r *rows) misfit(column string, err error) error {
	return &providers.Error{Op: "read", Object: r.file.shown, Column: column, Row: lineName(r.split.line), Class: providers.BadValue, Err: err,
		Remedy: "Mend the value, or declare the column as a type that it fits, such as string."}
}

func lineName(n int64) string { return "line " + strconv.FormatInt(n, 10) }

// place turns a fault into the error that names the file, line and column.
func (r *rows) place(err error) error {
	if err == io.EOF {
		return err
	}
	var f *fault
	if !errors.As(err, &f) {
		return r.file.broken(err)
	}
	e := &providers.Error{Op: "read", Object: r.file.shown, Row: lineName(f.line), Class: providers.BadValue, Err: f, Remedy: f.remedy}
	if f.field >= 0 && f.field < len(r.names) {
		e.Column = r.names[f.field]
	}
	return e
}

// broken is an error below the lines: of the file system, of gzip, of the byte order mark.
func (f *file) broken(err error) error {
	err = fail("read", f.shown, err)
	var e *providers.Error
	var system interface{ Timeout() bool } // what errors of the operating system have
	if errors.As(err, &e) && e.Class == providers.Unknown && !errors.As(err, &system) {
		e.Class = providers.BadValue
	}
	return err
}

func (r *rows) Close() error { return r.in.Close() }
