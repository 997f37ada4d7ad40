package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// layer lays the steps of all decisions in the order that the targets want. Its maps go from target and schema to the
// step that makes the schema, and from target and table to the step that makes the table, the one that fills it, and the
// last ones that make its keys.
type layer struct {
	w        *worker
	plan     *plan.Plan
	schemata map[string]int
	tables   map[string]int
	copies   map[string]int
	keys     map[string][]int
	made     map[string]int // from target and id of a definition to the step that makes it
	defined  map[*decision]bool
	before   map[*decision][]*decision // what depends_on and refs put before each
	late     map[*decision]bool        // what is settled behind all that move
	moving   []*decision
	proved   map[string][]int // from target and table to the steps behind which its rows are proved and judged
	swaps    map[string]int   // to the step that swaps it in
}

func (l *layer) lay(all []*decision) {
	for _, d := range all {
		if d.back != nil {
			l.restore(d)
		}
	}
	if len(l.w.f.Rollback) > 0 {
		return
	}
	l.schemas(all)
	moving := slices.DeleteFunc(slices.Clone(all), func(d *decision) bool { return d.load == "" && d.sweep == "" && len(d.alters)+len(d.behind) == 0 })
	l.before, l.late, l.moving, l.proved, l.swaps = waits(all), late(moving), moving, map[string][]int{}, map[string]int{}
	l.fills(all)
	waves, ok := l.waves(moving)
	if !ok {
		return
	}
	for _, wave := range waves {
		l.wave(wave)
	}
	l.links(moving)
}

func (l *layer) wave(moving []*decision) {
	for _, d := range moving {
		l.above(d)
		l.defineAll(d, moving)
	}
	order := l.ordered(moving)
	for _, d := range order {
		l.copy(d)
		if d.fill && d.load != "" {
			l.fillKeys(d, []int{l.copies[at(d)]})
		}
	}
	for _, d := range slices.Backward(order) {
		l.sweep(d, order)
	}
	for _, d := range moving {
		l.tighten(d)
		l.keysOf(d)
	}
	settling := slices.DeleteFunc(slices.Clone(moving), func(d *decision) bool { return l.late[d] })
	for _, d := range settling {
		l.foreign(d)
	}
	for _, d := range settling {
		l.finish(d)
	}
	for _, d := range l.published(settling) {
		if !l.late[d] { // it is published behind what it refers to
			l.publish(d)
		}
	}
}

func at(d *decision) string {
	return d.m.Definition.Target + "\x00" + d.m.Definition.TargetTable.String()
}

// built is the table that the run fills: the target's, or the one beside it. What points to itself does so beside too, and
// names that there can be once in a schema are left to the provider until the swap.
func (d *decision) built() schema.Table {
	t := d.m.Table
	if !d.beside {
		return t
	}
	t.Foreign = slices.Clone(t.Foreign)
	for i := range t.Foreign {
		if t.Foreign[i].Parent == t.Ref && !d.named {
			t.Foreign[i].Parent = Beside(t.Ref)
		}
	}
	if t.Primary != nil {
		own := *t.Primary
		own.Name, t.Primary = "", &own
	}
	t.Keys, t.Indexes, t.Sequences = nameless(t.Keys), nameless(t.Indexes), slices.Clone(t.Sequences)
	for i := range t.Sequences {
		if t.Sequences[i].Kind != schema.Free {
			t.Sequences[i].Name = schema.Ref{}
		}
	}
	return tableAs(t, Beside(t.Ref))
}

func nameless(keys []schema.Key) []schema.Key {
	out := slices.Clone(keys)
	for i := range out {
		out[i].Name = ""
	}
	return out
}

// Beside names the table that is built next to another one.
func Beside(r schema.Ref) schema.Ref { r.Name += "__new"; return r }

