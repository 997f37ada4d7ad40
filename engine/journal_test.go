package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

const journal = "migrateiq.state.json.audit.jsonl"

// lines gives the audit log, an object a line with the payload in it.
func (f *folder) lines() []map[string]any {
	f.t.Helper()
	var out []map[string]any
	for line := range strings.Lines(f.read(journal)) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			f.t.Fatalf("line %d of the log: %v", len(out)+1, err)
		}
		out = append(out, one)
	}
	return out
}

// events names the lines of the log from one on, counted from 0.
func (f *folder) events(from int) string {
	f.t.Helper()
	var out []string
	for _, l := range f.lines()[from:] {
		out = append(out, l["event"].(string))
	}
	return strings.Join(out, " ")
}

// last is the payload of the last line of an event.
func (f *folder) last(event string) map[string]any {
	f.t.Helper()
	var out map[string]any
	for _, l := range f.lines() {
		if l["event"] == event {
			out = l["payload"].(map[string]any)
		}
	}
	if out == nil {
		f.t.Fatalf("the log has no %s: %s", event, f.events(0))
	}
	return out
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestPlansAndDeniedAppliesAreInTheAuditLog(t *testing.T) {
	f := newClinic(t, ownRules, unapproved)
	f.write("rules/clinic.rego", noAge)
	f.exits(4, "plan", "--out", "denied.plan")
	if got, want := f.events(0), "log_opened plan_made"; got != want {
		t.Fatalf("after a plan: got %s, want %s", got, want)
	}
	made := f.last("plan_made")
	holds(t, text(t, made), `"allowed":false`, `"deny":1`, `"waived":1`, `"intent_digest":"sha256:`, `"plan_digest":"sha256:`, `"lacks_approval":false`, `"rules_digest":"sha256:`)
	if actor := f.lines()[1]["actor"]; actor != "a test" {
		t.Errorf("the line of a plan: got actor %v, want the one who planned", actor)
	}

	f.exits(4, "apply", "denied.plan")
	denied := f.last("apply_denied")
	holds(t, text(t, denied), `"reasons":["denied"]`, `"control":"clinic.deny"`, `"subject":"mapping.person.field.age"`)
	for _, same := range []string{"plan_digest", "intent_digest", "config_digest"} {
		if denied[same] != made[same] {
			t.Errorf("%s of the denied apply: got %v, want that of its plan, %v", same, denied[same], made[same])
		}
	}
	f.exits(4, "apply", "--auto-approve")
	if got, want := f.events(2), "apply_denied plan_made apply_denied"; got != want {
		t.Errorf("after two applies: got %s, want %s", got, want)
	}

	f.write("exempt.miq.hcl", exempt("ages", "clinic.deny", "mapping.person.field.age", "2026-11-30"))
	f.exits(0, "plan", "--out", "waived.plan")
	f.now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	f.exits(0, "plan", "--out", "later.plan")
	f.now = time.Date(2026, 12, 1, 0, 0, 1, 0, time.UTC)
	f.exits(6, "apply", "later.plan")
	holds(t, text(t, f.last("apply_denied")), `"reasons":["stale"]`, `"EXEMPTION"`)

	f.now = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	f.exits(6, "apply", "waived.plan")
	holds(t, text(t, f.last("apply_ended")), `"outcome":"refused"`, `"reason":"stale"`, `"stale":["AGE"]`)
	untouched(t, f)
	f.exits(0, "audit", "verify")
}

func TestAnApplyThatLacksAnApprovalIsInTheAuditLog(t *testing.T) {
	f := newClinic(t, `policy "core" {}`, "")
	f.exits(5, "apply", "--auto-approve")
	holds(t, text(t, f.last("plan_made")), `"lacks_approval":true`)
	holds(t, text(t, f.last("apply_denied")), `"reasons":["approval"]`, `"control":"CORE-06"`, `"approvals":0`)
}

func TestAPlanIsNotMadeWhereItCannotBeWrittenDown(t *testing.T) {
	f := newClinic(t, `policy "core" {}`, unapproved)
	if err := os.Mkdir(f.path(journal), 0o700); err != nil {
		t.Fatal(err)
	}
	holds(t, f.exits(1, "plan", "--out", "p.plan"), "rite down that the plan was made", journal)
	if _, err := os.Stat(f.path("p.plan")); err == nil {
		t.Error("the plan was saved, and nothing tells of it")
	}
}

func TestALogThatIsCutTogetherWithItsHeadIsFound(t *testing.T) {
	f := newClinic(t, `policy "core" {}`, unapproved)
	f.apply()
	log, head := f.read(journal), f.read(journal+".head")
	all := strings.SplitAfter(strings.TrimSuffix(log, "\n"), "\n")
	holds(t, f.exits(0, "audit", "verify"), fmt.Sprintf("It holds line %d, which the state knows.", len(all)))

	cut := func(n int) {
		f.write(journal, strings.Join(all[:n], ""))
		hash := f.lines()[n-1]["hash"]
		f.write(journal+".head", fmt.Sprintf(`{"seq":%d,"hash":%q}`, n, hash))
	}
	for _, n := range []int{len(all) - 1, 2} {
		cut(n)
		holds(t, f.exits(8, "audit", "verify"), fmt.Sprintf("Line %d of the audit log", n+1), fmt.Sprintf("the state knows of line %d", len(all)))
		holds(t, f.exits(1, "plan"), "was changed, and is not added to", "audit begin")
		holds(t, f.exits(1, "apply", "--auto-approve"), "was changed")
		holds(t, f.exits(1, "state", "rm", "mapping.person"), "was changed")
		holds(t, f.exits(1, "evidence", "--out", "bundle"), "no bundle is made of a log that was changed")
	}
	for _, name := range []string{journal, journal + ".head"} {
		if err := os.Remove(f.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, f.exits(8, "audit", "verify"), "Line 1 of the audit log", "is missing")
	holds(t, f.exits(1, "plan"), "was changed")

	f.write(journal, log)
	f.write(journal+".head", head)
	f.exits(0, "audit", "verify")
	f.settled()
}

// A log that was written anew, as long as it was and with a head that fits, has another line where the state knows one.
func TestALogThatWasWrittenAnewIsFound(t *testing.T) {
	f := newClinic(t, `policy "core" {}`, unapproved)
	f.apply()
	n := len(f.lines())
	state := f.read("migrateiq.state.json")
	forged := newClinic(t, `policy "core" {}`, unapproved)
	forged.apply()
	for range 3 {
		forged.exits(0, "plan")
	}
	f.write(journal, forged.read(journal))
	f.write(journal+".head", forged.read(journal+".head"))
	holds(t, f.exits(8, "audit", "verify"), fmt.Sprintf("Line %d of the audit log", n), "were written anew")
	sqliteRun(t, f.path("shop.db"), "INSERT INTO person VALUES (3, 50)")
	f.edit("main.miq.hcl", "key    = [\"id\"]\n", "key    = [\"id\"]\n    mode   = \"upsert\"\n")
	holds(t, f.exits(1, "apply", "--auto-approve"), "othing was changed", "were written anew")
	if f.read("migrateiq.state.json") != state {
		t.Error("the state was saved, with the head of the forged log")
	}
}

func TestANewLogFollowsTheOneThatWasMovedAway(t *testing.T) {
	f := newClinic(t, `policy "core" {}`, unapproved)
	holds(t, f.exits(1, "audit", "begin"), "knows of no audit log")
	f.apply()
	holds(t, f.exits(1, "audit", "begin"), "here is an audit log")
	old := f.lines()
	end := old[len(old)-1]
	if err := os.Rename(f.path(journal), f.path("kept.jsonl")); err != nil {
		t.Fatal(err)
	}
	holds(t, f.exits(1, "audit", "begin"), "recorded head") // its head still lies there
	if err := os.Rename(f.path(journal+".head"), f.path("kept.jsonl.head")); err != nil {
		t.Fatal(err)
	}
	holds(t, f.exits(0, "audit", "begin"), "A new audit log is begun", end["hash"].(string))
	if got := f.last("log_begun_anew"); got["after_hash"] != end["hash"] || got["after_seq"] != end["seq"] {
		t.Errorf("the new log: got %v, want it to follow line %v, %v", got, end["seq"], end["hash"])
	}
	f.exits(0, "audit", "verify")
	f.exits(0, "audit", "verify", "kept.jsonl")
	f.settled()
}

// once does a thing when a text comes by.
type once struct {
	mu   sync.Mutex
	seen bytes.Buffer
	at   string
	do   func()
}

func (o *once) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen.Write(p)
	if o.do != nil && strings.Contains(o.seen.String(), o.at) {
		o.do()
		o.do = nil
	}
	return len(p), nil
}

// after is the result of a control in the review after the last run.
func after(t *testing.T, f *folder, control string) string {
	t.Helper()
	for line := range strings.Lines(f.exits(0, "evidence", "export", "--format", "csv", "--after")) {
		if rest, ok := strings.CutPrefix(line, control+","); ok {
			return rest
		}
	}
	t.Fatalf("the review after the run has no %s", control)
	return ""
}

func TestTheChainOfTheLogIsVerifiedAfterARun(t *testing.T) {
	f := newClinic(t, `policy "gdpr" { mode = "advisory" }`, unapproved)
	f.edit("main.miq.hcl", "from         = \"age\"\n    classify     = [\"none\"]", "from         = \"age\"\n    classify     = [\"personal\"]")
	f.apply()
	holds(t, after(t, f, "GDPR-23/O"), ",pass,")
}

// Somebody changes a line in the middle of the log while the run is under way.
func TestALogThatIsChangedDuringARunFailsItsControl(t *testing.T) {
	f := newClinic(t, `policy "gdpr" { mode = "advisory" }`, unapproved)
	f.edit("main.miq.hcl", "from         = \"age\"\n    classify     = [\"none\"]", "from         = \"age\"\n    classify     = [\"personal\"]")
	var whole string
	f.tell = &once{at: `"run_opened"`, do: func() {
		whole = f.read(journal)
		f.write(journal, strings.Replace(whole, `"allowed":true`, `"allowed":null`, 1))
	}}
	f.exits(0, "apply", "--auto-approve", "--json")
	f.tell = nil
	if whole == "" {
		t.Fatal("the log was not changed: no event came by")
	}
	holds(t, f.exits(8, "audit", "verify"), "Line 2 of the audit log")
	f.write(journal, strings.Replace(f.read(journal), `"allowed":null`, `"allowed":true`, 1))
	holds(t, after(t, f, "GDPR-23/O"), ",fail,", "the chain of its audit was verified")
}

// The end of the log is spoilt while the run is under way: the rows and the state of them are whole, and the apply says
// that its evidence is not.
func TestALogThatIsSpoiltDuringARunLosesNoState(t *testing.T) {
	f := newClinic(t, `policy "core" {}`, unapproved)
	spoilt := false
	f.tell = &once{at: `"run_opened"`, do: func() {
		text := f.read(journal)
		f.write(journal, strings.Replace(text, `"event":"run_opened"`, `"event":"run_opener"`, 1))
		spoilt = true
	}}
	out := f.exits(1, "apply", "--auto-approve", "--json")
	f.tell = nil
	if !spoilt {
		t.Fatal("the log was not changed: no event came by")
	}
	holds(t, out, "he evidence of this run is not whole", "was changed, and is not added to")
	if state := f.read("migrateiq.state.json"); strings.Contains(state, `"open_run"`) || !strings.Contains(state, `"mapping.person"`) {
		t.Errorf("the state: got %s, want the run closed and its mapping in it", state)
	}
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM person"); got != "2" {
		t.Errorf("rows in the target: got %s, want 2", got)
	}
}
