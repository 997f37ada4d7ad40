package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// What a control may hold in memory: so many groups, and so many bytes of their names.
const (
	MostGroups     = 100_000
	mostGroupBytes = 64 << 20
)

// ErrGroups says that a control has more groups than are held in memory.
var ErrGroups = fmt.Errorf("more than %d groups, or than %d MiB of their values: group by a field with fewer values", MostGroups, mostGroupBytes>>20)

var errNoNumber = errors.New("a value that is no number has no total")

// Totals adds up fields of a control on both sides, exactly. It is not safe for concurrent use.
type Totals struct {
	control plan.Control
	groups  map[string]*group
	bytes   int
	text    []byte
	number  apd.Decimal
}

// group is the totals of one group on both sides, as Control.Sum names them.
type group struct {
	by   []string
	sums [2][]apd.Decimal
}

// The sides of a comparison.
const (
	AtSource = 0
	AtTarget = 1
)

// NewTotals is empty.
func NewTotals(c plan.Control) *Totals {
	t := &Totals{control: c, groups: map[string]*group{}}
	return t
}

// Column is one column of a batch.
type Column struct {
	Type schema.Type
	Of   *batch.Vector
}

// Add adds one row: at is its place in the vectors to group by, from its place in those to sum.
func (t *Totals) Add(side int, by []Column, at int, sum []Column, from int) error {
	g, err := t.group(by, at)
	if err != nil {
		return err
	}
	for i, c := range sum {
		if c.Of.Null(from) {
			continue
		}
		t.text = batch.AppendText(t.text[:0], c.Type, c.Of, from)
		if _, _, err := t.number.SetString(string(t.text)); err != nil || t.number.Form != apd.Finite {
			return errNoNumber
		}
		total := &g.sums[side][i]
		if _, err := apd.BaseContext.Add(total, total, &t.number); err != nil {
			return fmt.Errorf("add up field %s: %w", t.control.Sum[i], err)
		}
	}
	return nil
}

// group finds the group of a row, or makes it. Null is a group of its own.
func (t *Totals) group(by []Column, at int) (*group, error) {
	key := t.text[:0]
	for _, c := range by {
		if c.Of.Null(at) {
			key = append(key, 'n', 0)
			continue
		}
		before := len(key)
		key = batch.AppendText(append(key, 'v'), c.Type, c.Of, at)
		key = fmt.Appendf(key, "\x00%d", len(key)-before)
		key = append(key, 0)
	}
	t.text = key
	if g := t.groups[string(key)]; g != nil {
		return g, nil
	}
	if t.bytes += len(key); len(t.groups) >= MostGroups || t.bytes > mostGroupBytes {
		return nil, ErrGroups
	}
	g := &group{sums: [2][]apd.Decimal{make([]apd.Decimal, len(t.control.Sum)), make([]apd.Decimal, len(t.control.Sum))}}
	t.groups[string(key)] = g
	for _, c := range by {
		name := "null"
		if !c.Of.Null(at) {
			name = string(batch.AppendText(nil, c.Type, c.Of, at))
		}
		g.by = append(g.by, name)
	}
	return g, nil
}

// Compared is what a control found. Differs counts groups; Named has a line for the first of them.
type Compared struct {
	Groups, Differs int
	Named           []string
}

// namedGroups is how many groups that differ are named.
const namedGroups = 10

// Compare holds the two sides against one another.
func (t *Totals) Compare() (Compared, error) {
	tolerance, _, err := apd.NewFromString(t.control.Tolerance)
	if err != nil {
		return Compared{}, fmt.Errorf("read the tolerance of control %s: %w", t.control.Name, err)
	}
	out := Compared{Groups: len(t.groups)}
	for _, g := range t.sorted() {
		var parts []string
		for i, field := range t.control.Sum {
			a, b := &g.sums[AtSource][i], &g.sums[AtTarget][i]
			var diff apd.Decimal
			if _, err := apd.BaseContext.Sub(&diff, a, b); err != nil {
				return out, fmt.Errorf("compare the totals of field %s: %w", field, err)
			}
			if diff.Abs(&diff).Cmp(tolerance) > 0 {
				parts = append(parts, fmt.Sprintf("%s is %s at the source and %s in the target", field, a.Text('f'), b.Text('f')))
			}
		}
		if parts == nil {
			continue
		}
		if out.Differs++; len(out.Named) < namedGroups {
			out.Named = append(out.Named, t.name(g)+strings.Join(parts, ", "))
		}
	}
	return out, nil
}

func (t *Totals) sorted() []*group {
	all := make([]*group, 0, len(t.groups))
	for _, g := range t.groups {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *group) int { return slices.Compare(a.by, b.by) })
	return all
}

func (t *Totals) name(g *group) string {
	if len(g.by) == 0 {
		return ""
	}
	parts := make([]string, len(g.by))
	for i, v := range g.by {
		parts[i] = t.control.By[i] + " " + v
	}
	return strings.Join(parts, ", ") + ": "
}
