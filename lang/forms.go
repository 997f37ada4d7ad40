package lang

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// form is what may stand in a block: the names this version carries out, and, with the remedy to print, the names of
// the language that it only knows.
type form struct {
	attrs  []string
	blocks []string
	once   []string // of blocks, those that may stand there once
	later  map[string]string
}

const remove = "Remove it to go on."

var rootForm = form{
	blocks: []string{"migrateiq", "variable", "locals", "source", "target", "lookup", "mapping", "module", "output", "moved", "removed",
		"governance", "exemption", "key", "reload", "import"},
	once: []string{"governance"},
}

// rootLabels says what each label of a root block stands for.
var rootLabels = map[string][]string{
	"migrateiq": nil, "locals": nil, "moved": nil, "removed": nil, "reload": nil, "import": nil, "governance": nil, "exemption": {"name"}, "key": {"name"},
	"variable": {"name"}, "lookup": {"name"}, "mapping": {"name"}, "module": {"name"}, "output": {"name"},
	"source": {"kind of system", "name"}, "target": {"kind of system", "name"},
}

var settingsForm = form{
	attrs:  []string{"required_version"},
	blocks: []string{"state", "policy"},
	once:   []string{"state"},
	later: map[string]string{
		"experiments": remove,
		"encryption":  "Remove it; keep the state's file where only you can read it.",
	},
}

var stateForm = form{attrs: []string{"path"}}

var variableForm = form{
	attrs:  []string{"type", "default", "description", "sensitive", "nullable", "ephemeral"},
	blocks: []string{"validation"},
}

var validationForm = form{attrs: []string{"condition", "error_message"}}

// systemForm is completed by the attributes of the provider.
var systemForm = form{
	attrs:  append([]string{"for_each"}, attributes(systemFacts())...),
	blocks: []string{"table"},
}

var tableForm = form{
	attrs:  append([]string{"key", "cursor", "contract"}, attributes(tableFacts())...),
	blocks: []string{"column"},
}

var columnForm = form{
	attrs: append([]string{"classify", "type"}, attributes(columnFacts())...),
}

var lookupForm = form{
	attrs: []string{"values", "file", "source", "table", "key", "value", "default"},
}

var mappingForm = form{
	attrs:  []string{"params", "tags", "for_each", "depends_on"},
	blocks: []string{"from", "to", "field", "ref", "override", "check", "reconcile", "lifecycle", "limits", "filter", "control", "governance"},
	once:   []string{"from", "to", "reconcile", "lifecycle", "limits", "governance"},
}

var fromForm = form{
	attrs:  append([]string{"source", "table", "tables", "except", "objects", "query", "key", "where"}, attributes(filterFacts())...),
	blocks: []string{"join"},
}

var joinForm = form{attrs: []string{"table", "on"}}

var toForm = form{
	attrs:  []string{"target", "table", "schema", "names", "key", "mode"},
	blocks: []string{"history"},
	once:   []string{"history"},
	later:  map[string]string{"share": "Write into a table that no other mapping writes."},
}

var fieldForm = form{
	attrs: append([]string{"from", "cel", "type", "null", "expect", "on_row_error", "allow_lossy", "classify", "purpose",
		"justification", "drop"}, attributes(fieldFacts())...),
}

var overrideForm = form{attrs: []string{"where", "key"}, blocks: []string{"field"}}

var checkForm = form{attrs: []string{"expect", "severity", "message"}}

var reconcileForm = form{attrs: []string{"columns"}}

var lifecycleForm = form{attrs: []string{"max_rejects", "max_row_drift", "on_target_drift", "rollback_window", "strategy"}, blocks: []string{"treat_as"}}

var outputForm = form{attrs: []string{"value", "description", "sensitive"}}

var movedForm = form{attrs: []string{"from", "to"}}

var removedForm = form{attrs: []string{"mapping", "purge"}}

var reloadForm = form{attrs: []string{"mapping", "fields", "where", "generation", "reason"}}

var importForm = form{attrs: []string{"mapping", "verify"}}

// homes says in which block a name belongs that stands somewhere else.
func homes(name string) []string {
	var found []string
	for _, f := range []struct {
		block string
		form
	}{{"migrateiq", settingsForm}, {"source or target", systemForm}, {"table", tableForm}, {"mapping", mappingForm},
		{"from", fromForm}, {"join", joinForm}, {"to", toForm}, {"history", historyForm}, {"field", fieldForm}, {"ref", refForm}, {"override", overrideForm}, {"check", checkForm}, {"lifecycle", lifecycleForm}, {"limits", limitsForm}, {"filter", filterForm}, {"control", controlForm},
		{"governance", governanceForm("")}, {"processing", governanceForm("processing")}, {"column", columnForm}} {
		if slices.Contains(f.attrs, name) || slices.Contains(f.blocks, name) {
			found = append(found, f.block)
		}
	}
	return found
}

func unknownRoot(name string) string {
	text := fmt.Sprintf("There is no block %q at the top of a file.", name)
	if s := diag.Suggest(name, rootForm.blocks); s != "" {
		return text + s
	}
	if name == "policy" {
		return text + ` "policy" belongs into the block migrateiq.`
	}
	if at := homes(name); len(at) > 0 {
		return text + fmt.Sprintf(" %q belongs into a block %s.", name, list(at))
	}
	return text + " The blocks are " + every(rootForm.blocks) + "."
}
