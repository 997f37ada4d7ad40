package view

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// compact reports whether a mapping is one of many tables whose columns all pass as they are: two lines say it all.
func compact(m *plan.Mapping) bool {
	if !strings.Contains(m.Address, "[") || m.Definition.Narrowed() || classified(m) {
		return false
	}
	plain := !slices.ContainsFunc(m.Definition.Fields, func(f plan.Field) bool {
		return f.Plain == "" || f.Fidelity.Verdict != plan.Exact || f.Expect != ""
	})
	return plain && !slices.ContainsFunc(m.Actions, func(a plan.Action) bool { return len(a.Changed) > 0 })
}

func (p *planText) compactAction(m *plan.Mapping, a *plan.Action) {
	d := m.Definition
	if a.Kind == plan.Keep || a.Kind == plan.Govern || a.Kind == plan.Move || a.Kind == plan.MapKeys {
		p.action(m, a)
		return
	}
	how := "as they are"
	if slices.ContainsFunc(d.Fields, func(f plan.Field) bool { return f.Plain != f.Column.Name }) {
		how = "renamed, values as they are"
	}
	key := "no key"
	if len(d.Key) > 0 {
		key = "key (" + strings.Join(d.Key, ", ") + ")"
	}
	p.line("  %s %s from %s: %s %s, %s", p.sign(a.Kind), d.TargetTable, d.SourceTable, amount(int64(len(d.Fields)), "column"), how, key)
	p.rows(m, a)
}

func (p *planText) action(m *plan.Mapping, a *plan.Action) {
	switch a.Kind {
	case plan.Keep:
		return
	case plan.Forget:
		p.line("  %s its rows stay in the target; only the record of them goes", p.sign(a.Kind))
		return
	case plan.Discard:
		if a.Category == "metadata" {
			return
		}
		p.line("  %s the table that was kept is dropped; it cannot be brought back then", p.sign(a.Kind))
		return
	case plan.Rollback:
		p.line("  %s table %s  %s that stood there before; removes %s", p.sign(a.Kind), m.Definition.TargetTable, shieldedRows(a.Rows, classified(m)), p.less(shielded(a.Removes, classified(m))))
		return
	case plan.Move:
		return
	case plan.Alter:
		p.changes(m, a)
		what := "columns of table"
		if a.For("A002") {
			what = "the fields, and no column, of table"
		}
		p.line("  %s %s %s", p.sign(a.Kind), what, m.Definition.TargetTable)
		return
	case plan.Adopt:
		p.line("  %s rows  %s", p.sign(a.Kind), a.Reasons[0].Text)
		return
	case plan.Prune, plan.Delete:
		p.changes(m, a)
		number := shielded(a.Removes, classified(m))
		if !a.Exact {
			number = "about " + number
		}
		p.line("  %s rows  %s", p.sign(a.Kind), p.less(number+" removed: "+a.Reasons[0].Text))
		return
	case plan.MapKeys:
		p.line("  %s its keys are read at the source and kept for the mappings that refer to them; no row is written", p.sign(a.Kind))
		return
	case plan.Create, plan.Reload:
		p.changes(m, a)
		p.table(m, a)
	default:
		p.changes(m, a)
		if a.Kind != plan.Govern {
			p.line("  %s %s", p.sign(a.Kind), increased(m, a))
		}
	}
	if a.Kind != plan.Govern {
		p.rows(m, a)
	}
	p.unchanged(m, a)
}

// increment says which rows an append or upsert takes.
func increment(m *plan.Mapping, a *plan.Action) string {
	number := shielded(a.Rows, classified(m))
	if !a.Exact {
		number = "about " + number
	}
	c, taking := m.Definition.Cursor, a.Kind == plan.Append || a.Kind == plan.Upsert
	switch {
	case taking && c != nil && c.Seen != "" && c.Column == "":
		return number + " that came or changed since the last run"
	case taking && c != nil && c.Seen != "":
		return fmt.Sprintf("%s with %s above %s up to %s, or new or changed at or below", number, c.Column, c.After, c.UpTo)
	case taking && c != nil && c.From != "":
		return fmt.Sprintf("%s with %s above %s up to %s, read again from %s on", number, c.Column, c.After, c.UpTo, c.From)
	case taking && c != nil && c.After != "":
		return fmt.Sprintf("%s with %s above %s up to %s", number, c.Column, c.After, c.UpTo)
	case a.Kind == plan.Remap:
		return number + " differ"
	case a.Kind == plan.Upsert && a.For("D007", "D107"):
		return number + " lacking or different"
	case a.Kind == plan.Backfill:
		return number + " lacking"
	case a.Kind == plan.Repair:
		return number + " to be put back"
	case a.Kind == plan.Upsert:
		return number + " in the parts that read differently"
	}
	return number + " new"
}

