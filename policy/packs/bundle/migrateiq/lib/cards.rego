# METADATA
# title: Account data in production
package migrateiq.lib.cards

import future.keywords.not

import data.migrateiq.lib.fields

# in_production is true where the plan touches a production system that is part of the cardholder data environment, or
# that account data is written to, whatever is said of it.
in_production if {
	some _, s in input.systems
	not s.pci.cde == false
	s.environment == "prod"
}

in_production if {
	some id in (fields.group("cardholder") | fields.of("sad"))
	fields.production(fields.system_of(id))
}
