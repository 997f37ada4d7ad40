package evidence_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/novumsolvo/migrateiq/engine/evidence"
	"github.com/novumsolvo/migrateiq/policy"
)

var update = flag.Bool("update", false, "write what is exported into testdata")

func of[T any](v T) *T { return &v }

// sample is a decision with a verdict of every kind, about a table of patients.
func sample() evidence.Decision {
	field := "target.sqlite.new.table[\"patient\"].name"
	table, from := "target.sqlite.new.table[\"patient\"]", "source.sqlite.pas.table[\"PATIENT\"]"
	in := policy.Input{SchemaVersion: "1", Phase: policy.AtApply, EvaluatedAt: noon,
		Engine:  policy.Engine{Version: "0.1.0", PolicyDigest: of("sha256:rules"), PolicyBundles: []policy.Bundle{{Name: "core", Digest: "sha256:core", Origin: "embedded"}}},
		Project: policy.Project{ID: "p1", Controller: policy.Controller{Name: of("Trust | North")}, Role: of("controller")},
		Plan:    policy.Plan{ID: "sha256:plan", PlanDigest: "sha256:plan", IntentDigest: "sha256:intent", ConfigDigest: "sha256:config", CreatedAt: noon},
		Change: policy.Change{Ticket: policy.Ticket{ID: of("CHG-1")}, Author: policy.Author{ID: of("ann"), Claimed: true}, Applier: policy.Applier{ID: of("Ann")},
			Approvals: []policy.Approval{{Actor: "bob", Roles: []string{"it"}, At: of("2026-03-01T10:00:00Z"), IntentDigest: "sha256:intent", Verified: true}}},
		Processing: policy.Processing{Purposes: []string{"direct_care"}, LegalBasis: policy.LegalBasis{Art6: of("e"), Art9: of("h")}},
		Systems: map[string]policy.System{"source.sqlite.pas": {Kind: "sqlite", Roles: []string{"source"}},
			"target.sqlite.new": {Kind: "sqlite", Roles: []string{"target"}, Transport: policy.Transport{TLS: of(true), MinVersion: of("1.3")}, Operator: policy.Operator{ThirdParty: of(true), LegalEntity: of("Host Ltd")}}},
		Transfers: []policy.Transfer{{ID: "t1", From: "source.sqlite.pas", To: "target.sqlite.new", FromCountry: of("GB")}},
		Datasets: map[string]policy.Dataset{from: {System: "source.sqlite.pas", Name: "PATIENT"},
			table: {System: "target.sqlite.new", Name: "patient", Retention: policy.Retention{Days: of(int64(365)), Trigger: of("discharge")}}},
		Fields: map[string]policy.Field{
			field: {Dataset: table, Column: "name", Sources: []policy.Column{{Dataset: from, Column: "NAME"}}, Lineage: policy.Lineage{Expr: `mask.redact(src.NAME)`, Functions: []string{"mask.redact@1"}, Loss: "none"},
				Classification: policy.Classification{Inherited: []string{"personal.name"}, Decision: []string{"personal.name"}}, ClassSet: map[string]bool{"personal": true},
				Protection: policy.Protection{Method: "redact"}, RequiredFor: []string{"direct_care"}},
			table + ".id":   {Dataset: table, Column: "id", Sources: []policy.Column{{Dataset: from, Column: "ID"}}, Lineage: policy.Lineage{Expr: `src["ID"]`, Loss: "none"}},
			table + ".note": {Dataset: table, Column: "note", Lineage: policy.Lineage{Expr: "query", Opaque: true}}},
		Index: policy.Index{ByClass: map[string][]string{"personal": {field}}, ByDataset: map[string][]string{table: {table + ".id", field, table + ".note"}}},
		Risk:  policy.Risk{Score: 30, Factors: []policy.Factor{{ID: "personal", Points: 30}}},
	}
	about := policy.Subject{Kind: "field", ID: field, File: "my files/main.miq.hcl", Line: 12}
	return evidence.Decision{Input: in, Verdicts: policy.Verdicts{
		{Control: "GDPR-17", Title: "A record of processing is named", Subject: policy.Subject{Kind: "plan", ID: "sha256:plan"}, Result: policy.Fail, Level: policy.Warn, Severity: "low", Waivable: true,
			Message: "=No record of processing is named.", Remedy: "Name it with ropa_ref.", Citations: []policy.Citation{{Law: "GDPR", Reference: "Art. 30"}}, Verification: "V"},
		{Control: "CORE-04", Title: "No secret literals in plan", Subject: policy.Subject{Kind: "plan", ID: "sha256:plan"}, Result: policy.Pass, Level: policy.Deny, Message: "Every secret is a reference."},
		{Control: "NHS-28", Variant: "O", Title: "k-anonymity held", Subject: about, Result: policy.Undecidable, Level: policy.Deny, Message: "Nobody measured k.", Facts: []string{"/run/profile/k"}},
		{Control: "GDPR-11", Title: "Fields are needed", Subject: about, Result: policy.Waived, Level: policy.Deny, Waivable: true, Message: "The field has no justification.", Waiver: "legacy", More: 2},
		{Control: "PCI-18", Title: "PAN is unreadable", Subject: policy.Subject{Kind: "plan", ID: "sha256:plan"}, Result: policy.NotApplicable, Level: policy.Deny, Message: "There is no PAN."},
		{Control: "SOX-01", Title: "The change is approved", Subject: policy.Subject{Kind: "plan", ID: "sha256:plan"}, Result: policy.Fail, Level: policy.Deny, Message: "Nobody <approved> it."},
	}, Exemptions: []evidence.Exemption{{Name: "legacy", Rule: "GDPR-11", Address: field, Reason: "The old system ends in May.", Ticket: "RISK-7", RequestedBy: "ann", Expires: "2026-06-01"}}}
}

