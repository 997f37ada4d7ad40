package lang

import (
	"fmt"
	"slices"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

func (l *loader) mappings() {
	for _, b := range l.blocks["mapping"] {
		local := "mapping." + b.Labels[0]
		l.forEach(local, b, func(suffix string) {
			if m := l.mapping(b, local, suffix); m != nil {
				l.cfg.Mappings = append(l.cfg.Mappings, m)
			}
		})
	}
}

// mapping reads one `mapping` block; nil where it does not say what goes where, or says so with words that are put off.
func (l *loader) mapping(b *hclsyntax.Block, local, suffix string) *Mapping {
	c := l.open(b, object(b), mappingForm)
	m := &Mapping{Name: b.Labels[0], Module: l.module(), Block: l.prefix + local, Address: l.prefix + local + suffix,
		Range: place(c.header), Lifecycle: lifecycleDefaults()}
	whole := true
	for _, name := range []string{"from", "to"} {
		if c.block(name) == nil {
			l.fail("missing-block", c.header, c.of, "Missing block", fmt.Sprintf("A mapping needs a block %s { }.", name))
			whole = false
		}
	}
	if from := c.block("from"); from != nil {
		whole = l.from(m, l.open(from, c.of, fromForm)) && whole
	}
	if to := c.block("to"); to != nil {
		whole = l.to(m, l.open(to, c.of, toForm)) && whole
	}
	m.Params = c.params()
	m.Tags = c.texts("tags")
	l.limits(m, c)
	l.filters(m, c)
	l.controls(m, c)
	l.depends(m, c)
	m.Governance = l.governance
	if inner := c.block("governance"); inner != nil {
		m.Governance = l.governs1(inner, c.of).within(l.governance)
	}
	l.fields(m, c, l.globs[local])
	l.refs(m, c, l.globs[local])
	for _, inner := range c.blocks["check"] {
		l.tableCheck(m, inner, c.of)
	}
	if inner := c.block("reconcile"); inner != nil {
		l.reconcile(m, l.open(inner, c.of, reconcileForm))
	}
	if inner := c.block("lifecycle"); inner != nil {
		l.lifecycle(m, l.open(inner, c.of, lifecycleForm))
	}
	if !whole {
		return nil
	}
	return m
}

// from reads the `from` block. It reports whether a mapping can go on with it.
func (l *loader) from(m *Mapping, c content) bool {
	f := &m.From
	f.Range, f.SourceRange, f.TableRange = place(c.header), place(c.at("source")), place(c.at("table"))
	f.Source = c.system("source")
	f.Where, f.Declared = c.cel("where"), c.facts(filterFacts())
	if len(f.Declared) > 0 && !c.has("where") && !c.has("tables") {
		c.exclude("exemption", `"exemption" says why "where" may leave rows out, and there is no condition here. Remove it, or write it into the filter block that it is about.`)
	}
	switch {
	case c.has("query"):
		return c.query(f)
	case c.has("table") && c.has("tables"):
		c.exclude("tables", `A from block has "table" for one table or "tables" for many. Remove one of the two.`)
		return false
	case c.has("tables"):
		f.TableRange = place(c.at("tables"))
		f.Tables, f.Except = c.globs("tables"), c.globs("except")
		c.objects(f)
		c.alone("A mapping of many tables")
		return f.Source != "" && f.Tables != nil
	}
	if c.has("except") {
		c.exclude("except", `"except" leaves tables out of "tables". Remove it from a mapping of one table.`)
	}
	if c.has("objects") {
		c.exclude("objects", `"objects" says what is copied beside many tables. Remove it from a mapping of one table, or write tables = ["SCHEMA.*"].`)
	}
	if c.has("key") {
		c.exclude("key", `"key" belongs to a query. The key of a table is known to its system, or declared in the table block of the source; that of the target stands in the block to.`)
	}
	f.Table = c.needText("table", `table = "NAME", or tables = ["*"] for many`)
	whole := c.joins(f)
	return f.Source != "" && f.Table != "" && whole
}

func (c content) exclude(name, detail string) {
	c.l.fail("conflicting-attributes", c.at(name), c.of, "Attributes that exclude each other", detail)
}

// globs is texts whose every element is a pattern.
func (c content) globs(name string) []string {
	all := c.needTexts(name)
	for _, g := range all {
		if !doublestar.ValidatePattern(g) {
			c.wrong(name, fmt.Sprintf("%q is no pattern: * stands for any letters, ? for one, [ab] for one of those.", g))
			return nil
		}
	}
	return all
}

// to reads the `to` block. It reports whether a mapping can go on with it.
func (l *loader) to(m *Mapping, c content) bool {
	t := &m.To
	t.Range, t.TargetRange, t.TableRange = place(c.header), place(c.at("target")), place(c.at("table"))
	t.KeyRange, t.ModeRange = place(c.at("key")), place(c.at("mode"))
	t.Target = c.system("target")
	t.Key = c.needTexts("key")
	t.Mode = c.word("mode", "", []string{"append", "upsert", "mirror", "replace", "history"}, map[string]string{
		"scd2": `Use mode = "history".`,
	})
	l.history(t, c)
	t.Names = c.word("names", "keep", []string{"keep", "snake_case"}, nil)
	if m.From.Tables != nil || l.globs["mapping."+m.Name] {
		t.Schema = c.text("schema")
		if c.has("table") {
			c.exclude("table", `A mapping of many tables names no target table: they keep their names. Remove "table".`)
		}
		return t.Target != "" && !c.has("table")
	}
	for _, name := range []string{"schema", "names"} {
		if c.has(name) {
			c.exclude(name, fmt.Sprintf("%q belongs to a mapping of many tables. Write the whole name into \"table\" instead.", name))
		}
	}
	t.Table = c.needText("table", `table = "NAME"`)
	return t.Target != "" && t.Table != ""
}

// tableCheck reads a `check` block.
func (l *loader) tableCheck(m *Mapping, b *hclsyntax.Block, of string) {
	if !l.labels(b, "name") {
		return
	}
	c := l.open(b, of, checkForm)
	k := &Check{Name: b.Labels[0], Range: place(c.header)}
	if slices.ContainsFunc(m.Checks, func(o *Check) bool { return o.Name == k.Name }) {
		l.fail("duplicate-name", c.header, of, "Name used twice",
			fmt.Sprintf("This mapping has a check %q already. Give one of the two another name.", k.Name))
		return
	}
	k.Severity = c.word("severity", "block", []string{"info", "warn", "block"}, nil)
	k.Message = c.message()
	if !c.need("expect", `expect = "agg.count() > 0"`) {
		return
	}
	if e := c.cel("expect"); e != nil {
		k.Expect = *e
		m.Checks = append(m.Checks, k)
	}
}

// message is the text of a check, static in this version.
func (c content) message() string {
	if !c.has("message") {
		return ""
	}
	e := c.attrs["message"].Expr
	if slices.ContainsFunc(e.Variables(), func(t hcl.Traversal) bool { return t.RootName() == "mapping" }) {
		c.l.later(e.Range(), c.of, "A message that tells what a mapping did", "Write the message without it.")
		return ""
	}
	return c.text("message")
}

// reconcile reads columns = "*" or a list of names.
func (l *loader) reconcile(m *Mapping, c content) {
	m.Reconcile.Range = place(c.header)
	v, ok := c.value("columns")
	if !ok || v.Type() == cty.String && v.AsString() == "*" {
		return
	}
	if v.Type() == cty.String {
		c.wrong("columns", `"columns" takes "*" for all, or a list of names.`)
		return
	}
	m.Reconcile.Columns = c.needTexts("columns")
}

func lifecycleDefaults() Lifecycle {
	return Lifecycle{MaxRowDrift: Share{PerMil: 50_000, Percent: true}, OnTargetDrift: "report"}
}

func (l *loader) lifecycle(m *Mapping, c content) {
	d := m.Lifecycle
	m.Lifecycle = Lifecycle{
		MaxRejects:    c.share("max_rejects", d.MaxRejects),
		MaxRowDrift:   c.share("max_row_drift", d.MaxRowDrift),
		OnTargetDrift: c.word("on_target_drift", d.OnTargetDrift, []string{"report", "repair", "ignore"}, nil),
		TreatAs:       l.treatAs(c),
		Range:         place(c.header),
	}
	if c.word("strategy", "in_place", []string{"in_place", "shadow_swap"}, nil) == "shadow_swap" {
		m.Lifecycle.Strategy = "shadow_swap"
	}
	m.Lifecycle.Window = c.rollbackWindow()
}

// longestWindow is a year.
const longestWindow = 8784 * time.Hour

// rollbackWindow is a time such as 72h, in whole minutes.
func (c content) rollbackWindow() string {
	if !c.has("rollback_window") {
		return ""
	}
	v, ok := c.value("rollback_window")
	if !ok {
		return ""
	}
	if v.Type() == cty.String {
		if d, err := time.ParseDuration(v.AsString()); err == nil && d >= time.Minute && d <= longestWindow && d%time.Minute == 0 {
			return v.AsString()
		}
	}
	c.wrong("rollback_window", `"rollback_window" is for how long the old table is kept, in hours or minutes, such as "72h": at least "1m", at most "8784h".`)
	return ""
}
