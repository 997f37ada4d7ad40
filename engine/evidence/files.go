package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// Make makes the bundle of a run. planText is the plan as people read it, and log the audit log up to the run's last line.
// The same record and log make the same bytes.
func Make(r *Record, planText []byte, log []Line) (Bundle, error) {
	d := r.Decision()
	b := Bundle{"plan.txt": planText, "audit.jsonl": {}}
	var head Head
	for _, l := range log {
		b["audit.jsonl"] = append(append(b["audit.jsonl"], l.Raw...), '\n')
		head = Head{l.Seq, l.Hash}
	}
	p, err := plan.Read(bytes.NewReader(r.Plan))
	if err != nil {
		return nil, fmt.Errorf("make the bundle: %w", err)
	}
	var text bytes.Buffer
	if err := plan.Write(&text, p); err != nil {
		return nil, fmt.Errorf("make the bundle: %w", err)
	}
	b["plan.json"] = text.Bytes()
	input, err := policy.Canonical(r.Input)
	if err != nil {
		return nil, fmt.Errorf("make the bundle: %w", err)
	}
	b["policy/input.json"] = append(input, '\n')
	b["input.digest"] = []byte("sha256:" + sum(input) + "\n")
	for name, format := range map[string]string{"policy/verdicts.csv": "csv", "policy/verdicts.sarif": "sarif", "policy/assessment-results.oscal.json": "oscal", "policy/verdicts.junit.xml": "junit",
		"classification.csv": "classification", "lineage.openlineage.json": "lineage", "dpia.md": "dpia", "ropa.csv": "ropa-csv", "ropa.json": "ropa-json"} {
		if err := b.add(name, func(w io.Writer) error { return Export(w, format, d, Option{}) }); err != nil {
			return nil, err
		}
	}
	for name, rows := range map[string][][]string{"verification/row-balance.csv": balances(r), "verification/checks.csv": checks(r), "exceptions.csv": exceptions(r), "sod-matrix.csv": matrix(r),
		"policy/verdicts-after.csv": verdictRows(r.DecisionAfter())} {
		if err := b.add(name, func(w io.Writer) error { return writeCSV(w, rows, Option{}) }); err != nil {
			return nil, err
		}
	}
	if err := b.add("sox-change-evidence.html", func(w io.Writer) error { return WriteChange(w, r, head) }); err != nil {
		return nil, err
	}
	if err := b.add("clinical-safety.md", func(w io.Writer) error { return writeClinical(w, r) }); err != nil {
		return nil, err
	}
	if err := b.add("config/files.csv", func(w io.Writer) error { return writeCSV(w, configured(p), Option{}) }); err != nil {
		return nil, err
	}
	for name, v := range documents(r, d, head) {
		if err := b.add(name, func(w io.Writer) error { return writeJSON(w, v) }); err != nil {
			return nil, err
		}
	}
	if err := b.seal(r); err != nil {
		return nil, fmt.Errorf("make the bundle: %w", err)
	}
	return b, nil
}

func (b Bundle) add(name string, write func(io.Writer) error) error {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return fmt.Errorf("make the bundle: %s: %w", name, err)
	}
	b[name] = out.Bytes()
	return nil
}

