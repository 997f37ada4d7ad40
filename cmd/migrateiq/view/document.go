package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/plan"
)

// Document is what `plan --json` prints; docs/reference/plan.schema.json is its schema. All text of a plan is made from
// its JSON, so nothing can be read in one that is not in the other.
type Document struct {
	Format      int             `json:"format"`
	Plan        *plan.Plan      `json:"plan"`
	PolicyInput json.RawMessage `json:"policy_input"`
	Verdicts    json.RawMessage `json:"verdicts"`
}

// DocumentFormat is the version of Document that this program writes.
const DocumentFormat = 1

// Encode gives the document of a plan as JSON on one line.
func Encode(p *engine.Planned) ([]byte, error) {
	input, err := json.Marshal(p.Input)
	if err != nil {
		return nil, fmt.Errorf("encode policy input: %w", err)
	}
	verdicts, err := json.Marshal(p.Verdicts)
	if err != nil {
		return nil, fmt.Errorf("encode verdicts: %w", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	shown, err := whole(p.Plan)
	if err != nil {
		return nil, err
	}
	if err := enc.Encode(Document{Format: DocumentFormat, Plan: shown, PolicyInput: input, Verdicts: verdicts}); err != nil {
		return nil, fmt.Errorf("encode plan: %w", err)
	}
	return out.Bytes(), nil
}

// whole is a copy of a plan in which every list is there, if empty: a program that reads the document need not know of
// null. The plan itself stays as it is, since its digest names it.
func whole(p *plan.Plan) (*plan.Plan, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode plan: %w", err)
	}
	var shown plan.Plan
	if err := json.Unmarshal(raw, &shown); err != nil {
		return nil, fmt.Errorf("encode plan: %w", err)
	}
	fill(reflect.ValueOf(&shown).Elem())
	return &shown, nil
}

// fill makes empty lists and maps of those that are nil, all the way down.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}

// Detail says how much of a plan is shown.
type Detail uint8

// Folded leaves out what has not changed and gathers statements of one kind; Full shows every field and all SQL.
const (
	Folded Detail = iota
	Full
)

// Plan prints a document as people read it.
func Plan(w io.Writer, s Style, document []byte, detail Detail) error {
	var doc Document
	if err := json.Unmarshal(document, &doc); err != nil {
		return fmt.Errorf("read plan document: %w", err)
	}
	if doc.Plan == nil {
		return fmt.Errorf("read plan document: there is no plan in it")
	}
	p := planText{Style: s, plan: doc.Plan, detail: detail}
	p.mappings()
	p.left()
	p.ledgers()
	p.statements()
	p.warnings()
	p.summary()
	p.subset()
	if err := p.policy(doc.Verdicts); err != nil {
		return err
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}
