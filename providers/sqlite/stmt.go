package sqlite

import (
	"fmt"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// stmt is a prepared statement.
type stmt struct {
	c    *conn
	p    uintptr
	sql  uintptr
	mem  arena
	rows int64 // stepped over since the last reset
}

// storage is the class of a stored value.
type storage int32

const (
	storedInt   storage = sqlite3.SQLITE_INTEGER
	storedFloat storage = sqlite3.SQLITE_FLOAT
	storedText  storage = sqlite3.SQLITE_TEXT
	storedBlob  storage = sqlite3.SQLITE_BLOB
	storedNull  storage = sqlite3.SQLITE_NULL
)

func (s storage) String() string {
	switch s {
	case storedInt:
		return "an integer"
	case storedFloat:
		return "a real number"
	case storedText:
		return "a text"
	case storedBlob:
		return "a blob"
	}
	return "a null"
}

// prepare takes exactly one statement.
func (c *conn) prepare(sql string) (*stmt, error) {
	s, _, err := c.prepareFirst(sql)
	return s, err
}

// prepareFirst takes the first statement of a text and gives what stands behind it.
func (c *conn) prepareFirst(sql string) (s *stmt, rest string, err error) {
	text, err := libc.CString(sql)
	if err != nil {
		return nil, "", err
	}
	c.put(0)
	rc := sqlite3.Xsqlite3_prepare_v2(c.tls, c.db, text, int32(len(sql)+1), c.out, c.out+32)
	p, tail := c.take(), c.takeAt(32)
	if rc != sqlite3.SQLITE_OK {
		err := c.failure(rc)
		libc.Xfree(c.tls, text)
		return nil, "", err
	}
	if p == 0 {
		libc.Xfree(c.tls, text)
		return nil, "", fmt.Errorf("the statement is empty")
	}
	return &stmt{c: c, p: p, sql: text, mem: arena{tls: c.tls}}, sql[tail-text:], nil
}

func (s *stmt) close() {
	if s.p == 0 {
		return
	}
	sqlite3.Xsqlite3_finalize(s.c.tls, s.p) // its result repeats the error of the last step
	libc.Xfree(s.c.tls, s.sql)
	s.mem.free()
	s.p = 0
}

// step reports whether there is a row.
func (s *stmt) step() (bool, error) {
	switch rc := sqlite3.Xsqlite3_step(s.c.tls, s.p); rc {
	case sqlite3.SQLITE_ROW:
		s.rows++
		return true, nil
	case sqlite3.SQLITE_DONE:
		return false, nil
	default:
		return false, s.c.failure(rc)
	}
}

// reset makes the statement ready to be bound and stepped anew.
func (s *stmt) reset() {
	sqlite3.Xsqlite3_reset(s.c.tls, s.p) // its result repeats the error of the last step
	s.mem.reset()
	s.rows = 0
}

// run steps a statement that gives no rows, and resets it.
func (s *stmt) run() error {
	_, err := s.step()
	s.reset()
	return err
}

// bind sets all parameters from the first on: nil, int, int64, float64, bool, string and []byte.
func (s *stmt) bind(args ...any) error {
	for i, a := range args {
		var err error
		switch x := a.(type) {
		case nil:
			err = s.bindNull(i)
		case int:
			err = s.bindInt(i, int64(x))
		case int64:
			err = s.bindInt(i, x)
		case bool:
			err = s.bindInt(i, map[bool]int64{true: 1}[x])
		case float64:
			err = s.bindFloat(i, x)
		case string:
			err = s.bindText(i, []byte(x))
		case []byte:
			err = s.bindBlob(i, x)
		default:
			err = fmt.Errorf("cannot bind a %T", a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *stmt) check(rc int32) error {
	if rc != sqlite3.SQLITE_OK {
		return s.c.failure(rc)
	}
	return nil
}

func (s *stmt) bindNull(i int) error {
	return s.check(sqlite3.Xsqlite3_bind_null(s.c.tls, s.p, int32(i+1)))
}

func (s *stmt) bindInt(i int, x int64) error {
	return s.check(sqlite3.Xsqlite3_bind_int64(s.c.tls, s.p, int32(i+1), x))
}

func (s *stmt) bindFloat(i int, x float64) error {
	return s.check(sqlite3.Xsqlite3_bind_double(s.c.tls, s.p, int32(i+1), x))
}

// bindText and bindBlob copy x into memory that lives until reset.
func (s *stmt) bindText(i int, x []byte) error {
	p, err := s.mem.place(x)
	if err != nil {
		return err
	}
	return s.check(sqlite3.Xsqlite3_bind_text64(s.c.tls, s.p, int32(i+1), p, uint64(len(x)), sqlite3.SQLITE_STATIC, sqlite3.SQLITE_UTF8))
}

func (s *stmt) bindBlob(i int, x []byte) error {
	p, err := s.mem.place(x)
	if err != nil {
		return err
	}
	return s.check(sqlite3.Xsqlite3_bind_blob64(s.c.tls, s.p, int32(i+1), p, uint64(len(x)), sqlite3.SQLITE_STATIC))
}

func (s *stmt) width() int { return int(sqlite3.Xsqlite3_column_count(s.c.tls, s.p)) }

func (s *stmt) storage(i int) storage {
	return storage(sqlite3.Xsqlite3_column_type(s.c.tls, s.p, int32(i)))
}

func (s *stmt) int(i int) int64 { return sqlite3.Xsqlite3_column_int64(s.c.tls, s.p, int32(i)) }

func (s *stmt) float(i int) float64 { return sqlite3.Xsqlite3_column_double(s.c.tls, s.p, int32(i)) }

// bytes is a text's or blob's own memory, good until the next step.
func (s *stmt) bytes(i int) []byte {
	p := sqlite3.Xsqlite3_column_blob(s.c.tls, s.p, int32(i))
	n := sqlite3.Xsqlite3_column_bytes(s.c.tls, s.p, int32(i))
	if p == 0 {
		return nil
	}
	return libc.GoBytes(p, int(n))
}

// text is a copy of a text.
func (s *stmt) text(i int) string { return string(s.bytes(i)) }

func (s *stmt) null(i int) bool { return s.storage(i) == storedNull }

// value is a copy of a value as bind takes it.
func (s *stmt) value(i int) any {
	switch s.storage(i) {
	case storedInt:
		return s.int(i)
	case storedFloat:
		return s.float(i)
	case storedText:
		return s.text(i)
	case storedBlob:
		return append([]byte{}, s.bytes(i)...)
	}
	return nil
}
