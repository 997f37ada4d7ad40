package review

import (
	"fmt"
	"time"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/policy"
)

// Facts is what the document says beside the plan.
type Facts struct {
	Version string // of the engine that asks
	Commit  string
	Phase   policy.Phase
	Now     time.Time
	Systems []System
	// Secrets are the places of secrets that stand in the configuration in clear. Nil says that nobody looked, and then no
	// review passes; none found is empty.
	Secrets []policy.Place
	Flags   policy.Flags
	Rules   []policy.Bundle // nil: not known
	Digest  string          // of the rules together

	Project   []Declared               // leaves from the document's top on: project.role, processing.purposes
	Backups   map[string][]Declared    // by mapping, "" for what no mapping does; leaves from the action on: backup.ref
	Transfers map[[2]string][]Declared // by source and target, leaves from the transfer on
	Tables    map[string][]Declared    // by dataset, leaves from the dataset on
	Columns   map[lineage.Column]Column
	Fields    func(mapping, field string) Field     // nil: nothing is declared
	Filters   func(mapping, name string) []Declared // "" for the mapping's condition; nil: nothing is declared
	Keys      map[string]Key                        // by the ID of the key in the plan
	Change    policy.Change
	Source    policy.Source
	Baseline  policy.Baseline
	Run       *policy.Run // nil before there is one
}

// Declared is one fact that the configuration declares, by its place in the document.
type Declared struct {
	Leaf  string
	Value any
}

// System is what the configuration declares of a source or target, and what its connection says.
type System struct {
	Address   string
	Kind      string
	Roles     []string
	Declared  []Declared // leaves from the system on
	Transport policy.Transport
}

// Column is what is declared of a source's column.
type Column struct {
	Classes       []string
	Unit          string
	Justification string
	ReviewedBy    string
}

// Field is what is declared of a target field itself.
type Field struct {
	Classes       []string
	Justification string
	Declared      []Declared // leaves from the field on
}

// Key is what is declared of a key of protecting functions, and what is known of its secret.
type Key struct {
	Bits     int        // 0: not known
	Declared []Declared // leaves from the key on
}

// fill sets what is declared in a part of the document.
func fill(part any, declared []Declared) error {
	for _, d := range declared {
		if err := policy.Set(part, d.Leaf, d.Value); err != nil {
			return fmt.Errorf("fill the policies' document: %w", err)
		}
	}
	return nil
}
