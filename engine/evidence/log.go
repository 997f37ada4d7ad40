// Package evidence is what an auditor gets after a run: the audit log, whose lines are chained by their digests, the
// record of a run, the bundle that is made of both, and verdicts in the forms that other tools read. It holds no value of
// a row and asks no system.
package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"

	"github.com/novumsolvo/migrateiq/policy"
)

// LogFormat is the version of the log that this program writes.
const LogFormat = 1

// Log is an audit log in a file. Beside it are <path>.head, the number and digest of its last line, and <path>.lock.
// Lines are only ever added, by one process at a time, and each is on the disk before Append returns.
type Log struct {
	path  string
	wait  time.Duration
	known *Head // kept elsewhere
}

// lockWait is how long a process waits for others to end their lines, which takes each of them milliseconds.
const lockWait = 30 * time.Second

// At names the log. Nothing is read or made before the first call of Append.
func At(path string) *Log { return &Log{path: path, wait: lockWait} }

// Known is the log held against a head that the state has, too: who cuts off the log's end and sets its own head back is
// found by it. Nil says that none is known.
func (l *Log) Known(h *Head) *Log {
	return &Log{path: l.path, wait: l.wait, known: h}
}

// Path is where the log is.
func (l *Log) Path() string { return l.path }

// HeadPath is where the number and digest of the last line are.
func (l *Log) HeadPath() string { return l.path + ".head" }

// Note is what a line says. Plan is the digest of the plan it is about, "" for none; the first line of a log is bound to it.
type Note struct {
	At      time.Time
	Actor   string
	Event   string
	Plan    string
	Payload any // becomes JSON; it holds no value of a row
}

// entry is one line. Its hash is the SHA-256 of the canonical JSON of the members that link covers.
type entry struct {
	Seq           uint64          `json:"seq"`
	TS            string          `json:"ts"`
	Actor         string          `json:"actor"`
	Event         string          `json:"event"`
	Payload       json.RawMessage `json:"payload"`
	PayloadSHA256 string          `json:"payload_sha256"`
	Prev          string          `json:"prev"`
	Hash          string          `json:"hash"`
}

type link struct {
	Seq           uint64 `json:"seq"`
	TS            string `json:"ts"`
	Actor         string `json:"actor"`
	Event         string `json:"event"`
	PayloadSHA256 string `json:"payload_sha256"`
	Prev          string `json:"prev"`
}

// Head is the end of a chain.
type Head struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
}

// opening is the payload of the first line.
type opening struct {
	Format     int    `json:"format"`
	PlanDigest string `json:"plan_digest"`
}

