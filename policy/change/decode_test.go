package change_test

import (
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/policy/change"
)

func TestAValueThatRulesCouldMisreadIsRefusedWithItsLine(t *testing.T) {
	cases := map[string]struct{ text, says string }{
		"a number less than nothing":         {"{\n  \"open_emergencies\": 0,\n  \"expected_minutes\": -5\n}", "line 3: expected_minutes takes a whole number from 0, and is -5"},
		"emergencies less than nothing":      {"{\n  \"open_emergencies\": -1\n}", "line 2: open_emergencies takes a whole number from 0, and is -1"},
		"a part of a number":                 {"{\n  \"open_emergencies\": 0.5\n}", "line 2: open_emergencies cannot be number 0.5"},
		"a day in place of a moment":         {"{\"tests\": [\n  {\"environment\": \"preprod\", \"at\": \"2026-11-01T10:00:00Z\"},\n  {\"environment\": \"test\",\n   \"at\": \"2026-11-20\"}\n]}", "line 4: tests.at takes a moment, such as \"2026-11-20T10:00:00Z\", and is \"2026-11-20\""},
		"a window that begins at no time":    {"{\"window\":\n  {\"start\": \"tonight\"}}", "line 2: window.start takes a moment"},
		"an approval of no time":             {"{\"approvals\": [{\"actor\": \"a\",\n\"at\": \"now\"}]}", "line 2: approvals.at takes a moment"},
		"a word that no rule knows":          {"{\"tests\": [\n  {\"environment\": \"preprod\"},\n  {\"environment\": \"laptop\"}\n]}", "line 3: \"laptop\" is no value of tests.environment"},
		"a member that is not there":         {"{\n  \"reason\": \"tset\",\n  \"tset\": []\n}", "line 3: unknown field \"tset\""},
		"a text where a number belongs":      {"{\n\n  \"expected_minutes\": \"ten\"\n}", "line 3: expected_minutes cannot be string"},
		"JSON that is none":                  {"{\n  \"reason\": \"x\",\n}", "line 3: invalid character"},
		"something behind the object's end":  {"{}\n\n{}", "line 3: there is more behind"},
		"tests that are less than no object": {"{\n \"tests\": -3\n}", "line 2: tests cannot be number"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := change.Read([]byte(c.text), nil, time.Now())
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: got error %v, want %q", c.text, err, c.says)
			}
		})
	}
}

func TestApprovalsWithoutAFileOfApproversAreToldOfOnce(t *testing.T) {
	got, err := change.Read([]byte(`{"approvals": [{"actor": "a", "role": "dpo", "signature": "x"}, {"actor": "b", "role": "it", "signature": "x"}]}`), nil, time.Now())
	if err != nil || len(got.Problems) != 1 || !strings.Contains(got.Problems[0], "None of the 2 approvals counts") || got.Change.Approvals != nil {
		t.Errorf("got %q, approvals %v and error %v, want one problem and no approval", got.Problems, got.Change.Approvals, err)
	}
}

func TestValuesAtTheirLimitAreTaken(t *testing.T) {
	got, err := change.Read([]byte(`{"open_emergencies": 0, "expected_minutes": 0, "tests": [{"at": "2026-11-20T10:00:00+01:00"}], "window": {"start": null}}`), nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if n := got.Change.ExpectedMinutes; n == nil || *n != 0 {
		t.Errorf("expected_minutes: got %v, want 0", n)
	}
}
