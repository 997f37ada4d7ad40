# METADATA
# title: What patients' data is used for
package migrateiq.lib.care

import future.keywords.not

import data.migrateiq.lib.facts

# beyond is true where data is used for more than the care of each patient, and where no use of it is named.
beyond if not _only

_only if {
	facts.size(input.processing.purposes) > 0
	every purpose in input.processing.purposes { purpose == "direct_care" }
}
