package planner

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// unfinished refuses a target whose ledger has a run open of which the state knows nothing.
func (w *worker) unfinished(addresses []string) {
	for _, a := range addresses {
		if open := w.f.Systems[a].Meta.Open; open != nil {
			w.diags.Add(diag.Diagnostic{Code: "run-open", Summary: "A run is not finished", Object: a,
				Detail: fmt.Sprintf("The ledger in %s has run %s open, and the state does not know it, so its plan is lost. End it with `migrateiq run abandon %s`; the rows that it loaded stay.", a, open.ID, open.ID)})
		}
	}
}

// apart refuses two blocks that name one target, as they would take its ledger from each other, and two mappings that
// write to one table under whatever names.
func (w *worker) apart(addresses []string) {
	ledger := map[string]string{}
	for _, a := range addresses {
		s := w.f.Systems[a]
		id := s.Meta.Target
		if id == "" {
			id = s.Place // before the first run
		}
		if other, ok := ledger[id]; ok && s.Role == "target" {
			w.diags.Add(diag.Diagnostic{Code: "one-target-twice", Summary: "Two blocks for one target", Object: a,
				Detail: fmt.Sprintf("%s and %s are the same database. Use one block for all mappings into it.", other, a)})
		}
		if s.Role == "target" && id != "" {
			ledger[id] = a
		}
	}
	owner := map[string]*resolve.Mapping{}
	for _, m := range w.f.Mappings {
		key := m.Definition.Target + "\x00" + m.Definition.TargetTable.String()
		if other := owner[key]; other != nil {
			at := m.Config.To.TableRange
			w.diags.Add(diag.Diagnostic{Code: "table-has-two-mappings", Summary: "Two mappings for one table", Subject: &at, Object: fmt.Sprintf("mapping %q", m.Config.Name),
				Detail: fmt.Sprintf("%s and %s both write to table %s of %s. A table belongs to one mapping; give one of them another table.",
					other.Address, m.Address, m.Definition.TargetTable, m.Definition.Target)})
		}
		owner[key] = m
	}
}

// strange reports whether the target is known to be another database than the one that the mapping was applied to, so
// that a table of the same name is somebody else's.
func (w *worker) strange(d *decision) bool {
	return d.prior.Target.ID != "" && d.prior.Target.ID != w.f.Systems[d.m.Definition.Target].Meta.Target
}

// disagree refuses a mapping whose ledger does not add up to what the state says of it: one of the two was put back to
// an earlier time, and what the other one did since would be done twice or be lost.
func (w *worker) disagree(d *decision) bool {
	held := w.f.Ledger[d.m.Address].Expected
	if held == "" || d.prior.Digest == "" || held == d.prior.Digest {
		return false
	}
	w.fail(d, "ledger-differs", "State and target are not of one time",
		"The state says what run %s left in table %s of %s, and the target's ledger says otherwise: one of the two was put back to an earlier time. If it was the state, take the newest one, or move it and its backup away and make it again with `migrateiq state recover`. If it was the target, build the table anew with --replace=%s.",
		d.prior.Run, d.m.Definition.TargetTable, d.m.Definition.Target, quoteAddress(d.m.Address))
	return true
}

// hanging is what a swap would take away from the old table: what hangs on it, and columns that others have added.
func hanging(d *decision) []schema.Object {
	out := slices.Concat(slices.DeleteFunc(slices.Clone(d.m.Standing.Dependents), func(o schema.Object) bool { return remade(d, o) }), unfit(d))
	var before plan.Definition
	if err := json.Unmarshal(d.prior.Definition, &before); err != nil {
		return out // nothing is known of the columns that were written
	}
	ours := slices.Concat(fieldNames(&before), fieldNames(d.m.Definition))
	for _, c := range d.m.Standing.Columns {
		if _, again := d.m.Table.Column(c.Name); !again && !slices.Contains(ours, c.Name) {
			out = append(out, schema.Object{Kind: "column", Name: c.Name})
		}
	}
	return out
}

// remade reports whether the new table comes with its own in the place of what hangs on the old one: the sequence of a
// column.
func remade(d *decision, o schema.Object) bool {
	return o.Kind == "sequence" && slices.ContainsFunc(d.m.Standing.Sequences, func(s schema.Sequence) bool {
		own, ok := d.m.Table.Sequence(s.Column)
		return ok && own.Kind == s.Kind && (o.Name == s.Name.String() || o.Name == s.Name.Name)
	})
}

const onOld = "it is on the old table, and the mapping does not make it"

// left lists what belongs to the old table and the new one will lack: indexes, foreign keys, checks, defaults, settings.
// What both have under one name is the mapping's, which makes it anew.
func left(d *decision) []schema.Object {
	out := slices.Clone(d.m.Unsupported)
	for _, k := range d.m.Standing.Keys {
		kept := slices.ContainsFunc(d.m.Table.Keys, func(o schema.Key) bool { return slices.Equal(o.Columns, k.Columns) && o.Unique == k.Unique })
		kept = kept || slices.ContainsFunc(d.follow, func(f schema.Follower) bool { return f.Kind == "index" && f.Name == k.Name })
		if !kept && (d.m.Table.Primary == nil || !slices.Equal(d.m.Table.Primary.Columns, k.Columns)) {
			out = append(out, schema.Object{Kind: "index", Name: k.Name, Why: onOld})
		}
	}
	for _, k := range d.m.Standing.Indexes {
		if !slices.ContainsFunc(d.m.Table.Indexes, func(o schema.Key) bool { return o.Native == k.Native && o.Rule == k.Rule }) {
			out = append(out, schema.Object{Kind: "index", Name: k.Name, Why: onOld})
		}
	}
	for _, f := range d.m.Standing.Foreign {
		if !slices.ContainsFunc(d.m.Table.Foreign, func(o schema.ForeignKey) bool { return o.Parent == f.Parent && slices.Equal(o.Columns, f.Columns) }) {
			out = append(out, schema.Object{Kind: "foreign key", Name: f.Name, Why: onOld})
		}
	}
	for _, p := range d.m.Standing.Native {
		o, loss := p.Object()
		if loss && p.Kind != schema.PartGenerated && !slices.ContainsFunc(d.m.Table.Native, func(n schema.Part) bool { return n.Kind == p.Kind && n.Name == p.Name }) {
			out = append(out, schema.Object{Kind: o.Kind, Name: o.Name, Why: onOld})
		}
	}
	return out
}
