package engine

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// stale compares the world with what the plan was made from, before the first write. A run that goes on is held
// against its configuration alone: what differs elsewhere is its own work. Where the options allow it, mappings that are
// stale for what their own source or target holds are left out and given, with the reasons.
func (e *Engine) stale(ctx context.Context, cfg *lang.Config, p *plan.Plan, snap state.Snapshot, opt ApplyOptions) (skip map[string]string, err error) {
	var out Stale
	add := func(code, text string, args ...any) {
		out.Reasons = append(out.Reasons, StaleReason{Code: code, Text: fmt.Sprintf(text, args...)})
	}
	resumed := snap.OpenRun != nil
	if p.Inputs.Config != cfg.Digest {
		add("CONFIG", "the configuration differs from the plan's%s", listed(differing(p, cfg)))
	}
	for _, v := range p.Inputs.Variables {
		if why := variableDiffers(cfg, v); why != "" {
			add("CONFIG", "%s", why)
		}
	}
	if !resumed {
		if e.Now().After(p.Expires) {
			add("AGE", "the plan was made %s and was good until %s", p.Created.Format("2006-01-02 15:04 MST"), p.Expires.Format("2006-01-02 15:04 MST"))
		}
		if p.Engine != e.Version {
			add("ENGINE", "the plan was made by version %s, this is %s", p.Engine, e.Version)
		}
		if p.Inputs.State.Lineage != snap.Lineage || p.Inputs.State.Serial != snap.Serial || p.Inputs.State.Digest != snap.Previous {
			add("STATE", "the state was at serial %d when the plan was made and is at %d now", p.Inputs.State.Serial, snap.Serial)
		}
	}
	if len(out.Reasons) == 0 && len(p.Steps) > 0 {
		o, diags := e.open(ctx, cfg)
		defer func() { err = errors.Join(err, o.close()) }()
		if diags.HasErrors() {
			return nil, &Diagnosed{diags}
		}
		if resumed {
			return snap.OpenRun.Skipped, changedSince(p, o, snap.OpenRun)
		}
		if out.Reasons, err = e.objectsDiffer(ctx, p, o); err != nil {
			return nil, err
		}
		if opt.SkipStale {
			if skip = skippable(p, out.Reasons); skip != nil {
				return skip, nil
			}
		}
		followersDiffer(p, o, add)
	}
	if len(out.Reasons) > 0 {
		return nil, &out
	}
	return nil, nil
}

// changedSince refuses to go on with a run where a system is another one than the plan's, or where a source's columns in
// use have gone or changed their type. What the run itself does to the targets is no change.
func changedSince(p *plan.Plan, o *opened, open *state.OpenRun) error {
	refuse := func(text string, args ...any) error {
		return &OtherRun{ID: open.ID, Opened: open.OpenedAt, Why: fmt.Sprintf(text, args...) + " Put it back and run the same command, or end the run with `migrateiq run abandon " + open.ID + "`."}
	}
	for _, s := range p.Inputs.Systems {
		if end := o.ends[s.Address]; end != nil && end.Info().Identity != s.Identity && s.Identity != "" {
			return refuse("%s is another system than the one it was begun with.", s.Address)
		}
	}
	for _, m := range p.Mappings {
		d := m.Definition
		if _, skipped := open.Skipped[m.Address]; skipped || d == nil || o.systems[d.Source] == nil || m.Has(plan.Rollback) {
			continue
		}
		t, ok := o.systems[d.Source].Catalog.Table(d.SourceTable)
		if !ok {
			return refuse("Table %s of %s is gone.", d.SourceTable, d.Source)
		}
		t = resolve.Widened(t, d.Joins, o.systems[d.Source].Catalog)
		for _, c := range d.Read {
			if now, ok := t.Column(c.Name); !ok || !now.Type.Equal(c.Type) {
				return refuse("Column %s of table %s of %s is not as it was.", c.Name, d.SourceTable, d.Source)
			}
		}
	}
	return nil
}

func listed(files []string) string {
	if len(files) == 0 {
		return ": a variable has another value"
	}
	text := ": "
	for i, f := range files {
		if i > 0 {
			text += ", "
		}
		text += f
	}
	return text
}

func variableDiffers(cfg *lang.Config, v plan.Variable) string {
	for _, now := range cfg.Variables {
		if now.Name != v.Name {
			continue
		}
		if v.Salt == "" {
			if now.Value != v.Value {
				return fmt.Sprintf("variable %s has another value than in the plan", v.Name)
			}
			return ""
		}
		salt, err := base64.StdEncoding.DecodeString(v.Salt)
		if err != nil || now.Salted == nil || now.Salted(salt) != v.Hash {
			return fmt.Sprintf("the sensitive variable %s has another value than in the plan", v.Name)
		}
		return ""
	}
	return fmt.Sprintf("variable %s of the plan is not there", v.Name)
}

