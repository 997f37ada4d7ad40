package lang

import (
	"fmt"
	"maps"
	"strings"
)

// factsAt are the facts that a block may declare, by its path in the reference.
func factsAt(path string) []fact {
	switch path {
	case "source":
		return systemFacts()
	case "source.table":
		return tableFacts()
	case "source.table.column":
		return columnFacts()
	case "mapping.field":
		return fieldFacts()
	case "mapping.filter", "mapping.from":
		return filterFacts()
	case "key":
		return keyFacts()
	case "governance":
		return governanceFacts()[""]
	}
	if inner, ok := strings.CutPrefix(path, "governance."); ok {
		return governanceFacts()[inner]
	}
	return nil
}

// factTexts describes the attributes that declare facts, an object with all its members.
func factTexts(path string) map[string]nameText {
	all := make(map[string]nameText)
	for _, f := range factsAt(path) {
		name := f.attribute()
		if f.name == name {
			all[name] = nameText{f.typeWord(), "not known", InHCL, f.doc + ", for policies"}
			continue
		}
		t := all[name]
		if t.kind == "" {
			t = nameText{"object", "not known", InHCL, "for policies, an object of"}
		} else {
			t.doc += ";"
		}
		t.doc += fmt.Sprintf(" `%s` (%s): %s", strings.TrimPrefix(f.name, name+"."), f.typeWord(), f.doc)
		all[name] = t
	}
	return all
}

// Declarable is every leaf of the policies' document that a block may declare, by the path of the block, with an example
// of a value. Leaves are those of Fact.
func Declarable() map[string]map[string]any {
	out := make(map[string]map[string]any)
	for _, d := range describedForms() {
		leaves := make(map[string]any)
		for _, f := range factsAt(d.path) {
			leaves[f.leaf] = f.sample()
		}
		if len(leaves) > 0 {
			out[d.path] = leaves
		}
	}
	return out
}

func (f fact) sample() any {
	switch f.kind {
	case aWord:
		return f.words[0]
	case someTexts:
		return []string{"a"}
	case someWords:
		return f.words[:1]
	case aFlag:
		return true
	case aCount, aSpan:
		return int64(1)
	case aDay:
		return "2026-11-20"
	case aMoment:
		return "2026-11-20T10:00:00Z"
	case aCountry:
		return "GB"
	}
	return "a"
}

// withFacts adds the texts of facts to those of a block.
func (t blockText) withFacts(path string) blockText {
	extra := factTexts(path)
	if len(extra) == 0 {
		return t
	}
	names := maps.Clone(t.names)
	if names == nil {
		names = make(map[string]nameText)
	}
	maps.Copy(names, extra)
	t.names = names
	return t
}

