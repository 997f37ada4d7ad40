package resolve

import (
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

// override gives the instances of a block over many tables what its overrides say of theirs. An override that names no
// table of the block, or one that another names too, is an error: somebody meant something by it. So is a field of the block
// itself, which would be one of every table.
func (r *resolver) override(m *lang.Mapping, matched []*instance) {
	if len(m.Fields) > 0 {
		r.fail(m, m.Fields[0].Range, "conflicting-attributes", "Field of many tables",
			"A mapping with `tables` takes all columns of each, and a field belongs to one of them. Put the block into `override \"TABLE\" {}` with the name of its table, or leave that table out with `except` and give it a mapping of its own.")
	}
	for _, o := range m.Overrides {
		of := slices.DeleteFunc(slices.Clone(matched), func(in *instance) bool { return !means(o, in) })
		switch {
		case len(matched) == 0:
			return // said for the whole block
		case len(of) == 0:
			r.fail(m, o.Range, "unknown-table", "Unknown table", "None of the tables that this mapping reads is %q.%s", o.Table, diag.Suggest(o.Table, tables(matched, o.Table)))
		case len(of) > 1:
			r.fail(m, o.Range, "ambiguous-table", "Several tables of one name", "%q is the name of %s. Write the schema too.", o.Table, strings.Join(tables(of, "."), " and of "))
		case of[0].override != nil:
			r.fail(m, o.Range, "duplicate-name", "Name used twice", "The table %s has an override at line %d already. Put both blocks into one.", of[0].source.Ref, of[0].override.Range.Start.Line)
		default:
			of[0].take(o)
		}
	}
}

// means reports whether an override names the table of an instance.
func means(o *lang.Override, in *instance) bool {
	return o.Table == in.source.Ref.String() || o.Table == in.source.Ref.Name
}

// tables are the names of the instances' source tables, with the schema where like has a point in it.
func tables(all []*instance, like string) []string {
	var out []string
	for _, in := range all {
		if strings.Contains(like, ".") {
			out = append(out, in.source.Ref.String())
		} else {
			out = append(out, in.source.Ref.Name)
		}
	}
	return out
}

// take makes the override the instance's. Its block stays as it is for the other tables.
func (in *instance) take(o *lang.Override) {
	m := *in.config
	if o.Where != nil {
		m.From.Where = o.Where
	}
	if o.Key != nil {
		m.To.Key, m.To.KeyRange = o.Key, o.KeyRange
	}
	in.config, in.override = &m, o
}

// dependencies checks what depends_on says of single tables, which are known only now.
func (r *resolver) dependencies() {
	for _, m := range r.cfg.Mappings {
		for _, address := range m.DependsOn {
			block, single := lang.Block(address)
			i := slices.IndexFunc(r.cfg.Mappings, func(o *lang.Mapping) bool { return len(o.From.Tables) > 0 && o.Address == block })
			if !single || i < 0 || r.systems[r.cfg.Mappings[i].From.Source] == nil || r.systems[r.cfg.Mappings[i].From.Source].Catalog == nil {
				continue
			}
			if !slices.ContainsFunc(r.instances, func(in *instance) bool { return in.address == address }) {
				var have []string
				for _, in := range r.instances {
					have = append(have, in.address)
				}
				r.fail(m, m.DependsRange, "unknown-mapping", "Unknown dependency", "There is no %s.%s", address, diag.Suggest(address, have))
			}
		}
	}
}
