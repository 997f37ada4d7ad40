package migrateiq.packs.gdpr.gdpr_14

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.names
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Restricted transfer has a mechanism"
# description: >-
#   for each transfer leaving the jurisdiction: destination in adequacy list (data, dated) or
#   mechanism in {sccs,bcr,...} (EU) / {idta,addendum,bcr,...} (UK) with 'mechanism_ref' and TIA
#   (EU) or data-protection-test/TRA (UK)
# custom:
#   control_id: GDPR-14
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: transfer
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 44-46, 49"
#     - law: "UK GDPR"
#       reference: "Art. 44A, 45A-45C, 46(1A), 47A, 49, 49A (in force 5 Feb 2026)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Re-region the target or attach the mechanism and assessment"
#   example_pass: "UK->DE adequacy; EU->IN SCC+TIA"
#   example_fail: "EU->IN none"
#   scope_facts:
#     - "transfers"
#     - "transfers.*.from_country"
#     - "transfers.*.to_country"
#     - "project.jurisdictions"
#     - "transfers.*.id"
#   facts:
#     - "transfers.*.mechanism"
#     - "transfers.*.mechanism_ref?"
#     - "transfers.*.assessment_ref?"
#     - "evaluated_at"
#   reference:
#     - "adequacy"
#   conditions:
#     - "an adequacy decision covers it, or a safeguard with its reference and assessment, in every law it leaves"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := names.of([t | some t in input.transfers; count(_restricted(t)) > 0], ["id"])

# A transfer is judged by the law of where it starts. The EEA is one place, and so is the United Kingdom.
_law(t) := "uk" if t.from_country == "GB"

else := "eu" if t.from_country in data.migrateiq.reference.adequacy.eea

# Data from elsewhere that comes under both laws or one of them is judged by the laws of the project.
_laws(t) := {law} if law := _law(t)

else := {"eu", "uk"} if facts.size(input.project.jurisdictions) == 0

else := {j | some j in input.project.jurisdictions; j in {"eu", "uk"}}

_stays(t, "uk") if t.to_country == "GB"

_stays(t, "eu") if t.to_country in data.migrateiq.reference.adequacy.eea

_restricted(t) := {law | some law in _laws(t); not _stays(t, law)}

_adequate(t, law) if {
	t.mechanism == "adequacy"
	some entry in data.migrateiq.reference.adequacy[law]
	entry.country == t.to_country
	not t.to_country in params.value("gdpr", "not_adequate")
	_still(entry)
	_covered(entry, t)
}

_still(entry) if entry.until == null

_still(entry) if facts.future(entry.until)

# Some decisions cover only recipients of a certain kind; the reference says which this one is.
_covered(entry, _) if entry.only == null

_covered(entry, t) if {
	entry.only != null
	facts.said(t.mechanism_ref)
}

_safeguards := {"eu": {"sccs", "bcr"}, "uk": {"idta", "addendum", "bcr"}}

_safeguarded(t, law) if {
	t.mechanism in _safeguards[law]
	facts.said(t.mechanism_ref)
	facts.said(t.assessment_ref)
}

_allowed(t, law) if _adequate(t, law)

_allowed(t, law) if _safeguarded(t, law)

# GDPR-15 judges whether a derogation may be used.
_allowed(t, _) if {
	t.mechanism == "derogation"
	facts.said(t.mechanism_ref)
}

_met["an adequacy decision covers it, or a safeguard with its reference and assessment, in every law it leaves"] contains id if {
	some id, s in _subjects
	every law in _restricted(s) { _allowed(s, law) }
}