func (l *layer) add(s plan.Step) int {
	s.N = len(l.plan.Steps)
	slices.Sort(s.Needs)
	s.Needs = slices.Compact(s.Needs)
	if s.Needs == nil {
		s.Needs = []int{}
	}
	l.plan.Steps = append(l.plan.Steps, s)
	return s.N
}

// statements asks what a change looks like and lays one step for each statement; it gives the last one.
func (l *layer) statements(d *decision, target string, needs []int, fresh bool, c schema.Change) (int, bool) {
	address := ""
	if d != nil {
		address = d.m.Address
	}
	a, known := l.w.ask(Question{Kind: Statements, Mapping: address, System: target, Changes: []schema.Change{c}})
	if !known || len(a.Statements) != 1 {
		return 0, false
	}
	last, any := 0, false
	for i := range a.Statements[0] {
		s := a.Statements[0][i]
		if any {
			needs = []int{last}
		}
		last, any = l.add(plan.Step{Work: plan.Define, Mapping: address, Target: target, Needs: slices.Clone(needs), Change: &c, Statement: &s, Fresh: fresh && i == len(a.Statements[0])-1}), true
	}
	return last, any
}

func (l *layer) order(d *decision) schema.Order { return l.w.f.Systems[d.m.Definition.Target].Order }

// define makes the table, or marks one that was found empty as ours.
func (l *layer) define(d *decision) {
	def := d.m.Definition
	switch {
	case d.create || d.beside:
		t := d.built()
		if !l.order(d).KeysWithTable {
			t.Primary, t.Keys, t.Indexes = nil, nil, nil
		}
		if !l.order(d).ForeignWithTable {
			t.Foreign = nil
		}
		if n, ok := l.statements(d, def.Target, l.needed(d), d.create, schema.Change{CreateTable: &t}); ok {
			l.tables[at(d)] = n
		}
	case d.fresh:
		what := fmt.Sprintf("take table %s, which is empty", def.TargetTable)
		l.tables[at(d)] = l.add(plan.Step{Work: plan.Define, Mapping: d.m.Address, Target: def.Target, Fresh: true, Statement: &providers.Statement{What: what, SQL: []string{}}})
	case d.delta != nil || len(d.alters) > 0 || d.baseline:
		l.prepare(d)
	}
}

// ordered puts mappings that write to standing tables behind those that fill what they point to.
func (l *layer) ordered(moving []*decision) []*decision {
	byTable := map[string]*decision{}
	for _, d := range moving {
		byTable[at(d)] = d
	}
	var out []*decision
	mark := map[*decision]int{} // 1 under way, 2 done
	var visit func(d *decision, path []string)
	visit = func(d *decision, path []string) {
		if mark[d] == 2 {
			return
		}
		path = append(path, d.m.Definition.TargetTable.String())
		if mark[d] == 1 {
			l.w.fail(d, "foreign-key-cycle", "Foreign keys in a circle", "The foreign keys of the target's tables make a circle: %s. Rows cannot be loaded in any order while they stand.", strings.Join(path, " -> "))
			return
		}
		mark[d] = 1
		for _, parent := range parents(d) {
			if p := byTable[d.m.Definition.Target+"\x00"+parent]; p != nil && p != d {
				visit(p, path)
			}
		}
		mark[d] = 2
		out = append(out, d)
	}
	for _, d := range moving {
		visit(d, nil)
	}
	return out
}

// parents are the tables that a standing table points to while rows are loaded into it.
func parents(d *decision) []string {
	if d.m.Standing == nil || d.beside {
		return nil
	}
	var out []string
	for _, fk := range d.m.Standing.Foreign {
		if !later(d, fk.Columns) {
			out = append(out, fk.Parent.String())
		}
	}
	return out
}

