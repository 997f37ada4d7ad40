package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// connectError is a login that did not come about, lostCommit a COMMIT whose answer did not arrive.
type (
	connectError struct{ err error }
	lostCommit   struct{ err error }
)

// copyError is the end of a COPY; base is the number of rows of the chunk that earlier COPYs sent.
type copyError struct {
	err  error
	base int64
}

func (e *copyError) Error() string { return e.err.Error() }
func (e *copyError) Unwrap() error { return e.err }

func (e *connectError) Error() string { return e.err.Error() }
func (e *connectError) Unwrap() error { return e.err }
func (e *lostCommit) Error() string {
	return "the connection was lost before the server answered to COMMIT"
}

// decided reports whether a failed COMMIT is known to have changed nothing: it was never sent, or the server itself said
// no, other than by going away.
func decided(err error) bool {
	var said *pgconn.PgError
	return pgconn.SafeToRetry(err) || errors.As(err, &said) && !strings.HasPrefix(said.Code, "57P") && !strings.HasPrefix(said.Code, "08")
}

// refusal is the server's answer in words that quote no value: its own messages may, so they are passed on only where
// the SQLSTATE's class speaks of names and resources.
type refusal struct{ code, text string }

func (r *refusal) Error() string { return fmt.Sprintf("%s (SQLSTATE %s)", r.text, r.code) }

// words are for codes whose messages quote values, by code or by class of codes.
var words = map[string]string{
	"22001": "a text is longer than the column allows", "22003": "a number is out of the column's range",
	"22007": "a date or time is not valid", "22008": "a date or time is out of range",
	"22021": "a text holds a character that the database's encoding does not have", "22P02": "a value is not of the column's type",
	"22P03": "a value's binary form is not of the column's type", "22P05": "a character has no counterpart in the encoding",
	"22P04": "the stream of rows does not fit the table", "22012": "a division by zero", "22023": "a parameter is not valid",
	"22": "a value is not valid", "23502": "null in a column that must not be null", "23503": "a row refers to a row that is not there",
	"23505": "a key is there twice", "23514": "a value breaks a check constraint", "23P01": "a row breaks an exclusion constraint",
	"23001": "a row is still referred to", "23": "a row breaks a constraint", "P0001": "a function on the server raised an error",
	"P0": "a function on the server failed", "42601": "the statement is not understood", "57014": "the statement was cancelled",
}

// plain are the classes whose messages speak of objects, rights and resources only.
var plain = map[string]bool{
	"08": true, "0A": true, "25": true, "28": true, "2B": true, "3D": true, "3F": true, "40": true, "42": true,
	"53": true, "54": true, "55": true, "57": true, "58": true,
}

func say(p *pgconn.PgError) *refusal {
	class := p.Code[:min(2, len(p.Code))]
	if w := words[p.Code]; w != "" {
		if p.ConstraintName != "" {
			w += ": " + p.ConstraintName
		}
		return &refusal{p.Code, w}
	}
	if plain[class] {
		return &refusal{p.Code, p.Message}
	}
	if w := words[class]; w != "" {
		return &refusal{p.Code, w}
	}
	return &refusal{p.Code, "the server refused the statement"}
}

// classes go by SQLSTATE, else by its first two characters.
var classes = map[string]providers.Class{
	"08": providers.Transient, "40": providers.Transient, "53": providers.Transient, "57P01": providers.Transient,
	"57P02": providers.Transient, "57P03": providers.Transient, "57P05": providers.Transient,
	"22": providers.BadValue, "23": providers.BadValue, "23001": providers.Conflict, "23503": providers.Conflict, "23505": providers.Conflict, "23P01": providers.Conflict,
	"55": providers.Conflict, "42P07": providers.Conflict, "42710": providers.Conflict, "42P06": providers.Conflict, "2BP01": providers.Conflict,
	"42501": providers.Denied, "28": providers.Unreachable, "3D": providers.NotFound, "3F": providers.NotFound,
	"42P01": providers.NotFound, "42703": providers.NotFound, "42704": providers.NotFound,
	"0A": providers.Unsupported, "54": providers.Unsupported, "25006": providers.Denied, "22023": providers.Unknown,
}

func classOf(code string) providers.Class {
	if c, ok := classes[code]; ok {
		return c
	}
	return classes[code[:min(2, len(code))]]
}

// fail makes a providers.Error of anything that went wrong while op was done to object. An error that is one already
// stays as it is.
func (e *endpoint) fail(op, object string, err error) error {
	var done *providers.Error
	if err == nil || errors.As(err, &done) {
		return err
	}
	f := &providers.Error{Op: op, Object: object, Err: err}
	var said *pgconn.PgError
	var lost *lostCommit
	var refused *connectError
	switch {
	case errors.As(err, &lost):
		f.Class, f.Err = providers.Ambiguous, lost
		return f
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return f
	case errors.As(err, &said):
		e.explain(f, said, err)
	case errors.As(err, &refused):
		f.Class, f.Err = providers.Unreachable, unanswered(refused)
	case isBroken(err):
		f.Class, f.Err = providers.Transient, errors.New("the connection broke")
	}
	if errors.As(err, &refused) {
		if f.Class != providers.Transient { // such as a server that is still starting
			f.Class = providers.Unreachable
		}
		f.Remedy = login(err)
	}
	return f
}

