package resolve

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// key settles the key of the target: the one that is written, or the source's primary key where its columns pass
// unchanged. Key columns hold no null.
func (f *fielder) key() {
	d, m := f.def(), f.in.config
	d.SourceKey = f.sourceKey()
	d.Key = slices.Clone(m.To.Key)
	for _, name := range d.Key {
		_, computed := f.computed[name]
		if fieldOf(d, name) == nil && (computed || !f.tried[name]) { // a field that has an error of its own is not unknown
			f.r.fail(m, m.To.KeyRange, "unknown-key", "Unknown key column", "The key names %q, and the mapping has no such field.%s",
				name, diag.Suggest(name, fieldNames(d)))
		}
	}
	if d.Key == nil {
		d.Key = f.through(d.SourceKey)
	}
	d.KeyIsSource = len(d.Key) > 0 && f.keyIsSource()
	for i := range d.Fields {
		if slices.Contains(d.Key, d.Fields[i].Name) {
			d.Fields[i].Column.Null = false
		}
	}
	f.unfilled()
}

// staying notes what an upsert by another key than the source's cannot do.
func (f *fielder) staying() {
	d := f.def()
	if d.Upserts() && d.Narrowed() && !d.KeyIsSource && d.History == nil {
		f.out.Notes = append(f.out.Notes, "The key is not the source's own, so a row that is left out later stays in the target.")
	}
}

// sourceKey is what the source keeps unique: declared in the configuration, or its primary key.
func (f *fielder) sourceKey() []string {
	if f.in.config.From.Query != "" {
		return f.in.config.From.Key
	}
	if f.facts != nil && len(f.facts.Key) > 0 {
		for _, name := range f.facts.Key {
			if _, ok := f.in.source.Column(name); !ok {
				f.r.diags.Add(diag.Diagnostic{Code: "unknown-column", Summary: "Unknown column", Subject: &f.facts.Range,
					Detail: fmt.Sprintf("Table %s has no column %q, which its block names as key.%s", f.in.source.Ref, name, diag.Suggest(name, f.in.source.Names()))})
				return []string{}
			}
		}
		return f.facts.Key
	}
	if f.in.source.Primary != nil {
		return f.in.source.Primary.Columns
	}
	return []string{}
}

// through gives the fields that carry these source columns as they are, empty where one does not pass.
func (f *fielder) through(columns []string) []string {
	out := []string{}
	for _, c := range columns {
		i := slices.IndexFunc(f.def().Fields, func(p plan.Field) bool { return p.Plain == c })
		if i < 0 {
			return []string{}
		}
		out = append(out, f.def().Fields[i].Name)
	}
	return out
}

// keyIsSource: the source itself keeps the key unique, and no two values become one on the way, as texts of one UUID
// would.
func (f *fielder) keyIsSource() bool {
	var columns []string
	for _, name := range f.def().Key {
		p := fieldOf(f.def(), name)
		if p == nil || p.Plain == "" || p.Fidelity.Verdict == plan.Lossy || merges(p.Value, p.Column.Type) {
			return false
		}
		if at, _ := f.in.source.Column(p.Plain); f.folds(name) != "" && f.folds(name) != at.Folds {
			return false
		}
		columns = append(columns, p.Plain)
	}
	return f.in.source.IsUnique(columns)
}

func fieldOf(d *plan.Definition, name string) *plan.Field {
	for i := range d.Fields {
		if d.Fields[i].Name == name {
			return &d.Fields[i]
		}
	}
	return nil
}

func fieldNames(d *plan.Definition) []string {
	out := make([]string, len(d.Fields))
	for i, p := range d.Fields {
		out[i] = p.Name
	}
	return out
}

// unfilled: a column of a standing table that must have a value and gets none.
func (f *fielder) unfilled() {
	if f.out.kept() == nil {
		return
	}
	for _, c := range f.out.Standing.Columns {
		if c.Null || c.Default != "" || c.Generated || c.Identity || f.tried[c.Name] || f.out.Ours {
			continue // a column that a field of ours has filled is let go by the plan
		}
		f.r.fail(f.in.config, f.in.config.To.TableRange, "column-not-filled", "A column gets no value",
			"Column %q of table %s may not be null and has no default, and no field fills it. Add a field %q.", c.Name, f.in.table, c.Name)
	}
}

