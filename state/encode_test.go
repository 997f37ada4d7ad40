package state_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/novumsolvo/migrateiq/state"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// full has every field of the format set, so that testdata/v2/full.json proves that each of them still reads.
func full() state.Snapshot {
	s := fullOne()
	s.Format, s.Audit = 3, &state.AuditHead{Seq: 12, Hash: "0a1b"}
	m := s.Mappings["mapping.patient"]
	m.Generation, m.Drift = 4, "0:0000000000000001:0000000000000002"
	s.Mappings["mapping.patient"] = m
	return s
}

// fullTwo is the same of format 2, in testdata/v2/full.json.
func fullTwo() state.Snapshot {
	s := fullOne()
	s.Format, s.Audit = 2, &state.AuditHead{Seq: 12, Hash: "0a1b"}
	return s
}

// fullOne is the same of format 1, in testdata/v1/full.json.
func fullOne() state.Snapshot {
	return state.Snapshot{
		Format: 1, Lineage: "0d6c1f6e-7a5b-4f0e-9b52-6a1e7d3f9c10", Serial: 3, Previous: "sha256:aa", Engine: "0.1.0",
		Mappings: map[string]state.Mapping{"mapping.patient": {
			UID: "u1", Address: "mapping.patient",
			Hashes: state.Fingerprints{Fields: map[string]string{"id": "sha256:f1", "name": "sha256:f2"},
				Rows: "sha256:r", Mode: "sha256:m", Key: "sha256:k", Shape: "sha256:s", Govern: "sha256:g", Exec: "sha256:e"},
			Definition: json.RawMessage(`{"where":"src.A < 3 && src.B > 1","big":12345678901234567890}`),
			Source: state.End{Endpoint: "source.sqlite.clinic", Identity: "sqlite:1", Table: "patient",
				Schemas: map[string]string{"patient": "sha256:t1", "ward": "sha256:t2"}},
			Target: state.End{Endpoint: "target.postgres.new", Identity: "pg:2", ID: "t-9", Table: "public.patient",
				Schemas: map[string]string{"public.patient": "sha256:t3"}},
			Cursor: &state.Cursor{Column: "updated_at", Position: "2026-11-19 08:00:00", Moment: "m1"},
			Digest: "2:000000000000000a:000000000000000b", Rows: 2, SourceCount: 3,
			Run: "run-2", BaseRun: "run-1", AppliedAt: noon,
			Reports: []state.Report{{Name: "ids", Kind: "check", Passed: true, Severity: "block", Message: "2 rows", Run: "run-2", At: noon}},
			Policy:  state.Policy{Rules: "sha256:p", Decisions: map[string]string{"CORE-04": "pass"}, Exemptions: []string{"pilot"}},
		}},
		Removed: map[string]state.Removed{"u0": {Address: "mapping.old", Run: "run-1", At: noon,
			Target: state.End{Endpoint: "target.postgres.new", Identity: "pg:2", ID: "t-9", Table: "public.old",
				Schemas: map[string]string{"public.old": "sha256:t4"}}}},
		Outputs: map[string]state.Output{"patients": {Value: json.RawMessage(`2`), Sensitive: true}},
		OpenRun: &state.OpenRun{ID: "run-3", PlanDigest: "sha256:d", IntentDigest: "sha256:i", ConfigDigest: "sha256:c",
			Plan: json.RawMessage(`{"format":1}`), OpenedAt: noon, Epoch: 4, Targets: map[string]string{"target.postgres.new": "t-9"}},
	}
}

