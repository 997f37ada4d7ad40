package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Comparison is how two plans differ. When they were made and until when they are good is no difference.
type Comparison struct {
	Intent bool         `json:"intent_equal"` // an approval of one counts for the other
	All    []Difference `json:"differences"`  // in the order of a plan: mappings, steps, policies, inputs
}

// Equal reports whether the plans would do the same from the same beginning.
func (c Comparison) Equal() bool { return len(c.All) == 0 }

// Difference is one part that is another one, or that only one of the plans has: then Before or After is nil.
type Difference struct {
	Mapping string   `json:"mapping,omitempty"` // "" for what belongs to none
	Part    string   `json:"part"`              // mapping, step, policy, input, warning
	Path    []string `json:"path"`              // where in the part, by the names of the document; lists by name, kind or code
	Before  *string  `json:"before"`
	After   *string  `json:"after"`
}

// Compare tells two plans apart by all that is in them.
func Compare(before, after *Plan) Comparison {
	c := comparer{}
	c.mappings(before, after)
	c.lists("step", nil, steps(before), steps(after))
	c.reviews(before.Reviewed, after.Reviewed)
	c.inputs(before, after)
	return Comparison{Intent: before.Intent() == after.Intent(), All: c.out}
}

type comparer struct{ out []Difference }

func (c *comparer) add(mapping, part string, path []string, before, after *string) {
	c.out = append(c.out, Difference{Mapping: mapping, Part: part, Path: append([]string{}, path...), Before: before, After: after})
}

func (c *comparer) mappings(before, after *Plan) {
	addresses := map[string]bool{}
	for _, p := range []*Plan{before, after} {
		for _, m := range p.Mappings {
			addresses[m.Address] = true
		}
	}
	for _, a := range slices.Sorted(maps.Keys(addresses)) {
		x, y := before.Mapping(a), after.Mapping(a)
		switch {
		case x == nil:
			c.add(a, "mapping", nil, nil, said(kinds(y)))
		case y == nil:
			c.add(a, "mapping", nil, said(kinds(x)), nil)
		default:
			c.mapping(a, x, y)
		}
	}
}

// mapping compares two plans for one mapping. The hashes are told only where nothing that people read explains them.
func (c *comparer) mapping(address string, x, y *Mapping) {
	was := len(c.out)
	c.trees(address, "mapping", nil, readable(x), readable(y))
	if len(c.out) == was {
		c.trees(address, "mapping", []string{"fingerprints"}, tree(x.Hashes), tree(y.Hashes))
	}
}

func kinds(m *Mapping) string {
	out := make([]string, len(m.Actions))
	for i, a := range m.Actions {
		out[i] = string(a.Kind)
	}
	return strings.Join(out, ", ")
}

// readable is a mapping without hashes, places in files and the forms that are made from what the author wrote.
func readable(m *Mapping) any {
	out := tree(m).(map[string]any)
	delete(out, "fingerprints")
	delete(out, "uid")
	return plain(out)
}

func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			if k == "at" || k == "canonical" || strings.HasSuffix(k, "_canonical") {
				delete(v, k)
				continue
			}
			v[k] = plain(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}

// tree is a part of a plan as its document has it.
func tree(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("plan: marshal %T: %v", v, err)) // plain data always marshals
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(fmt.Sprintf("plan: unmarshal %T: %v", v, err)) // it was marshalled just now
	}
	return out
}

