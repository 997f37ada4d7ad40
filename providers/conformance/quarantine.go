package conformance

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/providers"
)

func quarantined(t *testing.T, s Suite) {
	fresh := s.Open(t)
	q, ok := providers.As[providers.Quarantine](fresh)
	if ok {
		check(t, "rejects of a system without a ledger", q.Rejects(t.Context(), "", "", func(r providers.Rejected) error {
			t.Errorf("a system without a ledger gave %+v", r)
			return nil
		}))
	}
	check(t, "close", fresh.Close())
	if !ok {
		t.Skip("the system shows no rejects")
	}
	sys := target(t, s)
	made := sys.table(sys.simple("rejecting"))
	var want []providers.Rejected
	for n, keys := range [][]string{{"b", "a"}, {"key#0123456789ab"}, nil} {
		spec := sys.spec(made, n)
		l, err := need[providers.Target](t, sys.e).Load(t.Context(), spec)
		check(t, "load", err)
		b := numbered(made, int64(n*10), int64(n*10+2))
		check(t, "write", l.Write(t.Context(), b))
		for _, key := range keys {
			r := providers.Reject{Key: key, Field: "f \"ü\"", Rule: "type", Reason: "why,\nand how"}
			check(t, "reject", l.Reject(t.Context(), []providers.Reject{r}))
			want = append(want, providers.Rejected{Run: run, Mapping: mapping, Reject: r})
		}
		_, err = l.Commit(t.Context(), record(spec, b))
		check(t, "commit", err)
		check(t, "close", l.Close())
	}
	l, err := need[providers.Target](t, sys.e).Load(t.Context(), sys.spec(made, 3))
	check(t, "load", err)
	check(t, "reject", l.Reject(t.Context(), []providers.Reject{{Key: "of a chunk that is not committed"}}))
	check(t, "close without commit", l.Close())
	for _, c := range []struct {
		run, mapping string
		want         []providers.Rejected
	}{{"", "", want}, {run, mapping, want}, {"", mapping, want}, {run, "", want}, {"another run", "", nil}, {"", "another mapping", nil}} {
		var got []providers.Rejected
		check(t, "rejects", need[providers.Quarantine](t, sys.e).Rejects(t.Context(), c.run, c.mapping, func(r providers.Rejected) error {
			got = append(got, r)
			return nil
		}))
		if !cmp.Equal(got, c.want) {
			t.Errorf("Rejects(%q, %q): %s", c.run, c.mapping, cmp.Diff(got, c.want))
		}
	}
	enough, seen := errors.New("enough"), 0
	err = need[providers.Quarantine](t, sys.e).Rejects(t.Context(), "", "", func(providers.Rejected) error { seen++; return enough })
	if !errors.Is(err, enough) || seen != 1 {
		t.Errorf("Rejects with a visit that fails: got %v after %d, want its error after one", err, seen)
	}
}
