package policy

import "strings"

// Assess scores a document from 0 to 100. Each factor counts once, whatever the number of fields or actions it holds
// for; the points are added, and 100 is the most. docs/guides/policies.md has the same table.
func Assess(in Input) Risk {
	out := Risk{Factors: []Factor{}}
	for _, f := range []struct {
		Factor
		holds bool
	}{
		{Factor{"personal_data", 10}, in.has("personal")},
		{Factor{"special_category", 25}, in.has("special")},
		{Factor{"criminal_offence", 20}, in.has("criminal_offence")},
		{Factor{"children", 15}, in.has("child_data")},
		{Factor{"card_data", 20}, in.has("pan") || in.has("sad")},
		{Factor{"financial_reporting", 10}, in.financial()},
		{Factor{"clinical", 15}, in.clinical()},
		{Factor{"unclassified_fields", 10}, len(in.Index.Unclassified) > 0},
		{Factor{"many_people", 10}, in.Processing.SubjectEstimate != nil && *in.Processing.SubjectEstimate > 100_000},
		{Factor{"destructive", 20}, in.destructive(func(Action) bool { return true })},
		{Factor{"destructive_without_backup", 15}, in.destructive(func(a Action) bool { return a.Backup.Verified == nil || !*a.Backup.Verified })},
		{Factor{"leaves_country", 15}, in.leaves()},
		{Factor{"production", 10}, in.production()},
		{Factor{"loss", 10}, in.field(func(f Field) bool { return f.Lineage.Loss != "none" })},
		{Factor{"opaque", 10}, in.field(func(f Field) bool { return f.Lineage.Opaque })},
		{Factor{"unproven", 15}, in.Verification.Level == "none"},
	} {
		if f.holds {
			out.Factors = append(out.Factors, f.Factor)
			out.Score += f.Points
		}
	}
	out.Score = min(out.Score, 100)
	return out
}

// has reports whether a field carries a class, or one below it.
func (in Input) has(class string) bool {
	for c, ids := range in.Index.ByClass {
		if len(ids) > 0 && (c == class || strings.HasPrefix(c, class+".")) {
			return true
		}
	}
	return false
}

func (in Input) field(holds func(Field) bool) bool {
	for _, f := range in.Fields {
		if holds(f) {
			return true
		}
	}
	return false
}

func (in Input) destructive(and func(Action) bool) bool {
	for _, a := range in.Actions {
		if a.Destructive && and(a) {
			return true
		}
	}
	return false
}

func (in Input) leaves() bool {
	for _, t := range in.Transfers {
		if t.FromCountry != nil && t.ToCountry != nil && *t.FromCountry != *t.ToCountry {
			return true
		}
	}
	return false
}

func (in Input) production() bool {
	for _, s := range in.Systems {
		for _, r := range s.Roles {
			if r == "target" && s.Environment != nil && *s.Environment == "prod" {
				return true
			}
		}
	}
	return false
}

func (in Input) clinical() bool {
	for _, d := range in.Datasets {
		if d.Clinical != nil && *d.Clinical {
			return true
		}
	}
	for _, s := range in.Systems {
		if s.Clinical != nil && *s.Clinical {
			return true
		}
	}
	return false
}

func (in Input) financial() bool {
	for _, d := range in.Datasets {
		if d.ICFR != nil && *d.ICFR {
			return true
		}
	}
	return in.has("financial_amount")
}