func exported(t *testing.T, format string, d evidence.Decision, o evidence.Option) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := evidence.Export(&b, format, d, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what is exported; write it with -update and read the difference. Got:\n%s", path, got)
	}
}

func TestExportsAreAsTheyWere(t *testing.T) {
	for _, format := range evidence.Formats() {
		golden(t, format+".golden", exported(t, format, sample(), evidence.Option{}))
	}
}

func TestTheSameDecisionInAnotherOrderIsTheSameBytes(t *testing.T) {
	for _, format := range evidence.Formats() {
		d := sample()
		want := exported(t, format, d, evidence.Option{})
		slices.Reverse(d.Verdicts)
		if got := exported(t, format, d, evidence.Option{}); !bytes.Equal(got, want) {
			t.Errorf("%s: another order of verdicts makes other bytes", format)
		}
	}
}

// tree reads JSON and finds the members of a path; "*" is every element.
func tree(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func at(v any, path string) []any {
	all := []any{v}
	for part := range strings.SplitSeq(path, ".") {
		var next []any
		for _, v := range all {
			if list, ok := v.([]any); ok && part == "*" {
				next = append(next, list...)
			} else if o, ok := v.(map[string]any); ok && part != "*" {
				if m, there := o[part]; there {
					next = append(next, m)
				}
			}
		}
		all = next
	}
	return all
}

// required fails where an object of path lacks one of the members, or has it empty.
func required(t *testing.T, v any, path string, members ...string) {
	t.Helper()
	all := at(v, path)
	if len(all) == 0 {
		t.Errorf("there is no %s", path)
	}
	for _, o := range all {
		object, _ := o.(map[string]any)
		for _, m := range members {
			if x, ok := object[m]; !ok || x == nil || x == "" {
				t.Errorf("%s has no %s: %v", path, m, o)
			}
		}
	}
}

func TestSARIFHasWhatItsSchemaRequires(t *testing.T) {
	v := tree(t, exported(t, "sarif", sample(), evidence.Option{}))
	required(t, v, "runs.*.tool.driver", "name", "rules")
	required(t, v, "runs.*.tool.driver.rules.*", "id", "shortDescription", "defaultConfiguration")
	required(t, v, "runs.*.results.*", "ruleId", "message", "level", "kind", "locations", "partialFingerprints")
	rules := at(v, "runs.*.tool.driver.rules.*.id")
	for _, r := range at(v, "runs.*.results.*") {
		o := r.(map[string]any)
		if i := int(o["ruleIndex"].(float64)); rules[i] != o["ruleId"] {
			t.Errorf("rule %d is %v, want %v", i, rules[i], o["ruleId"])
		}
		if !slices.Contains([]string{"none", "note", "warning", "error"}, o["level"].(string)) {
			t.Errorf("level %v is none of the four", o["level"])
		}
	}
	if got := len(at(v, "runs.*.results.*")); got != 4 {
		t.Errorf("got %d results, want those that failed or were waived: 4", got)
	}
	if got := at(v, "runs.*.results.*.suppressions.*"); len(got) != 1 || got[0].(map[string]any)["kind"] != "external" || got[0].(map[string]any)["status"] != "accepted" {
		t.Errorf("suppressions: got %v, want the waiver, external and accepted", got)
	}
	if got := at(v, "runs.*.results.*.locations.*.physicalLocation.artifactLocation.uri"); len(got) != 2 || got[0] != "my%20files/main.miq.hcl" {
		t.Errorf("places: got %v", got)
	}
	if got := at(v, "runs.*.results.*.locations.*.physicalLocation.region.startLine"); len(got) != 2 || got[0] != 12.0 {
		t.Errorf("lines: got %v", got)
	}
}

func TestOSCALHasWhatItsModelRequires(t *testing.T) {
	text := exported(t, "oscal", sample(), evidence.Option{})
	v := tree(t, text)
	required(t, v, "assessment-results", "uuid", "metadata", "import-ap", "results")
	required(t, v, "assessment-results.metadata", "title", "last-modified", "version", "oscal-version")
	required(t, v, "assessment-results.import-ap", "href")
	required(t, v, "assessment-results.results.*", "uuid", "title", "description", "start", "reviewed-controls")
	required(t, v, "assessment-results.results.*.observations.*", "uuid", "description", "methods", "collected")
	required(t, v, "assessment-results.results.*.findings.*", "uuid", "title", "description", "target")
	required(t, v, "assessment-results.results.*.findings.*.target", "type", "target-id", "status")
	required(t, v, "assessment-results.results.*.risks.*", "uuid", "title", "description", "statement", "status")
	required(t, v, "assessment-results.results.*.reviewed-controls.control-selections.*.include-controls.*", "control-id")
	resources := at(v, "assessment-results.back-matter.resources.*.uuid")
	if href := at(v, "assessment-results.import-ap.href")[0].(string); len(resources) != 1 || href != "#"+resources[0].(string) {
		t.Errorf("import-ap points to %s, and the resources are %v", href, resources)
	}
	seen := map[string]bool{}
	for _, path := range []string{"uuid", "results.*.uuid", "results.*.observations.*.uuid", "results.*.findings.*.uuid", "results.*.risks.*.uuid"} {
		for _, id := range at(v, "assessment-results."+path) {
			u, err := uuid.Parse(id.(string))
			if err != nil || u.Version() != 5 || seen[id.(string)] {
				t.Errorf("%s: %v is no UUID of version 5 of its own", path, id)
			}
			seen[id.(string)] = true
		}
	}
	for _, id := range append(at(v, "assessment-results.results.*.findings.*.related-observations.*.observation-uuid"), at(v, "assessment-results.results.*.findings.*.related-risks.*.risk-uuid")...) {
		if !seen[id.(string)] {
			t.Errorf("%v is referred to and is not there", id)
		}
	}
	token := regexp.MustCompile(`^[\pL_][\pL\pN._-]*$`)
	states := map[string]string{}
	for _, f := range at(v, "assessment-results.results.*.findings.*") {
		target := f.(map[string]any)["target"].(map[string]any)
		if !token.MatchString(target["target-id"].(string)) {
			t.Errorf("%v is no token", target["target-id"])
		}
		s := target["status"].(map[string]any)
		states[f.(map[string]any)["title"].(string)] = s["state"].(string) + " " + s["reason"].(string)
	}
	for n, want := range map[string]string{"CORE-04": "satisfied pass", "GDPR-17": "not-satisfied fail", "NHS-28/O": "not-satisfied other", "GDPR-11": "not-satisfied fail", "PCI-18": "satisfied other"} {
		if states[n] != want {
			t.Errorf("%s: got %q, want %q", n, states[n], want)
		}
	}
	if got := at(v, "assessment-results.results.*.risks.*.status"); !slices.Contains(got, any("deviation-approved")) || !slices.Contains(got, any("open")) {
		t.Errorf("risks: got %v, want the waived one to be deviation-approved and others open", got)
	}
	if bytes.Contains(text, []byte(": []")) || bytes.Contains(text, []byte(`: null`)) {
		t.Error("the model takes no empty list and no null")
	}
}

func TestJUnitReadsAsTestsAndAWarningIsNoFailure(t *testing.T) {
	var doc struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
				Skipped *struct {
					Message string `xml:"message,attr"`
				} `xml:"skipped"`
				Out string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(exported(t, "junit", sample(), evidence.Option{}), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Tests != 6 || doc.Failures != 2 || doc.Skipped != 2 {
		t.Errorf("got %d tests, %d failures, %d skipped, want 6, 2, 2", doc.Tests, doc.Failures, doc.Skipped)
	}
	for _, s := range doc.Suites {
		c := s.Cases[0]
		got := ""
		switch {
		case c.Failure != nil:
			got = "failure: " + c.Failure.Message
		case c.Skipped != nil:
			got = "skipped: " + c.Skipped.Message
		case c.Out != "":
			got = "pass, " + strings.SplitN(c.Out, ":", 2)[0]
		default:
			got = "pass"
		}
		want := map[string]string{"CORE-04": "pass", "GDPR-17": "pass, warning (fail)", "NHS-28/O": "failure: Nobody measured k.", "SOX-01": "failure: Nobody <approved> it.",
			"PCI-18": "skipped: not applicable: There is no PAN.", "GDPR-11": "skipped: waived by legacy until 2026-06-01: The field has no justification. 2 more subjects have the same result."}[s.Name]
		if got != want {
			t.Errorf("%s: got %q, want %q", s.Name, got, want)
		}
	}
}

func TestNoCellOfCSVIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\tx": "'\tx", "\rx": "'\rx", "": "", "a=b": "a=b", "'x": "'x", "é": "é"} {
		if got := evidence.Neutral(cell); got != want {
			t.Errorf("Neutral(%q): got %q, want %q", cell, got, want)
		}
	}
	text := exported(t, "csv", sample(), evidence.Option{BOM: true})
	rest, marked := bytes.CutPrefix(text, []byte("\xef\xbb\xbf"))
	rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil || !marked || len(rows) != 7 {
		t.Fatalf("got %d rows, marked: %t, %v", len(rows), marked, err)
	}
	for _, r := range rows {
		for _, cell := range r {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("the cell %q could be taken for a formula", cell)
			}
		}
	}
}

func TestLineageNeverMakesUpAColumn(t *testing.T) {
	v := tree(t, exported(t, "lineage", sample(), evidence.Option{}))
	required(t, v, "*", "eventType", "eventTime", "producer", "schemaURL", "run", "job")
	required(t, v, "*.outputs.*.facets.columnLineage", "_producer", "_schemaURL", "fields")
	fields := at(v, "*.outputs.*.facets.columnLineage.fields")[0].(map[string]any)
	if _, there := fields["note"]; there || len(fields) != 2 {
		t.Errorf("got the fields %v, want name and id: what cannot be told is left out", fields)
	}
	for name, want := range map[string]string{"name": "TRANSFORMATION true", "id": "IDENTITY false"} {
		tr := at(fields[name], "inputFields.*.transformations.*")[0].(map[string]any)
		got := tr["subtype"].(string) + map[bool]string{true: " true", false: " false"}[tr["masking"].(bool)]
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestAFormatThatIsNoneIsRefused(t *testing.T) {
	if err := evidence.Export(&bytes.Buffer{}, "pdf", sample(), evidence.Option{}); err == nil || !strings.Contains(err.Error(), `no export "pdf"`) {
		t.Errorf("got %v", err)
	}
}
