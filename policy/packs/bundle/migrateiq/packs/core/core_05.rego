package migrateiq.packs.core.core_05

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Every target field has lineage and a classification decision"
# description: >-
#   'index.unclassified' is empty and no wildcard pass-through ('*') reaches a target; 'none' is an
#   explicit decision
# custom:
#   control_id: CORE-05
#   framework: core
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "migrateiq"
#       reference: "engine rule (GDPR 5(2), BCBS P2, CAF B3.a)"
#   verification: own
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Classify or drop the field"
#   example_pass: "'notes' -> class none, reviewed_by set"
#   example_fail: "'SELECT *' mapping"
#   scope_facts:
#     - "fields"
#     - "index.unclassified"
#   facts:
#     - "fields.*.classification.decision"
#     - "fields.*.class_set"
#     - "fields.*.lineage.opaque"
#     - "fields.*.sources"
#     - "fields.*.sources.*.column"
#     - "index.by_class"
#   reference: []
#   conditions:
#     - "its class was decided"
#     - "its lineage names its sources"
#     - "its classes are ones that the packs know"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := object.union(_fields, _unknown)

default _fields := {}

_fields := input.fields if is_object(input.fields)

_unknown := {id: {} |
	some id in input.index.unclassified
	not input.fields[id]
}

_unclassified := {id | some id in input.index.unclassified}

# An own class is known when params.core.own_classes names its family.
_families := {f | some f in data.migrateiq.reference.classes.known} | {f | some f in params.value("core", "own_classes")}

_strange := {class |
	some class, _ in input.index.by_class
	every family in _families { not fields.within(class, family) }
}

# What is wrong is looked for instead of what is right: there is less of it, in plans of thousands of fields.
_decided := {id | some id, s in _subjects; s.classification.decision[_]}

_starred := {id | some id, s in _subjects; s.sources[_].column == "*"}

_traced := {id | some id, s in _subjects; s.lineage.opaque == false; is_array(s.sources)}

_odd := {id | some class in _strange; some id, s in _subjects; s.class_set[class]}

_classed := {id | some id, s in _subjects; is_object(s.class_set)}

_met["its class was decided"] := _decided - _unclassified

_met["its lineage names its sources"] := _traced - _starred

_met["its classes are ones that the packs know"] := _classed - _odd
