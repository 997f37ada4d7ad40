package lang

// environments are the words that policies know for what a system is used for.
func environments() []string { return []string{"prod", "preprod", "test", "dev", "training"} }

// systemFacts are what a source or target may declare of itself.
func systemFacts() []fact {
	return []fact{
		{"region", "region", aText, nil, "where the system stands"},
		{"country", "country", aCountry, nil, "in which country"},
		{"environment", "environment", aWord, environments(), "what it is used for"},
		{"live_data", "live_data", aFlag, nil, "it holds data of real people or real business"},
		{"clinical", "clinical", aFlag, nil, "people are treated by what it says"},
		{"operator.legal_entity", "operator.legal_entity", aText, nil, "who runs the system"},
		{"operator.third_party", "operator.third_party", aFlag, nil, "somebody else runs it for you"},
		{"operator.contract", "operator.contract_ref", aText, nil, "the contract with them"},
		{"operator.baa", "operator.baa_ref", aText, nil, "the business associate agreement with them"},
		{"operator.soc1", "operator.soc1_ref", aText, nil, "their SOC 1 report"},
		{"operator.soc1_period_end", "operator.soc1_period_end", aDay, nil, "the end of its period"},
		{"operator.cuec", "operator.cuec_ref", aText, nil, "what you have to do yourself for it to hold"},
		{"operator.dspt_status", "operator.dspt.status", aText, nil, "their status in the Data Security and Protection Toolkit"},
		{"operator.dspt_year", "operator.dspt.year", aText, nil, "the year of that status"},
		{"tls.network", "transport.network", aWord, []string{"private", "hscn", "internet", "local"}, "over which network it is reached; `local` is this machine"},
		{"tls.certificates", "transport.cert_inventory_ref", aText, nil, "where its certificates are listed"},
		{"tls.protocol", "transport.protocol", aText, nil, "what else protects the way"},
		{"at_rest.level", "at_rest.level", aWord, []string{"none", "disk", "file", "column", "field"}, "what is encrypted"},
		{"at_rest.algorithm", "at_rest.algorithm", aText, nil, "how"},
		{"at_rest.key", "at_rest.key.id", aText, nil, "the name of the key"},
		{"at_rest.key_custody", "at_rest.key.custody", aWord, custodies(), "where the key is kept"},
		{"at_rest.key_custodian", "at_rest.key.custodian", aText, nil, "who keeps it"},
		{"at_rest.key_expires", "at_rest.key.cryptoperiod_end", aDay, nil, "the last day on which it may be used"},
		{"at_rest.key_status", "at_rest.key.status", aWord, keyStates(), "whether it may still be used"},
		{"at_rest.key_wrapped_by", "at_rest.key.wrapped_by", aText, nil, "the key that encrypts it"},
		{"at_rest.key_bits", "at_rest.key.strength_bits", aCount, nil, "its strength"},
		{"at_rest.wrapping_bits", "at_rest.key.wrapping_strength_bits", aCount, nil, "the strength of the key that encrypts it"},
		{"at_rest.equivalent", "at_rest.equivalent_ref", aText, nil, "what takes the place of encryption"},
		{"access.roles", "access.roles", someTexts, nil, "who may reach the system"},
		{"access.deny_by_default", "access.deny_by_default", aFlag, nil, "nobody else may"},
		{"access.connection_role", "access.connection_role", aText, nil, "the role that the connection uses"},
		{"access.shared", "access.shared", aFlag, nil, "several people use one account"},
		{"access.least_privilege_role", "access.least_privilege_role", aText, nil, "the role that would be enough"},
		{"access.reviewed_at", "access.reviewed_at", aDay, nil, "when access was looked at"},
		{"access.standing_admin", "access.standing_admin", aFlag, nil, "somebody may do everything at any time"},
		{"pci.cde", "pci.cde", aFlag, nil, "it is part of the cardholder data environment"},
		{"pci.issuer", "pci.issuer", aFlag, nil, "it belongs to an issuer of cards"},
		{"pci.scope", "pci.scope_ref", aText, nil, "where its scope was confirmed"},
		{"pci.retention_check", "pci.retention_check_ref", aText, nil, "the last check that nothing is kept too long"},
		{"sox.in_scope", "sox.in_scope", aFlag, nil, "it counts for financial reporting"},
	}
}

