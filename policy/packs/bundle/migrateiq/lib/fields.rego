# METADATA
# title: Fields, their classes and their systems
# description: >-
#   Finds fields through the index that the engine computed. A class belongs to a family when it is the family's name or
#   begins with it and a dot; data.migrateiq.reference.classes lists the families of each group.
package migrateiq.lib.fields

import future.keywords.not

import data.migrateiq.lib.facts

# of gives the fields of a class and of what is below it.
of(class) := {id |
	some name, ids in input.index.by_class
	within(name, class)
	some id in ids
}

# group gives the fields of a group of classes: personal, direct, special...
group(name) := {id | some class in in_group(name); some id in input.index.by_class[class]}

in_group(name) := {class |
	some class, _ in input.index.by_class
	some family in data.migrateiq.reference.classes.groups[name]
	within(class, family)
}

within(class, family) if class == family

within(class, family) if startswith(class, concat("", [family, "."]))

system_of(id) := input.systems[input.datasets[input.fields[id].dataset].system]

dataset_of(id) := input.datasets[input.fields[id].dataset]

# records gives the fields themselves.
records(ids) := object.filter(input.fields, ids) if is_object(input.fields)

else := {id: input.fields[id] | some id in ids}

# METADATA
# description: Systems that rows are written to or kept in.
stores := {id | some id, s in input.systems; some role in s.roles; role in {"target", "staging", "quarantine"}}

targets := {id | some id, s in input.systems; "target" in s.roles}

sources := {id | some id, s in input.systems; "source" in s.roles}

# datasets_of gives the datasets that hold any of the fields.
datasets_of(ids) := {input.fields[id].dataset | some id in ids}

# systems_of gives the systems that hold any of the fields.
systems_of(ids) := {input.datasets[d].system | some d in datasets_of(ids)}

personal := group("personal")

special := group("special")

direct := group("direct")

# METADATA
# description: Datasets with personal data, and the systems they are in.
personal_datasets := datasets_of(personal)

personal_systems := systems_of(personal)

# METADATA
# description: Datasets that people are treated by, those that say so and those that take a column from one.
clinical_datasets := {id | some id, d in input.datasets; d.clinical == true} | {f.dataset |
	some _, f in input.fields
	some c in f.sources
	input.datasets[c.dataset].clinical == true
}

production(system) if system.environment == "prod"

# on_this_machine is true of a system that is reached without a line: a file, or a server on this machine.
on_this_machine(system) if system.transport.network == "local"

# METADATA
# description: >-
#   Datasets that hold confidential patient information: those that say so, and those that take a column from one.
confidential := _sensitive | {f.dataset |
	some _, f in input.fields
	f.sources[_].dataset in _sensitive
}

_sensitive := {id | some id, d in input.datasets; d.cpi == true}

# METADATA
# description: The kinds of types that are text, as the language and databases call them.
texts := {"string", "text", "char", "varchar"}

# bare is the name of a function without its version: int of int@1.
bare(function) := split(function, "@")[0]

# METADATA
# description: Protections after which no personal value remains in the field.
removing := {"drop", "suppress", "synthetic", "redact"}

# keyed is true of a protection whose output only the holder of a key can make.
keyed(p) if {
	p.method in {"hmac", "token_vault", "fpe_ff1", "encrypt"}
	p.key.bits >= 128
	facts.said(p.key.system)
}

# apart is true where the key of a protection lies elsewhere than the field.
apart(id) if {
	key := input.fields[id].protection.key
	facts.said(key.system)
	key.system != input.datasets[input.fields[id].dataset].system
	facts.said(key.custodian)
}

# safe_outside_production is what a field may be where no clear value may go.
safe_outside_production(id) if input.fields[id].protection.method in (removing | {"generalise"})

safe_outside_production(id) if {
	p := input.fields[id].protection
	p.method in {"hmac", "token_vault"}
	keyed(p)
	apart(id)
	not _beside(id)
}

# A key in a system of the plan lies beside the field where both systems are of one environment.
_beside(id) if input.systems[input.fields[id].protection.key.system].environment == system_of(id).environment

safe_outside_production(id) if {
	p := input.fields[id].protection
	p.method == "mask"
	p.reversible == false
	p.params.keep_first == 0
	p.params.keep_last == 0
}
