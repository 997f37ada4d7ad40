package postgres

import (
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
)

var _ providers.Carried = (*Config)(nil)

// Transport tells what sslmode comes to. The modes allow and prefer may go on without TLS, so they count as without. The
// least version is that of the driver, which sets none of its own: Go's, which is 1.2.
func (c *Config) Transport() providers.Transport {
	given, err := c.settings()
	host := given.text("host")
	if err != nil || host == "" {
		return providers.Transport{}
	}
	mode := given.text("sslmode")
	if mode == "" {
		mode = "verify-full"
		if isLocal(host) {
			mode = "prefer"
		}
	}
	encrypted := slices.Contains([]string{"require", "verify-ca", "verify-full"}, mode)
	verified := strings.HasPrefix(mode, "verify-") || mode == "require" && given.text("sslrootcert") != ""
	out := providers.Transport{Local: isLocal(host), TLS: &encrypted, Verify: &verified}
	if encrypted {
		out.MinVersion = "1.2"
	}
	return out
}
