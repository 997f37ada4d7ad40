package secret_test

import (
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/secret"
)

func TestWhichUrlsHoldASecret(t *testing.T) {
	for name, c := range map[string]struct {
		url  string
		want bool
	}{
		"a host":                                    {"postgres://db.example.org/scr", false},
		"a user and a host":                         {"postgres://miq@db.example.org:5432/scr?sslmode=verify-full", false},
		"a user with an empty password":             {"postgres://miq:@db.example.org/scr", false},
		"several hosts with ports":                  {"postgres://miq@a:5432,b:5433/scr?target_session_attrs=primary", false},
		"an address of version 6":                   {"postgres://miq@[::1]:5432/scr", false},
		"a user in a parameter":                     {"postgres:///scr?host=/run/pg&user=miq", false},
		"a file of passwords":                       {"postgres://miq@db/scr?passfile=/etc/pgpass&sslkey=client.key", false},
		"an empty password parameter":               {"postgres://miq@db/scr?password=", false},
		"a password":                                {"postgres://miq:hunter2@db/scr", true},
		"a password with a slash":                   {"postgres://miq:hun/ter2@db/scr", true},
		"a password with a question mark":           {"postgres://miq:hun?ter2@db/scr", true},
		"a password with a number sign":             {"postgres://miq:hun#ter2@db/scr", true},
		"a password with an at sign":                {"postgres://miq:hun@ter2@db/scr", true},
		"a password parameter":                      {"postgres://miq@db/scr?sslmode=require&password=hunter2", true},
		"the same in other letters and escapes":     {"postgres://miq@db/scr?PASS%57ORD=hunter2", true},
		"a parameter that cannot be read":           {"postgres://miq@db/scr?%zz=hunter2", true},
		"the password of a key's file":              {"postgres://miq@db/scr?sslpassword=hunter2", true},
		"a token":                                   {"https://host/path?access_token=abc", true},
		"an access key":                             {"s3://bucket?access-key=abc", true},
		"keywords, which are no url":                {"host=db user=miq dbname=scr", true},
		"a word":                                    {"hunter2", true},
		"parameters between semicolons, as some do": {"postgres://db/scr?a=1;pwd=x", true},
	} {
		cfg := struct {
			URL secret.Secret `hcl:"url,optional"`
		}{secret.Literal(c.url)}
		if got := len(secret.Literals(&cfg)) > 0; got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestOnlyAUrlIsLookedInto(t *testing.T) {
	cfg := struct {
		URL      secret.Secret `hcl:"url,optional"`
		Password secret.Secret `hcl:"password,optional"`
		From     secret.Secret `hcl:"from"`
	}{secret.Reference("env://PG_URL"), secret.Literal("postgres://miq@db/scr"), secret.Secret{}}
	if got := secret.Literals(&cfg); !slices.Equal(got, []string{"password"}) {
		t.Errorf("got %q, want the password alone", got)
	}
}
