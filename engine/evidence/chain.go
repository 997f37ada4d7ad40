package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/novumsolvo/migrateiq/policy"
)

// Unanchored is said with every check of a chain.
const Unanchored = "A chain that nothing outside holds the head of shows edits of a part only: whoever can write the log can write all of it anew, its head too. " +
	"Keep the head where the one who applies cannot write: a ticket, a time stamp (RFC 3161), a transparency log, an object store with a lock."

// Chain is what a check of a log found.
type Chain struct {
	Lines    int
	Head     Head
	Recorded *Head  // the head that was kept beside the log; nil: none
	Known    *Head  // the head that the state has; nil: none, or nobody asked it
	Torn     int    // bytes of a line that was not written to its end
	Bad      *Break // the first line that is not as it was written
}

// Break is a place at which a chain does not hold. Line counts from 1.
type Break struct {
	Line int
	Why  string // goes on after "line N"
}

// Line is one line of a log, as it was written.
type Line struct {
	Seq     uint64          `json:"seq"`
	TS      string          `json:"ts"`
	Actor   string          `json:"actor"`
	Event   string          `json:"event"`
	Payload json.RawMessage `json:"payload"`
	Hash    string          `json:"hash"`
	Raw     []byte          `json:"-"`
}

// Check goes through a log of any length, hands its good lines to visit, which may be nil, and ends at the first one that
// is bad. An error is a log that cannot be read, or visit's.
func Check(r io.Reader, recorded *Head, visit func(Line) error) (Chain, error) {
	c := Chain{Recorded: recorded}
	err := c.check(r, visit)
	return c, err
}

func (c *Chain) check(r io.Reader, visit func(Line) error) error {
	in := bufio.NewReaderSize(r, 1<<16)
	for {
		text, whole, err := readLine(in)
		if err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		if !whole {
			c.Torn = len(text)
			c.cut()
			return nil
		}
		e, why := parse(text)
		if why == "" {
			why = c.follows(e)
		}
		if why != "" {
			c.Bad = &Break{c.Lines + 1, why}
			return nil
		}
		c.Lines++
		c.Head = Head{e.Seq, e.Hash}
		if c.Recorded.other(c.Head) {
			c.Bad = &Break{c.Lines, "is not the one that was recorded as the head"}
			return nil
		}
		if c.Known.other(c.Head) {
			c.Bad = &Break{c.Lines, "is not the one that the state knows: the log, and the head beside it, were written anew"}
			return nil
		}
		if visit == nil {
			continue
		}
		if err := visit(Line{e.Seq, e.TS, e.Actor, e.Event, e.Payload, e.Hash, text}); err != nil {
			return err
		}
	}
}

// other reports whether two heads are of one number and not the same.
func (h *Head) other(than Head) bool { return h != nil && h.Seq == than.Seq && h.Hash != than.Hash }

// follows says what is wrong with a line after those that were read, "" where nothing is.
func (c *Chain) follows(e entry) string {
	prev := c.Head.Hash
	if c.Lines == 0 {
		var o opening
		if e.Event != "log_opened" || json.Unmarshal(e.Payload, &o) != nil {
			return "does not open a log: lines before it are missing"
		}
		var err error
		if prev, err = genesis(o); err != nil {
			return "cannot be checked: " + err.Error()
		}
	}
	if want := c.Head.Seq + 1; e.Seq != want {
		return fmt.Sprintf("has the number %d, and %d was to follow: a line was taken out, put in or moved", e.Seq, want)
	}
	if e.Prev != prev {
		return "does not follow the line before it: one of the two was exchanged"
	}
	return ""
}

// cut finds an end that is missing.
func (c *Chain) cut() {
	if c.Recorded != nil && c.Recorded.Seq > c.Head.Seq {
		c.Bad = &Break{c.Lines + 1, fmt.Sprintf("is missing: the log ends at line %d, and its recorded head is line %d", c.Head.Seq, c.Recorded.Seq)}
	} else if c.Known != nil && c.Known.Seq > c.Head.Seq {
		c.Bad = &Break{c.Lines + 1, fmt.Sprintf("is missing: the log ends at line %d, and the state knows of line %d", c.Head.Seq, c.Known.Seq)}
	}
}

// Ahead is how many lines stand behind the recorded head: of a process that was killed before it recorded its own.
func (c *Chain) Ahead() uint64 {
	if c.Recorded == nil || c.Recorded.Seq > c.Head.Seq {
		return 0
	}
	return c.Head.Seq - c.Recorded.Seq
}

// Check goes through the log, and holds it against its recorded head and the one that is known of elsewhere.
func (l *Log) Check(visit func(Line) error) (c Chain, err error) {
	recorded, err := l.recorded()
	if err != nil {
		return Chain{}, err
	}
	f, err := os.Open(l.path)
	c = Chain{Recorded: recorded, Known: l.known}
	if errors.Is(err, os.ErrNotExist) && (recorded != nil || l.known != nil) {
		c.cut()
		return c, nil
	}
	if err != nil {
		return Chain{}, fmt.Errorf("open the audit log: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	err = c.check(f, visit)
	return c, err
}

// parse reads one line and says what is wrong with it by itself, "" where nothing is.
func parse(line []byte) (entry, string) {
	var e entry
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, "cannot be read: it was changed"
	}
	again, err := policy.Canonical(e)
	if err != nil || !bytes.Equal(again, line) {
		return e, "is not as this program writes lines: it was changed"
	}
	payload, err := policy.Canonical(e.Payload)
	if err != nil || sum(payload) != e.PayloadSHA256 {
		return e, "holds another payload than was written: it was changed"
	}
	if h, err := e.digest(); err != nil || h != e.Hash {
		return e, "has a digest that is not its own: it was changed"
	}
	return e, ""
}

// readLine gives a line without its end; whole is false for what stands behind the last end.
func readLine(in *bufio.Reader) (text []byte, whole bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case err == nil:
			return text[:len(text)-1], true, nil
		case errors.Is(err, io.EOF):
			return text, false, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return text, false, err
		case len(text) > 4*longest:
			return text, false, errors.New("a line is longer than any that is written")
		}
	}
}
