// Package resolve brings configuration and catalogs together into typed mappings. validate, plan and editors share it.
package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// System is what resolve has to know of one source or target.
type System struct {
	Config  *lang.System
	Product string          // what its types' own names mean something to; "" for the kind of its block
	Catalog *schema.Catalog // nil: nothing is known of it (offline, or it could not be opened)
	Modes   []string        // as a target; the first is its default with a key where Modes has no upsert
	Order   schema.Order    // as a target
	Place   func(schema.Type) (schema.Type, error)
	// Definitions are those that a target has of what its sources' tables need; nil where that is not known.
	Definitions []schema.Definition
}

// Mapping is one mapping instance with everything typed.
type Mapping struct {
	Address     string
	Config      *lang.Mapping
	Definition  *plan.Definition
	Source      *schema.Table // as its system has it
	Standing    *schema.Table // the target's table where it is there already, else nil
	Rebuilt     bool          // the standing table is to be replaced, and says nothing about columns and keys
	Ours        bool          // earlier runs fill the standing table, and its columns may follow the fields
	Half        bool          // the standing table is left of a first load that was given up, lacks keys, and is built anew
	Table       schema.Table  // the target's table as the mapping wants it, with the keys it would be created with
	Lookups     []*lang.Lookup
	NotMapped   []string
	Unsupported []schema.Object
	Notes       []string
	Definitions []schema.Definition    // that Table needs and the target lacks, each behind those it needs
	Computed    map[string]schema.Part // source columns that the target computes itself, as the source does
	alone       bool                   // source and target are of different products
	lost        bool                   // what it refers to has errors, so that it cannot be typed
}

// Mappings expands and types every mapping of the configuration, in the order of their addresses. Mappings that have
// errors are left out of the result, and their errors are in the list.
func Mappings(cfg *lang.Config, systems map[string]*System, known Known) ([]*Mapping, diag.List) {
	r := &resolver{cfg: cfg, systems: systems, owner: map[string]*instance{}, typings: map[string]*typing{}, known: known}
	r.lookups()
	for _, m := range cfg.Mappings {
		r.expand(m)
	}
	r.dependencies()
	var out []*Mapping
	for _, in := range r.instances {
		if m := r.typed(in); m != nil {
			out = append(out, m)
		}
	}
	r.refCycles(out)
	r.foreign(out)
	r.inherit(out)
	r.distinct(out)
	slices.SortFunc(out, func(a, b *Mapping) int { return strings.Compare(a.Address, b.Address) })
	return out, r.diags
}

// Known is what earlier runs and the command say of tables that stand.
type Known struct {
	// Rebuilt are addresses whose tables will be built anew: they get the columns that the mapping wants, whatever stands there.
	Rebuilt []string
	// Ours reports whether earlier runs fill the table of a mapping instance; nil: of none.
	Ours func(address string) bool
	// Half reports whether the table of a mapping instance is left of a first load that was given up; nil: of none.
	Half func(address string) bool
}

type resolver struct {
	cfg       *lang.Config
	systems   map[string]*System
	instances []*instance
	owner     map[string]*instance // by target and table
	typings   map[string]*typing   // by address
	known     Known
	diags     diag.List
}

// instance is one source table of one mapping block.
type instance struct {
	address string
	config  *lang.Mapping
	from    *System
	to      *System
	source  *schema.Table
	joints  []joint
	table   schema.Ref
	// override is what is different for this one of many tables; config has its condition and key already.
	override *lang.Override
}

func (r *resolver) fail(m *lang.Mapping, at diag.Range, code, summary, detail string, args ...any) {
	r.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at, Object: fmt.Sprintf("mapping %q", m.Name)})
}

// expand finds the source tables of a block and gives each an address and a target table.
func (r *resolver) expand(m *lang.Mapping) {
	from, to := r.systems[m.From.Source], r.systems[m.To.Target]
	if from == nil || to == nil || from.Catalog == nil {
		return // said already, where the reference or the connection failed
	}
	if m.From.Query != "" {
		r.asked(m, from, to)
		return
	}
	if m.From.Table != "" {
		t, ok := from.Catalog.Table(ParseRef(m.From.Table))
		if !ok {
			r.fail(m, m.From.TableRange, "unknown-table", "Unknown table", "%s has no table %q.%s",
				m.From.Source, m.From.Table, diag.Suggest(m.From.Table, names(from.Catalog, m.From.Table)))
			return
		}
		if joints, ok := r.joints(m, from, t); ok {
			r.add(&instance{address: m.Address, config: m, from: from, to: to, source: t, joints: joints, table: ParseRef(m.To.Table)})
		}
		return
	}
	r.objects(m, from, to)
	matched := []*instance{}
	for i := range from.Catalog.Tables {
		t := &from.Catalog.Tables[i]
		if t.Query != "" || !matches(m.From.Tables, t.Ref) || matches(m.From.Except, t.Ref) {
			continue
		}
		name := t.Ref.Name
		if m.To.Names == "snake_case" {
			name = SnakeCase(name)
		}
		matched = append(matched, &instance{address: fmt.Sprintf("%s[%q]", m.Address, t.Ref.String()), config: m, from: from, to: to, source: t,
			table: schema.Ref{Schema: m.To.Schema, Name: name}})
	}
	if in := large(m, from, to); in != nil {
		matched = append(matched, in)
	}
	r.override(m, matched)
	for _, in := range matched {
		r.add(in)
	}
	if len(matched) == 0 {
		r.fail(m, m.From.TableRange, "no-table-matches", "No table matches", "%s has %s, and none matches %s.",
			m.From.Source, plan.Count(int64(len(from.Catalog.Tables)), "table"), strings.Join(m.From.Tables, ", "))
	}
}