// rows says how much an action writes and by which lane.
func (p *planText) rows(m *plan.Mapping, a *plan.Action) {
	var b strings.Builder
	b.WriteString("    writes ")
	if !a.Exact {
		b.WriteString("about ")
	}
	b.WriteString(shieldedRows(a.Rows, classified(m)))
	if a.Bytes > 0 {
		b.WriteString(", " + Size(a.Bytes))
	}
	if a.Lane != "" {
		b.WriteString("; lane " + a.Lane)
	}
	if a.Left > 0 {
		b.WriteString("; leaves " + p.care(shielded(a.Left, classified(m))) + " that somebody else changed")
	}
	if a.Removes > 0 {
		b.WriteString("; " + p.less("removes "+shielded(a.Removes, classified(m))))
	}
	p.line("%s", b.String())
}

// changes are the parts of the definition that differ, before and after.
func (p *planText) changes(m *plan.Mapping, a *plan.Action) {
	for _, c := range a.Changed {
		p.spread(fmt.Sprintf("  %s %s%s", p.care("~"), c.What, classesOf(m, c.What)), p.faint(where(c.At)))
		if c.Before == c.After {
			p.line("      the text is the same; a param, lookup or column that it uses is another")
			continue
		}
		p.block("      "+p.less("-")+" ", c.Before)
		p.block("      "+p.good("+")+" ", c.After)
	}
}

func classesOf(m *plan.Mapping, what string) string {
	name, ok := strings.CutPrefix(what, "field ")
	if !ok || m.Definition == nil {
		return ""
	}
	for _, f := range m.Definition.Fields {
		if f.Name == name && len(f.Classes) > 0 {
			return "  [" + strings.Join(f.Classes, ", ") + "]"
		}
	}
	return ""
}

// block writes text that may have several lines behind a mark, the later ones below the first. Nothing of it is cut:
// what is left out of a plan cannot be reviewed.
func (p *planText) block(mark, text string) {
	if text == "" {
		text = "(nothing)"
	}
	for i, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if i > 0 {
			mark = strings.Repeat(" ", lipgloss.Width(mark))
		}
		p.line("%s%s", mark, l)
	}
}

// table is the target table with its fields.
func (p *planText) table(m *plan.Mapping, a *plan.Action) {
	d := m.Definition
	key := ""
	if len(d.Key) > 0 {
		key = "  key (" + strings.Join(d.Key, ", ") + ")"
	}
	p.line("  %s table %s%s", p.sign(a.Kind), d.TargetTable, key)
	if d.Where != "" {
		p.block("    rows where ", d.Where)
	}
	p.filters(d)
	names, types := 0, 0
	for _, f := range d.Fields {
		names, types = max(names, min(lipgloss.Width(f.Column.Name), 28)), max(types, min(lipgloss.Width(typeOf(f)), 28))
	}
	for _, f := range d.Fields {
		p.field(f, names, types)
	}
	for _, c := range d.Checks {
		p.block(fmt.Sprintf("    check %s (%s): ", c.Name, c.Severity), c.Expect)
	}
	p.controls(d)
}

// typeOf is a column's type as the target writes it, else the canonical one.
func typeOf(f plan.Field) string {
	t := f.Column.Type.String()
	if f.Column.Declared != "" {
		t = f.Column.Declared
	}
	if !f.Column.Null {
		t += " not null"
	}
	return t
}

func (p *planText) field(f plan.Field, names, types int) {
	from, rest, several := strings.Cut(strings.TrimSpace(f.CEL), "\n")
	if f.Plain != "" {
		from, several = f.Plain, false
	}
	if several {
		from, rest = "", f.CEL
	}
	text := fmt.Sprintf("      %s %s  %s  = %s", p.good("+"), pad(f.Column.Name, names), pad(typeOf(f), types), from)
	if len(f.Classes) > 0 {
		text += "  " + p.care("["+strings.Join(f.Classes, ", ")+"]")
	}
	if several {
		text = strings.TrimRight(text, " ")
	}
	p.line("%s", text)
	if several {
		for l := range strings.SplitSeq(strings.Trim(rest, "\n"), "\n") {
			p.line("            %s", l)
		}
	}
	p.verdict(f)
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-lipgloss.Width(text)))
}

// verdict says what may happen to a field's values, where that is not simply nothing.
func (p *planText) verdict(f plan.Field) {
	switch f.Fidelity.Verdict {
	case plan.Checked:
		p.line("          %s %s", p.note("checked:"), f.Fidelity.Why)
	case plan.Lossy:
		p.line("          %s %s", p.care("lossy (allow_lossy = \""+f.Fidelity.Allow+"\"):"), f.Fidelity.Why)
	}
	if f.Expect != "" {
		p.block("          expects ", f.Expect)
	}
	switch f.OnRowError {
	case "quarantine":
		p.line("          a row that fails here is quarantined")
	case "null":
		p.line("          a value that fails here becomes null")
	}
}

// unchanged counts the fields that are not shown.
func (p *planText) unchanged(m *plan.Mapping, a *plan.Action) {
	if a.Kind == plan.Create || a.Kind == plan.Reload || len(a.Changed) == 0 {
		return
	}
	hidden := 0
	for _, f := range m.Definition.Fields {
		if !slices.ContainsFunc(a.Changed, func(c plan.Change) bool { return c.What == "field "+f.Name }) {
			hidden++
		}
	}
	if hidden > 0 {
		p.line("    %s", p.faint("("+amount(int64(hidden), "unchanged field")+" hidden)"))
	}
}
