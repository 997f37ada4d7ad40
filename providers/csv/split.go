package csv

import (
	"bytes"
	"fmt"
	"io"
)

// splitter cuts UTF-8 text into records and fields as RFC 4180 says. It keeps what encoding/csv forgets: whether a field
// was quoted, and line ends inside quotes as they are. It knows no limit to the size of a field.
type splitter struct {
	in       io.Reader
	buf      []byte
	pos, end int
	inErr    error
	read     int64 // bytes that came before buf
	special  [256]bool
	delim    byte
	quote    byte
	quoting  bool

	lines  int64 // line ends seen
	line   int64 // of the record in hand, from 1
	start  int64 // byte where the record in hand starts
	rec    []byte
	ends   []int
	quoted []bool
}

// fault is a place where the text is not CSV.
type fault struct {
	line   int64
	field  int // from 0, -1 for the whole line
	what   string
	remedy string
}

func (f *fault) Error() string { return f.what }

const splitBuffer = 256 << 10

// newSplitter starts at a record: the one after so many lines and bytes.
func newSplitter(in io.Reader, d dialect, lines, offset int64) *splitter {
	s := &splitter{in: in, buf: make([]byte, splitBuffer), delim: d.Delimiter[0], lines: lines, read: offset}
	if d.Quote != "" {
		s.quote, s.quoting = d.Quote[0], true
		s.special[s.quote] = true
	}
	s.special[s.delim], s.special['\n'], s.special['\r'], s.special[0] = true, true, true, true
	return s
}

// next reads a record. It returns io.EOF, and no record, at the end.
func (s *splitter) next() error {
	s.rec, s.ends, s.quoted = s.rec[:0], s.ends[:0], s.quoted[:0]
	s.line, s.start = s.lines+1, s.offset()
	if !s.more() {
		return s.inErr
	}
	for {
		last, err := s.scan()
		if err != nil {
			return err
		}
		s.ends = append(s.ends, len(s.rec))
		if last {
			return nil
		}
	}
}

// len is the number of fields of the record in hand.
func (s *splitter) len() int { return len(s.ends) }

// field is a field of the record in hand, valid until next.
func (s *splitter) field(i int) []byte {
	start := 0
	if i > 0 {
		start = s.ends[i-1]
	}
	return s.rec[start:s.ends[i]]
}

// blank reports whether the record in hand is a line with nothing on it.
func (s *splitter) blank() bool { return len(s.ends) == 1 && len(s.rec) == 0 && !s.quoted[0] }

// offset is the byte that is read next.
func (s *splitter) offset() int64 { return s.read + int64(s.pos) }

// more makes sure that there is a byte at pos.
func (s *splitter) more() bool {
	for s.pos == s.end {
		if s.inErr != nil {
			return false
		}
		s.read += int64(s.end)
		s.pos, s.end = 0, 0
		s.end, s.inErr = s.in.Read(s.buf)
	}
	return true
}

func (s *splitter) broken() error {
	if s.inErr == io.EOF {
		return nil
	}
	return s.inErr
}

// scan reads one field and reports whether it was the last of its record.
func (s *splitter) scan() (last bool, err error) {
	if s.quoting && s.more() && s.buf[s.pos] == s.quote {
		s.pos++
		s.quoted = append(s.quoted, true)
		if err := s.inside(); err != nil {
			return false, err
		}
		return s.afterQuote()
	}
	s.quoted = append(s.quoted, false)
	for s.more() {
		n := s.pos
		for n < s.end && !s.special[s.buf[n]] {
			n++
		}
		s.rec = append(s.rec, s.buf[s.pos:n]...)
		s.pos = n
		if n < s.end {
			return s.delimiter((*splitter).bareQuote)
		}
	}
	return true, s.broken()
}

// delimiter reads the byte that ends a field; other is the fault of any byte that does not.
func (s *splitter) delimiter(other func(*splitter) *fault) (last bool, err error) {
	c := s.buf[s.pos]
	s.pos++
	switch c {
	case s.delim:
		return false, nil
	case '\n':
		s.lines++
		return true, nil
	case '\r':
		if s.more() && s.buf[s.pos] == '\n' {
			s.pos++
			s.lines++
			return true, nil
		}
		if err := s.broken(); err != nil {
			return false, err
		}
		return false, s.fault("a carriage return stands outside quotes without a line feed behind it",
			"End lines with LF or CRLF, and put fields with a carriage return in quotes.")
	case 0:
		return false, s.nul()
	}
	return false, other(s)
}

func (s *splitter) afterQuote() (last bool, err error) {
	if !s.more() {
		return true, s.broken()
	}
	return s.delimiter((*splitter).textBehind)
}

func (s *splitter) bareQuote() *fault {
	return s.fault("a quote stands inside a field that does not start with one",
		`Double the quote and put the field in quotes, or set quote = "none" if the file does not quote.`)
}

func (s *splitter) textBehind() *fault {
	return s.fault("text follows a closing quote", "Double every quote that belongs to the field.")
}

// inside reads the rest of a quoted field and its closing quote.
func (s *splitter) inside() error {
	for s.more() {
		piece := s.buf[s.pos:s.end]
		i := bytes.IndexByte(piece, s.quote)
		if i >= 0 {
			piece = piece[:i]
		}
		if bytes.IndexByte(piece, 0) >= 0 {
			return s.nul()
		}
		s.lines += int64(bytes.Count(piece, []byte{'\n'}))
		s.rec = append(s.rec, piece...)
		s.pos += len(piece)
		if i < 0 {
			continue
		}
		s.pos++
		if !s.more() || s.buf[s.pos] != s.quote {
			return nil
		}
		s.rec = append(s.rec, s.quote)
		s.pos++
	}
	if err := s.broken(); err != nil {
		return err
	}
	return s.fault("a quote is opened and never closed", "Close the quote, or double it if it belongs to the field.")
}

func (s *splitter) nul() error {
	return s.fault("there is a NUL byte in the line", "Take the NUL bytes out, or name the encoding if the file is UTF-16 without a byte order mark.")
}

func (s *splitter) fault(what, remedy string) *fault {
	return &fault{line: s.line, field: len(s.ends), what: what, remedy: remedy}
}

func (s *splitter) ragged(want int, of string) *fault {
	return &fault{line: s.line, field: -1, what: fmt.Sprintf("the line has %s and %s has %d", fields(s.len()), of, want),
		remedy: "Mend the line: put fields that hold a delimiter or a line end in quotes, and write every field."}
}

func fields(n int) string {
	if n == 1 {
		return "1 field"
	}
	return fmt.Sprintf("%d fields", n)
}
