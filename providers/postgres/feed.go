package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// feed sends rows to the server as a COPY, from a goroutine of its own that reads the pieces which write fills. It is
// binary unless a column has a type whose binary form is its own affair: then all values go as text.
type feed struct {
	text    bool
	cell    []byte // a value's text
	table   string // for errors
	columns []schema.Column
	encode  []encoder
	filling []byte
	sending []byte // what Read has not yet given away
	held    []byte // the piece that sending is a part of
	full    chan []byte
	free    chan []byte
	ctx     context.Context
	cancel  context.CancelCauseFunc
	done    chan struct{}
	err     error // of the COPY; to be read when done is closed
	copied  int64 // rows the server took
	sent    int64
	base    int64 // rows of the chunk that were sent before this COPY
}

var errGivenUp = errors.New("the chunk was given up")

// copyIn starts a COPY into the columns of a table named in SQL.
func (e *endpoint) copyIn(ctx context.Context, c *pgx.Conn, into, table string, columns []schema.Column, forms []*form) (*feed, error) {
	f := &feed{table: table, columns: columns, encode: make([]encoder, len(columns)), done: make(chan struct{})}
	names := make([]string, len(columns))
	for i, column := range columns {
		if forms[i].typ.Kind == schema.Unknown {
			return nil, fmt.Errorf("column %s: this version cannot write its type", column.Name)
		}
		f.encode[i], names[i] = binaryEncoder(forms[i]), column.Name
		f.text = f.text || f.encode[i] == nil
	}
	format := "binary"
	if f.text {
		format = "text"
		for i := range columns {
			f.encode[i] = e.asText(forms[i])
		}
	}
	for i := range columns {
		if length := forms[i].root().typ.Length; e.raw && length > 0 {
			f.encode[i] = inBytes(f.encode[i], length)
		}
	}
	f.full, f.free = make(chan []byte, pieces), make(chan []byte, pieces+1)
	for range pieces {
		f.free <- nil
	}
	f.ctx, f.cancel = context.WithCancelCause(ctx)
	f.filling = make([]byte, 0, piece+piece/4)
	if !f.text {
		f.filling = append(append(f.filling, signature...), 0, 0, 0, 0, 0, 0, 0, 0)
	}
	sql := fmt.Sprintf("COPY %s (%s) FROM STDIN (FORMAT %s)", into, quoteAll(names, ""), format)
	go func() {
		defer close(f.done)
		tag, err := c.PgConn().CopyFrom(f.ctx, f, sql)
		f.copied, f.err = tag.RowsAffected(), err
	}()
	return f, nil
}

// inBytes is for a server that does not know its encoding: it takes bytes for characters, and would cut blanks behind them.
func inBytes(encode encoder, length int) encoder {
	return func(dst []byte, v *batch.Vector, i int) ([]byte, string) {
		if len(v.Blob(i)) > length {
			return dst, "a text is longer than the column allows, which counts bytes in this database"
		}
		return encode(dst, v, i)
	}
}

// Read gives the driver what was written.
func (f *feed) Read(p []byte) (int, error) {
	if len(f.sending) == 0 {
		if f.held != nil {
			f.free <- f.held // never blocks: there is a place for every piece
			f.held = nil
		}
		select {
		case b, ok := <-f.full:
			if !ok {
				return 0, io.EOF
			}
			f.held, f.sending = b, b
		case <-f.ctx.Done():
			return 0, context.Cause(f.ctx)
		}
	}
	n := copy(p, f.sending)
	f.sending = f.sending[n:]
	return n, nil
}

// write encodes the rows of b. A value that its column cannot hold exactly stops it.
func (f *feed) write(ctx context.Context, b *batch.Batch) error {
	if err := f.fits(b); err != nil {
		return err
	}
	row := f.row
	if f.text {
		row = f.line
	}
	for i := range b.Len() {
		if column, why := row(b, i); why != "" {
			return misfit(f.table, f.columns[column].Name, f.base+f.sent+1, why)
		}
		f.sent++
		if len(f.filling) >= piece {
			if err := f.hand(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// row appends a row in binary form. Where a column cannot hold its value exactly, it is named with the reason.
func (f *feed) row(b *batch.Batch, i int) (column int, why string) {
	f.filling = binary.BigEndian.AppendUint16(f.filling, uint16(len(f.encode)))
	for c, encode := range f.encode {
		v := &b.Vectors[c]
		if v.Null(i) {
			f.filling = binary.BigEndian.AppendUint32(f.filling, 0xffffffff)
			continue
		}
		if f.filling, why = encode(f.filling, v, i); why != "" {
			return c, why
		}
	}
	return 0, ""
}

// line appends a row as a line of text.
func (f *feed) line(b *batch.Batch, i int) (column int, why string) {
	for c, encode := range f.encode {
		if c > 0 {
			f.filling = append(f.filling, '\t')
		}
		v := &b.Vectors[c]
		if v.Null(i) {
			f.filling = append(f.filling, `\N`...)
			continue
		}
		if f.cell, why = encode(f.cell[:0], v, i); why != "" {
			return c, why
		}
		f.filling = appendEscaped(f.filling, f.cell)
	}
	f.filling = append(f.filling, '\n')
	return 0, ""
}

// appendEscaped escapes what has a meaning in the text form of COPY.
func appendEscaped(dst, text []byte) []byte {
	for _, c := range text {
		switch c {
		case '\\':
			dst = append(dst, '\\', '\\')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// fits checks that values lie in the batch as the encoders expect them.
func (f *feed) fits(b *batch.Batch) error {
	if len(b.Vectors) != len(f.columns) {
		return fmt.Errorf("a batch has %d columns, not %d", len(b.Vectors), len(f.columns))
	}
	for i, c := range f.columns {
		if t := b.Columns[i].Type; t.Kind != c.Type.Kind || t.Unit() != c.Type.Unit() {
			return fmt.Errorf("a batch has %s for column %s, which is %s", t, c.Name, c.Type)
		}
	}
	return nil
}

func (f *feed) hand(ctx context.Context) error {
	select {
	case f.full <- f.filling:
	case <-f.done:
		return f.failure()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case b := <-f.free:
		f.filling = b[:0]
	case <-f.done:
		return f.failure()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// failure is why the COPY ended before its rows did.
func (f *feed) failure() error {
	if f.err == nil {
		return errors.New("the server ended the COPY early")
	}
	return &copyError{f.err, f.base}
}

// finish sends the rest and waits until the server has taken all rows.
func (f *feed) finish(ctx context.Context) error {
	defer f.cancel(nil)
	if !f.text {
		f.filling = binary.BigEndian.AppendUint16(f.filling, 0xffff)
	}
	select {
	case f.full <- f.filling:
	case <-f.done:
		return f.failure()
	case <-ctx.Done():
		f.abort()
		return context.Cause(ctx)
	}
	close(f.full)
	select {
	case <-f.done:
	case <-ctx.Done():
		f.abort()
		return context.Cause(ctx)
	}
	if f.err != nil {
		return f.failure()
	}
	return took(f.copied, f.sent, nil)
}

// abort stops the COPY and waits for its end.
func (f *feed) abort() {
	f.cancel(errGivenUp)
	<-f.done
}
