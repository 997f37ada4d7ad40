package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/measure"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/run"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// VerifyOptions of one verify.
type VerifyOptions struct {
	Source bool     // read the sources again, too
	Only   []string // addresses; empty: all
}

// VerifyReport is what verify found.
type VerifyReport struct{ Mappings []VerifyMapping }

// VerifyMapping is what it found for one mapping. Equal says that the target holds what was written.
type VerifyMapping struct {
	Address      string
	Rows         int64
	Equal        bool
	Text         string
	Findings     []Finding
	ChangedSince int64 // rows whose source has changed since they were read
	Later        bool  // the next apply takes the changes: rows are not told by a cursor, nor loaded once
	Gone         int64 // rows whose source is gone; they stay
	OfPeople     bool  // its fields carry classes: people are shown one to four rows as "<5"
}

// Finding is one key at which target and source differ.
type Finding = verify.Finding

// Verify holds the targets against the digests that were recorded while reading, and with Source against the sources as
// they are now. It writes nothing.
func (e *Engine) Verify(ctx context.Context, cfg *lang.Config, opt VerifyOptions) (report *VerifyReport, err error) {
	snap, err := e.Store(cfg.Settings.StatePath).Load(ctx)
	if err != nil {
		return nil, err
	}
	if snap.OpenRun != nil {
		return nil, &OtherRun{ID: snap.OpenRun.ID, Opened: snap.OpenRun.OpenedAt, Why: "Finish it with `migrateiq apply` before its rows can be verified."}
	}
	addresses, err := chosen(snap, opt.Only)
	if err != nil {
		return nil, err
	}
	v := &verifier{e: e, cfg: cfg, snap: snap, opt: opt, ends: map[string]providers.Endpoint{}}
	defer func() { err = errors.Join(err, v.close()) }()
	report = &VerifyReport{}
	equal := true
	for _, a := range addresses {
		m, err := v.mapping(ctx, a)
		if err != nil {
			return report, fmt.Errorf("verify %s: %w", a, err)
		}
		report.Mappings = append(report.Mappings, m)
		equal = equal && m.Equal
	}
	if !equal {
		return report, &Drifted{report}
	}
	return report, nil
}

func chosen(snap state.Snapshot, only []string) ([]string, error) {
	var out []string
	for a := range snap.Mappings {
		if len(only) == 0 || slices.Contains(only, a) {
			out = append(out, a)
		}
	}
	for _, a := range only {
		if !slices.Contains(out, a) {
			return nil, fmt.Errorf("the state has no mapping %s", a)
		}
	}
	slices.Sort(out)
	return out, nil
}

type verifier struct {
	e    *Engine
	cfg  *lang.Config
	snap state.Snapshot
	opt  VerifyOptions
	ends map[string]providers.Endpoint
	// unlocated leaves open which rows differ.
	unlocated bool
}

func (v *verifier) close() error {
	var errs []error
	for _, end := range v.ends {
		errs = append(errs, end.Close())
	}
	return errors.Join(errs...)
}

// end opens a system once.
func (v *verifier) end(ctx context.Context, address string) (providers.Endpoint, error) {
	if end := v.ends[address]; end != nil {
		return end, nil
	}
	for _, s := range v.cfg.Systems {
		if s.Address == address {
			end, err := v.e.connect(ctx, v.cfg, s)
			if err != nil {
				return nil, err
			}
			v.ends[address] = end
			return end, nil
		}
	}
	return nil, fmt.Errorf("the configuration has no %s any more", address)
}

// compared is one mapping under comparison.
type compared struct {
	def     *plan.Definition
	entry   state.Mapping
	records []providers.ChunkRecord
	side    verify.Side
	show    verify.Show
}

func (v *verifier) mapping(ctx context.Context, address string) (VerifyMapping, error) {
	out := VerifyMapping{Address: address}
	c, err := v.compared(ctx, address)
	if err != nil {
		return out, err
	}
	want := run.Expected(c.records)
	out.OfPeople = c.def.OfPeople()
	if c.entry.Digest != "" && c.entry.Digest != want.String() {
		out.Text = "the target's ledger does not add up to what the state says: one of the two was put back to an earlier time"
		return out, nil
	}
	v.e.Tell.Tell(event.Event{Kind: event.VerifyStarted, Mapping: address, Total: want.Rows, OfPeople: c.def.OfPeople()})
	h := verify.Hasher(v.snap.Lineage, c.entry.UID)
	have, err := verify.Sum(ctx, c.side, h, nil, func(n int64) {
		v.e.Tell.Tell(event.Event{Kind: event.VerifyRows, Mapping: address, Done: n, Total: want.Rows})
	})
	if err != nil {
		return out, err
	}
	out.Rows, out.Equal = have.Rows, have == want
	out.Text = c.def.Rows(have.Rows) + ", count and digest agree"
	if !out.Equal {
		out.Text = fmt.Sprintf("%s written, and the table holds %s; the digests differ", c.def.RowsWere(want.Rows), c.def.Few(have.Rows))
	}
	if (!out.Equal || v.opt.Source) && !v.unlocated {
		if err := v.locate(ctx, c, &out); err != nil {
			return out, err
		}
	}
	v.e.Tell.Tell(event.Event{Kind: event.Verified, Mapping: address, Text: out.Text})
	return out, nil
}