// read settles the columns to be read, and which stay behind.
func (f *fielder) read() {
	d := f.def()
	d.Read, f.out.NotMapped, f.out.Unsupported = []schema.Column{}, []string{}, []schema.Object{}
	for _, name := range d.SourceKey {
		f.used[name] = true
	}
	for _, c := range f.in.source.Columns {
		switch {
		case f.used[c.Name] && c.Type.Kind != schema.Unknown:
			d.Read = append(d.Read, c)
		case f.used[c.Name]:
		default:
			f.out.NotMapped = append(f.out.NotMapped, c.Name)
		}
	}
	for _, j := range f.in.joints {
		for _, c := range j.columns() {
			if f.used[c.Name] && c.Type.Kind != schema.Unknown {
				d.Read = append(d.Read, c)
			}
		}
	}
	for _, c := range d.Read {
		if len(f.declared(c.Name)) > 0 {
			d.Shy = append(d.Shy, c.Name)
		}
	}
	f.out.NotMapped = slices.DeleteFunc(f.out.NotMapped, func(name string) bool { _, ok := f.computed[name]; return ok })
	f.out.Unsupported = append(f.out.Unsupported, f.lost()...)
}

func (f *fielder) mode() {
	d, m := f.def(), f.in.config
	d.Mode = m.To.Mode
	modes := f.in.to.Modes
	if d.Mode == "" {
		d.Mode = "append"
		if len(d.Key) > 0 && (modes == nil || slices.Contains(modes, "upsert")) {
			d.Mode = "upsert"
		}
	}
	if modes != nil && !slices.Contains(modes, d.Mode) {
		f.r.fail(m, m.To.ModeRange, "mode-not-possible", "The target cannot do this mode", "A %s target can do %s, and the mapping says %s.",
			f.in.to.Config.Kind, strings.Join(modes, " and "), d.Mode)
	}
	if d.Upserts() && len(d.Key) == 0 {
		f.r.fail(m, m.To.ModeRange, "upsert-needs-key", "Mode "+d.Mode+" needs a key",
			"Table %s has no primary key whose columns pass unchanged. Name the target's key with key = [\"...\"], or use mode append or replace.", f.in.source.Ref)
	}
}

func (f *fielder) cursor() {
	if f.facts == nil || f.facts.Cursor == nil {
		return
	}
	c, m := f.facts.Cursor, f.in.config
	column, ok := f.in.source.Column(c.Column)
	fail := func(code, summary, detail string, args ...any) {
		f.r.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Subject: &c.Range, Detail: fmt.Sprintf(detail, args...), Object: fmt.Sprintf("mapping %q", m.Name)})
	}
	if f.def().Mode == "replace" {
		return // replace compares all of the source
	}
	if c.Kind == "xmin" && !f.in.source.Tracks {
		fail("cursor-kind", "The source cannot tell what came", "A cursor of kind xmin goes by the transactions that wrote the rows of a table of PostgreSQL, in a table that the role may read as a whole. %s is none: use a cursor of another kind.", f.in.source.Ref)
		return
	}
	if c.Kind == "xmin" && c.Column == "" {
		f.def().Cursor = &plan.Cursor{Kind: c.Kind}
		f.unjoined("")
		return
	}
	switch {
	case !ok:
		fail("unknown-column", "Unknown column", "Table %s has no column %q for its cursor.%s", f.in.source.Ref, c.Column, diag.Suggest(c.Column, f.in.source.Names()))
		return
	case column.Null:
		fail("cursor-null", "A cursor may not be null", "Column %q of table %s may hold null, and a row whose cursor is null would never be seen again. Use a column that is not null.", c.Column, f.in.source.Ref)
		return
	case c.Kind == "sequence" && !column.Type.IsInteger():
		fail("cursor-type", "Cursor of the wrong type", "A cursor of kind sequence is an integer, and column %q is %s.", c.Column, column.Type)
		return
	case c.Kind == "timestamp" && column.Type.Kind != schema.Timestamp && column.Type.Kind != schema.TimestampTZ && column.Type.Kind != schema.Date:
		fail("cursor-type", "Cursor of the wrong type", "A cursor of kind timestamp is a date or a timestamp, and column %q is %s.", c.Column, column.Type)
		return
	}
	for _, fact := range f.facts.Columns {
		if fact.Name == c.Column && fact.Classified() {
			fail("cursor-classified", "A classified column may not be a cursor", "The bounds of a cursor stand in plan and state in clear, and column %q is classified as %s.", c.Column, strings.Join(fact.Classify, ", "))
			return
		}
	}
	if c.Overlap != "" && f.def().Mode == "append" {
		fail("cursor-overlap", "An overlap needs a key", "Rows in the overlap are read twice, and mode append would keep both. Use mode upsert, or leave the overlap out.")
		return
	}
	f.def().Cursor = &plan.Cursor{Column: c.Column, Kind: c.Kind, Overlap: c.Overlap}
	if f.in.source.Tracks {
		f.def().Cursor.Overlap = "" // nothing is left out
	}
	if !slices.ContainsFunc(f.def().Read, func(o schema.Column) bool { return o.Name == c.Column }) {
		f.def().Read = append(f.def().Read, column)
		f.out.NotMapped = slices.DeleteFunc(f.out.NotMapped, func(n string) bool { return n == c.Column })
	}
	if !f.in.source.Tracks {
		f.out.Notes = append(f.out.Notes, coarse(c))
	}
	f.unjoined(c.Column)
}

