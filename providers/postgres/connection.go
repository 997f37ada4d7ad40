package postgres

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
)

// link is how to connect, and what the user should know of it.
type link struct {
	config   *pgx.ConnConfig
	name     string // of the sessions, which a number makes this endpoint's own
	warnings []providers.FieldError
}

// quiet are the settings that the driver would else take from the environment or from files in the home folder.
var quiet = [][2]string{
	{"password", ""}, {"passfile", ""}, {"connect_timeout", "20"}, {"sslkey", ""}, {"sslcert", ""}, {"sslcertmode", "allow"},
	{"sslsni", "1"}, {"sslrootcert", ""}, {"sslpassword", ""}, {"sslnegotiation", "postgres"}, {"target_session_attrs", "any"},
	{"servicefile", ""}, {"min_protocol_version", "3.0"}, {"max_protocol_version", "3.0"}, {"channel_binding", "prefer"},
	{"require_auth", ""}, {"application_name", ""}, {"timezone", ""}, {"options", ""}, {"port", "5432"},
}

// connection is the driver's configuration for what was given and nothing else.
func (c *Config) connection() (*link, error) {
	given, err := c.settings()
	if err != nil {
		return nil, err
	}
	l := &link{}
	if err := l.complete(given); err != nil {
		return nil, err
	}
	if err := l.files(given); err != nil {
		return nil, err
	}
	var text strings.Builder
	for _, q := range quiet {
		if given.text(q[0]) == "" {
			given[q[0]] = setting{text: q[1]}
		}
	}
	for k, v := range given {
		fmt.Fprintf(&text, "%s='%s' ", k, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v.text))
	}
	l.config, err = pgx.ParseConfig(text.String())
	if err != nil {
		return nil, errors.New("the connection's settings do not fit together: " + cause(err))
	}
	l.config.RuntimeParams = map[string]string{}
	if o := given.text("options"); o != "" {
		l.config.RuntimeParams["options"] = o
	}
	l.name = cmp.Or(given.text("application_name"), "migrateiq")
	l.config.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	l.config.StatementCacheCapacity, l.config.DescriptionCacheCapacity = 0, 0
	l.config.DialFunc, l.config.AfterConnect = entering(c.dialer(l.config.ConnectTimeout).DialContext), entered
	return l, nil
}

// dialer finds out that the other side is gone within about a minute, also where a firewall has forgotten the connection.
func (c *Config) dialer(timeout time.Duration) *net.Dialer {
	idle := 30 * time.Second
	if c.KeepalivesIdle > 0 {
		idle = time.Duration(c.KeepalivesIdle) * time.Second
	}
	return &net.Dialer{Timeout: timeout, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: idle, Interval: 10 * time.Second, Count: 3}}
}

// cause is the driver's reason without the text it had parsed, which may hold a password.
func cause(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		return inner.Error()
	}
	return "see sslmode, sslrootcert, port and target_session_attrs"
}

// complete demands what is needed, and settles how the connection is protected.
func (l *link) complete(given settings) error {
	from := "url"
	for _, v := range given {
		if v.field == "service" {
			from = "service"
		}
	}
	for _, need := range []string{"host", "user", "database"} {
		if given.text(need) == "" {
			return providers.FieldError{Field: from, Message: fmt.Sprintf("the %s names no %s", from, need)}
		}
	}
	hosts := strings.Split(given.text("host"), ",")
	if ports := strings.Split(given.text("port"), ","); slices.Contains(hosts, "") || len(ports) > 1 && len(ports) != len(hosts) {
		return providers.FieldError{Field: given["host"].field, Message: "Of several hosts each has its name, and they have one port together or one each."}
	}
	mode, local := given["sslmode"], isLocal(given.text("host"))
	switch {
	case mode.text == "" && local:
		given["sslmode"] = setting{text: "prefer"}
	case mode.text == "":
		given["sslmode"] = setting{text: "verify-full"}
	case !slices.Contains(choices("sslmode"), mode.text):
		return providers.FieldError{Field: mode.field, Message: fmt.Sprintf("There is no sslmode %q; it is one of %s.", mode.text, strings.Join(choices("sslmode"), ", "))}
	case !local && weakness(mode.text) != "":
		l.warnings = append(l.warnings, providers.FieldError{Field: mode.field, Message: fmt.Sprintf(
			"sslmode %s: %s. Use verify-full, with sslrootcert where the authority is a private one.", mode.text, weakness(mode.text))})
	}
	return nil
}