func (c *comparer) trees(mapping, part string, path []string, x, y any) {
	mx, ok1 := x.(map[string]any)
	my, ok2 := y.(map[string]any)
	if !ok1 || !ok2 {
		if lx, ly, lists := bothLists(x, y); lists {
			mx, my = keyed(lx), keyed(ly)
		} else {
			if a, b := value(x), value(y); a == nil || b == nil || *a != *b {
				c.add(mapping, part, path, a, b)
			}
			return
		}
	}
	names := map[string]bool{}
	for k := range mx {
		names[k] = true
	}
	for k := range my {
		names[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(names)) {
		a, b := mx[k], my[k]
		if value(a) == nil && value(b) == nil {
			continue
		}
		c.trees(mapping, part, append(slices.Clone(path), k), a, b)
	}
}

// bothLists reports whether two values are lists of objects or one of them is missing or empty, so that their elements can
// be told by name. Lists of texts are values.
func bothLists(x, y any) ([]any, []any, bool) {
	lx, ok1 := x.([]any)
	ly, ok2 := y.([]any)
	objects := func(l []any) bool {
		return len(l) > 0 && !slices.ContainsFunc(l, func(v any) bool { _, ok := v.(map[string]any); return !ok })
	}
	return lx, ly, (ok1 || x == nil) && (ok2 || y == nil) && (objects(lx) || objects(ly))
}

// keyed tells the elements of a list by what names them.
func keyed(list []any) map[string]any {
	out := map[string]any{}
	for _, v := range list {
		name := nameOf(v)
		for n := 2; out[name] != nil; n++ {
			name = fmt.Sprintf("%s (%d)", nameOf(v), n)
		}
		out[name] = v
	}
	return out
}

func nameOf(v any) string {
	m, _ := v.(map[string]any)
	for _, k := range []string{"address", "name", "what", "code", "kind", "system"} {
		if text, ok := m[k].(string); ok {
			if mapping, ok := m["mapping"].(string); ok && k == "system" {
				return text + " of " + mapping
			}
			return text
		}
	}
	if text := value(v); text != nil {
		return *text
	}
	return ""
}

// value is a value in one text, nil for one that is not there.
func value(v any) *string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return &v
	case []any:
		if len(v) == 0 {
			return nil
		}
	case map[string]any:
		return whole(v)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("plan: marshal %T: %v", v, err)) // it came out of JSON
	}
	text := string(raw)
	return &text
}

// whole is an object that only one plan has: a field by its expression, anything else by what is set in it.
func whole(m map[string]any) *string {
	if cel, ok := m["cel"].(string); ok {
		return &cel
	}
	set := map[string]any{}
	for k, v := range m {
		if value(v) != nil {
			set[k] = v
		}
	}
	if len(set) == 0 {
		return nil
	}
	raw, err := json.Marshal(set)
	if err != nil {
		panic(fmt.Sprintf("plan: marshal %T: %v", m, err)) // it came out of JSON
	}
	return said(string(raw))
}

func said(text string) *string { return &text }

// lists compares lists whose elements are told by their text, in any order: an element too many in one of them is a
// difference.
func (c *comparer) lists(part string, path, before, after []string) {
	left := slices.Clone(after)
	for _, x := range before {
		if i := slices.Index(left, x); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		c.add("", part, path, said(x), nil)
	}
	for _, y := range left {
		c.add("", part, path, nil, said(y))
	}
}

// steps are the plan's steps in words, with their SQL. Their numbers say nothing to people.
func steps(p *Plan) []string {
	var out []string
	for _, s := range p.Steps {
		text := s.Target + ": " + string(s.Work)
		if s.Mapping != "" {
			text += " for " + s.Mapping
		}
		if s.Move != nil {
			text += ": " + string(s.Move.Load) + " " + s.Move.Table.String()
		}
		if s.Statement != nil {
			text += ": " + strings.Join(append([]string{s.Statement.What}, s.Statement.SQL...), "\n")
		}
		out = append(out, text)
	}
	return out
}

func (c *comparer) reviews(before, after *Reviewed) {
	list := func(r *Reviewed) (out []string) {
		if r == nil {
			return nil
		}
		for _, d := range r.Denied {
			out = append(out, fmt.Sprintf("deny %s about %s", d.Control, d.Subject))
		}
		for _, d := range r.Waived {
			out = append(out, fmt.Sprintf("waived %s about %s by %s", d.Control, d.Subject, d.Waiver))
		}
		return out
	}
	c.lists("policy", nil, list(before), list(after))
}

// inputs compares what the plans were made from. A sensitive variable has a salt in every plan and cannot be compared.
func (c *comparer) inputs(before, after *Plan) {
	of := func(p *Plan) any {
		in := p.Inputs
		in.Variables = slices.DeleteFunc(slices.Clone(in.Variables), func(v Variable) bool { return v.Hash != "" })
		out := tree(in).(map[string]any)
		out["engine"] = p.Engine
		return out
	}
	c.trees("", "input", nil, of(before), of(after))
	c.lists("warning", nil, before.Warnings, after.Warnings)
}