func (r *resolver) add(in *instance) {
	key := in.config.To.Target + "\x00" + in.table.String()
	if other := r.owner[key]; other != nil {
		r.fail(in.config, in.config.To.TableRange, "table-has-two-mappings", "Two mappings for one table",
			"%s and %s both write to table %s of %s. A table belongs to one mapping; give one of them another table.",
			other.address, in.address, in.table, in.config.To.Target)
		return
	}
	r.owner[key] = in
	r.instances = append(r.instances, in)
}

// mapping types one instance, nil where it has errors.
func (r *resolver) mapping(in *instance) *Mapping {
	m := in.config
	before := len(r.diags)
	out := &Mapping{Address: in.address, Config: m, Source: in.source, alone: in.from.product() != in.to.product() || in.source.Query != ""}
	if in.to.Catalog != nil {
		if t, ok := in.to.Catalog.Table(in.table); ok {
			out.Standing, out.Rebuilt = t, slices.ContainsFunc(r.known.Rebuilt, in.asked)
			out.Ours = r.known.Ours != nil && r.known.Ours(in.address)
			out.Half = r.known.Half != nil && r.known.Half(in.address)
			in.table = t.Ref
		}
	}
	d := &plan.Definition{
		Source: m.From.Source, SourceTable: in.source.Ref, Target: m.To.Target, TargetTable: in.table,
		MaxRejects: share(m.Lifecycle.MaxRejects), MaxRowDrift: share(m.Lifecycle.MaxRowDrift), OnDrift: m.Lifecycle.OnTargetDrift, Strategy: m.Lifecycle.Strategy, RollbackWindow: m.Lifecycle.Window, Limits: limits(m.Limits),
		Params: []plan.Param{}, Lookups: []plan.Lookup{}, Checks: []plan.Check{}, Reconcile: append([]string{}, m.Reconcile.Columns...),
	}
	d.Query, d.Joins = m.From.Query, Joins(m, in.from.Catalog)
	out.Definition = d
	for _, p := range m.Params {
		d.Params = append(d.Params, plan.Param(p))
	}
	f := &fielder{r: r, in: in, out: out, facts: in.from.Config.Facts(in.source.Ref), tried: map[string]bool{},
		used: map[string]bool{}, lookups: map[string]bool{}, computed: map[string]schema.Part{}}
	out.Computed = f.computed
	r.typings[in.address].f = f
	f.where()
	f.filters()
	f.fields()
	f.refs()
	f.timed()
	f.inOrder()
	f.key()
	f.deferral()
	f.read()
	f.mode()
	f.once()
	f.staying()
	f.coarse()
	f.cursor()
	f.versions()
	f.checks()
	f.controls()
	f.reconcile()
	if out.lost || slices.ContainsFunc(r.diags[before:], func(d diag.Diagnostic) bool { return d.Severity == diag.Error }) {
		return nil
	}
	f.table()
	return out
}

// kept is the standing table whose columns and keys count, nil where there is none or it is built anew.
func (m *Mapping) kept() *schema.Table {
	if m.Rebuilt {
		return nil
	}
	return m.Standing
}

// asked reports whether an address names the instance, or its block.
func (in *instance) asked(address string) bool {
	block, _ := Block(in.address)
	return address == block || lang.Within(address, in.address)
}

// ParseRef splits "schema.table" at its first point.
func ParseRef(s string) schema.Ref {
	if before, after, ok := strings.Cut(s, "."); ok {
		return schema.Ref{Schema: before, Name: after}
	}
	return schema.Ref{Name: s}
}

func names(c *schema.Catalog, like string) []string {
	var out []string
	for _, t := range c.Tables {
		if strings.Contains(like, ".") {
			out = append(out, t.Ref.String())
		} else {
			out = append(out, t.Ref.Name)
		}
	}
	return out
}

func place(r diag.Range) plan.Place { return plan.Place{File: r.File, Line: r.Start.Line} }

func share(s lang.Share) plan.Share {
	return plan.Share{Rows: s.Rows, PerMillion: s.PerMil, Percent: s.Percent}
}
