package evidence

import (
	"encoding/json"
	"fmt"
	"os"
)

// Case is all that a bundle of a run is made of.
type Case struct {
	Record *Record
	Log    []Line // up to the last line about the run
}

// Gather finds a run's record and its part of the log; "" is the run that began last. A log or record that was changed is
// refused: a bundle of it would only look whole.
func Gather(log *Log, records Records, run string) (*Case, error) {
	rec, err := find(records, run)
	if err != nil {
		return nil, err
	}
	c := &Case{Record: rec}
	var all []Line
	last, digest := 0, ""
	chain, err := log.Check(func(l Line) error {
		all = append(all, l)
		var about struct {
			Run    string `json:"run"`
			Record string `json:"record_sha256"`
		}
		if json.Unmarshal(l.Payload, &about) != nil || about.Run != rec.Run {
			return nil
		}
		last = len(all)
		if l.Event == "run_opened" || about.Record != "" {
			digest = about.Record
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if chain.Bad != nil {
		return nil, fmt.Errorf("line %d of the audit log %s %s; no bundle is made of a log that was changed", chain.Bad.Line, log.Path(), chain.Bad.Why)
	}
	if last == 0 {
		return nil, fmt.Errorf("the audit log %s has no line about run %s, which it should have", log.Path(), rec.Run)
	}
	if err := records.unchanged(rec.Run, digest); err != nil {
		return nil, err
	}
	c.Log = all[:last]
	return c, nil
}

func find(records Records, run string) (*Record, error) {
	if run != "" {
		rec, err := records.Load(run)
		if err == nil && rec == nil {
			err = fmt.Errorf("there is no record of a run %q beside the state; `migrateiq run list` lists the runs that targets know", run)
		}
		return rec, err
	}
	all, err := records.List()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no record of a run beside the state: nothing was applied from here yet")
	}
	return all[len(all)-1], nil
}

// unchanged holds a record against the digest that the log has of it, "" where the run is not ended.
func (r Records) unchanged(run, digest string) error {
	if digest == "" {
		return nil
	}
	raw, err := os.ReadFile(r.path(run))
	if err != nil {
		return fmt.Errorf("read the record of run %s: %w", run, err)
	}
	if sum(raw) != digest {
		return fmt.Errorf("the record of run %s was changed after it was written: the audit log has another digest of it", run)
	}
	return nil
}

// Head is the last line about the run.
func (c *Case) Head() Head {
	last := c.Log[len(c.Log)-1]
	return Head{last.Seq, last.Hash}
}

// Decision is what was decided before the run.
func (r *Record) Decision() Decision { return Decision{r.Input, r.Verdicts, r.Exemptions} }

// DecisionAfter is what was decided of the run once it was done; without verdicts where nobody was asked.
func (r *Record) DecisionAfter() Decision { return Decision{r.Input, r.After, r.Exemptions} }