func (v *verifier) compared(ctx context.Context, address string) (*compared, error) {
	def, err := definitionIn(v.snap.Mappings[address])
	if err != nil {
		return nil, err
	}
	c := &compared{entry: v.snap.Mappings[address], def: def}
	end, err := v.end(ctx, c.def.Target)
	if err != nil {
		return nil, err
	}
	history, ok := providers.As[providers.History](end)
	if !ok {
		return nil, &providers.Error{Op: "verify", Object: c.def.TargetTable.String(), Class: providers.Unsupported, Err: errors.New("the target cannot be read back")}
	}
	meta, err := history.Meta(ctx)
	if err != nil {
		return nil, err
	}
	c.show = verify.Show{Secret: meta.Secret, Classified: c.def.Classified()}
	if c.records, err = history.Recorded(ctx, "", c.entry.UID); err != nil {
		return nil, err
	}
	c.side, err = verify.Target(ctx, end, c.def, c.def.TargetTable, v.e.workers())
	return c, err
}

// definitionIn is the definition that a mapping was applied with.
func definitionIn(entry state.Mapping) (*plan.Definition, error) {
	d := &plan.Definition{}
	if err := json.Unmarshal(entry.Definition, d); err != nil {
		return nil, fmt.Errorf("read the definition from the state: %w", err)
	}
	return d, nil
}

// locate reads the source again and says which rows differ, and on which side the change was made.
func (v *verifier) locate(ctx context.Context, c *compared, out *VerifyMapping) error {
	want, changed, err := v.source(ctx, c)
	if err != nil {
		if v.opt.Source {
			return err
		}
		out.Text += fmt.Sprintf("; which rows cannot be told, since the source cannot be read (%s)", text(err))
		return nil
	}
	h := verify.Hasher(v.snap.Lineage, c.entry.UID)
	have, err := v.holding(ctx, c)
	if err != nil {
		return err
	}
	diff, err := verify.Compare(ctx, want, have, h, c.show)
	if err != nil {
		return err
	}
	out.Findings = diff.Findings
	if !out.Equal {
		out.Text += ". " + run.Sentence(diff)
		if changed {
			out.Text += " The source has changed since it was read, so some of these may be its own changes."
		}
		return nil
	}
	out.Later = c.def.Cursor == nil && c.def.Mode != "append"
	out.ChangedSince, out.Gone = diff.Missing+diff.Differs, diff.Extra
	for i := range out.Findings {
		out.Findings[i].Kind = map[string]string{"missing": "changed_since", "differs": "changed_since", "extra": "gone"}[out.Findings[i].Kind]
	}
	if diff.Any() {
		out.Text += fmt.Sprintf("; changed at the source since it was read: %s, gone there: %s", c.def.Rows(out.ChangedSince), c.def.Few(out.Gone))
	} else {
		out.Text += "; the source reads the same"
	}
	return nil
}

// source is the mapping's source as it is now, and whether it reads differently than it did.
func (v *verifier) source(ctx context.Context, c *compared) (verify.Side, bool, error) {
	side, src, err := v.made(ctx, c)
	if err != nil {
		return side, false, err
	}
	changed, err := v.changed(ctx, c, src)
	return side, changed, err
}

// made is what the mapping makes of its source as it is now.
func (v *verifier) made(ctx context.Context, c *compared) (verify.Side, providers.Source, error) {
	end, err := v.end(ctx, c.def.Source)
	if err != nil {
		return verify.Side{}, nil, err
	}
	src, ok := providers.As[providers.Source](end)
	if !ok {
		return verify.Side{}, nil, &providers.Error{Op: "read", Object: c.def.SourceTable.String(), Class: providers.Unsupported, Err: errors.New("the system gives no rows")}
	}
	content, err := v.e.contentOf(ctx, v.cfg, c.def, v.end)
	if err != nil {
		return verify.Side{}, nil, err
	}
	keys, err := v.e.keysOf(v.cfg, toCompare, c.def)
	if err != nil {
		return verify.Side{}, nil, err
	}
	t, err := transform.Compile(transform.Spec{Definition: c.def.Current(), Lookups: content, Keys: keys, SecretKey: c.show.Secret, Look: transform.Looking(ctx, v.ends[c.def.Target])})
	if err != nil {
		return verify.Side{}, nil, err
	}
	spec := c.def.Whole().ReadSpec(providers.Chunk{Bounds: plan.Everything})
	return verify.Source(src, spec, c.def.Current(), t), src, nil
}

// holding is the target's rows that the source's are held against: in mode history the open versions.
func (v *verifier) holding(ctx context.Context, c *compared) (verify.Side, error) {
	if c.def.History == nil {
		return c.side, nil
	}
	side, err := verify.Target(ctx, v.ends[c.def.Target], c.def.Current(), c.def.TargetTable, v.e.workers())
	return side.Where(c.def.Holding()), err
}

// changed reports whether the source reads differently than it did. Where the chunks cannot tell, as behind a cursor,
// it says yes.
func (v *verifier) changed(ctx context.Context, c *compared, src providers.Source) (bool, error) {
	history, _ := providers.As[providers.History](v.ends[c.def.Target]) // compared has seen it
	list, err := history.Chunks(ctx, c.entry.ListRun, c.entry.UID)
	if err != nil {
		return true, err
	}
	records, _ := newest(list, c.records)
	if records == nil || c.def.Cursor != nil {
		return true, nil
	}
	now, err := measure.SourceDigest(ctx, src, c.def, verify.Hasher(v.snap.Lineage, c.entry.UID))
	return now != measure.Read(records), err
}
