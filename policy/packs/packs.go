// Package packs holds the rule packs that come with the program, as Rego: core, GDPR of the EU and of the UK, NHS, PCI
// DSS, SOX, HIPAA, BCBS 239 and CQC. It holds them as files; policy/rego reads and runs them.
package packs

import (
	"embed"
	"io/fs"
)

// The rules without their tests, which nobody needs in the program.
//
//go:embed bundle/.manifest bundle/migrateiq/lib/*.rego bundle/migrateiq/decision/*.rego
//go:embed bundle/migrateiq/packs/*/*_[0-9][0-9].rego bundle/migrateiq/packs/*/*_[0-9][0-9]_operating.rego
//go:embed bundle/migrateiq/params/data.json bundle/migrateiq/reference/data.json bundle/migrateiq/schema/data.json
var embedded embed.FS

// Bundle is the rules as the files of an OPA bundle: every file lies in the folder of its package below migrateiq.
func Bundle() (fs.FS, error) { return fs.Sub(embedded, "bundle") }

// Names lists the packs in the order in which they are shown. The first, core, is part of every review that asks any.
func Names() []string {
	return []string{"core", "gdpr", "nhs", "pci", "sox", "hipaa", "bcbs239", "cqc"}
}
