package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/measure"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// DriftReport is what has changed at both ends since the last runs, by mapping.
type DriftReport struct{ Mappings []DriftMapping }

// DriftMapping is what changed for one mapping. What the next apply takes care of by itself, or what no field uses, is a
// note and no drift.
type DriftMapping struct {
	Address  string
	Changes  []DriftChange
	Findings []Finding // keys of the target's rows that are not as a run left them
}

// DriftChange is one thing that is not as the last run found or left it.
type DriftChange struct {
	System string // address
	Object string // table
	What   string // schema or rows
	Note   bool   // worth knowing, and no drift
	Text   string // a whole sentence
}

// Any reports whether anything but notes was found.
func (r *DriftReport) Any() bool {
	return slices.ContainsFunc(r.Mappings, func(m DriftMapping) bool {
		return slices.ContainsFunc(m.Changes, func(c DriftChange) bool { return !c.Note })
	})
}

// DriftFound says that an end is not as the last run left it.
type DriftFound struct{ Report *DriftReport }

func (e *DriftFound) Error() string { return "an end is not as the last run left it" }

// Drift looks at both ends of everything that was applied, and says what is not as the last runs found or left it. It
// plans nothing and changes nothing. Target and Exclude of the options narrow it.
func (e *Engine) Drift(ctx context.Context, cfg *lang.Config, opt PlanOptions) (report *DriftReport, err error) {
	snap, err := e.Store(cfg.Settings.StatePath).Load(ctx)
	if err != nil {
		return nil, err
	}
	if snap.OpenRun != nil {
		return nil, &OtherRun{ID: snap.OpenRun.ID, Opened: snap.OpenRun.OpenedAt, Why: "Finish it with `migrateiq apply` before both ends can be held against it."}
	}
	addresses, err := drifting(cfg, snap, opt)
	if err != nil {
		return nil, err
	}
	v := &verifier{e: e, cfg: cfg, snap: snap, ends: map[string]providers.Endpoint{}}
	defer func() { err = errors.Join(err, v.close()) }()
	report = &DriftReport{}
	for _, a := range addresses {
		m, err := v.drift(ctx, a)
		if err != nil {
			return nil, fmt.Errorf("look at both ends of %s: %w", a, err)
		}
		report.Mappings = append(report.Mappings, m)
	}
	if report.Any() {
		return report, &DriftFound{report}
	}
	return report, nil
}