func custodies() []string { return []string{"hsm", "kms", "vault", "file", "inline"} }

// tableFacts are what a table block may declare.
func tableFacts() []fact {
	return []fact{
		{"owner", "owner", aText, nil, "who answers for the table"},
		{"record_class", "record_class", aText, nil, "what kind of records it holds, as retention schedules name them"},
		{"oldest_record", "oldest_record", aDay, nil, "the day of its oldest record"},
		{"newest_record", "newest_record", aDay, nil, "the day of its newest record"},
		{"asset", "asset_ref", aText, nil, "its entry in the register of assets"},
		{"pci_justification", "pci_justification", aText, nil, "why data of cards is kept"},
		{"essential", "essential", aFlag, nil, "an essential function relies on it"},
		{"reviewed_by", "classification.reviewed_by", aText, nil, "who looked at the classes of its columns, where a column does not say it"},
		{"subject_key", "subject_key", aText, nil, "the column that says whose record it is"},
		{"icfr", "icfr", aFlag, nil, "financial reporting relies on it"},
		{"clinical", "clinical", aFlag, nil, "people are treated by what it says"},
		{"cpi", "cpi", aFlag, nil, "it holds confidential patient information"},
		{"retention.days", "retention.days", aCount, nil, "how long rows are kept, in days"},
		{"retention.years", "retention.days", aSpan, nil, "the same in years, of 365 days each"},
		{"retention.trigger", "retention.trigger", aText, nil, "what that time begins with"},
		{"retention.disposal", "retention.disposal", aText, nil, "how rows are disposed of behind it"},
		{"retention.basis", "retention.rule_ref", aText, nil, "the rule that says so"},
		{"retention.legal_hold", "retention.legal_hold", aFlag, nil, "nothing of it may be disposed of now"},
	}
}

// columnFacts are what a column block may declare.
func columnFacts() []fact {
	return []fact{
		{"justification", "justification", aText, nil, "why the class is right, or why the column is needed"},
		{"reviewed_by", "classification.reviewed_by", aText, nil, "who looked at the class"},
		{"unit", "unit", aText, nil, "the unit of its numbers"},
	}
}

// fieldFacts are what a field block may declare beside its classes and purposes.
func fieldFacts() []fact {
	return []fact{
		{"reviewed_by", "classification.reviewed_by", aText, nil, "who looked at the class"},
		{"unit", "unit.target", aText, nil, "the unit of its numbers in the target"},
		{"dictionary", "dictionary_ref", aText, nil, "its entry in the data dictionary"},
		{"meaning_map", "meaning_map_ref", aText, nil, "what its coded values mean"},
		{"rounding", "lineage.rounding", aText, nil, "how its numbers are rounded"},
		{"protection.correlation", "protection.correlation_ref", aText, nil, "what keeps two forms of one value from being put together"},
		{"protection.need", "protection.need_ref", aText, nil, "why sensitive data is kept"},
		{"protection.zip3_list", "protection.params.zip3_list", aText, nil, "the list of areas that it goes by"},
		{"terminology.system", "terminology.system", aText, nil, "the code system of its values"},
		{"terminology.version", "terminology.version", aText, nil, "the version of that"},
		{"terminology.map", "terminology.map_ref", aText, nil, "the map that its codes come by"},
		{"terminology.unmapped", "terminology.unmapped", aWord, []string{"quarantine", "fail", "null", "keep"}, "what becomes of a code that the map lacks"},
	}
}

// filterFacts are what a filter block may declare, and a from block of its condition.
func filterFacts() []fact {
	return []fact{{"exemption", "exemption", aText, nil, "why rows may be left out this way, or the exemption that a list is not applied under: the words or the code that the rule asks for"}}
}

// keyFacts are what a key block may declare of its key.
func keyFacts() []fact {
	return []fact{
		{"custodian", "custodian", aText, nil, "who keeps the key"},
		{"custody", "custody", aWord, custodies(), "where it is kept"},
		{"system", "system", aText, nil, "the system it is kept in"},
		{"expires", KeyEnd, aDay, nil, "the last day on which it may be used"},
		{"status", "status", aWord, keyStates(), "whether it may still be used"},
	}
}

// KeyEnd is the leaf of a key block's last day.
const KeyEnd = "cryptoperiod_end"

func keyStates() []string { return []string{"active", "retired", "compromised"} }
