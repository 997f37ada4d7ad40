package rego

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
)

// Evaluate asks all rules about in.
func (e *Evaluator) Evaluate(ctx context.Context, in policy.Input) (policy.Verdicts, error) {
	doc, err := documentOf(in, e.limit.Bytes)
	if err != nil {
		return nil, err
	}
	return e.evaluate(ctx, doc)
}

// EvaluateDocument asks all rules about a document. Every rule has to answer: one that errs, or has no answer, or stands
// still makes the whole an error, and so nothing passes that was not judged.
func (e *Evaluator) EvaluateDocument(ctx context.Context, document []byte) (policy.Verdicts, error) {
	if len(document) > e.limit.Bytes {
		return nil, fmt.Errorf("the document has %d bytes, more than the %d that are allowed", len(document), e.limit.Bytes)
	}
	in, err := ast.ValueFromReader(bytes.NewReader(document))
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	if _, isObject := in.(ast.Object); !isObject {
		return nil, errors.New("read the document: it is no object")
	}
	return e.evaluate(ctx, in)
}

func (e *Evaluator) evaluate(ctx context.Context, in ast.Value) (policy.Verdicts, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.limit.Time, fmt.Errorf("the rules took longer than %v", e.limit.Time))
	defer cancel()
	found, err := e.ask(ctx, in)
	if err != nil {
		return nil, err
	}
	lacking, err := e.lacking(ctx, found)
	if err != nil {
		return nil, err
	}
	all, err := e.verdicts(append(found, lacking...))
	if err != nil {
		return nil, err
	}
	return e.noted(in, all), nil
}

// ask puts every question in a goroutine of its own; OPA evaluates a query in one.
func (e *Evaluator) ask(ctx context.Context, in ast.Value) ([]finding, error) {
	answers, errs := make([][]finding, len(e.asked)), make([]error, len(e.asked))
	var all sync.WaitGroup
	for i, q := range e.asked {
		all.Go(func() { answers[i], errs[i] = q.ask(ctx, in, e.limit.Steps) })
	}
	all.Wait()
	return slices.Concat(answers...), errors.Join(errs...)
}

func (q question) ask(ctx context.Context, in ast.Value, steps int64) ([]finding, error) {
	var answer map[string][]finding
	if err := eval(ctx, q.query, in, steps, &answer); err != nil {
		return nil, fmt.Errorf("ask the rules of %q: %w", q.name, err)
	}
	var out []finding
	for _, p := range q.packages {
		found, answered := answer[p]
		switch {
		case !answered:
			return nil, fmt.Errorf("ask the rules of %q: %s has no answer", q.name, p)
		case len(found) == 0 && !q.own:
			return nil, fmt.Errorf("ask the rules of %q: %s found nothing, not even that it does not apply", q.name, p)
		case len(found) == 0:
			found = []finding{silent(p)}
		}
		for i := range found {
			found[i].own = q.own
			if q.advisory {
				found[i].advisory = true
			}
		}
		out = append(out, found...)
	}
	return out, nil
}

// eval runs a query that binds `answer`, and decodes that. An answer that came after the review was called off is none.
func eval(ctx context.Context, q opa.PreparedEvalQuery, in ast.Value, steps int64, to any) error {
	b := newBudget(steps)
	defer context.AfterFunc(ctx, b.Cancel)()
	rs, err := q.Eval(ctx, opa.EvalParsedInput(in), opa.EvalExternalCancel(b), opa.EvalSortSets(true))
	if cause := b.cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return err
	}
	if len(rs) != 1 || rs[0].Bindings["answer"] == nil {
		return errors.New("they gave no answer")
	}
	text, err := json.Marshal(rs[0].Bindings["answer"])
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}

// lacking asks CORE-01 about the controls that could not decide. Those that only advise deny nothing.
func (e *Evaluator) lacking(ctx context.Context, found []finding) ([]finding, error) {
	open := []finding{}
	for _, f := range found {
		if f.Status == policy.Undecidable && f.Level == policy.Deny && !f.advisory && !f.own {
			open = append(open, f)
		}
	}
	text, err := json.Marshal(open)
	if err != nil {
		return nil, fmt.Errorf("ask CORE-01: %w", err)
	}
	in, err := ast.ValueFromReader(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("ask CORE-01: %w", err)
	}
	var out []finding
	if err := eval(ctx, e.missing, in, e.limit.Steps, &out); err != nil {
		return nil, fmt.Errorf("ask CORE-01: %w", err)
	}
	return out, nil
}
