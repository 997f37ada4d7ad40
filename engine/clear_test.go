package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// The server of the tests trusts who comes by its socket, so its url holds no password.
func TestAUrlInClearIsASecretOnlyWithAPassword(t *testing.T) {
	url := testserver.Postgres(t)
	testserver.Psql(t, url, people)
	if strings.Contains(url, "password") {
		t.Fatalf("the url of the test's server holds a password")
	}
	f := newFolder(t, strings.NewReplacer(`source "sqlite" "shop" { path = "shop.db" }`, `source "postgres" "shop" { url = "`+url+`" }`,
		"source.sqlite.shop", "source.postgres.shop").Replace(clinic(`policy "core" {}`, unapproved)))
	f.now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	holds(t, f.exits(0, "plan"), "0 deny")

	and := "?"
	if strings.Contains(url, "?") {
		and = "&"
	}
	f.edit("main.miq.hcl", url, url+and+"password=hunter2")
	out := f.exits(4, "plan")
	holds(t, out, "deny CORE-04  plan  main.miq.hcl:5", "In clear: source.postgres.shop.url.")
	if strings.Contains(out, "hunter2") || strings.Contains(f.read(journal), "hunter2") {
		t.Errorf("the password is shown: %s", out)
	}
}
