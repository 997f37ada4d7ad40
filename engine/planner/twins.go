package planner

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/state"
)

// twin is a mapping of the state that is gone from the configuration, and the new one that makes the same fields of the
// same rows: most likely the same mapping under another name.
type twin struct {
	gone  string
	old   state.Mapping
	m     *resolve.Mapping
	table bool              // it writes to the same table
	refs  map[string]string // the mappings that the two refer to, which have to be the same ones
}

// twinOf gives the twin of a mapping that is gone, nil for none.
func (w *worker) twinOf(gone string) *twin {
	for i, t := range w.allTwins() {
		if t.gone == gone {
			return &w.twins[i]
		}
	}
	return nil
}

// allTwins finds them once. A mapping with two of them has none: which one it is cannot be told.
func (w *worker) allTwins() []twin {
	if w.twins != nil {
		return w.twins
	}
	byRows := map[string][]*resolve.Mapping{}
	for _, m := range w.f.Mappings {
		if prior, _ := w.priorOf(m.Address); prior == nil {
			rows := w.fingerprints(m).Rows
			byRows[rows] = append(byRows[rows], m)
		}
	}
	found, wanted := []twin{}, map[*resolve.Mapping]int{}
	for _, gone := range slices.Sorted(maps.Keys(w.f.State.Mappings)) {
		if w.stays(gone) {
			continue
		}
		if t, ok := w.candidate(gone, byRows); ok {
			found = append(found, t)
			wanted[t.m]++
		}
	}
	found = slices.DeleteFunc(found, func(t twin) bool { return wanted[t.m] > 1 })
	for n := -1; n != len(found); { // those whose refs lead elsewhere go, and with them those that refer to them
		n = len(found)
		found = slices.DeleteFunc(found, func(t twin) bool { return !w.leadsTo(t, found) })
	}
	w.twins = found
	return found
}

func (w *worker) fingerprints(m *resolve.Mapping) plan.Fingerprints {
	return Fingerprints(m, w.f.Systems[m.Definition.Source].Identity, w.f.Systems[m.Definition.Target].Identity)
}

// candidate is the one new mapping that makes the same, before all the one into the same table.
func (w *worker) candidate(gone string, byRows map[string][]*resolve.Mapping) (twin, bool) {
	old := w.f.State.Mappings[gone]
	var all []twin
	for _, m := range byRows[old.Hashes.Rows] {
		t := twin{gone: gone, old: old, m: m, refs: map[string]string{}}
		now := w.fingerprints(t.as(m))
		if now.Key != old.Hashes.Key || !maps.Equal(now.Fields, old.Hashes.Fields) {
			continue
		}
		if t.table = now.Shape == old.Hashes.Shape; t.table {
			return t, true
		}
		all = append(all, t)
	}
	if len(all) != 1 {
		return twin{}, false
	}
	return all[0], true
}

// as is the new mapping with the refs of the old one in the place of its own, since a ref's fingerprint holds the name that
// its owner was born with. What has to be the same for that is noted in refs.
func (t *twin) as(m *resolve.Mapping) *resolve.Mapping {
	var before plan.Definition
	if len(m.Definition.Refs()) == 0 || json.Unmarshal(t.old.Definition, &before) != nil {
		return m
	}
	out, d := *m, *m.Definition
	out.Definition, d.Fields = &d, slices.Clone(d.Fields)
	for i, f := range d.Fields {
		j := slices.IndexFunc(before.Fields, func(o plan.Field) bool { return o.Name == f.Name && o.Ref != nil })
		if f.Ref == nil || j < 0 {
			continue
		}
		ref := *f.Ref
		ref.UID, ref.KeyHash = before.Fields[j].Ref.UID, before.Fields[j].Ref.KeyHash
		d.Fields[i].Ref = &ref
		t.refs[before.Fields[j].Ref.Mapping] = ref.Mapping
	}
	return &out
}

// leadsTo reports whether the refs of both lead to the same mappings, under whatever names.
func (w *worker) leadsTo(t twin, all []twin) bool {
	for was, now := range t.refs {
		_, from := w.priorOf(now)
		moved := func(o twin) bool { return o.gone == was && o.m.Address == now && o.table }
		if was != now && from != was && !slices.ContainsFunc(all, moved) {
			return false
		}
	}
	return true
}

// move is the block that gives mappings their new address, and the twins that it is right for.
type move struct {
	from, to string
	twins    []*twin
}

func (m move) block() string {
	return fmt.Sprintf("  moved {\n    from = %s\n    to   = %s\n  }", m.from, m.to)
}

// moveOf gives the block for a twin that says most at once: of a module rather than its mappings, of a mapping rather than
// its instances, as long as all that the state has there goes the same way.
func (w *worker) moveOf(t *twin) move {
	to := t.m.Address
	for _, from := range outer(t.gone) {
		rest := t.gone[len(from):]
		head, ok := strings.CutSuffix(to, rest)
		if !ok || head == from || !slices.Contains(outer(to), head) || lang.Within(from, head) || strings.Contains(from, "mapping.") != strings.Contains(head, "mapping.") {
			continue
		}
		if all, ok := w.together(from, head); ok {
			return move{from, head, all}
		}
	}
	return move{t.gone, to, []*twin{t}}
}

// together gives the twins that a block would move, and whether these are all that the state has there.
func (w *worker) together(from, to string) ([]*twin, bool) {
	var out []*twin
	for _, a := range slices.Sorted(maps.Keys(w.f.State.Mappings)) {
		if !lang.Within(from, a) {
			continue
		}
		t := w.twinOf(a)
		if t == nil || !t.table || t.m.Address != to+strings.TrimPrefix(a, from) {
			return nil, false
		}
		out = append(out, t)
	}
	return out, true
}

