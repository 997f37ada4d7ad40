package migrateiq.packs.pci.pci_04

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "PAN hashes keyed, whole PAN"
# description: >-
#   hash of pan: keyed (HMAC/CMAC/GMAC, >=128-bit), full PAN input, key under 3.6/3.7
# custom:
#   control_id: PCI-04
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.5.1.1 (mandatory since 31 Mar 2025)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Switch to HMAC with managed key"
#   example_pass: "HMAC-SHA-256"
#   example_fail: "sha256+salt"
#   scope_facts:
#     - "index.by_class"
#     - "fields.*.protection.method"
#     - "fields.*.classification.inherited"
#   facts:
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.system?"
#     - "fields.*.protection.key.custody?"
#     - "fields.*.lineage.functions"
#   reference: []
#   conditions:
#     - "its hash is keyed with 128 bits or more"
#     - "its key is managed"
#     - "the whole number is hashed"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	some id in origins.of("pan")
	input.fields[id].protection.method in {"hash", "hmac"}
}

# Functions that leave every digit of a number. Of any other nobody knows.
_whole := {
	"hash.md5", "hash.sha1", "hash.sha256", "pseudonym.hmac", "string", "text.blank_to_null", "text.lower",
	"text.normalise", "text.squish", "text.trim", "text.upper", "trim",
}

_met["its hash is keyed with 128 bits or more"] contains id if {
	some id, s in _subjects
	s.protection.method == "hmac"
	s.protection.key.bits >= 128
}

_met["its key is managed"] contains id if {
	some id, s in _subjects
	s.protection.key.custody in {"hsm", "kms", "vault"}
}

_met["the whole number is hashed"] contains id if {
	some id, s in _subjects
	every f in s.lineage.functions { fields.bare(f) in _whole }
}
