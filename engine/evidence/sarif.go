package evidence

import (
	"cmp"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/policy"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool      `json:"tool"`
	Automation sarifID        `json:"automationDetails"`
	Columns    string         `json:"columnKind"`
	Properties map[string]any `json:"properties"`
	Results    []sarifResult  `json:"results"`
}

type sarifID struct {
	ID string `json:"id"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Site    string      `json:"informationUri"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID         string         `json:"id"`
	Name       string         `json:"name,omitempty"`
	Short      sarifText      `json:"shortDescription"`
	Help       *sarifText     `json:"help,omitempty"`
	Default    sarifLevel     `json:"defaultConfiguration"`
	Properties map[string]any `json:"properties"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	Rule         string             `json:"ruleId"`
	Index        int                `json:"ruleIndex"`
	Kind         string             `json:"kind"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions"`
	Properties   map[string]any     `json:"properties"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	Line int `json:"startLine"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

// writeSARIF writes SARIF 2.1.0: a rule for every control that was asked, and a result for every failure, waived ones
// as suppressed.
func writeSARIF(w io.Writer, d Decision) error {
	names, by := d.controls()
	run := sarifRun{Columns: "utf16CodeUnits", Automation: sarifID{"migrateiq/" + string(d.Input.Phase)}, Results: []sarifResult{},
		Tool:       sarifTool{sarifDriver{Name: "migrateiq", Version: d.Input.Engine.Version, Site: site, Rules: []sarifRule{}}},
		Properties: map[string]any{"planDigest": d.Input.Plan.PlanDigest, "intentDigest": d.Input.Plan.IntentDigest, "evaluatedAt": d.Input.EvaluatedAt}}
	for i, n := range names {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(n, by[n]))
		for _, v := range by[n] {
			if v.Result != policy.Pass && v.Result != policy.NotApplicable {
				run.Results = append(run.Results, sarifResultOf(d, i, v))
			}
		}
	}
	return writeJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func sarifRuleOf(n string, all policy.Verdicts) sarifRule {
	v := all[0]
	r := sarifRule{ID: n, Short: sarifText{cmp.Or(v.Title, n)}, Default: sarifLevel{"error"}, Properties: map[string]any{"waivable": v.Waivable}}
	if v.Level == policy.Warn {
		r.Default.Level = "warning"
	}
	for _, v := range all {
		if v.Remedy != "" && r.Help == nil {
			r.Help = &sarifText{v.Remedy}
		}
	}
	tags := []string{"policy"}
	for _, c := range v.Citations {
		if tag := strings.TrimSpace(c.Law + " " + c.Reference); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	r.Properties["tags"] = tags
	if v.Severity != "" {
		r.Properties["severity"] = v.Severity
	}
	if v.Verification != "" {
		r.Properties["citationsVerified"] = v.Verification
	}
	return r
}

func sarifResultOf(d Decision, rule int, v policy.Verdict) sarifResult {
	r := sarifResult{Rule: name(v), Index: rule, Kind: "fail", Level: sarifSeverity(v), Message: sarifText{whole(v)}, Suppressions: []sarifSuppression{},
		Fingerprints: map[string]string{"controlSubject/v1": sum([]byte(name(v) + "\x00" + v.Subject.Kind + "\x00" + v.Subject.ID))},
		Properties:   map[string]any{"result": v.Result, "effect": effect(v)}}
	if v.Remedy != "" {
		r.Properties["remedy"] = v.Remedy
	}
	if len(v.Facts) > 0 {
		r.Properties["missingFacts"] = v.Facts
	}
	at := sarifLocation{Logical: []sarifLogical{{v.Subject.ID, v.Subject.Kind}}}
	if v.Subject.File != "" {
		at.Physical = &sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: strings.ReplaceAll(v.Subject.File, `\`, "/")}).EscapedPath()}}
		if v.Subject.Line > 0 {
			at.Physical.Region = &sarifRegion{v.Subject.Line}
		}
	}
	r.Locations = []sarifLocation{at}
	if v.Result != policy.Waived {
		return r
	}
	s := sarifSuppression{Kind: "external", Status: "accepted", Justification: "waived by " + v.Waiver}
	if x := exemption(d.Exemptions, v); x != nil {
		s.Justification = cmp.Or(x.Reason, s.Justification)
		r.Properties["waiver"] = map[string]any{"name": x.Name, "ticket": x.Ticket, "expires": x.Expires}
	}
	r.Suppressions = []sarifSuppression{s}
	return r
}

// sarifSeverity is error for what stops a plan, or would if it were not waived; note for the lightest of warnings.
func sarifSeverity(v policy.Verdict) string {
	switch {
	case v.Denies() || v.Level == policy.Deny:
		return "error"
	case v.Severity == "low":
		return "note"
	}
	return "warning"
}
