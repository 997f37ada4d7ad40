package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"github.com/novumsolvo/migrateiq/policy"
)

// RecordFormat is the version of the record that this program writes.
const RecordFormat = 1

// Record is what is kept of a run beside the state, so that its bundle can be made at any later time from files alone.
type Record struct {
	Format     int             `json:"format"`
	Run        string          `json:"run"`
	PlanDigest string          `json:"plan_digest"`
	Actor      string          `json:"actor"`  // who carried it out last
	Engine     string          `json:"engine"` // the version that did
	Started    time.Time       `json:"started"`
	Ended      *time.Time      `json:"ended"` // nil while it runs, and where the process was killed
	Outcome    string          `json:"outcome"`
	Starts     int             `json:"starts"` // processes that worked on it
	Plan       json.RawMessage `json:"plan"`
	Input      policy.Input    `json:"input"`
	Verdicts   policy.Verdicts `json:"verdicts"` // before the run
	After      policy.Verdicts `json:"verdicts_after"`
	Exemptions []Exemption     `json:"exemptions"` // all that the configuration has
	Mappings   []Mapping       `json:"mappings"`
	Exceptions []Exception     `json:"exceptions"`
	Gaps       []string        `json:"gaps"` // what could not be found out, in whole sentences
}

// Exemption is one of the configuration.
type Exemption struct {
	Name        string     `json:"name"`
	Rule        string     `json:"rule"`
	Address     string     `json:"address"`
	Reason      string     `json:"reason"`
	Ticket      string     `json:"ticket"`
	RequestedBy string     `json:"requested_by"`
	ApprovedBy  []Approver `json:"approved_by"`
	Expires     string     `json:"expires"`
}

// Approver is somebody who agreed.
type Approver struct {
	ID   string `json:"id"`
	Role string `json:"role"`
	At   string `json:"at"`
}

// Mapping is what a run came to for one mapping. Counts are of the whole run, from the target's ledger.
type Mapping struct {
	Address   string           `json:"address"`
	Target    string           `json:"target"`
	Table     string           `json:"table"`
	Read      int64            `json:"read"`
	Written   int64            `json:"written"`
	Filtered  int64            `json:"filtered"`
	ByFilter  map[string]int64 `json:"filtered_by"`
	Rejected  int64            `json:"rejected"`
	Unchanged int64            `json:"unchanged"` // rows that stood as they should, or that somebody else changed
	Chunks    int64            `json:"chunks"`
	Rows      int64            `json:"rows"` // expected in the target
	Digest    string           `json:"digest"`
	Proven    *bool            `json:"proven"` // nil: not verified in this run
	Failed    bool             `json:"failed"`
	Checks    []CheckResult    `json:"checks"`
}

// Balance is read less all that became of the rows; 0 where every row is accounted for.
func (m Mapping) Balance() int64 { return m.Read - m.Written - m.Filtered - m.Rejected - m.Unchanged }

// CheckResult is one check or control of totals.
type CheckResult struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"` // check, control
	Severity string `json:"severity"`
	Pass     bool   `json:"pass"`
	Text     string `json:"text"`
}

// Exception counts rows that one rule refused. Refs are keyed digests of their keys, the first ones, in order.
type Exception struct {
	Mapping string   `json:"mapping"`
	Target  string   `json:"target"`
	Field   string   `json:"field"`
	Rule    string   `json:"rule"`
	Count   int64    `json:"count"`
	Refs    []string `json:"refs"`
}

// MostRefs is how many rows an Exception refers to.
const MostRefs = 100

// Records is a folder of them.
type Records struct{ dir string }

// In names the folder. Nothing is read or made before the first call.
func In(dir string) Records { return Records{dir} }

func (r Records) path(run string) string { return filepath.Join(r.dir, run+".json") }

// Save writes a record whole or not at all, and gives the digest of what it wrote.
func (r Records) Save(rec *Record) (string, error) {
	rec.Format = RecordFormat
	raw, err := json.MarshalIndent(rec, "", " ")
	if err != nil {
		return "", fmt.Errorf("write the record of run %s: %w", rec.Run, err)
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return "", fmt.Errorf("write the record of run %s: %w", rec.Run, err)
	}
	if err := renameio.WriteFile(r.path(rec.Run), append(raw, '\n'), 0o600); err != nil {
		return "", fmt.Errorf("write the record of run %s: %w", rec.Run, err)
	}
	return sum(append(raw, '\n')), nil
}

// Load reads a record; nil where the run has none.
func (r Records) Load(run string) (*Record, error) {
	if run == "" || strings.ContainsFunc(run, func(c rune) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' }) {
		return nil, nil
	}
	raw, err := os.ReadFile(r.path(run))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the record of run %s: %w", run, err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	var rec Record
	if err := d.Decode(&rec); err != nil {
		return nil, fmt.Errorf("read the record of run %s: %w", run, err)
	}
	if rec.Format > RecordFormat {
		return nil, fmt.Errorf("the record of run %s has format %d, this version reads up to %d", run, rec.Format, RecordFormat)
	}
	return &rec, nil
}

// List gives all records, the one that started last at the end.
func (r Records) List() ([]*Record, error) {
	entries, err := os.ReadDir(r.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the records of runs: %w", err)
	}
	var all []*Record
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok {
			continue
		}
		rec, err := r.Load(name)
		if err != nil {
			return nil, err
		}
		if rec != nil {
			all = append(all, rec)
		}
	}
	slices.SortStableFunc(all, func(a, b *Record) int { return a.Started.Compare(b.Started) })
	return all, nil
}

// Used gives the exemptions that a verdict was waived by, and how many verdicts each.
func (r *Record) Used() []Exemption {
	out := []Exemption{}
	for _, x := range r.Exemptions {
		if slices.ContainsFunc(r.Verdicts, func(v policy.Verdict) bool { return x.waives(v) }) {
			out = append(out, x)
		}
	}
	return out
}

func (x Exemption) waives(v policy.Verdict) bool {
	if v.Result != policy.Waived {
		return false
	}
	if v.Waiver == x.Name {
		return true
	}
	return x.Rule == v.Control && x.Address == v.Subject.ID
}

// exemption finds the one that a verdict was waived by, nil where none is known.
func exemption(all []Exemption, v policy.Verdict) *Exemption {
	for i := range all {
		if all[i].waives(v) {
			return &all[i]
		}
	}
	return nil
}
