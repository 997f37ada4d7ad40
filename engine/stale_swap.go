package engine

import (
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// followersDiffer finds tables that are to be swapped out, and that something else hangs on than when the plan was made. The
// swap would be refused; so it is told before the rows are copied.
func followersDiffer(p *plan.Plan, o *opened, add func(code, text string, args ...any)) {
	for _, s := range p.Steps {
		if s.Change == nil || s.Change.Swap == nil || o.systems[s.Target] == nil || o.systems[s.Target].Catalog == nil {
			continue
		}
		t, ok := o.systems[s.Target].Catalog.Table(s.Change.Swap.Old)
		if ok && schema.FollowDigest(t.Followers) != schema.FollowDigest(s.Change.Swap.Follow) {
			add("TGT-SCHEMA", "views, keys of other tables, triggers or rights of table %s of %s are not those that the plan has", s.Change.Swap.Old, s.Target)
		}
	}
}
