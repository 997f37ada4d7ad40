package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/write"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// connection is the attributes that a kind of system takes, in the order of its configuration.
type connection []connectionAttribute

type connectionAttribute struct {
	name     string
	kind     reflect.Type
	optional bool
	path     bool
}

// connectionOf reads the tags of a provider's configuration. What Root changes is a path.
func connectionOf(p providers.Provider) connection {
	cfg := p.NewConfig()
	v := reflect.ValueOf(cfg).Elem()
	const probe = "a"
	var all connection
	for i := range v.NumField() {
		name, rest, _ := strings.Cut(v.Type().Field(i).Tag.Get("hcl"), ",")
		if name == "" {
			continue
		}
		all = append(all, connectionAttribute{name: name, kind: v.Field(i).Type(), optional: rest == "optional"})
		if v.Field(i).Kind() == reflect.String {
			v.Field(i).SetString(probe)
		}
	}
	if r, ok := cfg.(providers.Rooted); ok {
		r.Root(string(filepath.Separator))
	}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("hcl"), ",")
		at := slices.IndexFunc(all, func(a connectionAttribute) bool { return a.name == name })
		if at >= 0 && v.Field(i).Kind() == reflect.String {
			all[at].path = v.Field(i).String() != probe
		}
	}
	return all
}

// sample shows how a system of the kind is described.
func (c connection) sample() string {
	for _, a := range c {
		if !a.optional {
			return a.name + "=..."
		}
	}
	for _, a := range c {
		if a.kind == reflect.TypeFor[secret.Secret]() {
			return a.name + "=env://NAME"
		}
	}
	return c[0].name + "=..."
}

// parse reads NAME=VALUE arguments.
func (c connection) parse(kind string, pairs []string) (map[string]string, error) {
	var names []string
	for _, a := range c {
		names = append(names, a.name)
	}
	given := map[string]string{}
	for _, p := range pairs {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("attributes of a system are given as NAME=VALUE; %s takes %s", kind, strings.Join(names, ", "))
		}
		i := slices.Index(names, name)
		if i < 0 {
			return nil, fmt.Errorf("a system of the kind %s has no attribute %q.%s It takes %s", kind, name, diag.Suggest(name, names), strings.Join(names, ", "))
		}
		if _, twice := given[name]; twice {
			return nil, fmt.Errorf("the attribute %s is given twice", name)
		}
		if err := c[i].accepts(value); err != nil {
			return nil, err
		}
		given[name] = value
	}
	return given, nil
}

var errOnlyInFiles = errors.New("it takes texts by name, which only a file can hold: write the block of the source, and inspect it by its address")

// accepts refuses what would stand in the file in clear, or is of another type. It repeats no value.
func (a connectionAttribute) accepts(value string) error {
	switch a.kind {
	case reflect.TypeFor[secret.Secret]():
		if secret.Check(value) != "" {
			return fmt.Errorf("the attribute %s is a secret, and a value given here would stand in the file: give a reference, %s=env://NAME or %s=file://path", a.name, a.name, a.name)
		}
	case reflect.TypeFor[int]():
		if _, err := strconv.Atoi(value); err != nil {
			return fmt.Errorf("the attribute %s takes a whole number", a.name)
		}
	case reflect.TypeFor[bool]():
		if value != "true" && value != "false" {
			return fmt.Errorf("the attribute %s takes true or false", a.name)
		}
	case reflect.TypeFor[map[string]string]():
		return fmt.Errorf("the attribute %s cannot be given here: %w", a.name, errOnlyInFiles)
	}
	return nil
}

// attributes are the lines of the block. What has to be there and was not given becomes a variable; a system that can be
// reached by a secret alone gets a reference to an environment variable.
func (c connection) attributes(s write.System, given map[string]string, path func(string) string) ([]write.Attribute, []write.Placeholder) {
	var all []write.Attribute
	var open []write.Placeholder
	for _, a := range c {
		value, ok := given[a.name]
		switch {
		case ok:
			all = append(all, write.Attribute{Name: a.name, Value: a.value(value, path)})
		case !a.optional:
			p := write.Placeholder{Name: s.Name + "_" + a.name, Description: fmt.Sprintf("%s of the %s %s", a.name, s.Role, s.Name)}
			open = append(open, p)
			all = append(all, write.Attribute{Name: a.name, Value: write.Variable(p.Name)})
		}
	}
	if len(all) > 0 {
		return all, open
	}
	for _, a := range c {
		if a.kind == reflect.TypeFor[secret.Secret]() {
			name := strings.ToUpper(s.Name + "_" + a.name)
			return []write.Attribute{{Name: a.name, Value: write.Secret("env://" + name)}}, open
		}
	}
	return all, open
}

func (a connectionAttribute) value(text string, path func(string) string) write.Value {
	switch a.kind {
	case reflect.TypeFor[secret.Secret]():
		if file, ok := strings.CutPrefix(text, "file://"); ok {
			text = "file://" + path(file)
		}
		return write.Secret(text)
	case reflect.TypeFor[int]():
		n, err := strconv.Atoi(text)
		if err == nil {
			return write.Number(n)
		}
	case reflect.TypeFor[bool]():
		return write.Flag(text == "true")
	case reflect.TypeFor[[]string]():
		return write.Texts(strings.Split(text, ","))
	}
	if a.path {
		text = path(text)
	}
	return write.Text(text)
}
