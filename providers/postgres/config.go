package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// Config is the connection part of a source or target block: a URL, or its parts. Nothing is taken from environment
// variables, a password file or a service file.
type Config struct {
	URL         secret.Secret `hcl:"url,optional"`
	Host        string        `hcl:"host,optional"` // a name, an address, or the folder of a Unix socket
	Port        int           `hcl:"port,optional"`
	Database    string        `hcl:"database,optional"`
	User        string        `hcl:"user,optional"`
	Password    secret.Secret `hcl:"password,optional"`
	SSLMode     string        `hcl:"sslmode,optional"`     // verify-full unless the host is this machine
	SSLRootCert string        `hcl:"sslrootcert,optional"` // a file of certificates to trust instead of the system's
}

// Root makes the path of the certificates start at dir.
func (c *Config) Root(dir string) {
	if c.SSLRootCert != "" && c.SSLRootCert != "system" && !filepath.IsAbs(c.SSLRootCert) {
		c.SSLRootCert = filepath.Join(dir, c.SSLRootCert)
	}
}

// Validate checks what can be checked before secrets are known.
func (c *Config) Validate() []providers.FieldError {
	var found []providers.FieldError
	say := func(field, message string) {
		found = append(found, providers.FieldError{Field: field, Message: message})
	}
	parts := c.Host != "" || c.Port != 0 || c.Database != "" || c.User != ""
	switch {
	case !c.URL.IsZero() && parts:
		say("url", "The url says host, port, database and user; leave those attributes out, or leave the url out.")
	case c.URL.IsZero() && c.Host == "":
		say("host", "Say where the server is: host and database, or url.")
	case c.URL.IsZero() && c.Database == "":
		say("database", "Say which database of the server: database, or url.")
	case c.URL.IsZero() && c.User == "":
		say("user", "Say as which role to log in: user, or url.")
	}
	if c.Port < 0 || c.Port > 65535 {
		say("port", "A port is a number from 1 to 65535.")
	}
	switch c.SSLMode {
	case "", "disable", "allow", "prefer", "require", "verify-ca", "verify-full":
	default:
		say("sslmode", fmt.Sprintf("There is no sslmode %q; it is one of disable, allow, prefer, require, verify-ca, verify-full.", c.SSLMode))
	}
	return found
}

// quiet are the settings that the driver would else take from the environment or from files in the home folder.
var quiet = [][2]string{
	{"password", ""}, {"passfile", ""}, {"connect_timeout", "20"}, {"sslkey", ""}, {"sslcert", ""}, {"sslcertmode", "allow"},
	{"sslsni", "1"}, {"sslrootcert", ""}, {"sslpassword", ""}, {"sslnegotiation", "postgres"}, {"target_session_attrs", "any"},
	{"servicefile", ""}, {"min_protocol_version", "3.0"}, {"max_protocol_version", "3.0"}, {"channel_binding", "prefer"},
	{"require_auth", ""}, {"application_name", ""}, {"timezone", ""}, {"options", ""}, {"port", "5432"},
}

var errURL = errors.New("the url is not of the form postgres://user@host:port/database")

// connection is the driver's configuration for the text that was given and nothing else.
func (c *Config) connection() (*pgx.ConnConfig, error) {
	given, err := c.settings()
	if err != nil {
		return nil, err
	}
	for _, need := range []string{"host", "user", "database"} {
		if given[need] == "" {
			return nil, fmt.Errorf("the url names no %s", need)
		}
	}
	if given["sslmode"] == "" {
		given["sslmode"] = "verify-full"
		if isLocal(given["host"]) {
			given["sslmode"] = "prefer"
		}
	}
	var text strings.Builder
	for _, q := range quiet {
		if _, ok := given[q[0]]; !ok {
			given[q[0]] = q[1]
		}
	}
	for k, v := range given {
		fmt.Fprintf(&text, "%s='%s' ", k, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v))
	}
	conn, err := pgx.ParseConfig(text.String())
	if err != nil {
		return nil, errors.New("the connection's settings do not fit together: " + cause(err))
	}
	conn.RuntimeParams = map[string]string{}
	if o := given["options"]; o != "" {
		conn.RuntimeParams["options"] = o
	}
	conn.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	conn.StatementCacheCapacity, conn.DescriptionCacheCapacity = 0, 0
	return conn, nil
}

// cause is the driver's reason without the text it had parsed, which may hold a password.
func cause(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		return inner.Error()
	}
	return "see sslmode, sslrootcert and port"
}

// known are the parameters that a url may have.
var known = regexp.MustCompile(`^(host|port|user|password|database|sslmode|sslrootcert|sslcert|sslkey|sslpassword|` +
	`sslnegotiation|connect_timeout|target_session_attrs|channel_binding|require_auth|options|application_name)$`)

// settings are the given ones by their names in the driver.
func (c *Config) settings() (map[string]string, error) {
	given := map[string]string{"host": c.Host, "database": c.Database, "user": c.User}
	if c.Port != 0 {
		given["port"] = strconv.Itoa(c.Port)
	}
	if text := c.URL.Reveal(); text != "" {
		var err error
		if strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://") {
			given, err = fromURL(text)
		} else {
			given, err = fromKeywords(text)
		}
		if err != nil {
			return nil, err
		}
	}
	for k, v := range map[string]string{"password": c.Password.Reveal(), "sslmode": c.SSLMode, "sslrootcert": c.SSLRootCert} {
		if v != "" {
			given[k] = v
		}
	}
	for k := range given {
		if !known.MatchString(k) {
			return nil, fmt.Errorf("the url has the parameter %q, which is not known", k)
		}
	}
	return given, nil
}

func fromURL(text string) (map[string]string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errURL // not err, which quotes the text
	}
	given := map[string]string{"host": u.Hostname(), "database": strings.TrimPrefix(u.Path, "/")}
	if u.User != nil {
		given["user"] = u.User.Username()
		if p, ok := u.User.Password(); ok {
			given["password"] = p
		}
	}
	if u.Port() != "" {
		given["port"] = u.Port()
	}
	for k, v := range u.Query() {
		if k == "dbname" {
			k = "database"
		}
		given[k] = v[len(v)-1]
	}
	return given, nil
}

var keyword = regexp.MustCompile(`^\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)`)

func fromKeywords(text string) (map[string]string, error) {
	given := map[string]string{}
	unescape := regexp.MustCompile(`\\(.)`)
	for text = strings.TrimSpace(text); text != ""; {
		m := keyword.FindStringSubmatch(text)
		if m == nil {
			return nil, errURL
		}
		k := m[1]
		if k == "dbname" {
			k = "database"
		}
		given[k] = unescape.ReplaceAllString(m[2]+m[3], "$1")
		text = text[len(m[0]):]
	}
	return given, nil
}

func isLocal(hosts string) bool {
	for host := range strings.SplitSeq(hosts, ",") {
		switch {
		case strings.HasPrefix(host, "/"), strings.HasPrefix(host, "@"), host == "localhost", host == "127.0.0.1", host == "::1":
		default:
			return false
		}
	}
	return true
}
