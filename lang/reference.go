package lang

import (
	"maps"
	"slices"
	"strings"
)

// Description describes one kind of block for the reference and for editors. It is made of the forms that Load checks by: a
// name that Load takes is in it, and no other.
type Description struct {
	Path    string   // mapping, mapping.from, migrateiq.state; source stands for target too
	Labels  []string // what each label stands for
	Once    bool     // it may stand once in the block around it, or once in a folder
	Doc     string
	Example string
	Names   []Name // attributes, then inner blocks, each sorted
	Open    string // what else may stand there, where names are free
}

// Name is one attribute or inner block.
type Name struct {
	Name    string
	Doc     string
	Type    string
	Default string // "required" where there is none
	Scope   Scope  // "" for a block
	IsBlock bool
	Later   bool   // the language has it, and this version stops plan where it is used
	Remedy  string // of a later one: what to do instead
}

// Scope says in which language an attribute is written and what that sees.
type Scope string

// The scopes, as the table of the language has them.
const (
	Static     Scope = "HCL, static"
	InHCL      Scope = "HCL"
	AfterApply Scope = "HCL, after apply"
	Word       Scope = "a word or address"
	RowCEL     Scope = "CEL, a row"
	ValueCEL   Scope = "CEL, a value"
	TableCEL   Scope = "CEL, a table"
)

// described is a form with the path of its block and what the labels of the block stand for.
type described struct {
	path   string
	labels []string
	form
}

// describedForms is every form that Load checks a block by, in the order of the reference.
func describedForms() []described {
	return []described{
		{"", nil, rootForm},
		{"migrateiq", nil, settingsForm},
		{"migrateiq.state", []string{"kind"}, stateForm},
		{"migrateiq.policy", []string{"name"}, policyForm},
		{"variable", rootLabels["variable"], variableForm},
		{"variable.validation", nil, validationForm},
		{"locals", nil, form{}},
		{"source", rootLabels["source"], systemForm},
		{"source.table", []string{"table"}, tableForm},
		{"source.table.column", []string{"column"}, columnForm},
		{"lookup", rootLabels["lookup"], lookupForm},
		{"key", rootLabels["key"], keyForm()},
		{"governance", nil, governanceForm("")},
		{"governance.processing", nil, governanceForm("processing")},
		{"governance.dpia", nil, governanceForm("dpia")},
		{"governance.transfer", []string{"name"}, governanceForm("transfer")},
		{"governance.backup", nil, governanceForm("backup")},
		{"governance.clinical", nil, governanceForm("clinical")},
		{"governance.anonymity", nil, governanceForm("anonymity")},
		{"governance.audit", nil, governanceForm("audit")},
		{"governance.quality", nil, governanceForm("quality")},
		{"exemption", rootLabels["exemption"], exemptionForm},
		{"mapping", rootLabels["mapping"], mappingForm},
		{"mapping.from", nil, fromForm},
		{"mapping.from.join", []string{"name"}, joinForm},
		{"mapping.to", nil, toForm},
		{"mapping.to.history", nil, historyForm},
		{"mapping.field", []string{"field"}, fieldForm},
		{"mapping.ref", []string{"field"}, refForm},
		{"mapping.override", []string{"table"}, overrideForm},
		{"mapping.filter", []string{"name"}, filterForm},
		{"mapping.control", []string{"name"}, controlForm},
		{"mapping.check", []string{"name"}, checkForm},
		{"mapping.reconcile", nil, reconcileForm},
		{"mapping.lifecycle", nil, lifecycleForm},
		{"mapping.lifecycle.treat_as", []string{"reason code"}, treatAsForm},
		{"mapping.limits", nil, limitsForm},
		{"module", rootLabels["module"], form{attrs: []string{"source", "for_each", "depends_on"}}},
		{"moved", nil, movedForm},
		{"removed", nil, removedForm},
		{"reload", nil, reloadForm},
		{"import", nil, importForm},
		{"output", rootLabels["output"], outputForm},
	}
}

// Reference describes every block of the language, the root as the first one with an empty path.
func Reference() []Description {
	var all []Description
	forms := describedForms()
	for _, d := range forms {
		text := textOf(d.path)
		b := Description{Path: d.path, Labels: d.labels, Doc: text.doc, Example: text.example, Open: text.open, Once: onceIn(forms, d.path)}
		blocks := slices.Clone(d.blocks)
		for _, name := range slices.Sorted(maps.Keys(d.later)) {
			if text.names[name].kind == "" {
				blocks = append(blocks, name)
			}
		}
		for _, name := range slices.Sorted(slices.Values(d.attrs)) {
			b.Names = append(b.Names, d.describe(name, text, false))
		}
		for _, name := range slices.Sorted(maps.Keys(d.later)) {
			if !slices.Contains(blocks, name) {
				b.Names = append(b.Names, d.describe(name, text, false))
			}
		}
		slices.Sort(blocks)
		for _, name := range blocks {
			b.Names = append(b.Names, d.describe(name, text, true))
		}
		all = append(all, b)
	}
	return all
}

func (d described) describe(name string, text blockText, block bool) Name {
	t := text.names[name]
	return Name{Name: name, Doc: t.doc, Type: t.kind, Default: t.standard, Scope: t.scope, IsBlock: block,
		Later: d.later[name] != "", Remedy: d.later[name]}
}

// onceIn reports whether the form around a block lets it stand once only.
func onceIn(forms []described, path string) bool {
	outer, name := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		outer, name = path[:i], path[i+1:]
	}
	if outer == "" {
		return name == "migrateiq" || name == "governance"
	}
	return slices.ContainsFunc(forms, func(d described) bool { return d.path == outer && slices.Contains(d.once, name) })
}