// weakness says what a mode leaves open, "" for the one that leaves nothing.
func weakness(mode string) string {
	switch mode {
	case "disable":
		return "the rows and the login go over the network in clear"
	case "allow", "prefer":
		return "the rows and the login go in clear where the server, or somebody in between, wants it so"
	case "require":
		return "the connection is encrypted, and anybody in between can pass for the server"
	case "verify-ca":
		return "any server with a certificate of the same authority can pass for this one"
	}
	return ""
}

// files looks at the files before the driver does, so that what is wrong has its attribute and its remedy.
func (l *link) files(given settings) error {
	if root := given["sslrootcert"]; root.text != "" && root.text != "system" {
		text, err := os.ReadFile(root.text)
		if err != nil {
			return unread(root, "the authority's certificates", err)
		}
		if !x509.NewCertPool().AppendCertsFromPEM(text) {
			return providers.FieldError{Field: root.field, Message: fmt.Sprintf("The file %s holds no certificate in the form PEM.", root.text)}
		}
	}
	for name, what := range map[string]string{"sslcert": "the client's certificate", "sslkey": "the key of the client's certificate"} {
		if given.text(name) == "" {
			continue
		}
		if _, err := os.ReadFile(given.text(name)); err != nil {
			return unread(given[name], what, err)
		}
	}
	if err := pair(given); err != nil {
		return err
	}
	if key := given["sslkey"]; key.text != "" && open(key.text) {
		l.warnings = append(l.warnings, providers.FieldError{Field: key.field,
			Message: fmt.Sprintf("Others on this machine may read the key %s. Run: chmod 600 %s", key.text, key.text)})
	}
	return l.passfile(given)
}

// pair finds a key that is not the certificate's. One that a password protects is left to the driver.
func pair(given settings) error {
	if given.text("sslcert") == "" || given.text("sslkey") == "" || given.text("sslpassword") != "" {
		return nil
	}
	if _, err := tls.LoadX509KeyPair(given.text("sslcert"), given.text("sslkey")); err != nil {
		return providers.FieldError{Field: given["sslkey"].field, Message: fmt.Sprintf("The files %s and %s are no certificate and its key: %v.",
			given.text("sslcert"), given.text("sslkey"), err)}
	}
	return nil
}

func unread(s setting, what string, err error) error {
	return providers.FieldError{Field: s.field, Message: fmt.Sprintf("The file of %s, %s, cannot be read: %v.", what, s.text, bare(err))}
}

// passfile takes the password file into use where no password is given: the one named, or ~/.pgpass if it is there.
// One that others may read is refused if it was named, else passed over with a warning, as libpq passes over it.
func (l *link) passfile(given settings) error {
	if given.text("password") != "" {
		given["passfile"] = setting{}
		return nil
	}
	file := given["passfile"]
	named := file.text != ""
	if !named {
		file.text = ownFile(".pgpass")
	}
	if file.text == "" {
		return nil
	}
	_, err := os.Stat(file.text)
	if !named && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		_, err = os.ReadFile(file.text)
	}
	if named && err != nil {
		return unread(file, "passwords", err)
	}
	loose := err == nil && open(file.text)
	remedy := fmt.Sprintf("Others on this machine may read the file of passwords %s, so it is not used. Run: chmod 600 %s", file.text, file.text)
	switch {
	case loose && named:
		return providers.FieldError{Field: file.field, Message: remedy}
	case loose:
		l.warnings = append(l.warnings, providers.FieldError{Message: remedy})
	case err == nil:
		given["passfile"] = file
	}
	return nil
}

// open reports whether others than the owner may read a file.
func open(path string) bool {
	at, err := os.Stat(path)
	return err == nil && at.Mode().IsRegular() && at.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/'
}

// milliseconds is a time as the server's settings take it.
func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