// documents are the files that are plain JSON.
func documents(r *Record, d Decision, head Head) map[string]any {
	after := r.After
	if after == nil {
		after = policy.Verdicts{}
	}
	retention := map[string]policy.Retention{}
	for id, x := range r.Input.Datasets {
		retention[id] = x.Retention
	}
	used := r.Used()
	return map[string]any{
		"policy/decision.json":   map[string]any{"phase": r.Input.Phase, "allowed": !r.Verdicts.Denied(), "tally": r.Verdicts.Tally(), "verdicts": d.sorted(), "verdicts_after": after},
		"policy/exemptions.json": map[string]any{"used": used, "configured": orEmpty(r.Exemptions)},
		"policy/bundles.json":    map[string]any{"policy_digest": r.Input.Engine.PolicyDigest, "bundles": orEmpty(r.Input.Engine.PolicyBundles)},
		"approvals.json":         map[string]any{"intent_digest": r.Input.Plan.IntentDigest, "approvals": orEmpty(r.Input.Change.Approvals)},
		"run.json": map[string]any{"run": r.Run, "plan_digest": r.PlanDigest, "intent_digest": r.Input.Plan.IntentDigest, "config_digest": r.Input.Plan.ConfigDigest, "actor": r.Actor,
			"engine": r.Engine, "started": r.Started.UTC(), "ended": r.Ended, "outcome": r.Outcome, "starts": r.Starts, "author": r.Input.Change.Author, "applier": r.Input.Change.Applier,
			"ticket": r.Input.Change.Ticket, "source": r.Input.Plan.Source, "mappings": orEmpty(r.Mappings), "gaps": orEmpty(r.Gaps)},
		"config/source.json": map[string]any{"config_digest": r.Input.Plan.ConfigDigest, "source": r.Input.Plan.Source,
			"note": "The files themselves stay in the repository: the commit names them, and files.csv has the digest of each."},
		"drift.json":          r.Input.Drift,
		"retention.json":      retention,
		"backup-restore.json": map[string]any{"actions": orEmpty(r.Input.Actions), "rollback": r.Input.Change.Rollback},
		"chain-head.json":     map[string]any{"seq": head.Seq, "hash": head.Hash, "declared_anchor": r.Input.Audit.HashChain.Anchor, "note": Unanchored},
	}
}

func orEmpty[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func planDigest(text []byte) (string, error) {
	p, err := plan.Read(bytes.NewReader(text))
	if err != nil {
		return "", err
	}
	return p.Digest(), nil
}

// configured are the files that the plan was made from.
func configured(p *plan.Plan) [][]string {
	rows := [][]string{{"file", "sha256"}}
	for _, f := range p.Inputs.Files {
		rows = append(rows, []string{f.Name, f.Digest})
	}
	return rows
}

func balances(r *Record) [][]string {
	rows := [][]string{{"mapping", "target", "table", "read", "written", "filtered", "filtered_by", "rejected", "unaccounted", "balances", "chunks", "rows_expected_in_target", "digest", "proven"}}
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	for _, m := range r.Mappings {
		var by []string
		for _, f := range slices.Sorted(maps.Keys(m.ByFilter)) {
			by = append(by, f+"="+n(m.ByFilter[f]))
		}
		rows = append(rows, []string{m.Address, m.Target, m.Table, n(m.Read), n(m.Written), n(m.Filtered), strings.Join(by, " "), n(m.Rejected), n(m.Balance()), strconv.FormatBool(m.Balance() == 0),
			n(m.Chunks), n(m.Rows), m.Digest, value(m.Proven, "not in this run")})
	}
	return rows
}

func checks(r *Record) [][]string {
	rows := [][]string{{"mapping", "kind", "name", "severity", "pass", "text"}}
	for _, m := range r.Mappings {
		for _, c := range m.Checks {
			rows = append(rows, []string{m.Address, c.Kind, c.Name, c.Severity, strconv.FormatBool(c.Pass), c.Text})
		}
	}
	return rows
}

// exceptions leave the last two columns to those who accept the rejects.
func exceptions(r *Record) [][]string {
	rows := [][]string{{"mapping", "target", "field", "rule", "count", "references", "more", "disposition", "accepted_by"}}
	for _, x := range r.Exceptions {
		rows = append(rows, []string{x.Mapping, x.Target, x.Field, x.Rule, strconv.FormatInt(x.Count, 10), strings.Join(x.Refs, " "), strconv.FormatInt(x.Count-int64(len(x.Refs)), 10), "", ""})
	}
	return rows
}

func matrix(r *Record) [][]string {
	rows := [][]string{{"duties", "finding"}}
	for _, d := range duties(r.Input) {
		rows = append(rows, d[:])
	}
	return rows
}

// ReadDocument reads what `plan --json` prints.
func ReadDocument(text []byte) (Decision, error) {
	var doc struct {
		Input    *policy.Input    `json:"policy_input"`
		Verdicts *policy.Verdicts `json:"verdicts"`
	}
	// behind the document of a denied plan stands what the command ended with
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil {
		return Decision{}, fmt.Errorf("this is not what `migrateiq plan --json` prints: %w", err)
	}
	if doc.Input == nil || doc.Verdicts == nil {
		return Decision{}, fmt.Errorf("this is not what `migrateiq plan --json` prints: it has no policy_input or no verdicts")
	}
	return Decision{Input: *doc.Input, Verdicts: *doc.Verdicts}, nil
}
