package postgres

import "testing"

func TestTransportClaimsNoMoreThanTheModeKeeps(t *testing.T) {
	for name, c := range map[string]struct {
		config             Config
		local, tls, verify bool
	}{
		"left out":               {Config{Host: "db.example.org", Database: "d", User: "u"}, false, true, true},
		"left out, this machine": {Config{Host: "localhost", Database: "d", User: "u"}, true, false, false},
		"a socket":               {Config{Host: "/run/postgresql", Database: "d", User: "u"}, true, false, false},
		"disable":                {Config{Host: "db.example.org", Database: "d", User: "u", SSLMode: "disable"}, false, false, false},
		"prefer":                 {Config{Host: "db.example.org", Database: "d", User: "u", SSLMode: "prefer"}, false, false, false},
		"require":                {Config{Host: "db.example.org", Database: "d", User: "u", SSLMode: "require"}, false, true, false},
		"verify-ca":              {Config{Host: "db.example.org", Database: "d", User: "u", SSLMode: "verify-ca"}, false, true, true},
	} {
		got := c.config.Transport()
		if got.TLS == nil || got.Verify == nil || got.Local != c.local || *got.TLS != c.tls || *got.Verify != c.verify || (got.MinVersion == "1.2") != c.tls {
			t.Errorf("%s: got %+v, want local %t, tls %t, verify %t", name, got, c.local, c.tls, c.verify)
		}
	}
	if got := (&Config{}).Transport(); got.TLS != nil || got.Verify != nil || got.Local {
		t.Errorf("a url that is not known yet: got %+v, want nothing", got)
	}
}
