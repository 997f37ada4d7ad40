package view

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// planText gathers the text of one plan.
type planText struct {
	Style
	plan   *plan.Plan
	detail Detail
	b      strings.Builder
}

func (p *planText) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	p.b.WriteString(strings.TrimRight(text, " "))
	p.b.WriteByte('\n')
}

// spread writes left at the margin and right at the end of the line.
func (p *planText) spread(left, right string) {
	gap := p.columns() - lipgloss.Width(left) - lipgloss.Width(right)
	p.line("%s%s%s", left, strings.Repeat(" ", max(2, gap)), right)
}

func (p *planText) mappings() {
	kept := int64(0)
	for i := range p.plan.Mappings {
		m := &p.plan.Mappings[i]
		if idle(m) && p.detail != Full {
			kept++
			if notable(m) {
				p.idleNotes(m)
			}
			continue
		}
		p.mapping(m)
	}
	if kept > 0 && kept < int64(len(p.plan.Mappings)) {
		p.line("  %s\n", p.faint("("+amount(kept, "mapping")+" without changes hidden)"))
	}
}

// idle reports whether nothing will be done for a mapping.
func idle(m *plan.Mapping) bool {
	return !slices.ContainsFunc(m.Actions, func(a plan.Action) bool { return a.Kind != plan.Keep })
}

// notable reports whether a mapping without work still has something to tell: rows that are gone, a note.
func notable(m *plan.Mapping) bool {
	return len(m.Notes) > 0 || slices.ContainsFunc(m.Actions, func(a plan.Action) bool { return a.Gone > 0 || len(a.Reasons) > 0 })
}

func (p *planText) idleNotes(m *plan.Mapping) {
	p.line("  %s", p.title("# "+m.Address+" has nothing to do"))
	p.actionNotes(m)
	p.line("")
}

var verbs = map[plan.Kind]string{
	plan.Create: "created", plan.Append: "appended to", plan.Upsert: "upserted", plan.Reload: "reloaded",
	plan.Backfill: "filled up", plan.Remap: "re-mapped", plan.Alter: "altered", plan.Prune: "pruned", plan.Repair: "repaired", plan.Adopt: "adopted", plan.Delete: "emptied",
	plan.Govern: "governed anew", plan.MapKeys: "mapped by its keys", plan.Move: "moved", plan.Forget: "forgotten", plan.Keep: "kept as it is",
	plan.Discard: "rid of its old table", plan.Rollback: "rolled back",
}

// signs stand before a line in the colour of what they mean; a kind without one changes nothing.
var signs = map[plan.Kind]struct {
	text  string
	paint func(Style, string) string
}{
	plan.Create: {"+", Style.good}, plan.Append: {">", Style.good}, plan.Upsert: {">", Style.good}, plan.Backfill: {"»", Style.good},
	plan.Remap: {"~", Style.care}, plan.Alter: {"^", Style.care}, plan.Repair: {"!", Style.care}, plan.Reload: {"-/+", Style.care}, plan.Rollback: {"<-", Style.care},
	plan.Prune: {"<", Style.less}, plan.Delete: {"-", Style.less}, plan.Forget: {"x", Style.less}, plan.Discard: {"x", Style.less},
	plan.Adopt: {"=", Style.note}, plan.Govern: {"§", Style.note}, plan.MapKeys: {"§", Style.note}, plan.Move: {"→", Style.note},
}

func (p *planText) sign(k plan.Kind) string {
	if s, ok := signs[k]; ok {
		return s.paint(p.Style, s.text)
	}
	return " "
}

func (p *planText) mapping(m *plan.Mapping) {
	p.spread("  "+p.title("# "+m.Address+" will be "+deeds(m)), p.category(m))
	if m.MovedFrom != "" {
		p.line("    moved from %s; no row moves", m.MovedFrom)
	}
	short := m.Definition != nil && p.detail != Full && compact(m)
	if m.Definition != nil && !short {
		d := m.Definition
		p.spread(fmt.Sprintf("    %s %s → %s %s", d.Source, d.SourceTable, d.Target, d.TargetTable), p.faint(where(m.At)))
	}
	for i := range m.Actions {
		if short {
			p.compactAction(m, &m.Actions[i])
		} else {
			p.action(m, &m.Actions[i])
		}
	}
	p.limits(m)
	p.actionNotes(m)
	p.leftOut(m)
	p.line("")
}

func deeds(m *plan.Mapping) string {
	var said []string
	for _, a := range m.Actions {
		if v, ok := verbs[a.Kind]; ok && !slices.Contains(said, v) {
			said = append(said, v)
		}
	}
	if len(said) == 0 {
		return verbs[plan.Keep]
	}
	if n := len(said); n > 1 {
		return strings.Join(said[:n-1], ", ") + " and " + said[n-1]
	}
	return said[0]
}

// category is the gravest of a mapping's actions, with what they lose or expose.
func (p *planText) category(m *plan.Mapping) string {
	out := m.Category()
	if out == plan.Breaking {
		out = p.bad(out)
	}
	lost, exposed := false, false
	for _, a := range m.Actions {
		lost, exposed = lost || a.Irreversible, exposed || a.Exposure
	}
	if lost {
		out += ", " + p.bad("irreversible")
	}
	if exposed {
		out += ", " + p.bad("exposure")
	}
	return out
}

func where(at plan.Place) string {
	if at.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}

func (p *planText) actionNotes(m *plan.Mapping) {
	for _, a := range m.Actions {
		if a.Gone > 0 {
			p.line("    %s: %s", p.care("gone at the source"), goneText(a.Gone, classified(m)))
		}
		for _, r := range a.Reasons {
			if r.Code == "C001" && p.detail != Full {
				continue // that a new table is new, its first line says
			}
			p.line("    %s %s", p.note(r.Code), r.Text)
		}
		for _, t := range a.Treated {
			p.line("    %s %s is %s, and treated as %s: %s", p.care("treated:"), t.Code, t.From, t.Category, t.Reason)
		}
	}
	for _, n := range m.Notes {
		p.line("    %s %s", p.note("note:"), n)
	}
}

func goneText(n int64, classified bool) string {
	if n == 1 && !classified {
		return "1 row of the target has no row at the source any more; it stays"
	}
	return shielded(n, classified) + " rows of the target have no row at the source any more; they stay"
}

func (p *planText) leftOut(m *plan.Mapping) {
	if len(m.NotMapped) > 0 {
		p.wrapped("    not mapped: ", m.NotMapped)
	}
	for _, o := range m.Unsupported {
		why := ""
		if o.Why != "" {
			why = ": " + o.Why
		}
		p.line("    %s %s %s%s", p.care("unsupported:"), o.Kind, o.Name, why)
	}
}

// wrapped writes a list of names over as many lines as it needs, the later ones below the first name.
func (p *planText) wrapped(head string, names []string) {
	line, used := head, lipgloss.Width(head)
	indent := strings.Repeat(" ", used)
	for i, n := range names {
		if i < len(names)-1 {
			n += ","
		}
		if i > 0 && used+1+lipgloss.Width(n) > p.columns() {
			p.line("%s", line)
			line, used = indent, len(indent)
		} else if i > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+n, used+lipgloss.Width(n)
	}
	p.line("%s", line)
}

// classified reports whether any field of a mapping holds a declared class of data.
func classified(m *plan.Mapping) bool {
	d := m.Definition
	if d == nil {
		d = m.Before
	}
	return d != nil && d.OfPeople()
}
