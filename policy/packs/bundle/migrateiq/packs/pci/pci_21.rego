package migrateiq.packs.pci.pci_21

import future.keywords.not

import data.migrateiq.lib.cards
import data.migrateiq.lib.verdicts

# METADATA
# title: "Accounts and secrets"
# description: >-
#   no shared/generic interactive id; no hard-coded secret
# custom:
#   control_id: PCI-21
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "8.2.2, 8.6.1, 8.6.2"
#   verification: V
#   severity: high
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Use workload identity"
#   example_pass: "OIDC"
#   example_fail: "password literal"
#   scope_facts:
#     - "systems.*.pci.cde"
#     - "systems.*.environment"
#     - "index.by_class"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "change.applier.shared"
#     - "change.applier.auth"
#     - "systems.*.access.shared"
#     - "secrets.inline_count"
#   reference: []
#   conditions:
#     - "nobody shares an account"
#     - "no secret stands in clear, and a service does not log in by password"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | cards.in_production}

_met["nobody shares an account"] contains "plan" if {
	input.change.applier.shared == false
	every _, s in input.systems { s.access.shared == false }
}

_met["no secret stands in clear, and a service does not log in by password"] contains "plan" if {
	input.secrets.inline_count == 0
	input.change.applier.auth in {"oidc", "mfa"}
}