// drifting are the mappings of the state that the options leave.
func drifting(cfg *lang.Config, snap state.Snapshot, opt PlanOptions) ([]string, error) {
	for _, term := range slices.Concat(opt.Target, opt.Exclude) {
		found := false
		for a := range snap.Mappings {
			found = found || planner.Means(term, a, tagsOf(cfg, a))
		}
		if !found {
			return nil, fmt.Errorf("%s names no mapping that was applied", term)
		}
	}
	var out []string
	for a := range snap.Mappings {
		is := func(term string) bool { return planner.Means(term, a, tagsOf(cfg, a)) }
		if (len(opt.Target) == 0 || slices.ContainsFunc(opt.Target, is)) && !slices.ContainsFunc(opt.Exclude, is) {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return out, nil
}

func tagsOf(cfg *lang.Config, address string) []string {
	if m := configured(cfg, address); m != nil {
		return m.Tags
	}
	return nil
}

// drift looks at one mapping: at the columns of both ends first, since rows of other columns cannot be compared.
func (v *verifier) drift(ctx context.Context, address string) (DriftMapping, error) {
	out := DriftMapping{Address: address}
	def, err := definitionIn(v.snap.Mappings[address])
	if err != nil {
		return out, err
	}
	entry := v.snap.Mappings[address]
	source, err := v.columns(ctx, end{system: def.Source, table: def.SourceTable, def: def, verb: "reads", used: distinct(def.Read, def.CheckRead), had: entry.Source.Columns})
	if err != nil {
		return out, err
	}
	had := entry.Target.Columns
	if had == nil { // the run made the table
		had = planner.ColumnsOf(&schema.Table{Columns: def.Columns()})
	}
	target, err := v.columns(ctx, end{system: def.Target, table: def.TargetTable, verb: "writes", used: def.Columns(), had: had})
	if err != nil {
		return out, err
	}
	out.Changes = slices.Concat(source, target)
	if !drifted(target) {
		if err := v.targetRows(ctx, address, def, drifted(source), &out); err != nil {
			return out, err
		}
	}
	if !drifted(source) {
		err = v.sourceRows(ctx, address, def, &out)
	}
	return out, err
}

func drifted(changes []DriftChange) bool {
	return slices.ContainsFunc(changes, func(c DriftChange) bool { return !c.Note })
}

func distinct(lists ...[]schema.Column) []schema.Column {
	var out []schema.Column
	for _, c := range slices.Concat(lists...) {
		if !slices.ContainsFunc(out, func(o schema.Column) bool { return o.Name == c.Name }) {
			out = append(out, c)
		}
	}
	return out
}

// end is one end of a mapping as the last run saw it.
type end struct {
	system string
	table  schema.Ref
	def    *plan.Definition // of a source
	verb   string           // what fields do with its columns
	used   []schema.Column
	had    []string // all columns, as planner.ColumnsOf writes them; nil: not known
}

// columns says how the columns of a table differ from those that the last run saw.
func (v *verifier) columns(ctx context.Context, e end) ([]DriftChange, error) {
	t, err := v.table(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []DriftChange
	add := func(note bool, text string, args ...any) {
		out = append(out, DriftChange{System: e.system, Object: e.table.String(), What: "schema", Note: note, Text: fmt.Sprintf(text, args...)})
	}
	if t == nil {
		add(false, "The table is gone.")
		return out, nil
	}
	now := planner.ColumnsOf(t)
	for _, c := range e.used {
		is, ok := t.Column(c.Name)
		switch {
		case !ok:
			add(false, "Column %s is gone.", c.Name)
		case !is.Type.Equal(c.Type) && !is.Type.Portable().Equal(c.Type):
			add(false, "Column %s was %s and is %s.", c.Name, c.Type, is.Type)
		case is.Null && !c.Null:
			add(false, "Column %s was not null and may be null now.", c.Name)
		case !is.Null && c.Null:
			add(false, "Column %s could be null and cannot be now.", c.Name)
		}
	}
	unused := func(column string) bool {
		name := nameIn(column)
		return !slices.ContainsFunc(e.used, func(c schema.Column) bool { return c.Name == name })
	}
	in := func(all []string, name string) string {
		if i := slices.IndexFunc(all, func(c string) bool { return nameIn(c) == name }); i >= 0 {
			return all[i]
		}
		return ""
	}
	if e.had == nil {
		return out, nil
	}
	for _, c := range now {
		switch was := in(e.had, nameIn(c)); {
		case !unused(c) || was == c:
		case was == "":
			add(true, "Column %s was added; no field %s it.", nameIn(c), e.verb)
		default:
			add(true, "Column %s was %s and is %s; no field %s it.", nameIn(c), was[len(nameIn(c))+1:], c[len(nameIn(c))+1:], e.verb)
		}
	}
	for _, c := range e.had {
		if unused(c) && in(now, nameIn(c)) == "" {
			add(true, "Column %s is gone; no field %s it.", nameIn(c), e.verb)
		}
	}
	return out, nil
}

// nameIn is the name in a text of planner.ColumnsOf; types have no blank but behind "not null".
func nameIn(column string) string {
	column = strings.TrimSuffix(column, " not null")
	depth := 0
	for i := len(column) - 1; i >= 0; i-- { // a type in brackets may hold texts
		switch column[i] {
		case ')':
			depth++
		case '(':
			depth--
		case ' ':
			if depth == 0 {
				return column[:i]
			}
		}
	}
	return column
}

// table is a table or the result of a query as it is now, widened by what is joined to it; nil where it is gone.
func (v *verifier) table(ctx context.Context, e end) (*schema.Table, error) {
	open, err := v.end(ctx, e.system)
	if err != nil {
		return nil, err
	}
	if e.def != nil && e.def.Query != "" {
		d, ok := providers.As[providers.Describer](open)
		if !ok {
			return nil, &providers.Error{Op: "describe", Object: e.table.String(), Class: providers.Unsupported, Err: errors.New("the system has no queries")}
		}
		t, err := d.Describe(ctx, e.def.Query)
		for i := range t.Columns {
			if slices.Contains(e.def.SourceKey, t.Columns[i].Name) {
				t.Columns[i].Null = false
			}
		}
		return &t, err
	}
	inspector, ok := providers.As[providers.Inspector](open)
	if !ok {
		return nil, &providers.Error{Op: "inspect", Object: e.table.String(), Class: providers.Unsupported, Err: errors.New("the system does not describe its tables")}
	}
	wanted := []schema.Ref{e.table}
	if e.def != nil {
		for _, j := range e.def.Joins {
			wanted = append(wanted, j.Table)
		}
	}
	found, err := inspector.Inspect(ctx, wanted)
	if err != nil {
		return nil, err
	}
	t, ok := found.Table(e.table)
	if !ok {
		return nil, nil
	}
	if e.def != nil {
		t = resolve.Widened(t, e.def.Joins, found)
	}
	return t, nil
}

// targetRows holds the digest of the target's rows against what the ledger expects, and finds the rows where they differ.
func (v *verifier) targetRows(ctx context.Context, address string, def *plan.Definition, blind bool, out *DriftMapping) error {
	if blind { // what the source's rows would be cannot be told, so that no row can be named
		v = &verifier{e: v.e, cfg: v.cfg, snap: v.snap, ends: v.ends, unlocated: true}
	}
	m, err := v.mapping(ctx, address)
	if err != nil || m.Equal {
		return err
	}
	c := DriftChange{System: def.Target, Object: def.TargetTable.String(), What: "rows", Text: capitalised(m.Text) + "."}
	c.Text = strings.Replace(c.Text, "..", ".", 1)
	if v.ignores(address, def) {
		c.Note, c.Text = true, c.Text+" The mapping says to ignore it."
	}
	out.Changes, out.Findings = append(out.Changes, c), m.Findings
	return nil
}

// ignores is what the configuration says now: a plan has nothing to do for it, so that the state may hold what it said before.
func (v *verifier) ignores(address string, def *plan.Definition) bool {
	if m := configured(v.cfg, address); m != nil {
		return m.Lifecycle.OnTargetDrift == "ignore"
	}
	return def.OnDrift == "ignore"
}

func capitalised(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// prior is what the ledger holds of a mapping.
func (v *verifier) prior(ctx context.Context, entry state.Mapping, def *plan.Definition) (measure.Prior, error) {
	out := measure.Prior{UID: entry.UID}
	open, err := v.end(ctx, def.Target)
	if err != nil {
		return out, err
	}
	history, ok := providers.As[providers.History](open)
	if !ok {
		return out, &providers.Error{Op: "read the ledger of", Object: def.TargetTable.String(), Class: providers.Unsupported, Err: errors.New("the target has none")}
	}
	list, err := history.Chunks(ctx, entry.ListRun, entry.UID)
	if err != nil {
		return out, err
	}
	records, err := history.Recorded(ctx, "", entry.UID)
	out.Records, out.Whole = newest(list, records)
	return out, err
}
