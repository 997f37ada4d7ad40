package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	_ "modernc.org/sqlite" // its start-up mends the page size that lib assumes on some machines
	sqlite3 "modernc.org/sqlite/lib"
)

// conn is one connection, used by one goroutine at a time. It speaks to the C interface itself: database/sql would box
// every value, and turn some into times and bools by the name of their column's type.
type conn struct {
	tls *libc.TLS
	db  uintptr
	out uintptr // a small buffer for results by pointer
}

type access int32

const (
	readOnly  access = sqlite3.SQLITE_OPEN_READONLY
	readWrite access = sqlite3.SQLITE_OPEN_READWRITE
	create    access = sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE
)

const pointerSize = int(unsafe.Sizeof(uintptr(0)))

// dial opens the file. Names in double quotes are names on this connection, never texts.
func dial(path string, how access, busy int) (*conn, error) {
	c := &conn{tls: libc.NewTLS()}
	c.out = libc.Xmalloc(c.tls, 64)
	name, err := libc.CString(path)
	if err != nil || c.out == 0 {
		c.tls.Close()
		return nil, fmt.Errorf("out of memory")
	}
	defer libc.Xfree(c.tls, name)
	c.put(0)
	rc := sqlite3.Xsqlite3_open_v2(c.tls, name, c.out, int32(how)|sqlite3.SQLITE_OPEN_NOMUTEX|sqlite3.SQLITE_OPEN_EXRESCODE, 0)
	c.db = c.take()
	if rc != sqlite3.SQLITE_OK {
		err := c.failure(rc)
		c.close()
		return nil, err
	}
	for _, op := range []int32{sqlite3.SQLITE_DBCONFIG_DQS_DDL, sqlite3.SQLITE_DBCONFIG_DQS_DML} {
		if rc := sqlite3.Xsqlite3_db_config(c.tls, c.db, op, libc.VaList(c.out+8, int32(0), uintptr(0))); rc != sqlite3.SQLITE_OK {
			err := c.failure(rc)
			c.close()
			return nil, err
		}
	}
	sqlite3.Xsqlite3_busy_timeout(c.tls, c.db, int32(busy))
	return c, nil
}

// put and take hand a pointer to and from C.
func (c *conn) put(p uintptr) {
	b := libc.GoBytes(c.out, pointerSize)
	if pointerSize == 8 {
		binary.NativeEndian.PutUint64(b, uint64(p))
		return
	}
	binary.NativeEndian.PutUint32(b, uint32(p))
}

func (c *conn) take() uintptr { return c.takeAt(0) }

// takeAt takes a pointer from further on in the buffer.
func (c *conn) takeAt(offset uintptr) uintptr {
	b := libc.GoBytes(c.out+offset, pointerSize)
	if pointerSize == 8 {
		return uintptr(binary.NativeEndian.Uint64(b))
	}
	return uintptr(binary.NativeEndian.Uint32(b))
}

func (c *conn) close() error {
	if c.tls == nil {
		return nil
	}
	rc := sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	libc.Xfree(c.tls, c.out)
	c.tls.Close()
	c.tls = nil
	if rc != sqlite3.SQLITE_OK {
		return &failure{code: rc, text: "close failed"}
	}
	return nil
}

// failure is the connection's last error.
func (c *conn) failure(rc int32) error {
	text := libc.GoString(sqlite3.Xsqlite3_errstr(c.tls, rc))
	if c.db != 0 && sqlite3.Xsqlite3_extended_errcode(c.tls, c.db) == rc {
		text = libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))
	}
	return &failure{code: rc, text: text}
}

// watch interrupts the connection when ctx ends. The function it returns must be called when the work is done; after
// it no interruption comes any more.
func (c *conn) watch(ctx context.Context) func() {
	if ctx.Done() == nil {
		return func() {}
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		tls := libc.NewTLS()
		defer tls.Close()
		sqlite3.Xsqlite3_interrupt(tls, c.db)
	})
	return func() {
		if !stop() {
			<-ended
		}
	}
}

// exec runs one statement to its end and gives the number of rows that it returned.
func (c *conn) exec(ctx context.Context, sql string, args ...any) (rows int64, err error) {
	err = c.each(ctx, sql, func(*stmt) error { rows++; return nil }, args...)
	return rows, err
}

// each runs one statement and calls row for every row of its answer.
func (c *conn) each(ctx context.Context, sql string, row func(*stmt) error, args ...any) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.bind(args...); err != nil {
		return err
	}
	defer c.watch(ctx)()
	for {
		more, err := s.step()
		if err != nil {
			return interrupted(ctx, err)
		}
		if !more {
			return nil
		}
		if err := row(s); err != nil {
			return err
		}
	}
}

// one runs a statement that gives one row or none, and says whether there was one.
func (c *conn) one(ctx context.Context, sql string, row func(*stmt), args ...any) (bool, error) {
	found := false
	err := c.each(ctx, sql, func(s *stmt) error {
		if !found {
			row(s)
		}
		found = true
		return nil
	}, args...)
	return found, err
}

func (c *conn) number(ctx context.Context, sql string, args ...any) (n int64, err error) {
	_, err = c.one(ctx, sql, func(s *stmt) { n = s.int(0) }, args...)
	return n, err
}

func (c *conn) text(ctx context.Context, sql string, args ...any) (x string, err error) {
	_, err = c.one(ctx, sql, func(s *stmt) { x = s.text(0) }, args...)
	return x, err
}

// inTransaction reports whether a transaction is open: SQLite ends one by itself after some errors.
func (c *conn) inTransaction() bool { return sqlite3.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

// rollback ends a transaction, also where ctx has ended.
func (c *conn) rollback() {
	if c.inTransaction() {
		_, _ = c.exec(context.Background(), "ROLLBACK") // what cannot be rolled back now is when the connection closes
	}
}

// transaction runs work between BEGIN IMMEDIATE and COMMIT.
func (c *conn) transaction(ctx context.Context, work func() error) error {
	if _, err := c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer c.rollback()
	if err := work(); err != nil {
		return err
	}
	_, err := c.exec(ctx, "COMMIT")
	return err
}

// arena is memory that C may read until it is reset.
type arena struct {
	tls    *libc.TLS
	blocks []uintptr
	sizes  []int
	used   int // of the last block
}

// place copies x into the arena and gives its address, which is not null even for no bytes.
func (a *arena) place(x []byte) (uintptr, error) {
	last := len(a.blocks) - 1
	if last < 0 || a.used+len(x)+1 > a.sizes[last] {
		size := max(64<<10, 2*(len(x)+1))
		p := libc.Xmalloc(a.tls, types.Size_t(size))
		if p == 0 {
			return 0, fmt.Errorf("out of memory")
		}
		a.blocks, a.sizes, a.used = append(a.blocks, p), append(a.sizes, size), 0
		last++
	}
	p := a.blocks[last] + uintptr(a.used)
	copy(libc.GoBytes(p, len(x)), x)
	a.used += len(x)
	return p, nil
}

// reset keeps the largest block, which is the last.
func (a *arena) reset() {
	for len(a.blocks) > 1 {
		libc.Xfree(a.tls, a.blocks[0])
		a.blocks, a.sizes = a.blocks[1:], a.sizes[1:]
	}
	a.used = 0
}

func (a *arena) free() {
	a.reset()
	for _, p := range a.blocks {
		libc.Xfree(a.tls, p)
	}
	a.blocks, a.sizes = nil, nil
}