// objectsDiffer compares schemas, ledgers and counted rows of every system in the plan.
func (e *Engine) objectsDiffer(ctx context.Context, p *plan.Plan, o *opened) (out []StaleReason, err error) {
	for _, s := range p.Inputs.Systems {
		end, sys := o.ends[s.Address], o.systems[s.Address]
		if end == nil || sys == nil {
			continue
		}
		prefix := prefixOf(s.Role)
		if end.Info().Identity != s.Identity {
			out = append(out, StaleReason{Code: prefix + "-MOVED", Text: fmt.Sprintf("%s is another system than the plan's: it was %s and is %s", s.Address, s.Identity, end.Info().Identity)})
			continue
		}
		if h, ok := providers.As[providers.History](end); ok && s.Role == "target" {
			meta, err := h.Meta(ctx)
			if err != nil {
				return nil, err
			}
			if meta.Target != s.Ledger || meta.Epoch != s.Epoch {
				out = append(out, StaleReason{Code: "TGT-MOVED", Text: fmt.Sprintf("another run has written to %s since the plan was made", s.Address)})
				continue
			}
		}
		for _, obj := range p.Inputs.Objects {
			if obj.System != s.Address {
				continue
			}
			reason, err := objectDiffers(ctx, p, obj, prefix, end, sys.Catalog)
			if err != nil {
				return nil, err
			}
			if reason.Code != "" && !slices.Contains(out, reason) {
				out = append(out, reason)
			}
		}
	}
	return out, nil
}

func prefixOf(role string) string { return map[string]string{"source": "SRC", "target": "TGT"}[role] }

// objectDiffers says in which way a table is not as the plan has it; no code where it is.
func objectDiffers(ctx context.Context, p *plan.Plan, obj plan.Object, prefix string, end providers.Endpoint, c *schema.Catalog) (StaleReason, error) {
	reason := StaleReason{Mapping: obj.Mapping}
	d := definitionOf(p, obj)
	if d == nil {
		return reason, nil
	}
	t, _ := c.Table(obj.Table)
	if columnsDiffer(d, obj, prefix, t, c) {
		reason.Code, reason.Text = prefix+"-SCHEMA", fmt.Sprintf("the columns in use of table %s of %s are not as the plan has them", obj.Table, obj.System)
		return reason, nil
	}
	if f, ok := providers.As[providers.Fingerprinter](end); ok && obj.Print != "" {
		now, err := f.Fingerprint(ctx, obj.Table)
		if err == nil && now != obj.Print {
			reason.Code, reason.Text = "SRC-MOVED", fmt.Sprintf("the file of table %s of %s has changed since the plan was made", obj.Table, obj.System)
		}
		return reason, err
	}
	var err error
	if c, can := providers.As[providers.Counter](end); can && prefix == "SRC" && d.Cursor != nil {
		reason.Code, reason.Text, err = rangeMoved(ctx, p, obj, d, c)
		return reason, err
	}
	reason.Code, reason.Text, err = rowsMoved(ctx, obj, d, prefix, end, t)
	return reason, err
}

// columnsDiffer compares the columns that a mapping uses with those that the plan was made with.
func columnsDiffer(d *plan.Definition, obj plan.Object, prefix string, t *schema.Table, c *schema.Catalog) bool {
	var used []string
	if prefix == "SRC" {
		t = resolve.Widened(t, d.Joins, c)
		for _, c := range d.Read {
			used = append(used, c.Name)
		}
	} else {
		for _, f := range d.Fields {
			used = append(used, f.Name)
		}
	}
	return planner.SchemaDigest(t, used) != obj.Schema
}

// rowsMoved counts again what the plan counted: within max_row_drift at the source, exactly at the target.
func rowsMoved(ctx context.Context, obj plan.Object, d *plan.Definition, prefix string, end providers.Endpoint, t *schema.Table) (code, text string, err error) {
	c, ok := providers.As[providers.Counter](end)
	if !ok || obj.Rows == nil || t == nil {
		return "", "", nil
	}
	spec := providers.ReadSpec{Table: obj.Table}
	if prefix == "SRC" {
		spec = d.Reading()
	}
	now, err := c.Count(ctx, spec)
	if err != nil {
		return "", "", err
	}
	drift := max(now-*obj.Rows, *obj.Rows-now)
	if prefix == "SRC" && drift > 0 && !d.MaxRowDrift.Allows(drift, *obj.Rows) {
		return "SRC-MOVED", fmt.Sprintf("table %s of %s had %s when the plan was made and has %d now, more than max_row_drift allows", obj.Table, obj.System, plan.Rows(*obj.Rows), now), nil
	}
	if prefix == "TGT" && drift > 0 {
		return "TGT-MOVED", fmt.Sprintf("table %s of %s had %s when the plan was made and has %d now", obj.Table, obj.System, plan.Rows(*obj.Rows), now), nil
	}
	return "", "", nil
}

// definitionOf finds whose table an object is; plans of the first versions do not say it.
func definitionOf(p *plan.Plan, obj plan.Object) *plan.Definition {
	if m := p.Mapping(obj.Mapping); m != nil {
		return m.Definition
	}
	for _, m := range p.Mappings {
		d := m.Definition
		if d != nil && (d.Source == obj.System && d.SourceTable == obj.Table || d.Target == obj.System && d.TargetTable == obj.Table) {
			return d
		}
	}
	return nil
}