func (l *layer) copy(d *decision) {
	if d.load == "" { // keys are removed, or columns altered, and no row is written
		if n, ok := l.tables[at(d)]; ok {
			l.keys[at(d)] = []int{n}
		}
		return
	}
	def := d.m.Definition
	t := plan.Transfer{Table: d.built().Ref, Load: d.load, Ours: d.create || d.fresh || d.beside, Chunks: d.chunks, Delta: d.delta}
	t.Whole = slices.Contains(parents(d), def.TargetTable.String())
	if !t.Ours && len(def.Key) == 0 {
		t.Whole = true
	}
	var needs []int
	if n, ok := l.tables[at(d)]; ok {
		needs = append(needs, n)
	}
	for ref, o := range l.siblings(d) {
		if n, ok := l.swaps[at(o)]; ok && !d.beside && slices.Contains(parents(d), ref.String()) {
			needs = append(needs, n)
		}
	}
	for _, parent := range parents(d) {
		if n, ok := l.copies[def.Target+"\x00"+parent]; ok && parent != def.TargetTable.String() {
			needs = append(needs, n)
		}
	}
	needs = append(needs, l.settled(d)...)
	n := l.add(plan.Step{Work: plan.Copy, Mapping: d.m.Address, Target: def.Target, Needs: needs, Move: &t})
	l.copies[at(d)], l.keys[at(d)] = n, []int{n}
}

// inputs notes the systems and objects that the plan was made from.
func (w *worker) inputs(p *plan.Plan) {
	p.Inputs.Systems, p.Inputs.Objects = []plan.System{}, []plan.Object{}
	used := map[string]bool{}
	for _, m := range w.f.Mappings {
		d := m.Definition
		used[d.Source], used[d.Target] = true, true
		for _, l := range d.Lookups {
			used[l.Source] = true // "" is no system's address
		}
		p.Inputs.Objects = append(p.Inputs.Objects, w.sourceObject(m), w.targetObject(m))
	}
	for _, g := range w.purged {
		used[g.def.Target] = true
	}
	for address, s := range w.f.Systems {
		if used[address] {
			p.Inputs.Systems = append(p.Inputs.Systems, plan.System{Address: address, Kind: s.Kind, Role: s.Role, Identity: s.Identity, Ledger: s.Meta.Target, Epoch: s.Meta.Epoch})
		}
	}
	slices.SortFunc(p.Inputs.Systems, func(a, b plan.System) int { return strings.Compare(a.Address, b.Address) })
}

func (w *worker) sourceObject(m *resolve.Mapping) plan.Object {
	d := m.Definition
	names := make([]string, len(d.Read))
	for i, c := range d.Read {
		names[i] = c.Name
	}
	o := plan.Object{System: d.Source, Mapping: m.Address, Table: d.SourceTable, Columns: ColumnsOf(m.Source), Schema: SchemaDigest(resolve.Widened(m.Source, d.Joins, w.f.Systems[d.Source].Catalog), names)}
	if a, known := w.ask(Question{Kind: Print, Mapping: m.Address, System: d.Source, Def: d}); known {
		o.Print = a.Text
	}
	w.rows(&o, Question{Kind: SourceRows, Mapping: m.Address, System: d.Source})
	return o
}

func (w *worker) targetObject(m *resolve.Mapping) plan.Object {
	d := m.Definition
	o := plan.Object{System: d.Target, Mapping: m.Address, Table: d.TargetTable, Columns: ColumnsOf(m.Standing)}
	if m.Standing != nil {
		o.Schema = SchemaDigest(m.Standing, fieldNames(d))
	}
	w.rows(&o, Question{Kind: TargetRows, Mapping: m.Address, System: d.Target})
	return o
}

// rows takes over a count that was asked for anyway.
func (w *worker) rows(o *plan.Object, q Question) {
	if a, ok := w.have[hash(q.Kind, q.Mapping, q.System, q.Bounds, q.Changes)]; ok {
		n := a.Count
		o.Rows = &n
	}
}

func fieldNames(d *plan.Definition) []string {
	out := make([]string, len(d.Fields))
	for i, f := range d.Fields {
		out[i] = f.Name
	}
	return out
}