func textOfGovernance(path string) (blockText, bool) {
	switch path {
	case "governance":
		return blockText{doc: "Who answers for the data, on what legal basis, and what else policies ask for. It stands at the top of a file, in a module's folder or in a mapping; what an inner one says counts before the outer one's. " +
			"The mappings of one plan may differ in lists, which are united; where they say different things of one text, the plan is an error.",
			example: "governance {\n  role          = \"controller\"\n  jurisdictions = [\"uk\"]\n  frameworks    = [\"gdpr_uk\"]\n  controller    = { name = \"A hospital\", dpo = \"dpo@example.org\" }\n  processing {\n    activity     = \"care-record\"\n    purposes     = [\"direct_care\"]\n    lawful_basis = { art6 = \"e\", art9 = \"h\" }\n  }\n}",
			names: map[string]nameText{
				"processing": {doc: "what the data is used for, and why it may be"},
				"dpia":       {doc: "the assessment of the risk for people"},
				"transfer":   {doc: "why data may go from one system to another"},
				"backup":     {doc: "the copy that a destructive action can be undone with"},
				"clinical":   {doc: "the safety of people who are treated by the data"},
				"anonymity":  {doc: "whether the result still tells people apart"},
				"audit":      {doc: "what is written down of who did what"},
				"quality":    {doc: "what is kept of rows that were refused"},
			}}, true
	case "governance.transfer":
		return blockText{doc: "Why data may go from a source to a target. Without `from` or `to` it is about every one; two blocks about one way are an error.",
			example: "governance {\n  transfer \"to_eu\" {\n    from      = source.sqlite.shop\n    to        = target.sqlite.new\n    mechanism = \"adequacy\"\n    ref       = \"IG-12\"\n  }\n}",
			names: map[string]nameText{
				"from": {"address", "every source", Word, "the source that data comes from"},
				"to":   {"address", "every target", Word, "the target that it goes to"},
			}}, true
	case "key":
		return blockText{doc: "A key of protecting functions, named in CEL by its label as a literal: `pseudonym.hmac('people', src.NHS_NO)`. The key itself stands in no plan, state or message. " +
			"They hold an id that is made of it: another key has another id, and the fields that use it are then mapped again.",
			example: "key \"people\" {\n  from      = secret(\"env://PEOPLE_KEY\")\n  custodian = \"security@example.org\"\n  expires   = \"2027-01-31\"\n}",
			names: map[string]nameText{
				"from": {"text", "required", InHCL, "a reference to the key, `secret(\"env://NAME\")` or `secret(\"file://PATH\")`: a text of 32 characters or more, such as `openssl rand -hex 32` makes"},
			}}, true
	case "exemption":
		return blockText{doc: "A rule that shall not hold for one address until a day. It accepts the failure of one control about one subject, and CORE-03 says what makes it count: it has effect where a `policy` block stands.",
			example: "exemption \"pilot\" {\n  rule         = \"GDPR-11\"\n  address      = \"target.sqlite.new\"\n  reason       = \"A copy inside the hospital during the pilot\"\n  ticket       = \"IG-4902\"\n  requested_by = \"requester@example.org\"\n  approved_by  = [{ id = \"dpo@example.org\", role = \"dpo\", at = \"2026-11-02\" }]\n  expires      = \"2027-01-31\"\n}",
			names: map[string]nameText{
				"rule":         {"text", "required", InHCL, "the id of the control, without /D or /O"},
				"address":      {"text", "required", InHCL, "what the exemption is about: exactly the subject that the verdict names, an address or `plan`"},
				"reason":       {"text", "required", InHCL, "why"},
				"ticket":       {"text", "required", InHCL, "where it was asked for"},
				"requested_by": {"text", "required", InHCL, "who asked"},
				"approved_by":  {"list of objects", "required", InHCL, "who agreed: `id`, `role` (" + "`data_owner`, `it`, `dpo`, `caldicott_guardian`, `cso`, `siro`, `controller`" + ") and the day, `at`"},
				"expires":      {"day", "required", InHCL, "the last day on which it counts"},
			}}, true
	case "migrateiq.policy":
		return blockText{doc: "Rules that plans are held against: a pack of the program by its name (`migrateiq policy list`), or with `source` rules of one's own. " +
			"Where one such block stands, the pack core is asked too. See [policies](../guides/policies.md).",
			example: "migrateiq {\n  policy \"gdpr\" {\n    mode   = \"advisory\"\n    params = { quarantine_days = 7 }\n  }\n}",
			names: map[string]nameText{
				"mode":   {"`enforce` or `advisory`", "`enforce`", InHCL, "whether a failure stops the plan"},
				"source": {"text", "a pack of the program", Static, "a folder of rules below this one, or a bundle: a file that ends in .tar.gz, with its signature beside it in the file of that name and .sig"},
				"signer": {"text", "none", InHCL, "the file with the public key that has to have signed the bundle"},
				"params": {"object", "none", InHCL, "parameters of the pack, which can only make it stricter"},
			}}, true
	}
	inner := strings.TrimPrefix(path, "governance.")
	text := map[string][2]string{
		"processing": {"What the data is used for, and why it may be.", "activity = \"care-record\"\n    purposes = [\"direct_care\"]"},
		"dpia":       {"The data protection impact assessment.", "ref    = \"DPIA-7\"\n    status = \"approved\""},
		"backup":     {"The copy that a destructive action of these mappings can be undone with.", "ref      = \"B-7\"\n    verified = true"},
		"clinical":   {"The safety of people who are treated by the data.", "hazard_log = \"HL-7\"\n    officer    = { id = \"cso@example.org\" }"},
		"anonymity":  {"Whether the result still tells people apart.", "claim             = \"pseudonymised\"\n    quasi_identifiers = [\"birth_year\"]"},
		"audit":      {"What is written down of who did what.", "enabled     = true\n    pii_in_logs = \"none\""},
		"quality":    {"What is kept of rows that were refused.", "quarantine = { retention_days = 7 }"},
	}[inner]
	return blockText{doc: text[0], example: fmt.Sprintf("governance {\n  %s {\n    %s\n  }\n}", inner, text[1])}, text[0] != ""
}
