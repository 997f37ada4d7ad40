package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// proven plans without and with approvals, applies, and compares both sides.
func (h *hospital) proven() {
	h.t.Helper()
	if code, out := h.run("plan", "--change", "change.json"); code != 4 {
		h.t.Fatalf("plan without approvals: got exit code %d, want 4\n%s", code, out)
	}
	h.approve()
	for _, args := range [][]string{handed("plan", "--out", "hospital.plan"), handed("apply", "hospital.plan"), {"verify", "--source"}} {
		if code, out := h.run(args...); code != 0 {
			h.t.Fatalf("%s: got exit code %d\n%s", strings.Join(args, " "), code, out)
		}
	}
}

func TestTheHospitalIsAppliedAndProven(t *testing.T) { newHospital(t).proven() }

func TestTheHospitalGoesToPostgreSQLToo(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	url := testserver.Postgres(t)
	h := newHospital(t)
	h.env = append(h.env, "RECORD_URL="+url)
	text := strings.ReplaceAll(h.read("main.miq.hcl"), "sqlite.record", "postgres.record")
	text = strings.Replace(text, `target "sqlite" "record" {`, `target "postgres" "record" {`, 1)
	text = strings.Replace(text, `  path        = "record.db"`, `  url         = secret("env://RECORD_URL")`, 1)
	h.write("main.miq.hcl", text)
	h.proven()
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.Background()) }()
	for query, want := range map[string]string{
		"SELECT count(*)::text FROM patient":                           "7",
		"SELECT count(*)::text FROM episode":                           "10",
		"SELECT sum(amount)::text FROM payment WHERE currency = 'GBP'": "5802.50",
		"SELECT min(nhs_number) FROM patient":                          "9990001375",
	} {
		var got string
		if err := db.QueryRow(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %s, error %v; want %s", query, got, err, want)
		}
	}
}
