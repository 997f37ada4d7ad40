package policy

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Set fills one leaf of a part of the document, which part points to, by the names of the JSON: legal_basis.art6. A
// day becomes a moment: its end where something ends with it, else its beginning. A leaf that the part has not, or of
// another type, is an error.
func Set(part any, leaf string, value any) error {
	v := reflect.ValueOf(part).Elem()
	for name := range strings.SplitSeq(leaf, ".") {
		next, ok := member(v, name)
		if !ok {
			return fmt.Errorf("set %s of %T: there is no %s", leaf, part, name)
		}
		v = next
	}
	if day, ok := value.(string); ok && aDay.MatchString(day) {
		value = moment(leaf, day)
	}
	given := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.Pointer && given.Type() == v.Type().Elem():
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(given)
		v.Set(p)
	case given.Type() == v.Type():
		v.Set(given)
	default:
		return fmt.Errorf("set %s of %T: it is %s, and the value is %T", leaf, part, v.Type(), value)
	}
	return nil
}

func member(v reflect.Value, name string) (reflect.Value, bool) {
	if v.Kind() != reflect.Struct {
		return v, false
	}
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") == name {
			return v.Field(i), true
		}
	}
	return v, false
}

var aDay = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// moment is the beginning of a day, or its end for what lasts until then.
func moment(leaf, day string) string {
	for _, end := range []string{"expires", "_end", "_due"} {
		if strings.HasSuffix(leaf, end) {
			return day + "T23:59:59Z"
		}
	}
	return day + "T00:00:00Z"
}

// Moment is the beginning of a day as the document writes it, nil for "".
func Moment(day string) *string {
	if day == "" {
		return nil
	}
	text := moment("", day)
	return &text
}

// Words reports the first text in a part of the document, which part points to, that is none of the words its leaf takes.
func Words(part any) error { return wordsOf(reflect.ValueOf(part).Elem(), "") }

func wordsOf(v reflect.Value, at string) error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for i := range v.Len() {
			if err := wordsOf(v.Index(i), at); err != nil {
				return err
			}
		}
		return nil
	case v.Kind() != reflect.Struct:
		return nil
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := strings.TrimPrefix(at+"."+f.Tag.Get("json"), ".")
		if enum := f.Tag.Get("enum"); enum != "" {
			if err := oneOf(v.Field(i), enum, name); err != nil {
				return err
			}
			continue
		}
		if !f.IsExported() {
			continue
		}
		if err := wordsOf(v.Field(i), name); err != nil {
			return err
		}
	}
	return nil
}

func oneOf(v reflect.Value, enum, name string) error {
	var texts []string
	switch given := v.Interface().(type) {
	case *string:
		if given != nil {
			texts = append(texts, *given)
		}
	case []string:
		texts = given
	case string:
		texts = append(texts, given)
	}
	for _, text := range texts {
		if !slices.Contains(strings.Fields(enum), text) {
			return fmt.Errorf("%q is no value of %s, which is one of %s", text, name, strings.Join(strings.Fields(enum), ", "))
		}
	}
	return nil
}