// coarse says what a cursor leaves out where the source cannot tell what came.
func coarse(c *lang.Cursor) string {
	switch {
	case c.Overlap != "":
		return fmt.Sprintf("Later rows are told by the cursor %s; rows are read again from %s below its last position on. One that gets a value below that after it was read is not taken.", c.Column, c.Overlap)
	case c.Kind == "timestamp" && c.SetBy != "database":
		return fmt.Sprintf("Later rows are told by the cursor %s, with no overlap; a row that gets a value at or below the last bound after it was read is counted, not taken. Where clocks of several writers set it, give it an overlap.", c.Column)
	}
	return fmt.Sprintf("Later rows are told by the cursor %s; a row that gets a value at or below the last bound after it was read is counted, not taken.", c.Column)
}

func (f *fielder) unjoined(column string) {
	if len(f.in.joints) > 0 {
		f.out.Notes = append(f.out.Notes, strings.Replace(fmt.Sprintf("The cursor %s does not see changes of joined tables: a row that was read keeps what it found there.", column), "  ", " ", 1))
	}
}

func (f *fielder) reconcile() {
	for _, name := range f.def().Reconcile {
		if fieldOf(f.def(), name) == nil {
			f.r.fail(f.in.config, f.in.config.Reconcile.Range, "unknown-field", "Unknown field", "reconcile names %q, and the mapping has no such field.%s",
				name, diag.Suggest(name, fieldNames(f.def())))
		}
	}
}

// table is the target's table as the mapping would create it: columns, primary key, and the source's other keys whose
// columns pass unchanged.
func (f *fielder) table() {
	d := f.def()
	t := schema.Table{Ref: d.TargetTable, Columns: d.Columns(), Comment: f.in.source.Comment}
	if len(d.Key) > 0 {
		t.Primary = &schema.Key{Columns: d.Key}
	}
	f.primary(&t)
	for _, k := range f.in.source.Keys {
		columns := f.landing(k.Columns)
		if len(columns) == 0 {
			if f.out.kept() == nil {
				f.out.Unsupported = append(f.out.Unsupported, schema.Object{Kind: "index", Name: k.Name, Why: "a column of it does not pass unchanged"})
			}
			continue
		}
		if t.Primary != nil && slices.Equal(columns, t.Primary.Columns) && !f.apart(&t) {
			continue
		}
		t.Keys = append(t.Keys, f.key1(k, columns))
	}
	f.guarded(&t)
	f.natives(&t)
	f.out.Table = t
}

// foreign carries foreign keys over whose both ends are moved by mappings into one target, and lists the others.
func (r *resolver) foreign(all []*Mapping) {
	for _, m := range all {
		for _, fk := range m.Source.Foreign {
			if made, why := carry(m, fk, all); why == "" {
				m.Table.Foreign = append(m.Table.Foreign, m.alike(fk, made))
			} else if m.kept() == nil {
				m.Unsupported = append(m.Unsupported, schema.Object{Kind: "foreign key", Name: strings.Join(fk.Columns, ", ") + " to " + fk.Parent.String(), Why: why})
			}
		}
	}
}

func carry(m *Mapping, fk schema.ForeignKey, all []*Mapping) (schema.ForeignKey, string) {
	out := schema.ForeignKey{OnDelete: fk.OnDelete, OnUpdate: fk.OnUpdate}
	if m.Definition.History != nil {
		return out, "a closed version may outlive what it points to"
	}
	if out.Columns = carried(m, fk.Columns); out.Columns == nil {
		return out, "a column of it does not pass unchanged"
	}
	for _, p := range all {
		if p.Definition.Source != m.Definition.Source || p.Source.Ref != fk.Parent || p.Definition.Target != m.Definition.Target {
			continue
		}
		if p.Definition.History != nil {
			return out, "a table of versions holds several rows of a key"
		}
		key := fk.Key
		if len(key) == 0 && p.Source.Primary != nil {
			key = p.Source.Primary.Columns
		}
		if out.Key = carried(p, key); out.Key == nil {
			continue
		}
		parent := &p.Table
		if p.kept() != nil {
			parent = p.kept()
		}
		if !parent.IsUnique(out.Key) && !m.pointsAt(parent, out.Key) {
			return out, "what it points to is not unique in the target"
		}
		if p.Definition.Narrowed() {
			return out, "the mapping of what it points to leaves rows out"
		}
		out.Parent = p.Definition.TargetTable
		return out, ""
	}
	return out, "no mapping moves what it points to into the same target"
}

func carried(m *Mapping, columns []string) []string {
	var out []string
	for _, c := range columns {
		name, ok := m.landed(c)
		if !ok {
			return nil
		}
		out = append(out, name)
	}
	return out
}

func relative(dir, file string) string {
	if r, err := filepath.Rel(dir, file); err == nil {
		return filepath.ToSlash(r)
	}
	return filepath.ToSlash(file)
}
