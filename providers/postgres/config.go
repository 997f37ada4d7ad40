package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// Config is the connection part of a source or target block: a URL, a service, or the parts. The driver's environment
// variables (PGHOST and so on) are not asked; of the home folder only the password file is, and the service file where
// a service is named.
type Config struct {
	URL         secret.Secret `hcl:"url,optional"`
	Service     string        `hcl:"service,optional"`     // a section of the service file
	ServiceFile string        `hcl:"servicefile,optional"` // ~/.pg_service.conf
	Host        string        `hcl:"host,optional"`        // a name, an address, or the folder of a Unix socket; several with commas
	Port        int           `hcl:"port,optional"`
	Database    string        `hcl:"database,optional"`
	User        string        `hcl:"user,optional"`
	Password    secret.Secret `hcl:"password,optional"`
	PassFile    string        `hcl:"passfile,optional"` // ~/.pgpass

	SSLMode        string        `hcl:"sslmode,optional"`     // verify-full unless the host is this machine
	SSLRootCert    string        `hcl:"sslrootcert,optional"` // a file of certificates to trust instead of the system's
	SSLCert        string        `hcl:"sslcert,optional"`
	SSLKey         string        `hcl:"sslkey,optional"`
	SSLPassword    secret.Secret `hcl:"sslpassword,optional"` // of the key's file
	SSLNegotiation string        `hcl:"sslnegotiation,optional"`
	ChannelBinding string        `hcl:"channel_binding,optional"`
	RequireAuth    string        `hcl:"require_auth,optional"`

	TargetSessionAttrs string `hcl:"target_session_attrs,optional"`
	ConnectTimeout     int    `hcl:"connect_timeout,optional"` // seconds
	KeepalivesIdle     int    `hcl:"keepalives_idle,optional"` // seconds
	ApplicationName    string `hcl:"application_name,optional"`
	StatementTimeout   string `hcl:"statement_timeout,optional"` // of what plan asks; rows may take as long as they take
	LockTimeout        string `hcl:"lock_timeout,optional"`      // of statements that change tables

	dir string // relative paths start here
}

// Root makes the paths of files start at dir.
func (c *Config) Root(dir string) { c.dir = dir }

// Validate checks what can be checked before secrets are known.
func (c *Config) Validate() []providers.FieldError {
	var found []providers.FieldError
	say := func(field, message string) {
		found = append(found, providers.FieldError{Field: field, Message: message})
	}
	parts := c.Host != "" || c.Port != 0 || c.Database != "" || c.User != ""
	named := c.Service != "" || !c.URL.IsZero() // may give what the parts do not
	switch {
	case !c.URL.IsZero() && parts:
		say("url", "The url says host, port, database and user; leave those attributes out, or leave the url out.")
	case !named && c.Host == "":
		say("host", "Say where the server is: host and database, or url, or service.")
	case !named && c.Database == "":
		say("database", "Say which database of the server: database, or url, or service.")
	case !named && c.User == "":
		say("user", "Say as which role to log in: user, or url, or service.")
	}
	if c.ServiceFile != "" && c.Service == "" {
		say("servicefile", "The file of services is there without the name of one: add service.")
	}
	if c.Port < 0 || c.Port > 65535 {
		say("port", "A port is a number from 1 to 65535.")
	}
	if (c.SSLCert == "") != (c.SSLKey == "") {
		say(cmp.Or(ifSet(c.SSLCert, "sslcert"), "sslkey"), "A client's certificate needs both files: sslcert and sslkey.")
	}
	for _, w := range []struct {
		field string
		is    int
	}{{"connect_timeout", c.ConnectTimeout}, {"keepalives_idle", c.KeepalivesIdle}} {
		if w.is < 0 {
			say(w.field, "The time is negative; give seconds.")
		}
	}
	for _, w := range [][2]string{{"statement_timeout", c.StatementTimeout}, {"lock_timeout", c.LockTimeout}} {
		if _, err := span(w[1]); err != nil {
			say(w[0], fmt.Sprintf("%q is no time; write it like 30s, 500ms or 5m, or 0 for no end.", w[1]))
		}
	}
	if len(c.ApplicationName) > 50 || !printable.MatchString(c.ApplicationName) {
		say("application_name", "The name is shown by the server beside each session: up to 50 printable ASCII characters.")
	}
	for _, w := range []struct{ field, is string }{
		{"sslmode", c.SSLMode}, {"sslnegotiation", c.SSLNegotiation}, {"channel_binding", c.ChannelBinding},
		{"target_session_attrs", c.TargetSessionAttrs},
	} {
		if may := choices(w.field); w.is != "" && !slices.Contains(may, w.is) {
			say(w.field, fmt.Sprintf("There is no %s %q; it is one of %s.", w.field, w.is, strings.Join(may, ", ")))
		}
	}
	return found
}

var printable = regexp.MustCompile(`^[ -~]*$`)

// choices are the words that an attribute may hold.
func choices(field string) []string {
	switch field {
	case "sslmode":
		return []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
	case "sslnegotiation":
		return []string{"postgres", "direct"}
	case "channel_binding":
		return []string{"disable", "prefer", "require"}
	}
	return []string{"any", "read-write", "read-only", "primary", "standby", "prefer-standby"}
}

func ifSet(text, name string) string {
	if text == "" {
		return ""
	}
	return name
}

// span reads a time such as 30s; "" is 0.
func span(text string) (time.Duration, error) {
	if text == "" || text == "0" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && (d < time.Millisecond || d > 24*24*time.Hour) {
		err = errors.New("it is too short or too long")
	}
	return d, err
}

// defaultLockTimeout is how long a statement that changes a table waits for others to let go of it.
const defaultLockTimeout = 30 * time.Second

// times are statement_timeout and lock_timeout, 0 for no end.
func (c *Config) times() (statement, lock time.Duration, err error) {
	statement, err = span(c.StatementTimeout)
	lock, lockErr := span(c.LockTimeout)
	if c.LockTimeout == "" {
		lock = defaultLockTimeout
	}
	return statement, lock, errors.Join(err, lockErr)
}

// isLocal reports whether every host is this machine, so that nobody can stand in between.
func isLocal(hosts string) bool {
	for host := range strings.SplitSeq(hosts, ",") {
		at := net.ParseIP(host)
		if !strings.HasPrefix(host, "/") && !strings.HasPrefix(host, "@") && !strings.EqualFold(host, "localhost") && !(at != nil && at.IsLoopback()) {
			return false
		}
	}
	return true
}
