package lang

// comment is the property that says nothing, as in HCL's JSON.
const comment = "//"

// reader is how the text of an attribute is taken.
type reader uint8

const (
	asTemplate   reader = iota // a text with ${ }, and an expression where the whole text is one ${ }
	asExpression               // a reference, a type or a word, which HCL writes without quotes
	asLiteral                  // CEL or a query: a text in which ${ } is refused
)

// shape is what the properties of an object are in which a block's body is written.
type shape struct {
	top    bool
	blocks map[string]int // with how many labels
	read   map[string]reader
	inner  func(block string) shape
}

// shapes are those of all blocks, by the address of the block: "" for the top of a file, mapping, mapping.from.
func shapes() map[string]shape {
	forms := map[string]form{
		"": rootForm, "migrateiq": settingsForm, "variable": variableForm, "source": systemForm, "target": systemForm,
		"source.table": tableForm, "target.table": tableForm, "mapping": mappingForm, "mapping.from": fromForm,
		"mapping.override": overrideForm, "mapping.lifecycle": lifecycleForm, "governance": governanceForm(""), "mapping.governance": governanceForm(""),
	}
	for _, leaf := range []string{"migrateiq.state", "variable.validation", "source.table.column", "target.table.column", "locals",
		"lookup", "mapping.from.join", "mapping.to", "mapping.field", "mapping.override.field", "mapping.check", "mapping.reconcile",
		"mapping.lifecycle.treat_as", "mapping.limits", "mapping.ref", "mapping.filter", "mapping.control", "module", "output", "moved", "removed", "reload", "import", "key", "exemption", "migrateiq.policy"} {
		forms[leaf] = form{}
	}
	for _, inner := range governanceBlocks() {
		forms["governance."+inner], forms["mapping.governance."+inner] = form{}, form{}
	}
	all := make(map[string]shape, len(forms))
	for address, f := range forms {
		s := shape{top: address == "", blocks: make(map[string]int), read: reads(address)}
		for _, name := range f.blocks {
			s.blocks[name] = labelCount(address, name)
		}
		s.inner = func(block string) shape {
			if address == "" {
				return all[block]
			}
			return all[address+"."+block]
		}
		all[address] = s
	}
	return all
}

// labelCount is how many labels a block has.
func labelCount(outer, name string) int {
	if outer == "" {
		return len(rootLabels[name])
	}
	switch name {
	case "processing", "dpia", "backup", "clinical", "anonymity", "audit", "quality", "governance", "validation", "from", "to", "reconcile", "lifecycle", "limits":
		return 0
	}
	return 1
}

// reads says of which attributes of a block the text is no template.
func reads(address string) map[string]reader {
	switch address {
	case "variable", "source.table.column", "target.table.column":
		return map[string]reader{"type": asExpression}
	case "governance.transfer", "mapping.governance.transfer":
		return map[string]reader{"from": asExpression, "to": asExpression}
	case "lookup":
		return map[string]reader{"source": asExpression}
	case "mapping", "module":
		return map[string]reader{"depends_on": asExpression}
	case "mapping.from":
		return map[string]reader{"source": asExpression, "where": asLiteral, "query": asLiteral}
	case "mapping.to":
		return map[string]reader{"target": asExpression}
	case "mapping.field", "mapping.override.field":
		return map[string]reader{"type": asExpression, "cel": asLiteral, "expect": asLiteral}
	case "mapping.override":
		return map[string]reader{"where": asLiteral}
	case "mapping.check":
		return map[string]reader{"expect": asLiteral}
	case "mapping.filter":
		return map[string]reader{"lookup": asExpression, "key": asLiteral}
	case "mapping.ref":
		return map[string]reader{"mapping": asExpression, "on": asLiteral}
	case "moved":
		return map[string]reader{"from": asExpression, "to": asExpression}
	case "removed", "import":
		return map[string]reader{"mapping": asExpression}
	case "reload":
		return map[string]reader{"mapping": asExpression, "where": asLiteral}
	}
	return nil
}
