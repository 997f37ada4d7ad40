package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// Questions says what must still be measured before Build can work. It is asked again with the answers so far until it
// returns none.
func Questions(f Facts, have []Answer) []Question {
	w := newWorker(f, have)
	w.work()
	return w.missing
}

// Build makes the plan. The diagnostics are the author's to mend; with errors among them the plan is nil.
func Build(f Facts, have []Answer) (*plan.Plan, diag.List) {
	w := newWorker(f, have)
	p := w.work()
	if w.diags.HasErrors() {
		return nil, w.diags
	}
	return p, w.diags
}

// worker walks the mappings once. Where an answer is not there yet the question is noted, and what depends on it is
// left for the next walk.
type worker struct {
	f       Facts
	have    map[string]Answer
	missing []Question
	purged  []*purged
	diags   diag.List
	twins   []twin // nil: not looked for yet
}

func newWorker(f Facts, have []Answer) *worker {
	w := &worker{f: f, have: make(map[string]Answer, len(have))}
	for _, a := range have {
		w.have[a.ID] = a
	}
	return w
}

// ask gives the answer to a question, or notes it.
func (w *worker) ask(q Question) (Answer, bool) {
	q.ID = hash(q.Kind, q.Mapping, q.System, q.Bounds, q.Changes)
	if a, ok := w.have[q.ID]; ok {
		return a, true
	}
	if !slices.ContainsFunc(w.missing, func(o Question) bool { return o.ID == q.ID }) {
		w.missing = append(w.missing, q)
	}
	return Answer{ID: q.ID}, false
}

func (w *worker) work() *plan.Plan {
	p := &plan.Plan{Format: plan.Format, Engine: w.f.Engine, Created: w.f.Now, Expires: w.f.Now.Add(w.f.Lifetime), Inputs: w.f.Inputs,
		Mappings: []plan.Mapping{}, Steps: []plan.Step{}, Warnings: []string{}}
	p.Inputs.Refreshed = w.f.Refresh
	w.replaceable()
	w.unknownRollback()
	if w.owners(); w.diags.HasErrors() {
		return nil // on another state's target nothing else can be said
	}
	if w.restored(); w.diags.HasErrors() {
		return nil
	}
	if len(w.f.Rollback) == 0 {
		w.vanished(p)
	}
	w.refer()
	var all []*decision
	for _, m := range w.f.Mappings {
		all = append(all, w.decide(m))
	}
	if w.diags.HasErrors() {
		return nil
	}
	w.leftBehind(all)
	l := &layer{w: w, plan: p, schemata: map[string]int{}, tables: map[string]int{}, copies: map[string]int{}, keys: map[string][]int{},
		made: map[string]int{}, defined: map[*decision]bool{}}
	l.lay(all)
	l.discards(all)
	if len(w.f.Rollback) == 0 {
		l.counters(all)
		l.purge()
	}
	for _, d := range all {
		w.hazards(d)
		w.contract(d)
		p.Mappings = append(p.Mappings, d.out)
	}
	slices.SortStableFunc(p.Mappings, func(a, b plan.Mapping) int { return strings.Compare(a.Address, b.Address) })
	w.inputs(p)
	if len(w.f.Rollback) > 0 {
		p.Inputs.Objects = []plan.Object{} // the state decides, and what is there when the tables change places
	}
	w.ledgers(p)
	w.left(p)
	return p
}

// replacing reports whether --replace asks for a mapping: by its address, or by that of its block.
func (w *worker) replacing(address string) bool {
	return slices.ContainsFunc(w.f.Replace, func(a string) bool { return covers(a, address) })
}

func covers(asked, address string) bool {
	block, _ := resolve.Block(address)
	return asked == block || lang.Within(asked, address)
}

// replaceable refuses a --replace that names no mapping.
func (w *worker) replaceable() {
	var have []string
	for _, m := range w.f.Mappings {
		have = append(have, m.Address)
	}
	for _, a := range w.f.Replace {
		if !slices.ContainsFunc(have, func(h string) bool { return covers(a, h) }) {
			w.diags.Add(diag.Diagnostic{Code: "unknown-mapping", Summary: "Unknown mapping",
				Detail: fmt.Sprintf("--replace names %s, and the configuration has no such mapping.%s", a, diag.Suggest(a, have))})
		}
	}
}

