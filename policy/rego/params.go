package rego

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Params are parameters by pack and name.
type Params map[string]map[string]any

// A setting is the default of a parameter, and the direction that is stricter.
type setting struct {
	Value        any    `json:"value"`
	Tighten      string `json:"tighten"` // lower, higher, fewer, more, on, lower_each; own: the project's own list
	AsOf         string `json:"as_of"`
	Source       string `json:"source"`
	Verification string `json:"verification"`
}

// stricter refuses parameters that no pack has, that are of the wrong kind, or that loosen a pack.
func (p Params) stricter(lib Source) error {
	have, err := settings(lib)
	if err != nil {
		return err
	}
	for _, pack := range slices.Sorted(maps.Keys(p)) {
		for _, name := range slices.Sorted(maps.Keys(p[pack])) {
			s, known := have[pack][name]
			if !known {
				return fmt.Errorf("the packs have no parameter %s.%s", pack, name)
			}
			given, err := plain(p[pack][name])
			if err != nil {
				return fmt.Errorf("parameter %s.%s: %w", pack, name, err)
			}
			if err := s.allows(given); err != nil {
				return fmt.Errorf("parameter %s.%s %w", pack, name, err)
			}
		}
	}
	return nil
}

func settings(lib Source) (map[string]map[string]setting, error) {
	top, _ := lib.data[root].(map[string]any)
	text, err := json.Marshal(top["params"])
	if err != nil {
		return nil, fmt.Errorf("read the parameters of the packs: %w", err)
	}
	var out map[string]map[string]setting
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("read the parameters of the packs: %w", err)
	}
	return out, nil
}

// plain gives a value as JSON has it.
func plain(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	return out, json.Unmarshal(text, &out)
}

func (s setting) allows(given any) error {
	switch s.Tighten {
	case "lower", "higher":
		return s.allowsNumber(given)
	case "fewer", "more", "own":
		return s.allowsList(given)
	case "lower_each":
		return s.allowsEach(given)
	case "on":
		on, ok := given.(bool)
		if !ok {
			return fmt.Errorf("has to be true or false")
		}
		if s.Value == true && !on {
			return fmt.Errorf("is on, and may not be turned off")
		}
		return nil
	}
	return fmt.Errorf("may not be set")
}

func (s setting) allowsNumber(given any) error {
	n, ok := given.(float64)
	if !ok {
		return fmt.Errorf("has to be a number")
	}
	have, _ := s.Value.(float64)
	if s.Tighten == "lower" && n > have {
		return fmt.Errorf("may be at most %v, and is %v: a project may only be stricter", have, n)
	}
	if s.Tighten == "higher" && n < have {
		return fmt.Errorf("has to be at least %v, and is %v: a project may only be stricter", have, n)
	}
	return nil
}

func (s setting) allowsList(given any) error {
	all, ok := given.([]any)
	if !ok {
		return fmt.Errorf("has to be a list")
	}
	have, _ := s.Value.([]any)
	for _, v := range all {
		if s.Tighten == "fewer" && !slices.Contains(have, v) {
			return fmt.Errorf("may only name what is among %v, and names %v", have, v)
		}
	}
	return nil
}

func (s setting) allowsEach(given any) error {
	all, ok := given.(map[string]any)
	if !ok {
		return fmt.Errorf("has to be an object of numbers")
	}
	have, _ := s.Value.(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(all)) {
		n, ok := all[k].(float64)
		if !ok {
			return fmt.Errorf("has to be an object of numbers, and %q is none", k)
		}
		if limit, named := have[k].(float64); named && n > limit {
			return fmt.Errorf("may be at most %v for %q, and is %v: a project may only be stricter", limit, k, n)
		}
	}
	return nil
}
