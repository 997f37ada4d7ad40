package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Schema is the JSON Schema of the document. It is strict: every member is there, and no other.
func Schema() ([]byte, error) {
	d := definitions{}
	top := d.of(reflect.TypeFor[Input]())
	out, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "What policies see of a plan",
		"description": "A member that nobody knows is null. Ids are addresses of the configuration. No value of a row and no secret is in it.",
		"$ref":        top["$ref"], "$defs": d,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema of the document: %w", err)
	}
	return append(out, '\n'), nil
}

// definitions are the schemas of structs by name.
type definitions map[string]any

func (d definitions) of(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return nullable(d.of(t.Elem()))
	}
	switch t.Kind() {
	case reflect.Struct:
		return d.object(t)
	case reflect.Slice:
		return nullable(map[string]any{"type": "array", "items": d.of(t.Elem())})
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": d.of(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer", "minimum": 0}
	case reflect.Float64:
		return map[string]any{"type": "number", "minimum": 0}
	}
	return map[string]any{"type": "string"}
}

func (d definitions) object(t reflect.Type) map[string]any {
	ref := map[string]any{"$ref": "#/$defs/" + t.Name()}
	if _, ok := d[t.Name()]; ok {
		return ref
	}
	d[t.Name()] = nil // a struct that holds itself would go on for ever
	members, names := map[string]any{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("json")
		members[name] = words(d.of(f.Type), f.Tag.Get("enum"))
		if s, ok := members[name].(map[string]any); ok && f.Tag.Get("sign") != "" { // a number that may be less than nothing
			delete(s, "minimum")
		}
		names = append(names, name)
	}
	d[t.Name()] = map[string]any{"type": "object", "properties": members, "required": names, "additionalProperties": false}
	return ref
}

// nullable lets null stand in a schema's place.
func nullable(s map[string]any) map[string]any {
	if kind, ok := s["type"].(string); ok {
		s["type"] = []string{kind, "null"}
		return s
	}
	return map[string]any{"anyOf": []any{s, map[string]any{"type": "null"}}}
}

// words narrows a text, or the texts of a list, to an enumeration.
func words(s map[string]any, enum string) map[string]any {
	if enum == "" {
		return s
	}
	if items, ok := s["items"].(map[string]any); ok {
		words(items, enum)
		return s
	}
	all := []any{}
	for _, w := range strings.Fields(enum) {
		all = append(all, w)
	}
	if _, null := s["type"].([]string); null {
		all = append(all, nil)
	}
	s["enum"] = all
	return s
}
