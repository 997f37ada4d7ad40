package evidence

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/policy"
)

// writeDPIA writes the skeleton of an assessment by Article 35(7) GDPR: what the plan states is filled in, and every
// judgement is left to people.
func writeDPIA(w io.Writer, d Decision) error {
	in := d.Input
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	blank := "_To be judged and written by a person._"
	line("# Data protection impact assessment (skeleton)\n")
	line("Filled in from what the configuration states about plan `%s`, as of %s. It certifies nothing; what is in italics wants a person.\n", in.Plan.PlanDigest, in.EvaluatedAt.UTC().Format("2006-01-02"))
	line("| | |\n| --- | --- |")
	line("| Controller | %s |", cell(value(in.Project.Controller.Name, unstated)))
	line("| Data protection officer | %s |", cell(value(in.Project.Controller.DPO, unstated)))
	line("| Activity | %s |", cell(value(in.Processing.ActivityID, unstated)))
	line("| Status of the assessment | %s, reference %s |", cell(value(in.Processing.DPIA.Status, unstated)), cell(value(in.Processing.DPIA.Ref, unstated)))
	line("\n## (a) Description of the processing and its purposes\n")
	line("Purposes: %s.  \nData subjects: %s.  \nLegal basis: %s.\n", cell(orUnstated(in.Processing.Purposes)), cell(orUnstated(in.Processing.DataSubjects)), cell(basis(in.Processing.LegalBasis)))
	line("| from | country | to | country | mechanism |\n| --- | --- | --- | --- | --- |")
	for _, t := range in.Transfers {
		line("| %s | %s | %s | %s | %s |", cell(t.From), cell(value(t.FromCountry, unstated)), cell(t.To), cell(value(t.ToCountry, unstated)), cell(value(t.Mechanism, unstated)))
	}
	line("\nFields that hold classified data, and where their values come from:\n")
	line("| field | classes | from | protection |\n| --- | --- | --- | --- |")
	ids := classified(in)
	for _, id := range ids {
		f := in.Fields[id]
		line("| %s | %s | %s | %s |", cell(id), cell(strings.Join(classes(f), ", ")), cell(origin(f)), cell(cmp.Or(f.Protection.Method, "none")))
	}
	line("\n%s\n", blank)
	line("## (b) Necessity and proportionality\n")
	line("| field | required for | justification |\n| --- | --- | --- |")
	for _, id := range ids {
		f := in.Fields[id]
		line("| %s | %s | %s |", cell(id), cell(orUnstated(f.RequiredFor)), cell(value(f.Justification, unstated)))
	}
	line("\n%s\n", blank)
	line("## (c) Risks to the rights and freedoms of data subjects\n")
	line("Score of the plan: %d of 100, a sum of the factors below. It orders plans and is no judgement of a risk.\n", in.Risk.Score)
	for _, f := range in.Risk.Factors {
		line("- %s: %d", cell(f.ID), f.Points)
	}
	open := slices.DeleteFunc(d.sorted(), func(v policy.Verdict) bool { return v.Result == policy.Pass || v.Result == policy.NotApplicable })
	line("\n| control | subject | result | finding |\n| --- | --- | --- | --- |")
	for _, v := range open {
		line("| %s | %s | %s | %s |", cell(name(v)), cell(v.Subject.ID), v.Result, cell(whole(v)))
	}
	line("\nLikelihood and severity of each risk: %s\n", blank)
	line("## (d) Measures\n")
	for _, m := range measures(in) {
		line("- %s", cell(m))
	}
	line("\nControls that passed: %s.\n", cell(orNone(passed(d))))
	line("Residual risk: %s (declared). %s\n", cell(value(in.Processing.DPIA.ResidualRisk, unstated)), blank)
	line("## Sign-off\n")
	line("| role | name | date | decision |\n| --- | --- | --- | --- |\n| Data protection officer | | | |\n| Data owner | | | |\n| Information risk owner | | | |")
	_, err := io.WriteString(w, b.String())
	return err
}

// classified are the fields with an effective class, sorted.
func classified(in policy.Input) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(in.Fields)) {
		if len(classes(in.Fields[id])) > 0 {
			out = append(out, id)
		}
	}
	return out
}

func origin(f policy.Field) string {
	if f.Lineage.Opaque {
		return "cannot be told"
	}
	var out []string
	for _, s := range f.Sources {
		out = append(out, s.Dataset+"."+s.Column)
	}
	slices.Sort(out)
	return orNone(out)
}

func passed(d Decision) []string {
	names, by := d.controls()
	return slices.DeleteFunc(names, func(n string) bool {
		return slices.ContainsFunc(by[n], func(v policy.Verdict) bool { return v.Result != policy.Pass })
	})
}

func orUnstated(all []string) string {
	if len(all) == 0 {
		return unstated
	}
	return strings.Join(list(all), ", ")
}

func orNone(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// cell is a text that can stand in a table of Markdown and is taken for nothing else.
func cell(text string) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "|", `\|`, "<", "&lt;", ">", "&gt;", "`", "'").Replace(text)
}