func TestStatesOfEveryFormatStillRead(t *testing.T) {
	for format, c := range map[string]struct {
		want   state.Snapshot
		digest string
	}{
		"v1": {fullOne(), "sha256:47316394b528455e0b8888ac0cec98be7649d255778b639edd45a87109b68dd3"},
		"v3": {full(), "sha256:cfd652b8acd77320d1080bc2e44635dcf37add2aa9ad8b90ce9c3d445a82eed6"},
		"v2": {fullTwo(), "sha256:509be2a45a872be50c931ee0eb3e8ea5f29be948bf1fb178a720bb746230e21f"},
	} {
		text, err := os.ReadFile("testdata/" + format + "/full.json")
		if err != nil {
			t.Fatal(err)
		}
		got, digest, err := state.Decode(text)
		if err != nil {
			t.Fatalf("Decode(%s/full.json): %v", format, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s/full.json reads otherwise than it was written (-want +got):\n%s", format, diff)
		}
		if digest != c.digest {
			t.Errorf("digest of %s/full.json: got %s, want %s", format, digest, c.digest)
		}
	}
}

func TestWhatIsEncodedDecodesToTheSame(t *testing.T) {
	for name, s := range map[string]state.Snapshot{
		"a full state":             full(),
		"a state without mappings": {Format: state.Format, Lineage: "l", Serial: 1, Mappings: map[string]state.Mapping{}},
	} {
		text, digest, err := state.Encode(s)
		if err != nil {
			t.Fatalf("%s: Encode: %v", name, err)
		}
		got, again, err := state.Decode(text)
		if err != nil {
			t.Fatalf("%s: Decode: %v", name, err)
		}
		if diff := cmp.Diff(s, got); diff != "" || digest != again {
			t.Errorf("%s: digest %s, then %s; difference (-want +got):\n%s", name, digest, again, diff)
		}
		second, _, err := state.Encode(got)
		if err != nil || string(second) != string(text) {
			t.Errorf("%s: encoded twice it differs (%v):\n%s\n%s", name, err, text, second)
		}
	}
}

func TestAStateThatIsNotWholeIsRefused(t *testing.T) {
	whole, _, err := state.Encode(full())
	if err != nil {
		t.Fatal(err)
	}
	text := string(whole)
	for name, c := range map[string]struct{ text, want string }{
		"an empty file":                {"", "empty"},
		"blanks":                       {" \n", "empty"},
		"cut short in the middle":      {text[:len(text)/2], "cut short"},
		"cut by one brace":             {strings.TrimRight(text, "}\n"), "cut short"},
		"zeros, as a lost disk leaves": {strings.Repeat("\x00", len(text)), "cut short or is no state"},
		"something behind the end":     {text + "{}", "behind its end"},
		"a position edited by hand":    {strings.Replace(text, "2026-11-19", "2026-11-18", 1), "does not match its digest"},
		"a serial edited by hand":      {strings.Replace(text, `"serial": 3`, `"serial": 4`, 1), "does not match its digest"},
		"a format edited by hand":      {strings.Replace(text, `"format": 3`, `"format": 9`, 1), "does not match its digest"},
		"another program's JSON":       {`{"version": 4, "serial": 1}`, "no state"},
		"no state inside":              {`{"digest": "sha256:aa"}`, "no state in it"},
	} {
		got, digest, err := state.Decode([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, state.ErrNewer) {
			t.Errorf("%s: got error %v, want one with %q", name, err, c.want)
		}
		if got.Serial != 0 || digest != "" {
			t.Errorf("%s: got serial %d and digest %q beside the error", name, got.Serial, digest)
		}
	}
}

func TestLayoutIsNoDamage(t *testing.T) {
	text, _, err := state.Encode(full())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := state.Decode([]byte(strings.ReplaceAll(string(text), "\n", "\r\n"))); err != nil {
		t.Errorf("with other line ends: got %v, want no error", err)
	}
}

func TestAStateOfANewerVersionIsRefusedByName(t *testing.T) {
	_, _, err := state.Decode(state.Sealed(t, `{"format":7,"engine":"2.0.0","lineage":"l","serial":1,"unheard_of":true}`))
	if !errors.Is(err, state.ErrNewer) || !strings.Contains(err.Error(), "2.0.0") {
		t.Errorf("format 7: got %v, want ErrNewer with the version that wrote it", err)
	}
	_, _, err = state.Decode(state.Sealed(t, `{"format":2,"lineage":"l","serial":1,"unheard_of":true}`))
	if err == nil || !strings.Contains(err.Error(), "unheard_of") {
		t.Errorf("format 2 with a field it does not have: got %v, want an error that names the field", err)
	}
	for _, content := range []string{`{"lineage":"l","serial":1}`, `{"format":1,"serial":1}`, `{"format":1,"lineage":"l"}`, `[]`, `{"format":"1"}`} {
		if _, _, err := state.Decode(state.Sealed(t, content)); err == nil || errors.Is(err, state.ErrNewer) {
			t.Errorf("Decode(%s): got %v, want an error about what is missing", content, err)
		}
	}
}

func TestAStateWithoutALineageIsNotEncoded(t *testing.T) {
	if _, _, err := state.Encode(state.Snapshot{Serial: 1}); err == nil {
		t.Error("Encode without a lineage: got no error")
	}
}

func TestMessagesNameTheHolder(t *testing.T) {
	err := error(&state.LockedError{Object: "state.json", Holder: state.Holder{Owner: "apply by ann", PID: 12, Host: "h1", Since: noon}})
	if want := "state.json is locked by apply by ann (process 12 on h1) since 2026-11-20 12:00:00 UTC"; err.Error() != want || !errors.Is(err, state.ErrLocked) {
		t.Errorf("got %q, want %q of ErrLocked's chain", err, want)
	}
}
