package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// piece is the size of the buffers between the connection and the decoder or encoder; pieces is how many there are.
const (
	piece  = 128 << 10
	pieces = 3
)

// spool takes the messages of a COPY from the connection in a goroutine of its own and hands them on in pieces.
type spool struct {
	ctx    context.Context
	cancel context.CancelFunc
	full   chan []byte
	free   chan []byte
	filled []byte
	done   chan struct{}
	err    error // of the COPY; to be read when full is closed
}

func copyOut(ctx context.Context, c *pgx.Conn, sql string) *spool {
	s := &spool{full: make(chan []byte, pieces), free: make(chan []byte, pieces+1), done: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(ctx)
	for range pieces {
		s.free <- nil
	}
	go func() {
		defer close(s.done)
		defer close(s.full)
		_, s.err = c.PgConn().CopyTo(s.ctx, s, "COPY ("+sql+") TO STDOUT (FORMAT binary)")
		if s.err == nil && len(s.filled) > 0 {
			s.err = s.hand()
		}
	}()
	return s
}

// Write keeps a message of the server.
func (s *spool) Write(p []byte) (int, error) {
	s.filled = append(s.filled, p...)
	if len(s.filled) < piece {
		return len(p), nil
	}
	return len(p), s.hand()
}

func (s *spool) hand() error {
	select {
	case s.full <- s.filled:
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
	select {
	case b := <-s.free:
		s.filled = b[:0]
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
	return nil
}

// close stops the COPY and waits for its end.
func (s *spool) close() {
	s.cancel()
	<-s.done
}

// rows decodes a binary COPY stream.
type rows struct {
	from    *spool
	columns []schema.Column
	decode  []decoder
	behind  int    // columns of the stream behind those, for matched
	held    []byte // the piece being decoded, to be given back
	rest    []byte // what is not yet decoded
	carry   []byte // the start of a row that ends in the next piece
	begun   bool
	ended   bool
}

var errStream = errors.New("the stream of rows is damaged")

func decodeRows(from *spool, columns []schema.Column, decode []decoder) *rows {
	return &rows{from: from, columns: columns, decode: decode}
}

// next resets b and fills it until it is full or the rows end; then it is io.EOF and no rows.
func (r *rows) next(ctx context.Context, b *batch.Batch) error {
	b.Reset()
	for !r.ended && !b.Full() {
		size, err := r.whole()
		if err != nil {
			return err
		}
		if size < 0 {
			if err := r.more(ctx); err != nil {
				return err
			}
			continue
		}
		if err := r.row(b, r.rest[:size]); err != nil {
			b.Reset()
			return err
		}
		r.rest = r.rest[size:]
	}
	if b.Len() == 0 {
		return io.EOF
	}
	return nil
}

var signature = []byte("PGCOPY\n\xff\r\n\x00")

// whole gives the length of the row, header or trailer at the front of rest, -1 where its end has not come yet.
func (r *rows) whole() (int, error) {
	x := r.rest
	if !r.begun {
		if len(x) < 19 {
			return -1, nil
		}
		if !bytes.HasPrefix(x, signature) {
			return 0, errStream
		}
		size := 19 + int(binary.BigEndian.Uint32(x[15:]))
		if len(x) < size {
			return -1, nil
		}
		r.begun, r.rest = true, x[size:]
		return r.whole()
	}
	if len(x) < 2 {
		return -1, nil
	}
	count := int(int16(binary.BigEndian.Uint16(x)))
	if count == -1 {
		return 2, nil
	}
	if count != len(r.columns)+r.behind {
		return 0, errStream
	}
	at := 2
	for range count {
		if len(x) < at+4 {
			return -1, nil
		}
		if n := int32(binary.BigEndian.Uint32(x[at:])); n > 0 {
			at += int(n)
		}
		at += 4
	}
	if len(x) < at {
		return -1, nil
	}
	return at, nil
}

// more waits for the next piece.
func (r *rows) more(ctx context.Context) error {
	r.carry = append(r.carry[:0], r.rest...)
	if r.held != nil {
		r.from.free <- r.held // never blocks: there are as many places as pieces, and one for that of a COPY that was stopped
		r.held = nil
	}
	select {
	case b, ok := <-r.from.full:
		if !ok {
			if r.from.err != nil {
				return r.from.err
			}
			return io.ErrUnexpectedEOF
		}
		r.held, r.rest = b, b
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if len(r.carry) > 0 {
		r.carry = append(r.carry, r.rest...)
		r.rest = r.carry
		// carry is read from until it is used up, so that the next rest is put into memory of its own
		r.carry = nil
	}
	return nil
}

func (r *rows) row(b *batch.Batch, x []byte) error {
	if len(x) == 2 && x[0] == 0xff {
		r.ended = true
		return nil
	}
	at := 2
	for i, decode := range r.decode {
		n := int(int32(binary.BigEndian.Uint32(x[at:])))
		at += 4
		if n < 0 {
			b.Vectors[i].AppendNull()
			continue
		}
		if err := decode(&b.Vectors[i], x[at:at+n]); err != nil {
			return &providers.Error{Op: "read", Object: "row", Column: r.columns[i].Name, Class: providers.BadValue, Err: err}
		}
		at += n
	}
	if r.behind > 0 {
		return r.matched(x[at:])
	}
	return nil
}
