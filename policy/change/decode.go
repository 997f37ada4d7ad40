package change

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
)

// decode reads the file. What it takes no value of that rules could misread: a number less than nothing, a text that is
// no moment, a word that no rule knows. The error names the line.
func decode(raw []byte) (file, error) {
	var f file
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, placed(raw, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return f, fmt.Errorf("line %d: there is more behind the JSON object", line(raw, d.InputOffset()))
	}
	all, err := leaves(raw)
	if err != nil {
		return f, err
	}
	for _, l := range all {
		if err := l.check(); err != nil {
			return f, fmt.Errorf("line %d: %w", l.line, err)
		}
	}
	for _, part := range []any{&f.Change, &f.Source, &f.Baseline} {
		if err := policy.Words(part); err != nil {
			return f, worded(all, err)
		}
	}
	return f, nil
}

// leaf is a value of the file. Path is the names of its members, without the numbers of items.
type leaf struct {
	path  string
	value any
	line  int
}

// moments are the members that rules hold against a time.
var moments = []string{"tests.at", "approvals.at", "rollback.tested_at", "window.start", "window.end", "post_review_due"}

func (l leaf) check() error {
	if n, ok := l.value.(json.Number); ok && strings.HasPrefix(n.String(), "-") {
		return fmt.Errorf("%s takes a whole number from 0, and is %s", l.path, n)
	}
	text, ok := l.value.(string)
	if !ok || !slices.Contains(moments, l.path) {
		return nil
	}
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		return fmt.Errorf("%s takes a moment, such as \"2026-11-20T10:00:00Z\", and is %q", l.path, text)
	}
	return nil
}

// leaves lists every value of a JSON document that was read whole before.
func leaves(raw []byte) ([]leaf, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out []leaf
	var walk func(path string) error
	walk = func(path string) error {
		token, err := d.Token()
		if err != nil {
			return err
		}
		open, isDelim := token.(json.Delim)
		if !isDelim {
			out = append(out, leaf{path: path, value: token, line: line(raw, d.InputOffset())})
			return nil
		}
		for d.More() {
			at := path
			if open == '{' {
				name, err := d.Token()
				if err != nil {
					return err
				}
				at = strings.TrimPrefix(fmt.Sprintf("%s.%v", path, name), ".")
			}
			if err := walk(at); err != nil {
				return err
			}
		}
		_, err = d.Token()
		return err
	}
	return out, walk("")
}

// line is the one that an offset into a text is in.
func line(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(max(offset, 0), int64(len(raw)))], []byte("\n"))
}

// placed says of an error of the decoder in which line it is, as far as it tells.
func placed(raw []byte, err error) error {
	var syntax *json.SyntaxError
	var other *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", line(raw, syntax.Offset), err)
	case errors.As(err, &other):
		return fmt.Errorf("line %d: %s cannot be %s", line(raw, other.Offset), strings.TrimPrefix(other.Field, "Change."), other.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if at := regexp.MustCompile(regexp.QuoteMeta(name) + `\s*:`).FindIndex(raw); at != nil {
			return fmt.Errorf("line %d: unknown field %s", line(raw, int64(at[0])), name)
		}
	}
	return err
}

// worded finds the line of a word that its member does not take: the error begins with the word and names the member.
func worded(all []leaf, err error) error {
	for _, l := range all {
		if text, ok := l.value.(string); ok && strings.HasPrefix(err.Error(), fmt.Sprintf("%q is no value of %s,", text, strings.TrimPrefix(l.path, "source."))) {
			return fmt.Errorf("line %d: %w", l.line, err)
		}
	}
	return err
}
