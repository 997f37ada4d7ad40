package planner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
)

// refer completes what mappings say of one another: the names under which keys are remembered, and what these hang on.
func (w *worker) refer() {
	byAddress := w.referred()
	for _, m := range w.f.Mappings {
		m.Definition.KeyMap = false
	}
	for _, m := range w.f.Around { // what they refer to is remembered all the same
		for _, f := range m.Definition.Refs() {
			if owner := byAddress[f.Ref.Mapping]; owner != nil {
				owner.Definition.KeyMap = true
			}
		}
	}
	for _, m := range w.f.Mappings {
		for i := range m.Definition.Fields {
			ref := m.Definition.Fields[i].Ref
			if ref == nil || byAddress[ref.Mapping] == nil {
				continue
			}
			owner := byAddress[ref.Mapping]
			prior, _ := w.priorOf(owner.Address)
			ref.UID, owner.Definition.KeyMap = w.uid(owner.Address, prior), true
			ref.KeyHash = keyHash(byAddress, owner)
			w.remembers(m, ref)
		}
	}
}

// keyHash is the fingerprint of a mapping's key and, where a ref is a part of it, of what that hangs on. Refs in keys lead
// back nowhere.
func keyHash(byAddress map[string]*resolve.Mapping, m *resolve.Mapping) string {
	parts := append(keyParts(m.Definition), m.Definition.SourceKey)
	for _, f := range m.Definition.Refs() {
		if o := byAddress[f.Ref.Mapping]; slices.Contains(m.Definition.Key, f.Name) && o != nil && o != m {
			parts = append(parts, keyHash(byAddress, o))
		}
	}
	return hash(parts...)
}

// remembers refuses a target that cannot remember keys.
func (w *worker) remembers(m *resolve.Mapping, ref *plan.Ref) {
	if w.f.Systems[m.Definition.Target].KeyMap {
		return
	}
	i := slices.IndexFunc(m.Config.Refs, func(b *lang.Ref) bool { return b.Mapping == ref.Mapping })
	at := m.Config.Range
	if i >= 0 {
		at = m.Config.Refs[i].Range
	}
	w.diags.Add(diag.Diagnostic{Code: "ref-not-possible", Summary: "The target remembers no keys", Subject: &at, Object: fmt.Sprintf("mapping %q", m.Config.Name),
		Detail: fmt.Sprintf("A ref finds the keys of %s in the target's ledger, and a %s target keeps none there. Compute the key with the expression that the other mapping has.", ref.Mapping, w.f.Systems[m.Definition.Target].Kind)})
}

// refParts are what a ref adds to a field's fingerprint. A field without one adds nothing, so that the digests of older
// states stay equal.
func refParts(f plan.Field) []any {
	if f.Ref == nil {
		return nil
	}
	parts := []any{"ref", f.Ref.UID, f.Ref.KeyHash, f.Ref.Missing}
	for _, on := range f.Ref.On {
		parts = append(parts, on.Canonical, on.Key)
	}
	return parts
}

// rekeyed names the mapping whose keys have changed since this one took them over, "" where none has.
func (w *worker) rekeyed(d *decision) string {
	var before plan.Definition
	if json.Unmarshal(d.prior.Definition, &before) != nil {
		return ""
	}
	for _, f := range d.m.Definition.Refs() {
		i := slices.IndexFunc(before.Fields, func(o plan.Field) bool { return o.Name == f.Name && o.Ref != nil })
		if i < 0 {
			continue
		}
		if was := before.Fields[i].Ref; was.KeyHash != f.Ref.KeyHash || was.UID != f.Ref.UID {
			return f.Ref.Mapping
		}
	}
	return ""
}

// bound reports whether a definition that changed has refs, or had some: its rows are written anew, since what refs were
// before cannot be worked out again.
func bound(d *decision, c *difference) bool {
	return len(c.parts) > 0 && len(d.m.Definition.Refs())+len(c.before.Refs()) > 0
}

// mapKeys has the key map of rows that stand filled, where they were written before anybody referred to them.
func (w *worker) mapKeys(d *decision) {
	def := d.m.Definition
	w.noteRefs(d)
	w.noteAround(d)
	if !def.KeyMap || d.prior == nil || d.create || d.fresh || d.beside || w.diags.HasErrors() {
		return
	}
	var before plan.Definition
	if json.Unmarshal(d.prior.Definition, &before) == nil && before.KeyMap && !w.elsewhereFrom(d, &before) {
		return
	}
	d.fill = true
	if c := def.Cursor; c != nil && c.UpTo == "" && d.prior.Cursor != nil {
		c.UpTo = d.prior.Cursor.Position
	}
	d.out.Actions = slices.DeleteFunc(d.out.Actions, func(a plan.Action) bool { return a.Kind == plan.Keep })
	d.act(plan.Action{Kind: plan.MapKeys, Category: "metadata", Reasons: reason("K001", "other mappings refer to its rows now, and the target did not remember their keys")})
}