// owners refuses a target whose ledger belongs to another state, or is ahead of this one.
func (w *worker) owners() {
	addresses := make([]string, 0, len(w.f.Systems))
	for a := range w.f.Systems {
		addresses = append(addresses, a)
	}
	slices.Sort(addresses)
	for _, a := range addresses {
		s := w.f.Systems[a]
		if s.Meta.Target == "" || s.Meta.Lineage == "" || s.Meta.Lineage == w.f.State.Lineage {
			continue
		}
		detail := fmt.Sprintf("The ledger in %s belongs to the state with lineage %s, and this state has lineage %s. It is another state's target; look at the path of the state and at the target's address.",
			a, s.Meta.Lineage, w.f.State.Lineage)
		if w.f.State.Lineage == "" {
			detail = fmt.Sprintf("The ledger in %s belongs to the state with lineage %s, and there is no state here. If that state was lost, `migrateiq state recover` makes it again from the ledger; if it is somewhere else, look at the path of the state.",
				a, s.Meta.Lineage)
		}
		w.diags.Add(diag.Diagnostic{Code: "other-lineage", Summary: "The target belongs to another state", Detail: detail, Object: a})
	}
	if !w.diags.HasErrors() {
		w.unfinished(addresses)
		w.apart(addresses)
	}
}

// restored refuses a target that does not hold the runs the state knows of: another database, or an older copy of it.
func (w *worker) restored() {
	said := map[string]bool{}
	for _, m := range w.f.Mappings {
		prior, _ := w.priorOf(m.Address)
		target := m.Definition.Target
		if prior == nil || prior.Target.ID == "" || prior.Target.Endpoint != target || w.replacing(m.Address) || said[target] {
			continue
		}
		what := unknown(w.f.Systems[target], prior)
		if what == "" {
			continue
		}
		said[target] = true
		at, block := m.Config.To.TargetRange, m.Config.Address
		w.diags.Add(diag.Diagnostic{Code: "target-restored", Summary: "The target is not the one the state knows", Subject: &at, Object: fmt.Sprintf("mapping %q", m.Config.Name),
			Detail: fmt.Sprintf("%s was applied to %s, which %s: it is another database, or an older copy of the one that was written to. Look at the target's address. To load the tables there anew, use --replace=%s, and so for every mapping into this target. To take over the rows that stand there, forget the mapping with `migrateiq state rm %s` and add\n\n  import {\n    mapping = %s\n  }",
				block, target, what, block, quoteAddress(prior.Address), block)})
	}
}

// unknown says in which way a target is not the one that a mapping was applied to, "" where it is.
func unknown(s System, prior *state.Mapping) string {
	switch {
	case s.Meta.Target == "":
		return "has no ledger"
	case s.Meta.Target != prior.Target.ID:
		return "has the ledger of another database"
	case !slices.Contains(s.Runs, prior.Run):
		return fmt.Sprintf("does not know run %s, which wrote it last", prior.Run)
	}
	return ""
}

// priorOf finds what the state knows of an address, and the address it had there.
func (w *worker) priorOf(address string) (*state.Mapping, string) {
	return Prior(w.f.State, w.f.Config.Moved, address)
}

// Prior finds what a state knows of an address, itself or where moved blocks, one behind the other, say that it was; the
// text is the old address, "" for the same. Nil is a mapping that the state does not know.
func Prior(s state.Snapshot, moved []lang.Moved, address string) (*state.Mapping, string) {
	seen := []string{address}
	for i := 0; i < len(seen); i++ {
		if m, ok := s.Mappings[seen[i]]; ok && i == 0 {
			return &m, ""
		} else if ok {
			return &m, seen[i]
		}
		for _, mv := range moved {
			if from, ok := Renamed(seen[i], mv); ok && !slices.Contains(seen, from) {
				seen = append(seen, from)
			}
		}
	}
	return nil, ""
}

// Renamed gives the old address of an instance under a moved block: mapping.a["T"] moves with mapping.a, and a
// mapping with the module that it stands in.
func Renamed(address string, mv lang.Moved) (string, bool) {
	if !lang.Within(mv.To, address) {
		return "", false
	}
	return mv.From + strings.TrimPrefix(address, mv.To), true
}

