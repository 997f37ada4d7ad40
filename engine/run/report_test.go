package run_test

import (
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/faulty"
)

// Broken where a copy that an earlier process finished is not counted again from the ledger.
func TestAResumedRunReportsWhatAllItsProcessesWrote(t *testing.T) {
	resumed := 0
	for n := 1; ; n++ {
		l, items, entries := filled(t, 40)
		faults := faulty.Nth(n).On("exec").As(providers.Fenced)
		if _, err := l.apply(faults); !faults.Reached() {
			l.must(err)
			break
		}
		report, err := l.apply(faulty.Nth(0))
		l.must(err)
		if report.Resumed {
			resumed++
		}
		want := map[string]int{"mapping.item": len(items), "mapping.entry": len(entries)}
		for _, m := range report.Mappings {
			if m.Written != int64(want[m.Address]) {
				t.Errorf("%s after a crash at statement %d: got %d written, want %d", m.Address, n, m.Written, want[m.Address])
			}
		}
	}
	if resumed < 3 {
		t.Errorf("%d runs were gone on with, want several", resumed)
	}
}
