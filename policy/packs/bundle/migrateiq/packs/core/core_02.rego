package migrateiq.packs.core.core_02

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.names
import data.migrateiq.lib.verdicts

# METADATA
# title: "Policy bundle is signed, pinned and current"
# description: >-
#   every 'engine.policy_bundles[]' has verified signature, digest equal to lock file, version >=
#   floor, not past 'expires'
# custom:
#   control_id: CORE-02
#   framework: core
#   variant: D
#   both_variants: false
#   subject: bundle
#   citations:
#     - law: "migrateiq"
#       reference: "engine rule (AS 2201 .B29 baseline; CAF A4.b)"
#   verification: own
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Update the lock file through review; re-sign the bundle"
#   example_pass: "digest matches lock"
#   example_fail: "bundle loaded unsigned from a local path in prod"
#   scope_facts:
#     - "engine.policy_bundles"
#   facts:
#     - "engine.policy_bundles.*.name"
#     - "engine.policy_bundles.*.digest"
#     - "engine.policy_bundles.*.origin"
#     - "engine.policy_bundles.*.signature?"
#     - "engine.policy_bundles.*.expires?"
#     - "evaluated_at"
#     - "engine.policy_bundles.*.signature.key_id?"
#     - "engine.policy_bundles.*.signature.verified?"
#     - "engine.policy_bundles.*.version?"
#   reference: []
#   conditions:
#     - "its digest is a SHA-256"
#     - "it is signed, as it comes from elsewhere"
#     - "its digest is the one of the lock file, as it comes from elsewhere"
#     - "its version is not below the floor of the lock file"
#     - "it is not past its date"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := names.of(input.engine.policy_bundles, ["name"]) if facts.size(input.engine.policy_bundles) > 0

else := {"engine.policy_bundles": {}}

_met["its digest is a SHA-256"] contains id if {
	some id, s in _subjects
	facts.digest(s.digest)
}

_met["it is signed, as it comes from elsewhere"] contains id if {
	some id, s in _subjects
	s.origin in {"embedded", "module"}
}

_met["it is signed, as it comes from elsewhere"] contains id if {
	some id, s in _subjects
	s.origin == "remote"
	s.signature.verified == true
	facts.said(s.signature.key_id)
}

_met["its digest is the one of the lock file, as it comes from elsewhere"] contains id if {
	some id, s in _subjects
	s.origin in {"embedded", "module"}
}

_met["its digest is the one of the lock file, as it comes from elsewhere"] contains id if {
	some id, s in _subjects
	s.origin == "remote"
	data.lock.bundles[id] == s.digest
}

_met["its version is not below the floor of the lock file"] contains id if {
	some id, _ in _subjects
	not data.lock.floors[id]
}

_met["its version is not below the floor of the lock file"] contains id if {
	some id, s in _subjects
	semver.compare(s.version, data.lock.floors[id]) >= 0
}

_met["it is not past its date"] contains id if {
	some id, s in _subjects
	s.expires == null
}

_met["it is not past its date"] contains id if {
	some id, s in _subjects
	facts.future(s.expires)
}