const readOnlyServer = "The server takes no changes: it is a standby, or the database or role is set to read only. Use the primary."

// context of a COPY: its table, its line and perhaps the column, before the value that is left alone. What an input
// function says of the place in the value stands before it.
var copyPlace = regexp.MustCompile(`(?m)^COPY [^,]+, line (\d+)(?:, column ([^:\n]+))?`)

func (e *endpoint) explain(f *providers.Error, said *pgconn.PgError, err error) {
	f.Class, f.Err = classOf(said.Code), say(said)
	f.Column = said.ColumnName
	if m := copyPlace.FindStringSubmatch(said.Where); m != nil {
		line, _ := strconv.ParseInt(m[1], 10, 64) // digits
		var of *copyError
		if errors.As(err, &of) {
			line += of.base
		}
		f.Row, f.Nth = fmt.Sprintf("row %d of the chunk", line), line
		if f.Column == "" {
			f.Column = m[2]
		}
		if m[2] != "" && strings.HasPrefix(said.Code, "42") { // an input function's words for a name, which is a value here
			f.Class, f.Err = providers.BadValue, &refusal{said.Code, "a value is not of the column's type"}
			return
		}
	}
	switch said.Code {
	case "23505":
		f.Err = fmt.Errorf("%w: %w", providers.ErrDuplicateKey, f.Err)
	case "23503":
		if child := (schema.Ref{Schema: said.SchemaName, Name: said.TableName}); said.TableName != "" && f.Object != child.String() && (f.Op == "load" || f.Op == "delete" || f.Op == "commit") { // the key is named with the table that refers
			f.Err = &refusal{said.Code, fmt.Sprintf("rows of %s refer to a row that is to go: %s", child, said.ConstraintName)}
			f.Remedy = fmt.Sprintf("Remove those rows of %s first, or have their mapping remove them in the same plan; then run the same command again.", child)
		}
	case "57014":
		if e.pool.asking > 0 {
			f.Remedy = fmt.Sprintf("It took longer than statement_timeout, which is %s, or somebody cancelled it. Raise statement_timeout, or leave it out.", e.pool.asking)
		}
	case "0A000":
		if e.standby && f.Op != "read" && f.Op != "count" { // those may meet a table that is not logged
			f.Class, f.Remedy = providers.Denied, readOnlyServer
		}
	case "40001":
		if e.standby { // which refuses changes, so that nothing else makes it give up
			f.Remedy = "The standby had to give up the read, because the primary removed rows that it still saw. Set hot_standby_feedback = on there, raise max_standby_streaming_delay, or read from the primary."
		}
	case "25006":
		f.Remedy = readOnlyServer
	case "42501":
		f.Remedy = e.grant(f.Op, f.Object)
		if said.Routine == "check_enable_rls" {
			f.Remedy = "Row security would hide rows. Read as the owner of the tables or as a role with BYPASSRLS, or run ALTER TABLE with DISABLE ROW LEVEL SECURITY."
		}
	}
}

// grant is the remedy for a missing right.
func (e *endpoint) grant(op, object string) string {
	rights := map[string]string{"read": "SELECT", "count": "SELECT", "load": "SELECT, INSERT, UPDATE, DELETE"}[op]
	switch {
	case op == "open" && object == place:
		return fmt.Sprintf("Run: GRANT CREATE ON DATABASE %s TO %s (or, if the ledger is there, rights on the schema _migrateiq).",
			quote(e.pool.config.Database), quote(e.user))
	case object == largeObjects.String() || object == madeObjects.String() && op != "load":
		return largeRemedy(e.user)
	case rights == "":
		return fmt.Sprintf("The role %s lacks a right that this needs; ask the owner of the object for it.", quote(e.user))
	}
	return fmt.Sprintf("Run: GRANT %s ON %s TO %s (and USAGE on its schema).", rights, object, quote(e.user))
}

func isBroken(err error) bool {
	var op net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgconn.ErrConnClosed) || errors.As(err, &op)
}

// misfit is a value that the target's column cannot hold, found before it was sent.
func misfit(table, column string, row int64, why string) error {
	return &providers.Error{
		Op: "load", Object: table, Column: column, Row: fmt.Sprintf("row %d of the chunk", row), Nth: row, Class: providers.BadValue, Err: errors.New(why),
	}
}

// state is the SQLSTATE of an error of the server, "" for any other.
func state(err error) string {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return said.Code
	}
	return ""
}
