package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/novumsolvo/migrateiq/providers"
)

// failure is a result code of SQLite with its text, which names tables and columns and holds no values.
type failure struct {
	code int32 // extended
	text string
}

func (f *failure) Error() string { return fmt.Sprintf("%s (SQLite %d)", f.text, f.code) }

func code(err error) int32 {
	var f *failure
	if errors.As(err, &f) {
		return f.code
	}
	return 0
}

// interrupted gives the reason of ctx where it is the reason of err.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && code(err)&0xff == sqlite3.SQLITE_INTERRUPT {
		return context.Cause(ctx)
	}
	return err
}

// failed wraps an error with its class, unless it has one already.
func failed(op, object string, err error) error {
	if err == nil {
		return nil
	}
	var known *providers.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := &providers.Error{Op: op, Object: object, Err: err}
	e.Class, e.Remedy = classify(err)
	if duplicate(err) {
		e.Err = fmt.Errorf("%w: %w", providers.ErrDuplicateKey, err)
	}
	return e
}

func duplicate(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return true
	}
	return false
}

func classify(err error) (providers.Class, string) {
	switch code(err) {
	case 0:
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return providers.NotFound, ""
		case errors.Is(err, fs.ErrPermission):
			return providers.Denied, ""
		}
		return providers.Unknown, ""
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, sqlite3.SQLITE_CONSTRAINT_TRIGGER:
		return providers.Conflict, ""
	}
	if duplicate(err) {
		return providers.Conflict, ""
	}
	switch code(err) & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_PROTOCOL:
		return providers.Transient, "Another program holds the database; end it, or raise busy_timeout, and run the command again."
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_CANTOPEN:
		return providers.Denied, "The file and its folder must be open to this user for what the command does."
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG:
		return providers.BadValue, ""
	case sqlite3.SQLITE_FULL:
		return providers.Unknown, "Make room on the disk of the database and run the command again."
	case sqlite3.SQLITE_NOTADB:
		return providers.Unsupported, "Name a file that SQLite has made and that is not encrypted."
	case sqlite3.SQLITE_CORRUPT:
		return providers.Unknown, "The file is damaged; restore it from a backup, or see what PRAGMA integrity_check says."
	}
	return providers.Unknown, ""
}

func unsupported(op, object, format string, args ...any) error {
	return &providers.Error{Op: op, Object: object, Class: providers.Unsupported, Err: fmt.Errorf(format, args...)}
}
