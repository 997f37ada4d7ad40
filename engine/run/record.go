package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

// record puts a finished mapping into the state and saves it.
func (r *Run) record(ctx context.Context, mapping string) error {
	m := r.Plan.Mapping(mapping)
	if m.Has(plan.Delete) {
		return nil // it is taken out of the state when the run is closed
	}
	report := r.of(mapping)
	make := r.entry
	if m.Has(plan.Rollback) {
		make = r.restored
	}
	entry, err := make(ctx, m, report)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.snap.Mappings == nil {
		r.snap.Mappings = map[string]state.Mapping{}
	}
	if m.MovedFrom != "" {
		delete(r.snap.Mappings, m.MovedFrom)
	}
	r.snap.Mappings[mapping] = entry
	return r.save(ctx)
}

func (r *Run) entry(ctx context.Context, m *plan.Mapping, report *MappingReport) (state.Mapping, error) {
	def := m.Definition
	out := r.prior(m)
	raw, err := json.Marshal(def)
	if err != nil {
		return out, fmt.Errorf("write the definition of %s: %w", m.Address, err)
	}
	out.Contract = m.Contract
	if prior, only := r.filled(m, raw, out); only {
		return prior, nil
	}
	out.UID, out.Address, out.Hashes, out.Definition = m.UID, m.Address, planner.ToState(m.Hashes), raw
	meta, err := r.history(def.Target).Meta(ctx)
	if err != nil {
		return out, err
	}
	out.Source = r.end(def.Source, def.SourceTable.String())
	out.Target = r.end(def.Target, def.TargetTable.String())
	out.Target.ID = meta.Target
	records, err := r.history(def.Target).Recorded(ctx, "", m.UID)
	if err != nil {
		return out, err
	}
	held := Expected(records)
	out.Digest, out.Rows, out.Run, out.AppliedAt, out.Policy, out.Partial = held.String(), held.Rows, r.id, latest(r.Now(), r.openedAt()), r.Policy, ""
	out.Drift, out.Generation = report.Drift, max(out.Generation, m.Generation)
	out.Reports = reports(r.id, report, out)
	if err := r.kept(m, &out); err != nil {
		return out, err
	}
	step := r.copyStep(m.Address)
	if step == nil {
		return out, nil
	}
	if step.Move.Ours {
		out.BaseRun = r.id
	}
	if len(step.Move.Chunks) == 0 && !def.Cursor.Increment() {
		out.ListRun = r.id
	}
	return out, r.cursor(ctx, def, records, &out)
}

// prior is the mapping's entry before this run, under the name it had.
func (r *Run) prior(m *plan.Mapping) state.Mapping {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.MovedFrom != "" {
		if old, ok := r.snap.Mappings[m.MovedFrom]; ok {
			return old
		}
	}
	return r.snap.Mappings[m.Address]
}

func (r *Run) copyStep(mapping string) *plan.Step {
	for i, s := range r.Plan.Steps {
		if s.Mapping == mapping && s.Work == plan.Copy {
			return &r.Plan.Steps[i]
		}
	}
	return nil
}

func (r *Run) end(address, table string) state.End {
	e := state.End{Endpoint: address, Identity: r.Ends[address].Info().Identity, Table: table, Schemas: map[string]string{}}
	for _, o := range r.Plan.Inputs.Objects {
		if o.System == address && o.Table.String() == table {
			e.Schemas[table], e.Columns = o.Schema, o.Columns
		}
	}
	return e
}

func reports(run string, m *MappingReport, entry state.Mapping) []state.Report {
	proof := m.Verified
	if m.Mismatch {
		proof = fmt.Sprintf("the target does not hold what was written (%s); `migrateiq verify` says which differ", plan.Rows(m.Rows)) // names no key
	}
	out := []state.Report{{Name: "reconcile", Kind: "reconcile", Passed: !m.Mismatch, Message: proof, Run: run, At: entry.AppliedAt}}
	for _, c := range m.Checks {
		kind := "check"
		if c.Kind != "" {
			kind = c.Kind
		}
		out = append(out, state.Report{Name: c.Name, Kind: kind, Passed: c.Pass, Severity: c.Severity, Message: c.Text, Run: run, At: entry.AppliedAt})
	}
	return out
}

