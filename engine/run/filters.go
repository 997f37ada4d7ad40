package run

import "github.com/novumsolvo/migrateiq/engine/plan"

// byFilter adds up what the filters left out of a chunk.
func (m *MappingReport) byFilter(counts map[string]int64) {
	for name, n := range counts {
		switch name {
		case plan.Unchanged, plan.Conflicts, plan.Corrected, plan.Added, plan.Removed, plan.Nulled, plan.Opened, plan.Closed:
			continue
		}
		if m.ByFilter == nil {
			m.ByFilter = map[string]int64{}
		}
		m.ByFilter[name] += n
	}
}
