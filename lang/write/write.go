// Package write writes configuration from what was found in a system: the blocks of source and target, facts about tables,
// and mappings. The same findings always give the same text.
package write

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/format"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// System is a source or target.
type System struct {
	Role, Kind, Name string
	Address          string      // of one that the folder declares already: its block is not written; "" to write it
	Attributes       []Attribute // of the block, in this order
}

// Attribute is one line of a block.
type Attribute struct {
	Name  string
	Value Value
}

// Value is an expression of HCL. Text, Secret, Reference, Number, Flag and Texts make one.
type Value struct{ tokens hclwrite.Tokens }

// Text is a literal text.
func Text(s string) Value { return literal(cty.StringVal(s)) }

// Number is a whole number.
func Number(n int) Value { return literal(cty.NumberIntVal(int64(n))) }

// Flag is true or false.
func Flag(b bool) Value { return literal(cty.BoolVal(b)) }

// Texts is a list of literal texts.
func Texts(all []string) Value {
	list := make([]cty.Value, len(all))
	for i, s := range all {
		list[i] = cty.StringVal(s)
	}
	return literal(cty.TupleVal(list))
}

// Secret is the call secret("reference").
func Secret(reference string) Value {
	return Value{hclwrite.TokensForFunctionCall("secret", Text(reference).tokens)}
}

// Variable is a reference to a variable.
func Variable(name string) Value {
	return Value{hclwrite.TokensForIdentifier("var." + name)}
}

func literal(v cty.Value) Value { return Value{hclwrite.TokensForValue(v)} }

func (v Value) String() string { return strings.TrimSpace(string(v.tokens.Bytes())) }

// Placeholder is a variable that has to be given a value before the files can be used.
type Placeholder struct{ Name, Description string }

// Left is a table that gets no mapping, and why, as a part of a sentence behind its name.
type Left struct {
	Table schema.Ref
	Why   string
}

// Findings is what is written.
type Findings struct {
	Source, Target System
	Placeholders   []Placeholder
	Tables         []schema.Table
	Left           []Left
	Refused        map[string]string // why the target cannot keep values of a type, by the type's text
	Taken          []string          // names of mappings that the folder has already
	Glob           bool              // one mapping for many tables, where that says the same
	Globs          []string          // that chose the tables; nil: all of the source
}

// File is one file of configuration.
type File struct {
	Name string
	Text []byte
}

// Names of the files.
const (
	SystemsFile  = "systems.miq.hcl"
	MappingsFile = "mappings.miq.hcl"
)

// Files writes the findings: the systems that the folder lacks, and the mappings.
func Files(f Findings) ([]File, error) {
	w := newWriter(f)
	var all []File
	for _, part := range []struct {
		name string
		text string
	}{{SystemsFile, w.systems()}, {MappingsFile, w.mappings()}} {
		if strings.TrimSpace(part.text) == "" {
			continue
		}
		text, found := format.Format([]byte(part.text))
		if found.HasErrors() {
			return nil, fmt.Errorf("write %s: %w", part.name, wrong(found))
		}
		all = append(all, File{Name: part.name, Text: text})
	}
	return all, nil
}

// Blocks writes the block of one system alone.
func Blocks(s System, placeholders []Placeholder) ([]byte, error) {
	w := newWriter(Findings{})
	w.placeholders(placeholders)
	w.system(s, nil)
	text, found := format.Format([]byte(w.take()))
	if found.HasErrors() {
		return nil, fmt.Errorf("write the block of %s %q: %w", s.Role, s.Name, wrong(found))
	}
	return text, nil
}

func wrong(found diag.List) error { return found.Err() }

// address is what mappings call a system.
func (s System) address() string {
	if s.Address != "" {
		return s.Address
	}
	return s.Role + "." + s.Kind + "." + s.Name
}
