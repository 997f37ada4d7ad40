package migrateiq.packs.pci.pci_17

import future.keywords.not

import data.migrateiq.lib.cards
import data.migrateiq.lib.facts
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Environment and role separation"
# description: >-
#   prod and pre-prod systems distinct network/credentials; author, approver, applier distinct for
#   prod
# custom:
#   control_id: PCI-17
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "6.5.3, 6.5.4"
#   verification: V
#   severity: high
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Let three people write, approve and apply it, with logins of their own for production"
#   example_pass: "3 identities"
#   example_fail: "dev applies own plan"
#   scope_facts:
#     - "systems.*.pci.cde"
#     - "systems.*.environment"
#     - "index.by_class"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "change.author.id"
#     - "change.applier.id"
#     - "change.applier.type"
#     - "change.applier.triggered_by?"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#     - "systems.*.access.connection_role"
#     - "systems.*.transport.network"
#     - "plan.intent_digest"
#     - "change.approvals.*.actor"
#     - "change.approvals.*.intent_digest"
#   reference: []
#   conditions:
#     - "author, approver and applier are three"
#     - "production and other environments have logins of their own"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | cards.in_production}

_author := people.person(input.change.author.id)

_applier := people.person(input.change.applier.id)

# Where rows are copied from production into another environment, or back, the two have logins of their own.
_mixed if {
	some _, a in input.systems
	some _, b in input.systems
	a.environment == "prod"
	b.environment != "prod"
	a.access.connection_role == b.access.connection_role
}

_met["author, approver and applier are three"] contains "plan" if {
	count(people.approvers) > 0
	not _author in people.approvers
	not _applier in people.approvers
	_author != _applier
	not people.person(input.change.applier.triggered_by) == _author
	_behind
}

# A service applies for the person who started it. Where nobody says who that was, it may have been the author.
_behind if input.change.applier.type == "human"

_behind if facts.said(input.change.applier.triggered_by)

_met["production and other environments have logins of their own"] contains "plan" if {
	not _mixed
}
