package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/review"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/policy"
)

// placed says of every verdict where its subject stands in the configuration, and of secrets in clear where the first of
// them does.
func placed(cfg *lang.Config, p *plan.Plan, in policy.Input, all policy.Verdicts) policy.Verdicts {
	where := places{cfg, p}
	out := all.Place(func(s policy.Subject) (string, int) {
		at := where.of(s)
		return at.File, at.Line
	})
	for i, v := range out {
		if clear := in.Secrets.InlinePlaces; v.Control == "CORE-04" && v.Result == policy.Fail && len(clear) > 0 {
			var ids []string
			for _, c := range clear {
				ids = append(ids, c.ID)
			}
			out[i].Subject.File, out[i].Subject.Line = clear[0].File, clear[0].Line
			out[i].Message += " In clear: " + strings.Join(ids, ", ") + "."
		}
		if v.Result == policy.Fail || v.Result == policy.Undecidable {
			out[i].Message += scored(v, in) + outOfTime(v, cfg, in.EvaluatedAt)
		}
	}
	return out
}

// scored says what the score of risk is and comes of, where nobody's authority reaches it.
func scored(v policy.Verdict, in policy.Input) string {
	if v.Control != "CORE-06" {
		return ""
	}
	var parts []string
	for _, f := range in.Risk.Factors {
		parts = append(parts, fmt.Sprintf("%s %d", f.ID, f.Points))
	}
	if len(parts) == 0 {
		return fmt.Sprintf(" The score is %d.", in.Risk.Score)
	}
	return fmt.Sprintf(" The score is %d: %s.", in.Risk.Score, strings.Join(parts, ", "))
}

// outOfTime says when an exemption ended, or when it begins that has not.
func outOfTime(v policy.Verdict, cfg *lang.Config, now time.Time) string {
	for _, x := range cfg.Exemptions {
		if v.Control != "CORE-03" || v.Subject.ID != "waiver "+x.Title() {
			continue
		}
		if x.Ends().Before(now) {
			return " It ended with " + x.Expires + "."
		}
		for _, a := range x.ApprovedBy {
			if from, err := time.Parse(time.DateOnly, a.At); err == nil && from.After(now) {
				return " It is approved from " + a.At + " on, which is to come."
			}
		}
	}
	return ""
}

type places struct {
	cfg *lang.Config
	p   *plan.Plan
}

// of finds a subject: a system, a table, a mapping or what is in one, an exemption, a policy. What is about the plan as a
// whole stands at its governance, or else at the settings.
func (w places) of(s policy.Subject) plan.Place {
	from, to, isTransfer := strings.Cut(s.ID, " -> ") // it stands where it is declared, or else where its source does
	if g := w.cfg.Governance; isTransfer && g != nil {
		for _, t := range g.Transfers {
			if t.Covers(from, to) {
				return at(t.Range)
			}
		}
	}
	for _, system := range w.cfg.Systems {
		switch {
		case system.Address == from:
			return at(system.Range)
		case strings.HasPrefix(s.ID, system.Address+".table["):
			return w.table(system, s.ID)
		}
	}
	for _, m := range w.p.All() {
		if rest, ok := strings.CutPrefix(s.ID, m.Address); ok && (rest == "" || rest[0] == '.') {
			return inMapping(m, rest)
		}
	}
	for _, x := range w.cfg.Exemptions {
		if s.ID == "waiver "+x.Title() {
			return at(x.Range)
		}
	}
	for _, b := range w.cfg.Settings.Policies {
		if s.Kind == "bundle" && b.Name == s.ID {
			return at(b.Range)
		}
	}
	return w.whole()
}

// table is its own block, or else the mapping that writes it, or else the system.
func (w places) table(system *lang.System, id string) plan.Place {
	for _, t := range system.Tables {
		if id == review.Dataset(system.Address, t.Name) {
			return at(t.Range)
		}
	}
	for _, m := range w.p.All() {
		if d := m.Definition; d != nil && (id == review.Dataset(d.Target, d.TargetTable.String()) || id == review.Dataset(d.Source, d.SourceTable.String())) {
			return m.At
		}
	}
	return at(system.Range)
}

func inMapping(m *plan.Mapping, rest string) plan.Place {
	d := m.Definition
	if d == nil {
		return m.At
	}
	for _, f := range d.Fields {
		if rest == ".field."+f.Name && f.At.Line > 0 {
			return f.At
		}
	}
	for _, f := range d.Filters {
		if rest == ".filter."+f.Name && f.At.Line > 0 {
			return f.At
		}
	}
	for _, c := range d.Controls {
		if rest == ".control."+c.Name && c.At.Line > 0 {
			return c.At
		}
	}
	return m.At
}

func (w places) whole() plan.Place {
	if g := w.cfg.Governance; g != nil && len(g.Facts) > 0 {
		facts := slices.Clone(g.Facts)
		slices.SortStableFunc(facts, func(a, b lang.Fact) int {
			return strings.Compare(a.Range.File, b.Range.File)*1_000_000 + a.Range.Start.Line - b.Range.Start.Line
		})
		return at(facts[0].Range)
	}
	return at(w.cfg.Settings.Range)
}

func at(r diag.Range) plan.Place { return plan.Place{File: r.File, Line: r.Start.Line} }