// genesis is what the first line follows: a digest of the plan that the log begins with.
func genesis(o opening) (string, error) {
	text, err := policy.Canonical(map[string]any{"migrateiq_audit": o.Format, "plan_digest": o.PlanDigest})
	return sum(text), err
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

func (e *entry) digest() (string, error) {
	text, err := policy.Canonical(link{e.Seq, e.TS, e.Actor, e.Event, e.PayloadSHA256, e.Prev})
	return sum(text), err
}

// after makes the line that follows head.
func after(head Head, n Note) (entry, error) {
	payload, err := policy.Canonical(n.Payload)
	if err != nil {
		return entry{}, err
	}
	e := entry{Seq: head.Seq + 1, TS: n.At.UTC().Format(time.RFC3339Nano), Actor: n.Actor, Event: n.Event, Payload: payload, PayloadSHA256: sum(payload), Prev: head.Hash}
	e.Hash, err = e.digest()
	return e, err
}

// Append adds a line, and before the first one the line that opens the log. What a process that was killed left of a line
// goes into a line of its own, whole. A log that does not end as its head says is not added to.
func (l *Log) Append(ctx context.Context, n Note) (head Head, err error) {
	unlock, err := l.lock(ctx)
	if err != nil {
		return Head{}, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return Head{}, fmt.Errorf("open the audit log: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	end, err := l.end(f)
	if err != nil {
		return Head{}, err
	}
	var text []byte
	head = end.head
	for _, n := range l.before(end, n) {
		if head.Seq == 0 {
			if head.Hash, err = genesis(n.Payload.(opening)); err != nil {
				return Head{}, fmt.Errorf("begin the audit log: %w", err)
			}
		}
		e, err := after(head, n)
		if err != nil {
			return Head{}, fmt.Errorf("write the audit log: %w", err)
		}
		line, err := policy.Canonical(e)
		if err != nil {
			return Head{}, fmt.Errorf("write the audit log: %w", err)
		}
		text = append(append(text, line...), '\n')
		head = Head{e.Seq, e.Hash}
	}
	if err := l.write(f, end, text); err != nil {
		return Head{}, fmt.Errorf("write the audit log: %w", err)
	}
	return head, l.keep(head)
}

// before gives all that is to be written for a note: the opening of a new log, a torn line, and the note.
func (l *Log) before(end tail, n Note) []Note {
	var all []Note
	if end.head.Seq == 0 {
		all = append(all, Note{At: n.At, Actor: n.Actor, Event: "log_opened", Payload: opening{LogFormat, n.Plan}})
	}
	if len(end.torn) > 0 {
		all = append(all, Note{At: n.At, Actor: n.Actor, Event: "torn_line", Payload: map[string]any{
			"bytes": len(end.torn), "sha256": sum(end.torn), "text_base64": base64.StdEncoding.EncodeToString(end.torn)}})
	}
	if n.Payload == nil {
		n.Payload = struct{}{}
	}
	return append(all, n)
}

// write puts lines where the last whole line ends. They go over what is left of a torn one, which they hold; whatever
// remains of it behind them after a loss of power is a torn line again.
func (l *Log) write(f *os.File, end tail, text []byte) error {
	if _, err := f.WriteAt(text, end.offset); err != nil {
		return err
	}
	if err := f.Truncate(end.offset + int64(len(text))); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if end.head.Seq > 0 {
		return nil
	}
	d, err := os.Open(filepath.Dir(l.path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (l *Log) keep(h Head) error {
	raw, err := json.Marshal(h)
	if err == nil {
		err = renameio.WriteFile(l.HeadPath(), append(raw, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("record the head of the audit log: %w", err)
	}
	return nil
}

func (l *Log) lock(ctx context.Context) (unlock func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the audit log: %w", err)
	}
	lock := flock.New(l.path+".lock", flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(ctx, l.wait)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the audit log %s, which another process holds: %w", l.path, err), lock.Close())
	}
	return lock.Close, nil
}

// tail is the end of a log: where its last whole line ends, what is torn behind it, and the head it makes.
type tail struct {
	head   Head
	offset int64
	torn   []byte
}

// longest line that is read. A line holds digests and counts, of verdicts one each.
const longest = 16 << 20

// end reads the last line and holds it against the recorded head. The log may be ahead of it, where a process was killed
// between the two.
func (l *Log) end(f *os.File) (tail, error) {
	t, line, err := lastLine(f)
	if err != nil {
		return t, fmt.Errorf("read the audit log: %w", err)
	}
	recorded, err := l.recorded()
	if err != nil {
		return t, err
	}
	if line != nil {
		e, why := parse(line)
		if why != "" {
			return t, l.damaged("its last line " + why)
		}
		t.head = Head{e.Seq, e.Hash}
	}
	if recorded != nil && recorded.Seq > t.head.Seq {
		return t, l.damaged(fmt.Sprintf("it ends at line %d, and the recorded head is line %d: lines were cut off its end", t.head.Seq, recorded.Seq))
	}
	if recorded != nil && recorded.Seq == t.head.Seq && recorded.Hash != t.head.Hash {
		return t, l.damaged("its last line is not the one that was recorded as its head")
	}
	if l.known != nil && l.known.Seq > t.head.Seq {
		return t, l.damaged(fmt.Sprintf("it ends at line %d, and the state knows of line %d: lines were cut off its end", t.head.Seq, l.known.Seq))
	}
	if l.known != nil && l.known.Seq == t.head.Seq && l.known.Hash != t.head.Hash {
		return t, l.damaged("its last line is not the one that the state knows")
	}
	return t, nil
}

// ErrChanged is in the chain of the error for a log that is not as it was written.
var ErrChanged = errors.New("was changed, and is not added to")

func (l *Log) damaged(why string) error {
	return fmt.Errorf("the audit log %s %w: %s. `migrateiq audit verify` says more. "+
		"Put the log back from a copy; or move it, with %s, to where it is kept as evidence, and let `migrateiq audit begin` begin a new one", l.path, ErrChanged, why, l.HeadPath())
}

// End is the head that the last whole line makes, as it stands; the zero Head where there is no line.
func (l *Log) End() (head Head, err error) {
	f, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, fmt.Errorf("open the audit log: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, line, err := lastLine(f)
	if err != nil {
		return Head{}, fmt.Errorf("read the audit log: %w", err)
	}
	if line == nil {
		return Head{}, nil
	}
	e, why := parse(line)
	if why != "" {
		return Head{}, l.damaged("its last line " + why)
	}
	return Head{e.Seq, e.Hash}, nil
}

// Whole is nil for a log that is as it was written from its first line on, and for one that is not there and need not be.
// Bytes of a line that was not written to its end are no damage: the next line holds them.
func (l *Log) Whole() error {
	c, err := l.Check(nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && c.Bad != nil {
		err = l.damaged(fmt.Sprintf("line %d %s", c.Bad.Line, c.Bad.Why))
	}
	return err
}

// recorded is the head as it was kept, nil where there is none.
func (l *Log) recorded() (*Head, error) {
	raw, err := os.ReadFile(l.HeadPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the head of the audit log: %w", err)
	}
	var h Head
	if err := json.Unmarshal(raw, &h); err != nil {
		return nil, fmt.Errorf("read the head of the audit log %s: it is no record of a head: %w", l.HeadPath(), err)
	}
	return &h, nil
}

// lastLine finds the last whole line, nil where there is none, and what stands behind it.
func lastLine(f *os.File) (tail, []byte, error) {
	info, err := f.Stat()
	if err != nil {
		return tail{}, nil, err
	}
	size := info.Size()
	for n := int64(1 << 16); ; n *= 4 {
		from := max(0, size-n)
		text := make([]byte, size-from)
		if _, err := f.ReadAt(text, from); err != nil && !errors.Is(err, io.EOF) {
			return tail{}, nil, err
		}
		end := bytes.LastIndexByte(text, '\n')
		begin := bytes.LastIndexByte(text[:max(0, end)], '\n')
		switch {
		case end >= 0 && (begin >= 0 || from == 0):
			return tail{offset: from + int64(end) + 1, torn: bytes.Clone(text[end+1:])}, text[begin+1 : end], nil
		case from == 0:
			return tail{torn: text}, nil, nil
		case n > 2*longest:
			return tail{}, nil, errors.New("its last line is longer than any that is written")
		}
	}
}