// noteRefs says what people should know of keys that are remembered.
func (w *worker) noteRefs(d *decision) {
	def := d.m.Definition
	if def.KeyMap {
		var open []string
		for _, name := range def.SourceKey {
			if slices.Contains(def.Shy, name) {
				open = append(open, name)
			}
		}
		if len(open) > 0 {
			d.out.Notes = append(d.out.Notes, fmt.Sprintf("Other mappings refer to its rows, so the target's ledger holds the values of %s in clear beside the new keys.", strings.Join(open, ", ")))
		}
	}
	for _, f := range def.Refs() {
		for _, m := range w.f.Mappings {
			if m.Address == f.Ref.Mapping && moves(m.Definition) {
				d.out.Notes = append(d.out.Notes, fmt.Sprintf("The key of %s is made of columns beside its own key at the source: where one of these changes later, rows that refer to it by %s keep the key from before until they are read again.", f.Ref.Mapping, f.Name))
			}
		}
	}
}

// moves reports whether the new key of a row may change while its old one stays.
func moves(d *plan.Definition) bool {
	for _, f := range d.Fields {
		if slices.Contains(d.Key, f.Name) && slices.ContainsFunc(f.Sources, func(s string) bool { return !slices.Contains(d.SourceKey, s) }) {
			return true
		}
	}
	return false
}

// refersTo adds to what mappings wait for those that their refs name, but for deferred ones.
func refersTo(all []*decision, direct map[*decision][]*decision) {
	for _, d := range all {
		for _, f := range d.m.Definition.Refs() {
			for _, o := range all {
				if o != d && f.Ref.Missing != plan.MissingDefer && o.m.Address == f.Ref.Mapping {
					direct[d] = append(direct[d], o)
				}
			}
		}
	}
}

// defers reports whether rows are written whose deferred refs have to wait. A repair finds the keys of all rows.
func defers(d *decision) bool {
	return d.load != "" && d.delta == nil && len(d.m.Definition.Deferred()) > 0
}

// late are the moving mappings that are not settled before others take over their keys: those with deferred refs, and those
// that refer to one of them. They are proved when all their refs are written.
func late(moving []*decision) map[*decision]bool {
	out := map[*decision]bool{}
	for range moving {
		for _, d := range moving {
			if d.load == "" {
				continue
			}
			if defers(d) {
				out[d] = true
			}
			for _, f := range d.m.Definition.Refs() {
				for _, o := range moving {
					out[d] = out[d] || o.m.Address == f.Ref.Mapping && out[o]
				}
			}
		}
	}
	return out
}

// fills reads the keys of mappings that move no rows, before anything that refers to them.
func (l *layer) fills(all []*decision) {
	for _, d := range all {
		if d.fill && d.load == "" {
			l.fillKeys(d, nil)
		}
	}
}

func (l *layer) fillKeys(d *decision, needs []int) {
	def := d.m.Definition
	l.add(plan.Step{Work: plan.FillKeys, Mapping: d.m.Address, Target: def.Target, Needs: needs, Move: &plan.Transfer{Table: def.TargetTable, Load: providers.Upsert}})
}

// links writes deferred refs when the rows of all mappings are there, and lets what waited for that follow: no mapping is
// proved or swapped in before all that refer to one another have their rows and refs.
func (l *layer) links(moving []*decision) {
	if len(l.late) == 0 {
		return
	}
	var done []int
	for _, d := range moving {
		if l.late[d] {
			done = append(done, l.copies[at(d)])
		}
	}
	copies := slices.Clone(done)
	for _, d := range moving {
		if defers(d) {
			done = append(done, l.link(d, moving, copies))
		}
	}
	for _, d := range moving {
		if l.late[d] {
			l.keys[at(d)] = append(slices.Clone(l.keys[at(d)]), done...)
			l.foreign(d)
		}
	}
	for _, d := range moving {
		if l.late[d] {
			l.finish(d)
		}
	}
	for _, d := range l.published(moving) {
		if l.late[d] {
			l.publish(d)
		}
	}
}

func (l *layer) link(d *decision, moving []*decision, copies []int) int {
	def := d.m.Definition
	needs := slices.Concat(l.keys[at(d)], copies)
	for _, f := range def.Refs() {
		for _, s := range l.plan.Steps {
			if s.Mapping == f.Ref.Mapping && s.Mapping != d.m.Address && s.Work != plan.Link {
				needs = append(needs, s.N)
			}
		}
	}
	ours := d.create || d.fresh || d.beside
	n := l.add(plan.Step{Work: plan.Link, Mapping: d.m.Address, Target: def.Target, Needs: needs, Move: &plan.Transfer{Table: d.built().Ref, Load: providers.Upsert, Ours: ours}})
	l.keys[at(d)] = []int{n}
	return n
}

// later reports whether a foreign key of a standing table is over columns that are null until all rows are there.
func later(d *decision, columns []string) bool {
	deferred := d.m.Definition.Deferred()
	return slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(deferred, c) })
}
