package lang

// blockText is what the reference says of a block and of the names in it.
type blockText struct {
	doc, example, open string
	names              map[string]nameText
}

// nameText is what it says of one name; kind is empty for an inner block.
type nameText struct {
	kind, standard string
	scope          Scope
	doc            string
}

func textOf(path string) blockText {
	for _, texts := range []func(string) (blockText, bool){textOfFolder, textOfSystem, textOfMapping, textOfRows, textOfMoves, textOfGovernance} {
		if t, ok := texts(path); ok {
			return t.withFacts(path)
		}
	}
	return blockText{}
}

func textOfFolder(path string) (blockText, bool) {
	switch path {
	case "":
		return blockText{doc: "These blocks stand at the top of a file. The order of files and blocks means nothing.", names: map[string]nameText{
			"migrateiq":  {doc: "settings of the folder"},
			"variable":   {doc: "a value that is given from outside"},
			"locals":     {doc: "values with a name, computed once"},
			"source":     {doc: "a system that rows come from"},
			"target":     {doc: "a system that rows go to"},
			"lookup":     {doc: "a table of codes and what they stand for"},
			"mapping":    {doc: "what goes where, and in what shape"},
			"module":     {doc: "another folder, called with values"},
			"output":     {doc: "a value that apply prints and keeps"},
			"moved":      {doc: "a mapping or module has a new name"},
			"removed":    {doc: "a mapping or module is no longer managed; its rows stay, or are deleted"},
			"governance": {doc: "who answers for the data, on what legal basis, and the facts that policies ask for"},
			"exemption":  {doc: "a rule that shall not hold for one address until a day, with its reason and who agreed"},
			"key":        {doc: "a key of protecting functions: a secret, its custodian and its end"},
			"reload":     {doc: "rows that shall be written again, as reviewed code, once per generation"},
			"import":     {doc: "rows that are in the target already, and shall be managed from now on"},
		}}, true
	case "migrateiq":
		return blockText{doc: "Settings of the folder. A module may only say which versions it works with.",
			example: "migrateiq {\n  required_version = \">= 0.1\"\n  state \"local\" {}\n}",
			names: map[string]nameText{
				"required_version": {"text", "every version", Static, "conditions on the program's version, with commas between them: `>= 0.1`, `~> 0.1`, `= 0.1.2`"},
				"state":            {doc: "where the record of what was done is kept"},
				"experiments":      {"list of texts", "none", Static, "parts of the language that are still being tried"},
				"policy":           {doc: "a pack of rules that plans are held against"},
				"encryption":       {doc: "how state and plan files are encrypted"},
			}}, true
	case "migrateiq.state":
		return blockText{doc: "Where the record of what was done is kept. The kind is `local`, a file; `postgres`, `s3` and `http` are not in this version.",
			example: "migrateiq {\n  state \"local\" {\n    path = \"state/migration.json\"\n  }\n}",
			names: map[string]nameText{
				"path": {"text", "`migrateiq.state.json`", Static, "the file, from the folder on"},
			}}, true
	case "variable":
		return blockText{doc: "A value that is given from outside: by `--var`, `--var-file`, `MIGRATEIQ_VAR_NAME`, `*.auto.miqvars.hcl`, or by the block that calls a module. It is written `var.NAME`.",
			example: "variable \"env\" {\n  type    = string\n  default = \"test\"\n  validation {\n    condition     = contains([\"test\", \"prod\"], var.env)\n    error_message = \"env must be test or prod.\"\n  }\n}",
			names: map[string]nameText{
				"type":        {"type of HCL", "any", Word, "`string`, `number`, `bool`, `any`, `list(...)`, `set(...)`, `map(...)`, `object({...})`, `tuple([...])`; in a module also `source` and `target`"},
				"default":     {"value of the type", "required from outside", Static, "what holds where nobody gives a value"},
				"description": {"text", "none", Static, "what it is for"},
				"sensitive":   {"bool", "`false`", Static, "it is shown nowhere; plans keep a salted hash of it"},
				"ephemeral":   {"bool", "`false`", Static, "it is kept nowhere, not in a plan or state either; sensitive too"},
				"nullable":    {"bool", "`true`", Static, "null may be given; where not, null means the default"},
				"validation":  {doc: "a condition that a value has to meet"},
			}}, true
	case "variable.validation":
		return blockText{doc: "A condition that a value has to meet.",
			example: "variable \"share\" {\n  default = 10\n  validation {\n    condition     = var.share > 0\n    error_message = \"share must be above 0.\"\n  }\n}",
			names: map[string]nameText{
				"condition":     {"bool", "required", Static, "sees `var` only; the value is refused where it is false"},
				"error_message": {"text", "required", Static, "what is said then"},
			}}, true
	case "locals":
		return blockText{doc: "Values with a name, computed once from variables, modules and each other. They are written `local.NAME`.",
			example: "locals {\n  codes = { f = \"female\", m = \"male\" }\n}", open: "Every attribute is a local value."}, true
	case "module":
		return blockText{doc: "Another folder, called with values for its variables. Its mappings have addresses like `module.NAME.mapping.NAME`, its outputs are written `module.NAME.OUTPUT`.",
			open: "Every other attribute is a value for the module's variable of that name.",
			names: map[string]nameText{
				"source":     {"text", "required", Static, "the module's folder, beginning with `./` or `../`"},
				"for_each":   {"map or set of texts", "one instance", Static, "one instance for each key; `each.key` and `each.value` are known in the block"},
				"depends_on": {"list of addresses", "none", Word, "mappings or modules that are done before those of this one copy rows"},
			}}, true
	case "output":
		return blockText{doc: "A value that `apply` prints and the state keeps; of a module, what the calling folder sees.",
			example: "output \"folder\" {\n  value = path.root\n}",
			names: map[string]nameText{
				"value":       {"any value", "required", AfterApply, "may ask for `mapping.NAME.rows_written`, `.rows_quarantined`, `.rows` and `.digest`"},
				"description": {"text", "none", InHCL, "what it tells"},
				"sensitive":   {"bool", "`false`", InHCL, "it is not shown; needed where the value comes from a sensitive variable"},
			}}, true
	}
	return blockText{}, false
}

