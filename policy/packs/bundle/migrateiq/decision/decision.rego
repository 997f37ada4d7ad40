# METADATA
# title: The decision
# description: >-
#   All results of the packs that the document asks for, and whether they allow the plan. Where the document does not say
#   which frameworks apply, all packs do. The program asks pack by pack instead, so that they run side by side.
# entrypoint: true
package migrateiq.decision

import future.keywords.not

import data.migrateiq.lib.verdicts
import data.migrateiq.packs.core.core_01

_asked := {
	"core": {"core"},
	"gdpr": {"gdpr", "gdpr_uk", "gdpr_eu"},
	"nhs": {"nhs"},
	"pci": {"pci", "pci_dss"},
	"sox": {"sox"},
	"hipaa": {"hipaa"},
	"bcbs239": {"bcbs239"},
	"cqc": {"cqc"},
}

_active contains "core"

_active contains pack if {
	some pack, names in _asked
	some framework in input.project.frameworks
	framework in names
}

_active contains pack if {
	some pack, _ in _asked
	not _said
}

_said if {
	is_array(input.project.frameworks)
	every f in input.project.frameworks { _known(f) }
}

_known(framework) if {
	some _, names in _asked
	framework in names
}

_found contains r if {
	some pack in _active
	some control
	some r in data.migrateiq.packs[pack][control].results
}

# METADATA
# description: Every result, with one of CORE-01 for each that lacks a fact.
results := _found | core_01.lacking(_found)

default allow := false

# METADATA
# description: Nothing stops the plan, and something was asked.
allow if {
	count(results) > 0
	count(verdicts.stopping(results)) == 0
}

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)
