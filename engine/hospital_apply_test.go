package engine_test

import (
	"strings"
	"testing"
)

func TestTheHospitalIsAppliedAndProven(t *testing.T) {
	h := newHospital(t)
	if code, out := h.run("plan", "--change", "change.json"); code != 4 {
		t.Fatalf("plan without approvals: got exit code %d, want 4\n%s", code, out)
	}
	h.approve()
	for _, args := range [][]string{handed("plan", "--out", "hospital.plan"), handed("apply", "hospital.plan"), {"verify", "--source"}} {
		if code, out := h.run(args...); code != 0 {
			t.Fatalf("%s: got exit code %d\n%s", strings.Join(args, " "), code, out)
		}
	}
}