// outer are the addresses of what a mapping stands in, from the outside in, and its own at last.
func outer(address string) (out []string) {
	dots := 0
	for i := 0; i < len(address); i++ {
		switch address[i] {
		case '[':
			key, err := strconv.QuotedPrefix(address[i+1:])
			if err != nil {
				return append(out, address)
			}
			out = append(out, address[:i])
			i += len(key) + 1
		case '.':
			if dots++; dots%2 == 0 { // the others stand between a word and a name
				out = append(out, address[:i])
			}
		}
	}
	return append(out, address)
}

// vanishedTwin tells of mappings that are gone while new ones make the same, each block once. It reports whether the
// mapping is among them.
func (w *worker) vanishedTwin(gone string, told map[string]bool) bool {
	t := w.twinOf(gone)
	if t == nil {
		return false
	}
	if !t.table {
		at := t.m.Config.To.TableRange
		if at.File == "" {
			at = t.m.Config.Range
		}
		w.diags.Add(diag.Diagnostic{Code: "mapping-vanished", Summary: "A mapping is gone from the configuration", Object: gone, Subject: &at,
			Detail: fmt.Sprintf("%s was applied (%s in %s of %s), and there is no such mapping any more. %s at %s is new, and makes the same fields of the same rows in another table, %s of %s. No rows are carried from one table to another. If it is the same mapping under another name, name the old table there and add\n\n%s\n\nIf all rows are to be loaded again into the new table, while those of the old one stay and are not kept up any more, add\n\n  removed {\n    mapping = %s\n  }",
				gone, plan.Rows(t.old.Rows), t.old.Target.Table, t.old.Target.Endpoint, t.m.Address, placed(t.m.Config.Range), t.m.Definition.TargetTable, t.m.Definition.Target,
				move{from: gone, to: t.m.Address}.block(), gone)})
		return true
	}
	block := w.moveOf(t)
	if told[block.from] {
		return true
	}
	told[block.from] = true
	at := t.m.Config.Range
	w.diags.Add(diag.Diagnostic{Code: "mapping-vanished", Summary: "A mapping is gone from the configuration", Object: block.from, Subject: &at,
		Detail: fmt.Sprintf("%s, and there is no such block any more. %s at %s is new, and makes the same fields of the same rows in the same table. To go on under the new name, in which no row moves, add\n\n%s\n\nTo leave the rows and forget what wrote them, add\n\n  removed {\n    mapping = %s\n  }",
			applied(block), block.to, placed(at), block.block(), block.from)})
	return true
}

// applied says what the state holds of what a block moves.
func applied(m move) string {
	rows := int64(0)
	for _, t := range m.twins {
		rows += t.old.Rows
	}
	end := m.twins[0].old.Target
	if len(m.twins) == 1 {
		return fmt.Sprintf("%s was applied (%s in %s of %s)", m.twins[0].gone, plan.Rows(rows), end.Table, end.Endpoint)
	}
	return fmt.Sprintf("%s was applied (%s, %s in all)", m.from, plan.Count(int64(len(m.twins)), "table"), plan.Rows(rows))
}

func placed(at diag.Range) string { return fmt.Sprintf("%s:%d", at.File, at.Start.Line) }

// removedTwin warns where a removed block forgets a mapping that a new one does again.
func (w *worker) removedTwin(gone string, r lang.Removed, told map[string]bool) {
	t := w.twinOf(gone)
	if t == nil {
		return
	}
	at := r.Range
	if !t.table {
		w.diags.Add(diag.Diagnostic{Code: "loaded-again", Severity: diag.Warning, Summary: "Rows are loaded a second time", Object: gone, Subject: &at,
			Detail: fmt.Sprintf("%s at %s makes the same fields of the same rows in table %s of %s as %s did in table %s of %s: all of them are loaded there again.",
				t.m.Address, placed(t.m.Config.Range), t.m.Definition.TargetTable, t.m.Definition.Target, gone, t.old.Target.Table, t.old.Target.Endpoint)})
		return
	}
	block := w.moveOf(t)
	if told[block.from] {
		return
	}
	told[block.from] = true
	w.diags.Add(diag.Diagnostic{Code: "loaded-again", Severity: diag.Warning, Summary: "Rows are loaded a second time", Object: block.from, Subject: &at,
		Detail: fmt.Sprintf("%s, and %s at %s makes the same fields of the same rows in the same table. If it is the same under another name, write in the place of the removed block\n\n%s\n\nand no row moves.",
			applied(block), block.to, placed(t.m.Config.Range), block.block())})
}

// noteTwin says in the plan of a new mapping which one it does again.
func (w *worker) noteTwin(d *decision) {
	for _, t := range w.allTwins() {
		if t.m != d.m {
			continue
		}
		what := staying(t.old.Rows)
		if i := slices.IndexFunc(w.f.Config.Removed, func(r lang.Removed) bool { return lang.Within(r.Mapping, t.gone) }); i >= 0 && w.f.Config.Removed[i].Purge {
			what = "its rows are deleted"
		}
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("It makes the same fields of the same rows as %s, which is gone from the configuration: %s in table %s of %s, and all are loaded again into table %s of %s.",
			t.gone, what, t.old.Target.Table, t.old.Target.Endpoint, d.m.Definition.TargetTable, d.m.Definition.Target))
	}
}