// uid names a mapping for good: the address it was born with and some digits, so that the name can be used again.
func (w *worker) uid(address string, prior *state.Mapping) string {
	if prior != nil {
		return prior.UID
	}
	sum := sha256.Sum256([]byte(w.f.State.Lineage + "\x00" + address + "\x00" + w.f.Now.UTC().String()))
	return address + "#" + hex.EncodeToString(sum[:4])
}

// vanished finds mappings of the state that the configuration has no more: forgotten by a removed block, else an error.
func (w *worker) vanished(p *plan.Plan) {
	addresses := make([]string, 0, len(w.f.State.Mappings))
	for a := range w.f.State.Mappings {
		addresses = append(addresses, a)
	}
	slices.Sort(addresses)
	told := map[string]bool{}
	for _, a := range addresses {
		if w.stays(a) {
			continue
		}
		old := w.f.State.Mappings[a]
		i := slices.IndexFunc(w.f.Config.Removed, func(r lang.Removed) bool { return lang.Within(r.Mapping, a) })
		if i < 0 && w.vanishedTwin(a, told) {
			continue
		}
		if i < 0 {
			w.diags.Add(diag.Diagnostic{Code: "mapping-vanished", Summary: "A mapping is gone from the configuration", Object: a, Detail: vanishedText(a, old)})
			continue
		}
		w.removedTwin(a, w.f.Config.Removed[i], told)
		if w.f.Config.Removed[i].Purge && w.purge(p, a, &old, w.f.Config.Removed[i]) {
			continue
		}
		at := w.f.Config.Removed[i].Range
		p.Mappings = append(p.Mappings, plan.Mapping{Address: a, UID: old.UID, At: plan.Place{File: at.File, Line: at.Start.Line}, NotMapped: []string{}, Unsupported: []schema.Object{}, Notes: []string{},
			Hashes:  plan.Fingerprints(old.Hashes),
			Actions: []plan.Action{{Kind: plan.Forget, Category: "metadata", Reasons: reason("F001", "removed; %s in %s", staying(old.Rows), old.Target.Table), Changed: []plan.Change{}}}})
	}
}

// forgotten reports whether a removed block names the mapping.
func (w *worker) forgotten(address string) bool {
	return slices.ContainsFunc(w.f.Config.Removed, func(r lang.Removed) bool { return lang.Within(r.Mapping, address) })
}

func staying(rows int64) string {
	if rows == 1 {
		return "its 1 row stays"
	}
	return "its " + plan.Rows(rows) + " stay"
}

func vanishedText(address string, old state.Mapping) string {
	block, instance := resolve.Block(address)
	if instance {
		return fmt.Sprintf("%s was applied (%s in %s of %s), and no table of the source and no key of for_each gives it any more. Deleting text never deletes rows: bring it back, or forget it with\n\n  removed {\n    mapping = %s\n  }",
			address, plan.Rows(old.Rows), old.Target.Table, old.Target.Endpoint, address)
	}
	return fmt.Sprintf("%s was applied (%s in %s of %s), and there is no such block any more. Deleting text never deletes rows. To leave the rows and forget the mapping, add\n\n  removed {\n    mapping = %s\n  }\n\nIf it has another name now, add\n\n  moved {\n    from = %s\n    to   = %smapping.NEW_NAME\n  }",
		block, plan.Rows(old.Rows), old.Target.Table, old.Target.Endpoint, block, block, strings.TrimSuffix(block, nameOf(block)))
}

// nameOf is the last step of a block's address: mapping.NAME behind the modules it stands in.
func nameOf(block string) string {
	return block[max(strings.LastIndex(block, "mapping."), 0):]
}

// stays reports whether a mapping of the state is still there, under its address or a new one.
func (w *worker) stays(address string) bool {
	if w.skipped(address) {
		return true
	}
	for _, m := range w.f.Mappings {
		if m.Address == address {
			return true
		}
		if _, from := w.priorOf(m.Address); from == address {
			return true
		}
	}
	return false
}

func rowsText(d *plan.Definition) string {
	text := d.SourceTable.String()
	if d.Where != "" {
		text += " where " + d.Where
	}
	for _, f := range d.Filters {
		text += fmt.Sprintf(" without %s in lookup.%s", f.Key, f.Lookup)
	}
	return text
}

func celOf(d *plan.Definition, name string) string {
	for _, f := range d.Fields {
		if f.Name == name {
			return f.CEL
		}
	}
	return ""
}
