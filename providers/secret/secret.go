// Package secret holds references to secrets and the one type that cannot be printed.
package secret

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Secret is a reference such as env://PAS_PASSWORD, or a literal that somebody wrote where a reference should be. No
// way of printing, formatting or encoding it shows the value; only Reveal does. The zero value means left out.
type Secret struct {
	ref     string
	value   string
	literal bool
}

// Reference makes a secret that Fill has to resolve. The reference itself is no secret.
func Reference(ref string) Secret { return Secret{ref: ref} }

// Literal makes a secret from a value written in clear; the policy CORE-04 refuses plans that hold one.
func Literal(value string) Secret { return Secret{value: value, literal: true} }

// IsZero reports whether the secret was left out.
func (s Secret) IsZero() bool { return s == Secret{} }

// Ref is the reference, "" for a literal.
func (s Secret) Ref() string { return s.ref }

// Reveal is the value: of a literal, or of a reference that Fill has resolved.
func (s Secret) Reveal() string { return s.value }

func (s Secret) String() string {
	switch {
	case s.IsZero():
		return ""
	case s.literal:
		return "(a secret in clear)"
	}
	return fmt.Sprintf("secret(%q)", s.ref)
}

// GoString keeps %#v from showing the value.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps encoders from showing the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps loggers from showing the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Resolver looks references up. Env and ReadFile are handed in, so that nothing below cmd reads the environment.
type Resolver struct {
	Env      func(name string) (string, bool)
	ReadFile func(path string) ([]byte, error)
	Dir      string // relative file:// paths start here
}

// ErrNotSet says that a reference leads to nothing.
var ErrNotSet = errors.New("is not set")

// Check reports what is wrong with the form of a reference, "" where nothing is.
func Check(ref string) string {
	scheme, rest, found := strings.Cut(ref, "://")
	switch {
	case !found || rest == "":
		return `A secret is written secret("env://NAME") or secret("file://path").`
	case scheme != "env" && scheme != "file":
		return fmt.Sprintf(`Secrets of the kind %q are not known to this version; use env:// or file://.`, scheme)
	}
	return ""
}

// Resolve returns the secret with its value filled in. Errors name the reference, never a value.
func (r Resolver) Resolve(s Secret) (Secret, error) {
	if s.ref == "" {
		return s, nil
	}
	if why := Check(s.ref); why != "" {
		return s, fmt.Errorf("%s: %s", s, why)
	}
	scheme, rest, _ := strings.Cut(s.ref, "://")
	if scheme == "env" {
		v, ok := r.Env(rest)
		if !ok || v == "" {
			return s, fmt.Errorf("%s: the environment variable %s %w; set it and run the command again", s, rest, ErrNotSet)
		}
		s.value = v
		return s, nil
	}
	if !filepath.IsAbs(rest) {
		rest = filepath.Join(r.Dir, rest)
	}
	raw, err := r.ReadFile(rest)
	if errors.Is(err, os.ErrNotExist) {
		return s, fmt.Errorf("%s %w: there is no file %s", s, ErrNotSet, rest)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", s, err)
	}
	s.value = strings.TrimRight(string(raw), "\r\n")
	if s.value == "" {
		return s, fmt.Errorf("%s %w: the file %s is empty", s, ErrNotSet, rest)
	}
	return s, nil
}

// Fill resolves every Secret among the fields of the struct that cfg points to.
func (r Resolver) Fill(cfg any) error {
	v := reflect.ValueOf(cfg)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	v = v.Elem()
	var errs []error
	for i := range v.NumField() {
		if !v.Field(i).CanInterface() {
			continue
		}
		s, ok := v.Field(i).Interface().(Secret)
		if !ok {
			continue
		}
		s, err := r.Resolve(s)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		v.Field(i).Set(reflect.ValueOf(s))
	}
	return errors.Join(errs...)
}

// Literals names the attributes, by hcl tag, of the struct that cfg points to which hold a secret in clear. An attribute
// named url is one only where a secret stands in it.
func Literals(cfg any) []string {
	v := reflect.ValueOf(cfg)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	v = v.Elem()
	var out []string
	for i := range v.NumField() {
		if !v.Field(i).CanInterface() {
			continue
		}
		if s, ok := v.Field(i).Interface().(Secret); ok && s.literal {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("hcl"), ",")
			if name != "url" || carries(s.value) {
				out = append(out, name)
			}
		}
	}
	return out
}
