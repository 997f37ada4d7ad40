package migrateiq.packs.pci.pci_08

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "No PAN relocation by remote session"
# description: >-
#   PAN flows run by non-interactive workload inside CDE; no local spool path; exceptions named
# custom:
#   control_id: PCI-08
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.4.2"
#   verification: V
#   severity: medium
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Run the agent inside CDE"
#   example_pass: "runner in CDE"
#   example_fail: "laptop apply over VPN"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "change.applier.type"
#     - "change.applier.interactive"
#     - "change.applier.host_in_cde"
#   reference: []
#   conditions:
#     - "a service runs it, and nobody's session"
#     - "it runs inside the cardholder data environment"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.of("pan")) > 0}

_met["a service runs it, and nobody's session"] contains "plan" if {
	input.change.applier.type == "service"
	input.change.applier.interactive == false
}

_met["it runs inside the cardholder data environment"] contains "plan" if {
	input.change.applier.host_in_cde == true
}
