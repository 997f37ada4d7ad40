package transform

import (
	"context"
	"errors"
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const ruleRef = "ref"

// Look gives the new keys of those old keys of a mapping, by its name in the ledger, that have one. It is asked once for
// each batch and ref.
type Look func(mapping string, old []string) (map[string]string, error)

// Deferred says what a deferred ref is.
type Deferred uint8

// Found: its key, and a key that is not there is an error. Later: null, until all rows are there. Sooner: its key where that
// is there already, else null for now.
const (
	Found Deferred = iota
	Later
	Sooner
)

var errNoLook = errors.New("nothing was given to find the keys of refs with")

// reference is a ref's checked expressions.
type reference struct {
	plan.Ref
	on    []*program
	casts []cast
	types []schema.Type
}

func newReference(ref plan.Ref, scope expr.Scope) (*reference, error) {
	r := &reference{Ref: ref}
	for _, on := range ref.On {
		e, found := expr.Check(on.CEL, plan.Place{}.Range(), scope)
		if found.HasErrors() {
			return nil, found.Err()
		}
		p, err := newProgram(e, false)
		if err != nil {
			return nil, err
		}
		c, err := castOf(on.Value, on.Key, "")
		if err != nil {
			return nil, err
		}
		r.on, r.casts, r.types = append(r.on, p), append(r.casts, c), append(r.types, on.Key)
	}
	return r, nil
}

// reads reports whether one of the expressions reads a column.
func (r *reference) reads(column string) bool {
	for _, p := range r.on {
		for _, c := range p.columns {
			if c == column {
				return true
			}
		}
	}
	return false
}

// referring finds the keys of a ref for all rows of a pass at once.
type referring struct {
	own
	*reference
	of    []source
	parts []batch.Vector // the old keys, in the types of the source's columns
	texts []string       // of each row, "" for none
	null  []bool         // rows that refer to nothing
	value schema.Type
}

func (t *Transformer) referring(c *compiled) *referring {
	x := &referring{reference: c.ref, value: c.Value, own: own{batch.NewVector(c.Value)}}
	for i, p := range c.ref.on {
		x.of = append(x.of, t.source(p, nil))
		x.parts = append(x.parts, batch.NewVector(c.ref.types[i]))
	}
	return x
}

func (x *referring) eval(p *pass) *batch.Vector {
	x.result = batch.NewVector(x.value)
	if x.Missing == plan.MissingDefer && p.t.shared.spec.Deferred == Later {
		for range p.n {
			x.result.AppendNull()
		}
		return &x.result
	}
	x.olds(p)
	found, err := x.find(p)
	if err != nil {
		p.broken = errors.Join(p.broken, err)
	}
	for i := range p.n {
		key, ok := found[x.texts[i]]
		switch {
		case p.idle(i) || x.null[i] || err != nil:
			x.result.AppendNull()
		case !ok:
			x.missing(p, i)
			x.result.AppendNull()
		default:
			if bad := providers.AppendKey(&x.result, x.value, key); bad != nil {
				p.broken = errors.Join(p.broken, bad)
				x.result.AppendNull()
			}
		}
	}
	return &x.result
}

// missing deals with a row whose key was not moved.
func (x *referring) missing(p *pass, i int) {
	switch {
	case x.Missing == plan.MissingNull && !p.quiet:
		p.nulled++
	case x.Missing == plan.MissingDefer && p.t.shared.spec.Deferred == Sooner && !p.quiet:
	default:
		p.fail(i, ruleRef, fmt.Sprintf("it refers to a row that %s has not moved", x.Mapping))
	}
}

// olds computes the texts of the old keys. A row with a null in it refers to nothing; a value that does not fit the key's
// type, as a text that is no uuid, is the key of no row and has no text.
func (x *referring) olds(p *pass) {
	vectors, misfit := make([]*batch.Vector, len(x.of)), make([]bool, p.n)
	x.null = cleared(x.null, p.n)
	n := p.n
	for k, of := range x.of {
		v := of.eval(p)
		vectors[k] = &x.parts[k]
		x.parts[k].Reset()
		for i := range min(n, v.Len()) {
			x.null[i] = x.null[i] || v.Null(i)
			switch {
			case p.idle(i) || v.Null(i):
				x.parts[k].AppendNull()
			case x.casts[k].whole:
				x.parts[k].AppendFrom(v, i)
			case x.casts[k].one(&x.parts[k], v, i) != "":
				misfit[i] = true
				x.parts[k].AppendNull()
			}
		}
	}
	x.texts = x.texts[:0]
	for i := range p.n {
		text := ""
		if !p.idle(i) && !misfit[i] {
			text, _ = providers.KeyText(x.types, vectors, i)
		}
		x.texts = append(x.texts, text)
	}
}

// find asks for each key once.
func (x *referring) find(p *pass) (map[string]string, error) {
	seen := make(map[string]bool, p.n)
	var ask []string
	for _, text := range x.texts {
		if text != "" && !seen[text] {
			seen[text] = true
			ask = append(ask, text)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	if p.t.look == nil {
		return nil, errNoLook
	}
	found, err := p.t.look(x.UID, ask)
	if err != nil {
		return nil, fmt.Errorf("find the keys of %s: %w", x.Mapping, err)
	}
	return found, nil
}

// With makes the transformer find the keys of refs by look from now on.
func (t *Transformer) With(look Look) { t.look = look }

// Looking finds the keys of refs in a target that no run is at work on.
func Looking(ctx context.Context, target providers.Endpoint) Look {
	m, ok := providers.As[providers.KeyMap](target)
	if !ok {
		return nil
	}
	return func(mapping string, old []string) (map[string]string, error) { return m.Look(ctx, mapping, old) }
}
