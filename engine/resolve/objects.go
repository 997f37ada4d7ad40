package resolve

import (
	"strings"

	"github.com/novumsolvo/migrateiq/lang"
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
