package evidence_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/engine/evidence"
	"github.com/novumsolvo/migrateiq/engine/plan"
)

// done is the record of a run that was carried out, with its log.
func done(t *testing.T) (*evidence.Log, evidence.Records, *evidence.Record) {
	t.Helper()
	p := plan.Plan{Format: plan.Format, Engine: "0.1.0", Created: noon}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	d, ended := sample(), noon.Add(time.Minute)
	d.Input.Plan.PlanDigest = p.Digest()
	r := &evidence.Record{Run: "abc123", PlanDigest: p.Digest(), Actor: "ada@host", Engine: "0.1.0", Started: noon, Ended: &ended, Outcome: "done", Starts: 1, Plan: raw, Input: d.Input,
		Verdicts: d.Verdicts, Exemptions: d.Exemptions,
		Mappings: []evidence.Mapping{{Address: "mapping.patient", Target: "target.sqlite.new", Table: "patient", Read: 10, Written: 7, Filtered: 2, ByFilter: map[string]int64{"opt_out": 2}, Rejected: 1,
			Chunks: 1, Rows: 7, Digest: "7:aa:bb", Proven: of(true), Checks: []evidence.CheckResult{{Name: "sums", Kind: "control", Severity: "block", Pass: true, Text: "7 = 7"}}}},
		Exceptions: []evidence.Exception{{Mapping: "mapping.patient", Target: "target.sqlite.new", Field: "age", Rule: "expect", Count: 1, Refs: []string{"row#0123456789abcdef"}}}}
	dir := t.TempDir()
	l, records := evidence.At(filepath.Join(dir, "audit.jsonl")), evidence.In(filepath.Join(dir, "runs"))
	digest, err := records.Save(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []evidence.Note{{Event: "run_opened", Payload: map[string]any{"run": r.Run}}, {Event: "apply_ended", Payload: map[string]any{"run": r.Run, "record_sha256": digest}},
		{Event: "state_rm", Payload: map[string]any{"address": "mapping.patient"}}} {
		n.At, n.Actor, n.Plan = noon, "ada@host", r.PlanDigest
		if _, err := l.Append(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	return l, records, r
}

func bundle(t *testing.T, l *evidence.Log, records evidence.Records) evidence.Bundle {
	t.Helper()
	c, err := evidence.Gather(l, records, "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := evidence.Make(c.Record, []byte("the plan\n"), c.Log)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestABundleIsTheSameWhenItIsMadeAgain(t *testing.T) {
	l, records, _ := done(t)
	first := bundle(t, l, records)
	if _, err := l.Append(t.Context(), note("a later run")); err != nil {
		t.Fatal(err)
	}
	again := bundle(t, l, records)
	if !maps.EqualFunc(first, again, bytes.Equal) {
		t.Error("a bundle made again differs")
	}
	for _, name := range []string{"sox-change-evidence.html", "exceptions.csv", "sod-matrix.csv", "verification/row-balance.csv", "approvals.json", "policy/exemptions.json", "clinical-safety.md", "config/files.csv", "config/source.json"} {
		golden(t, "bundle-"+strings.ReplaceAll(name, "/", "-")+".golden", withoutHead(first[name]))
	}
}

// withoutHead takes out what the digest of the plan's format makes, which a new member of the plan changes.
func withoutHead(text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	lines = slices.DeleteFunc(lines, func(l []byte) bool {
		return bytes.Contains(l, []byte("Head of the audit log")) || bytes.Contains(l, []byte("<th>plan</th>"))
	})
	return bytes.Join(lines, nil)
}

func TestABundleIsCheckedFromAFolderAndFromATar(t *testing.T) {
	l, records, _ := done(t)
	b := bundle(t, l, records)
	for _, to := range []string{filepath.Join(t.TempDir(), "made", "here"), filepath.Join(t.TempDir(), "b.tar")} {
		if err := b.Write(to); err != nil {
			t.Fatal(err)
		}
		if err := b.Write(to); err == nil {
			t.Errorf("%s is written over", to)
		}
		read, err := evidence.ReadBundle(to)
		if err != nil {
			t.Fatal(err)
		}
		if m, wrong := read.Verify(); wrong != nil || m.Run != "abc123" {
			t.Errorf("%s: got run %q, %q", to, m.Run, wrong)
		}
	}
}

func TestWhatIsChangedInABundleIsNamed(t *testing.T) {
	l, records, _ := done(t)
	whole := bundle(t, l, records)
	for name := range whole {
		b := maps.Clone(whole)
		b[name] = append(bytes.Clone(whole[name]), ' ')
		if _, wrong := b.Verify(); (len(wrong) == 0) != (name == "manifest.json") { // a blank behind the manifest says nothing else
			t.Errorf("%s is changed: got %q", name, wrong)
		}
		delete(b, name)
		if _, wrong := b.Verify(); len(wrong) == 0 {
			t.Errorf("%s is taken out, and nothing is wrong", name)
		}
	}
	b := maps.Clone(whole)
	b["more.txt"] = []byte("x")
	if _, wrong := b.Verify(); !slices.Equal(wrong, []string{"more.txt is not in the manifest: it was put in."}) {
		t.Errorf("a file is put in: got %q", wrong)
	}
	b = maps.Clone(whole)
	b["manifest.json"] = bytes.Replace(whole["manifest.json"], []byte(`"bytes": `), []byte(`"bytes": 1`), 1)
	if _, wrong := b.Verify(); !slices.Contains(wrong, "The list of files in manifest.json was changed.") {
		t.Errorf("the manifest is changed: got %q", wrong)
	}
}

func TestARecordThatWasChangedMakesNoBundle(t *testing.T) {
	l, records, r := done(t)
	r.Mappings[0].Rejected = 0
	if _, err := records.Save(r); err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.Gather(l, records, r.Run); err == nil || !strings.Contains(err.Error(), "was changed after it was written") {
		t.Errorf("got %v", err)
	}
	if _, err := evidence.Gather(l, records, "../audit"); err == nil || !strings.Contains(err.Error(), "no record of a run") {
		t.Errorf("a run that is none: got %v", err)
	}
	if err := os.Truncate(l.Path(), 10); err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.Gather(l, records, r.Run); err == nil || !strings.Contains(err.Error(), "no bundle is made") {
		t.Errorf("a log that was cut: got %v", err)
	}
}

func TestARunWithoutAnEndHasABundle(t *testing.T) {
	l, records, r := done(t)
	if _, err := l.Append(t.Context(), evidence.Note{At: noon, Actor: "ada@host", Event: "run_opened", Payload: map[string]any{"run": r.Run}}); err != nil {
		t.Fatal(err)
	}
	r.Outcome, r.Ended = "running", nil
	if _, err := records.Save(r); err != nil {
		t.Fatal(err)
	}
	b := bundle(t, l, records)
	if m, wrong := b.Verify(); wrong != nil || !bytes.Contains(b["run.json"], []byte(`"outcome": "running"`)) {
		t.Errorf("got %+v, %q", m, wrong)
	}
}

func TestAnExemptionIsUsedWhereAVerdictNamesIt(t *testing.T) {
	_, _, r := done(t)
	if got := r.Used(); len(got) != 1 || got[0].Name != "legacy" || got[0].Expires != "2026-06-01" {
		t.Errorf("got %+v", got)
	}
	r.Verdicts = r.Verdicts[:1]
	if got := r.Used(); len(got) != 0 {
		t.Errorf("where nothing is waived: got %+v", got)
	}
}

func TestRecordsThatCannotBeWrittenAreAnError(t *testing.T) {
	_, _, r := done(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.In(file).Save(r); err == nil {
		t.Error("a record is saved below a file")
	}
	if _, err := evidence.At(filepath.Join(file, "log")).Append(t.Context(), note("x")); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("a log below a file: got %v", err)
	}
}