// Settle carries out the parts of a plan that move no rows: in the state alone.
func Settle(snap *state.Snapshot, p *plan.Plan, run string) {
	if snap.Mappings = maps.Clone(snap.Mappings); snap.Mappings == nil {
		snap.Mappings = map[string]state.Mapping{}
	}
	for i := range p.Mappings {
		m := &p.Mappings[i]
		if m.Has(plan.Forget) || m.Has(plan.Delete) {
			old := snap.Mappings[m.Address]
			if snap.Removed == nil {
				snap.Removed = map[string]state.Removed{}
			}
			snap.Removed[m.UID] = state.Removed{Address: m.Address, Target: old.Target, Run: run, At: p.Created}
			delete(snap.Mappings, m.Address)
			continue
		}
		if old, ok := snap.Mappings[m.MovedFrom]; ok && m.MovedFrom != "" {
			old.Address = m.Address
			snap.Mappings[m.Address] = old
			delete(snap.Mappings, m.MovedFrom)
		}
		if entry, ok := snap.Mappings[m.Address]; ok && m.Has(plan.Discard) && entry.Kept != nil && entry.Kept.Run != run {
			entry.Kept = nil
			snap.Mappings[m.Address] = entry
		}
		if entry, ok := snap.Mappings[m.Address]; ok && m.Has(plan.Govern) {
			entry.Hashes, entry.Contract = planner.ToState(m.Hashes), m.Contract
			if raw, err := json.Marshal(m.Definition); err == nil { // plain data always marshals
				entry.Definition = raw
			}
			snap.Mappings[m.Address] = entry
		}
	}
}

// stand says how many rows stand where, after a copy that stopped.
func (r *Run) stand(ctx context.Context, s plan.Step, def *plan.Definition, cause error) error {
	if errors.Is(cause, providers.ErrDuplicateKey) {
		cause = r.explain(ctx, s, cause)
	}
	chunks, err1 := r.history(s.Target).Chunks(ctx, r.id, r.uid(s.Mapping))
	records, err2 := r.history(s.Target).Recorded(ctx, r.id, r.uid(s.Mapping))
	if err1 != nil || err2 != nil {
		return cause
	}
	rows, done := int64(0), 0
	for _, rec := range records {
		if strings.HasPrefix(rec.Bounds, plan.Swept) || strings.HasPrefix(rec.Bounds, plan.Base) {
			continue // no chunk of the source
		}
		rows, done = rows+rec.Written.Rows, done+1
	}
	return &Stopped{Mapping: s.Mapping, Table: s.Move.Table.String(), Rows: rows, Chunks: done, Of: len(chunks), Err: cause}
}

// Stopped says where a copy stopped and what stands.
type Stopped struct {
	Mapping, Table string
	Rows           int64
	Chunks, Of     int
	Err            error
}

func (e *Stopped) Error() string {
	return fmt.Sprintf("%v; %s in %s (%d of %s)", e.Err, stand(e.Rows), e.Table, e.Chunks, plan.Count(int64(e.Of), "chunk"))
}

func stand(rows int64) string {
	if rows == 1 {
		return "1 row stands"
	}
	return plan.Rows(rows) + " stand"
}

func (e *Stopped) Unwrap() error { return e.Err }

// explain names the keys behind a duplicate key, by reading the source's side once more.
func (r *Run) explain(ctx context.Context, s plan.Step, cause error) error {
	m := r.Plan.Mapping(s.Mapping)
	if !errors.Is(cause, providers.ErrDuplicateKey) || m == nil || m.Definition == nil || len(m.Definition.Key) == 0 {
		return cause
	}
	return r.duplicates(ctx, s, m.Definition, cause)
}

// duplicates looks for keys that two rows of the source make, and gives cause where there are none.
func (r *Run) duplicates(ctx context.Context, s plan.Step, def *plan.Definition, cause error) error {
	def = def.Current()
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return cause
	}
	spec := r.transformSpec(ctx, s.Target, def)
	t, err := transform.Compile(spec)
	if err != nil {
		return cause
	}
	side := verify.Source(from.source, def.ReadSpec(providers.Chunk{Bounds: plan.Everything}), def, t)
	keys, err := verify.Duplicates(ctx, side, r.hasher(s.Mapping), verify.Show{Secret: spec.SecretKey, Classified: def.Classified()})
	if err != nil || len(keys) == 0 {
		return cause
	}
	return &DuplicateKeys{Mapping: s.Mapping, Key: def.Key, Keys: r.makers(ctx, s, def, from, t, side.Key, keys), Err: cause}
}

// DuplicateKeys names keys that two rows of the source make.
type DuplicateKeys struct {
	Mapping string
	Key     []string
	Keys    []string
	Err     error
}

func (e *DuplicateKeys) Error() string {
	return fmt.Sprintf("duplicate_key: several rows of the source make the same key (%s) in %s: %s",
		strings.Join(e.Key, ", "), e.Mapping, strings.Join(e.Keys, ", "))
}

func (e *DuplicateKeys) Unwrap() error { return e.Err }