func textOfSystem(path string) (blockText, bool) {
	switch path {
	case "source":
		return blockText{doc: "A system that rows come from; a block `target` is one that rows go to and holds the same. The first label is the kind of system, the second a name. " +
			"The address is `source.KIND.NAME`. What the connection needs depends on the kind: see [providers](providers.md).",
			example: "source \"sqlite\" \"shop\" {\n  path   = \"shop.db\"\n  region = \"uk-south\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}",
			open:    "The other attributes are those of the kind of system.",
			names: map[string]nameText{
				"for_each": {"map or set of texts", "one system", Static, "one system for each key, written `source.KIND.NAME[\"KEY\"]`"},
				"table":    {doc: "facts about one table that the schema does not tell"},
			}}, true
	case "source.table":
		return blockText{doc: "Facts about one table of a source or target. What is not declared comes from the schema.",
			example: "source \"csv\" \"export\" {\n  path = \"data\"\n  table \"patients\" {\n    key    = [\"ID\"]\n    cursor = { column = \"ID\", kind = \"sequence\" }\n    column \"ID\" { type = int64 }\n  }\n}",
			names: map[string]nameText{
				"key":      {"list of texts", "the primary key", InHCL, "columns that tell rows apart"},
				"cursor":   {"`{ column, kind, set_by, overlap }`", "none", InHCL, "how new and changed rows are found: kind is `sequence`, `timestamp`, or `xmin`, which PostgreSQL knows and which needs no column; sources only. `set_by` says who sets a timestamp: `database` or `application`. `overlap` is how far below the last position rows are read again, by their key: a number of a sequence, a duration such as `\"10m\"` of a timestamp"},
				"contract": {"`{ version }`", "none", InHCL, "the version of the table's shape that readers rely on; a [breaking](reasons.md) change has to raise it; targets only"},
				"column":   {doc: "facts about one column"},
			}}, true
	case "source.table.column":
		return blockText{doc: "Facts about one column.",
			example: "source \"csv\" \"export\" {\n  path = \"data\"\n  table \"patients\" {\n    column \"NAME\" { classify = [\"personal.name\"] }\n    column \"BORN\" { type = date }\n  }\n}",
			names: map[string]nameText{
				"type":     {"[canonical type](language.md#types)", "what the system says", Word, "the type of the values, where the system does not know it: CSV columns"},
				"classify": {"list of texts", "none", InHCL, "classes of the data, such as `personal.name`; they follow the values into the target"},
			}}, true
	case "lookup":
		return blockText{doc: "A table of codes and what they stand for, written `lookup.NAME[key]` in CEL. Keys and values are texts.",
			example: "lookup \"sex\" {\n  values  = { \"1\" = \"male\", \"2\" = \"female\" }\n  default = null\n}",
			names: map[string]nameText{
				"values":  {"map of texts", "this or `file`", InHCL, "the codes inline"},
				"file":    {"text", "this or `values`", InHCL, "a CSV file, from the folder on"},
				"key":     {"text", "the first column", InHCL, "the file's column of codes"},
				"value":   {"text", "the second column", InHCL, "the file's column of what they stand for; a file of one column is a list of codes, each of which stands for itself"},
				"default": {"`error`, null or a text", "`error`", InHCL, "what a code gives that is not there; `error` makes it a row error"},
				"source":  {"address", "none", Word, "a source whose table holds the codes"},
				"table":   {"text", "none", InHCL, "the table of that source"},
			}}, true
	}
	return blockText{}, false
}
