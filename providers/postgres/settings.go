package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
)

// setting is one of the driver's parameters and the attribute that gave it, for messages.
type setting struct{ text, field string }

type settings map[string]setting

func (s settings) text(name string) string { return s[name].text }

// known are the parameters that a url or a service may have.
var known = regexp.MustCompile(`^(host|port|user|password|database|passfile|sslmode|sslrootcert|sslcert|sslkey|sslpassword|sslcertmode|sslsni|` +
	`sslnegotiation|connect_timeout|target_session_attrs|channel_binding|require_auth|options|application_name)$`)

var errURL = errors.New("the url is not of the form postgres://user@host:port/database")

// settings are what was given: the service's, over them the url's, over them the attributes.
func (c *Config) settings() (settings, error) {
	given := settings{}
	if c.Service != "" {
		if err := c.fromService(given); err != nil {
			return nil, err
		}
	}
	if text := c.URL.Reveal(); text != "" {
		found, err := parseURL(text)
		if err != nil {
			return nil, providers.FieldError{Field: "url", Message: err.Error()}
		}
		for k, v := range found {
			if !known.MatchString(k) {
				return nil, providers.FieldError{Field: "url", Message: fmt.Sprintf("the url has the parameter %q, which is not known", k)}
			}
			given[k] = setting{v, "url"}
		}
	}
	for k, v := range map[string]string{
		"host": c.Host, "port": positive(c.Port), "database": c.Database, "user": c.User, "password": c.Password.Reveal(), "passfile": c.PassFile,
		"sslmode": c.SSLMode, "sslrootcert": c.SSLRootCert, "sslcert": c.SSLCert, "sslkey": c.SSLKey, "sslpassword": c.SSLPassword.Reveal(),
		"sslnegotiation": c.SSLNegotiation, "channel_binding": c.ChannelBinding, "require_auth": c.RequireAuth,
		"target_session_attrs": c.TargetSessionAttrs, "connect_timeout": positive(c.ConnectTimeout), "application_name": c.ApplicationName,
	} {
		if v != "" {
			given[k] = setting{v, k}
		}
	}
	for _, k := range []string{"passfile", "sslrootcert", "sslcert", "sslkey"} {
		if v, ok := given[k]; ok && v.text != "" && v.text != "system" {
			given[k] = setting{c.path(v.text), v.field}
		}
	}
	return given, nil
}

// positive is the text of a number that was given.
func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// path makes a path start at the folder of the configuration, or at the user's own for one that begins with ~/.
func (c *Config) path(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		return ownFile(rest)
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}

// ownFile is a file in the user's folder, "" where that is not known.
func ownFile(name string) string {
	dir, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, name)
}

// fromService reads the section of the service file. Its lines are name=value, as libpq has them.
func (c *Config) fromService(given settings) error {
	path := c.path(cmp.Or(c.ServiceFile, "~/.pg_service.conf"))
	text, err := os.ReadFile(path)
	if err != nil {
		return providers.FieldError{Field: cmp.Or(ifSet(c.ServiceFile, "servicefile"), "service"),
			Message: fmt.Sprintf("The file of services %s cannot be read: %v. Mend the path in servicefile, or write host, database and user.", path, bare(err))}
	}
	section, found := "", false
	var have []string
	for n, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' && strings.HasSuffix(line, "]") {
			section = strings.TrimSpace(line[1 : len(line)-1])
			have = append(have, section)
			found = found || section == c.Service
			continue
		}
		if section != c.Service {
			continue
		}
		k, v, ok := strings.Cut(line, "=")
		k, v = strings.TrimSpace(k), strings.TrimSpace(v)
		if k == "dbname" {
			k = "database"
		}
		if !ok || !known.MatchString(k) {
			return providers.FieldError{Field: "service", Message: fmt.Sprintf("Line %d of %s is no parameter of a connection that is known here.", n+1, path)}
		}
		given[k] = setting{v, "service"}
	}
	if !found {
		slices.Sort(have)
		return providers.FieldError{Field: "service", Message: fmt.Sprintf("The file %s has no service %q; it has: %s.", path, c.Service, cmp.Or(strings.Join(have, ", "), "none"))}
	}
	return nil
}

// bare is the reason of an error about a file without the path, which the message has already.
func bare(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// parseURL reads a url, or keywords like host=a dbname=b. Its errors quote nothing.
func parseURL(text string) (map[string]string, error) {
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if rest, ok := strings.CutPrefix(text, scheme); ok {
			return fromURL(rest)
		}
	}
	return fromKeywords(text)
}

// fromURL reads what follows the scheme: user:password@host:port,host:port/database?name=value.
func fromURL(text string) (map[string]string, error) {
	given := map[string]string{}
	text, query, _ := strings.Cut(text, "?")
	where, database, _ := strings.Cut(text, "/")
	database, err := url.PathUnescape(database)
	if err != nil {
		return nil, errURL
	}
	if i := strings.LastIndexByte(where, '@'); i >= 0 {
		user, password, has := strings.Cut(where[:i], ":")
		if given["user"], err = url.PathUnescape(user); err != nil {
			return nil, errURL
		}
		if has {
			if given["password"], err = url.PathUnescape(password); err != nil {
				return nil, errURL
			}
		}
		where = where[i+1:]
	}
	if err := places(where, given); err != nil {
		return nil, err
	}
	if database != "" {
		given["database"] = database
	}
	more, err := url.ParseQuery(query)
	if err != nil {
		return nil, errURL
	}
	for k, v := range more {
		if k == "dbname" {
			k = "database"
		}
		given[k] = v[len(v)-1]
	}
	return given, nil
}

// places reads host:port with commas between several; a host without a port has 5432.
func places(text string, given map[string]string) error {
	if text == "" {
		return nil
	}
	var hosts, ports []string
	any := false
	for at := range strings.SplitSeq(text, ",") {
		host, port := at, ""
		if i := strings.LastIndexByte(at, ':'); i > strings.LastIndexByte(at, ']') {
			host, port = at[:i], at[i+1:]
			if _, err := strconv.ParseUint(port, 10, 16); err != nil && port != "" {
				return errURL
			}
		}
		host, err := url.PathUnescape(strings.Trim(host, "[]"))
		if err != nil {
			return errURL
		}
		any = any || port != ""
		hosts, ports = append(hosts, host), append(ports, cmp.Or(port, "5432"))
	}
	given["host"] = strings.Join(hosts, ",")
	if any {
		given["port"] = strings.Join(ports, ",")
	}
	return nil
}

var (
	keyword = regexp.MustCompile(`^\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)`)
	escaped = regexp.MustCompile(`\\(.)`)
)

func fromKeywords(text string) (map[string]string, error) {
	given := map[string]string{}
	for text = strings.TrimSpace(text); text != ""; {
		m := keyword.FindStringSubmatch(text)
		if m == nil {
			return nil, errURL
		}
		k := m[1]
		if k == "dbname" {
			k = "database"
		}
		given[k] = escaped.ReplaceAllString(m[2]+m[3], "$1")
		text = text[len(m[0]):]
	}
	return given, nil
}
