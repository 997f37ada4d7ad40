package evidence

import (
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
)

// changePage is the record of one change as an auditor of financial reporting tests it.
type changePage struct {
	*Record
	Request, Author, Tests, Duties [][2]string
	Approvals                      [][]string
	Waived                         []Exemption
	Tally                          policy.Tally
	Head                           Head
	Ends                           string
}

const changeText = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Change record of run {{.Run}}</title>
<style>
body { font: 11pt/1.4 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; width: 100%; margin: .5em 0 1em; }
th, td { border: 1px solid #888; padding: .2em .5em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
code { font-size: 9pt; overflow-wrap: anywhere; }
@page { size: A4; margin: 18mm; }
@media print {
  body { margin: 0; max-width: none; font-size: 9.5pt; }
  h2 { break-after: avoid; }
  tr, section { break-inside: avoid-page; }
  thead { display: table-header-group; }
}
</style>
</head>
<body>
<h1>Change record of run {{.Run}}</h1>
<p>Made from what was recorded while the run was planned and carried out. It certifies nothing.</p>
{{define "pairs"}}<table>{{range .}}<tr><th>{{index . 0}}</th><td>{{index . 1}}</td></tr>{{end}}</table>{{end}}
<section><h2>1. Request</h2>{{template "pairs" .Request}}</section>
<section><h2>2. Author and applier</h2>{{template "pairs" .Author}}</section>
<section><h2>3. Approvals</h2>
<p>An approval counts where its signature was checked and it names the intent <code>{{.Input.Plan.IntentDigest}}</code>.</p>
<table><thead><tr><th>who</th><th>roles</th><th>when</th><th>names this intent</th><th>before the run</th><th>signature</th><th>evidence</th></tr></thead>
{{range .Approvals}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>{{else}}<tr><td colspan="7">none was given</td></tr>{{end}}</table></section>
<section><h2>4. Test evidence</h2>{{template "pairs" .Tests}}</section>
<section><h2>5. Separation of duties</h2>{{template "pairs" .Duties}}</section>
<section><h2>6. Policy</h2>
<p>{{.Tally.Pass}} pass, {{.Tally.Warn}} warn, {{.Tally.Deny}} deny, {{.Tally.Waived}} waived, {{.Tally.NotApplicable}} not applicable.</p>
<table><thead><tr><th>waiver</th><th>control</th><th>about</th><th>reason</th><th>ticket</th><th>ends</th></tr></thead>
{{range .Waived}}<tr><td>{{.Name}}</td><td>{{.Rule}}</td><td>{{.Address}}</td><td>{{.Reason}}</td><td>{{.Ticket}}</td><td>{{.Expires}}</td></tr>{{else}}<tr><td colspan="6">none was used</td></tr>{{end}}</table></section>
<section><h2>7. Run</h2>
<table><tr><th>plan</th><td><code>{{.PlanDigest}}</code></td></tr><tr><th>configuration</th><td><code>{{.Input.Plan.ConfigDigest}}</code></td></tr>
<tr><th>carried out by</th><td>{{.Actor}}</td></tr><tr><th>program</th><td>{{.Engine}}</td></tr>
<tr><th>began</th><td>{{.Started.UTC.Format "2006-01-02 15:04:05Z"}}</td></tr><tr><th>ended</th><td>{{.Ends}}</td></tr><tr><th>outcome</th><td>{{.Outcome}}</td></tr></table></section>
<section><h2>8. Completeness and accuracy</h2>
<table><thead><tr><th>mapping</th><th>read</th><th>written</th><th>filtered</th><th>rejected</th><th>unaccounted</th><th>proven</th></tr></thead>
{{range .Mappings}}<tr><td>{{.Address}}</td><td>{{.Read}}</td><td>{{.Written}}</td><td>{{.Filtered}}</td><td>{{.Rejected}}</td><td>{{.Balance}}</td><td>{{if .Proven}}{{if deref .Proven}}count and digest agree{{else}}differs{{end}}{{else}}not in this run{{end}}</td></tr>{{end}}</table>
<table><thead><tr><th>mapping</th><th>check</th><th>severity</th><th>result</th></tr></thead>
{{range .Mappings}}{{$m := .}}{{range .Checks}}<tr><td>{{$m.Address}}</td><td>{{.Kind}} {{.Name}}</td><td>{{.Severity}}</td><td>{{if .Pass}}pass{{else}}fail{{end}} {{.Text}}</td></tr>{{end}}{{end}}</table></section>
<section><h2>9. Rejected rows</h2>
<table><thead><tr><th>mapping</th><th>field</th><th>rule</th><th>rows</th><th>accepted by</th></tr></thead>
{{range .Exceptions}}<tr><td>{{.Mapping}}</td><td>{{.Field}}</td><td>{{.Rule}}</td><td>{{.Count}}</td><td></td></tr>{{else}}<tr><td colspan="5">none</td></tr>{{end}}</table></section>
<section><h2>10. Review after the change</h2>
<table><tr><th>due</th><td>{{with .Input.Change.PostReviewDue}}{{.}}{{else}}not stated{{end}}</td></tr><tr><th>done by</th><td></td></tr><tr><th>date</th><td></td></tr><tr><th>result</th><td></td></tr></table></section>
<section><h2>11. How to check this record</h2>
<p>Head of the audit log: line {{.Head.Seq}}, <code>{{.Head.Hash}}</code>. Check the bundle that this page is part of with
<code>migrateiq evidence verify DIR</code>, and compare the head with the one that was kept outside.</p></section>
</body>
</html>
`

// WriteChange writes the page of a run.
func WriteChange(w io.Writer, r *Record, head Head) error {
	t, err := template.New("change").Funcs(template.FuncMap{"deref": func(b *bool) bool { return *b }}).Parse(changeText)
	if err != nil {
		return err
	}
	c := r.Input.Change
	page := changePage{Record: r, Head: head, Tally: r.Verdicts.Tally(), Waived: r.Used(), Ends: "not ended", Approvals: approvals(r), Duties: duties(r.Input)}
	if r.Ended != nil {
		page.Ends = r.Ended.UTC().Format("2006-01-02 15:04:05Z")
	}
	page.Request = [][2]string{{"ticket", value(c.Ticket.ID, unstated)}, {"system", value(c.Ticket.System, unstated)}, {"state", value(c.Ticket.State, unstated)}, {"type", value(c.Ticket.Type, unstated)},
		{"url", value(c.Ticket.URL, unstated)}, {"reason", value(c.Reason, unstated)}, {"emergency", value(c.Emergency, unstated)}, {"roll back by", value(c.Rollback.Strategy, unstated)}}
	page.Author = [][2]string{{"author", value(c.Author.ID, unstated) + claimed(c.Author.Claimed)}, {"applier", value(c.Applier.ID, unstated) + claimed(c.Applier.Claimed)},
		{"triggered by", value(c.Applier.TriggeredBy, unstated)}, {"commit", value(r.Input.Plan.Source.Commit, unstated) + claimed(r.Input.Plan.Source.Claimed)}}
	for _, test := range c.Tests {
		same := "another configuration"
		if test.ConfigDigest != nil && *test.ConfigDigest == r.Input.Plan.ConfigDigest {
			same = "the same configuration"
		}
		page.Tests = append(page.Tests, [2]string{value(test.Environment, unstated), strings.Join([]string{value(test.Verification, unstated), value(test.At, "time "+unstated), same}, ", ")})
	}
	if page.Tests == nil {
		page.Tests = [][2]string{{"tests", "none was stated"}}
	}
	return t.Execute(w, page)
}

func claimed(yes bool) string {
	if yes {
		return " (claimed, not proven)"
	}
	return ""
}

// approvals are one row each: who, roles, when, whether for this intent, whether before the run, signature, evidence.
func approvals(r *Record) [][]string {
	var out [][]string
	for _, a := range r.Input.Change.Approvals {
		before := unstated
		if a.At != nil {
			if at, err := time.Parse(time.RFC3339, *a.At); err == nil {
				before = strconv.FormatBool(at.Before(r.Started))
			}
		}
		out = append(out, []string{a.Actor, strings.Join(a.Roles, " "), value(a.At, unstated), strconv.FormatBool(a.IntentDigest == r.Input.Plan.IntentDigest), before,
			map[bool]string{true: "checked", false: "not checked"}[a.Verified], value(a.EvidenceURL, unstated)})
	}
	return out
}

// duties say of every two steps whether one person did both.
func duties(in policy.Input) [][2]string {
	c := in.Change
	people := map[string][]string{}
	order := []string{"author", "approver", "applier"}
	said := map[string]bool{"author": c.Author.ID != nil && c.Author.Claimed, "applier": c.Applier.ID != nil && c.Applier.Claimed}
	if c.Author.ID != nil {
		people["author"] = []string{*c.Author.ID}
	}
	if c.Applier.ID != nil {
		people["applier"] = append(people["applier"], *c.Applier.ID)
	}
	if c.Applier.TriggeredBy != nil {
		people["applier"] = append(people["applier"], *c.Applier.TriggeredBy)
	}
	for _, a := range c.Approvals {
		people["approver"] = append(people["approver"], a.Actor)
	}
	var out [][2]string
	for i, a := range order {
		for _, b := range order[i+1:] {
			verdict := "different people"
			switch {
			case len(people[a]) == 0 || len(people[b]) == 0:
				verdict = "cannot be told: one of the two is not stated"
			case slices.ContainsFunc(people[a], func(p string) bool {
				return slices.ContainsFunc(people[b], func(q string) bool { return strings.EqualFold(p, q) })
			}):
				verdict = "the same person"
			}
			if said[a] || said[b] {
				verdict += " (by a claim that nobody proved)"
			}
			out = append(out, [2]string{a + " and " + b, verdict})
		}
	}
	return out
}
