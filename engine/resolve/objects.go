package resolve

import (
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// objects refuses what is to be copied beside tables where the two systems are not of one product that can do it.
func (r *resolver) objects(m *lang.Mapping, from, to *System) {
	for _, s := range []*System{from, to} {
		if len(m.From.Objects) > 0 && s.product() != "postgres" {
			r.fail(m, m.From.ObjectRange, "unsupported", "The system cannot do this", "objects = [%s] is for a copy between two PostgreSQL databases, and %s is of kind %s. Remove objects, or put it into a mapping of its own.",
				`"`+strings.Join(m.From.Objects, `", "`)+`"`, s.Config.Address, s.product())
			return
		}
	}
}

// largeTarget is where a target keeps which large objects runs have made.
var largeTarget = schema.Ref{Schema: "_migrateiq", Name: "large_object"}

// large is the instance of a source's large objects, nil where a mapping does not ask for them.
func large(m *lang.Mapping, from, to *System) *instance {
	if !m.From.Takes(lang.LargeObjects) || len(from.Catalog.Large) == 0 || from.product() != to.product() {
		return nil
	}
	t := &from.Catalog.Large[0]
	return &instance{address: fmt.Sprintf("%s[%q]", m.Address, t.Ref.String()), config: m, from: from, to: to, source: t, table: largeTarget}
}

// once has large objects made and never changed: an object of the target could be another one of the same number.
func (f *fielder) once() {
	if f.in.table != largeTarget {
		return
	}
	f.def().Mode = "append"
	note := "A row is a piece of a large object of up to 1 MB. They are loaded once: what changes at the source later is not taken."
	for _, o := range f.in.from.Catalog.Objects {
		if o.Object.Kind == "large objects" {
			note = "Large objects: " + o.Object.Name + ". " + note
		}
	}
	f.out.Notes = append(f.out.Notes, note)
}
