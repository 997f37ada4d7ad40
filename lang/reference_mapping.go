package lang

import "strings"

func textOfMapping(path string) (blockText, bool) {
	switch path {
	case "mapping":
		return blockText{doc: "What goes where, and in what shape: one table into one table, or many tables at once with `tables`. Without `field` blocks every column goes over as it is.",
			example: exampleMapping("", "  tags = [\"first\"]\n"),
			names: map[string]nameText{
				"params":     {"map of values", "none", InHCL, "values handed to CEL as `param.NAME`"},
				"tags":       {"list of texts", "none", InHCL, "words to find mappings by"},
				"for_each":   {"map or set of texts", "one mapping", Static, "one mapping for each key, written `mapping.NAME[\"KEY\"]`"},
				"depends_on": {"list of addresses", "none", Word, "mappings or modules that are done before this one copies rows"},
				"from":       {doc: "where rows come from"},
				"to":         {doc: "where they go"},
				"field":      {doc: "one column of the target and where its values come from"},
				"override":   {doc: "what is different for one of many tables"},
				"check":      {doc: "a condition on the table as a whole"},
				"reconcile":  {doc: "what is compared on both sides after every apply"},
				"lifecycle":  {doc: "how much may change or be wrong before the work stops"},
				"ref":        {doc: "the new key of a row that another mapping moved"},
				"filter":     {doc: "rows that are left out, and counted"},
				"control":    {doc: "totals that must agree on both sides"},
				"limits":     {doc: "how fast, with how many at once, and when rows are copied"},
				"governance": {doc: "the facts that policies ask for, for this mapping"},
			}}, true
	case "mapping.from":
		return blockText{doc: "Where the rows of a mapping come from.",
			example: exampleMapping("    where  = \"src.ID > 0\"\n", ""),
			names: map[string]nameText{
				"source":  {"address", "required", Word, "`source.KIND.NAME`, or a variable of type `source`"},
				"table":   {"text", "this or `tables`", InHCL, "the table; with its schema as `schema.table`"},
				"tables":  {"list of patterns", "this or `table`", InHCL, "many tables: `*` stands for any letters, `?` for one, `[ab]` for one of those"},
				"except":  {"list of patterns", "none", InHCL, "tables to leave out of `tables`"},
				"objects": {"list of texts", "none", InHCL, "with `tables`, between two PostgreSQL databases: `sequences` also copies the sequences that no column reads and whose names the patterns fit, `large_objects` all large objects of the database under their numbers"},
				"where":   {"condition", "all rows", RowCEL, "rows for which it is false are not read; it may not be null"},
				"query":   {"SQL", "none", InHCL, "a question to the source in place of a table, which runs read-only; needs `key`"},
				"key":     {"list of texts", "none", InHCL, "columns that tell the rows of a query apart"},
				"join":    {doc: "a table of the same source whose columns are known as `join.NAME.COLUMN`"},
			}}, true
	case "mapping.from.join":
		return blockText{doc: "A table of the same source whose columns are known as `join.NAME.COLUMN`. It is a left join that the source does: where no row matches, the columns are null; where more than one does, the row is an error. Not on files, and not with `query`.",
			example: "mapping \"patient\" {\n  from {\n    source = source.sqlite.shop\n    table  = \"patients\"\n    join \"ward\" {\n      table = \"wards\"\n      on    = { WARD_ID = \"ID\" }\n    }\n  }\n" +
				"  to {\n    target = target.sqlite.new\n    table  = \"patient\"\n    key    = [\"patient_id\"]\n  }\n  field \"patient_id\" { from = \"ID\" }\n  field \"ward\" { cel = \"join.ward.NAME\" }\n}",
			names: map[string]nameText{
				"table": {"text", "required", InHCL, "the other table"},
				"on":    {"map of texts", "required", InHCL, "columns of this table, each with the column of the other one that it equals"},
			}}, true
	case "mapping.to":
		return blockText{doc: "Where the rows of a mapping go.",
			example: exampleMapping("", ""),
			names: map[string]nameText{
				"target":  {"address", "required", Word, "`target.KIND.NAME`, or a variable of type `target`"},
				"table":   {"text", "required for one table", InHCL, "the table, which is made where it is not there"},
				"schema":  {"text", "the target's own", InHCL, "with `tables`: the schema of all of them"},
				"names":   {"`keep` or `snake_case`", "`keep`", InHCL, "with `tables`: how tables and columns are called"},
				"key":     {"list of texts", "the source's key", InHCL, "fields that tell rows of the target apart"},
				"mode":    {"`append`, `upsert`, `mirror`, `replace` or `history`", "`upsert` where there is a key, else `append`", InHCL, "how rows are written"},
				"share":   {"bool", "`false`", InHCL, "the table is written by other mappings too"},
				"history": {doc: "with mode `history`: how the table keeps every version of a row"},
			}}, true
	case "mapping.to.history":
		return blockText{doc: "How a table in mode `history` keeps every version of a row. Where the fields of a row differ from its open version, that is closed and a new one opened, in one transaction; nothing else of a version is ever written again, and none is deleted. The key of the table is the key of the rows with `valid_from`. [The guide](../guides/keeping-history.md) shows it.",
			example: strings.Replace(exampleMapping("", ""), "    key    = [\"patient_id\"]\n", "    key    = [\"patient_id\"]\n    mode   = \"history\"\n    history {\n      valid_from = \"since\"\n      valid_to   = \"until\"\n      on_gone    = \"keep\"\n    }\n", 1),
			names: map[string]nameText{
				"valid_from":   {"text", "`\"valid_from\"`", InHCL, "the column for the moment from which a version holds, a `timestamptz` that is not null"},
				"valid_to":     {"text", "`\"valid_to\"`", InHCL, "the column for the moment up to which it held, null while the version is open"},
				"at":           {"expression", "the moment at which the run was opened", RowCEL, "the moment from which a row holds, an instant (`timestamp`) that is not null"},
				"on_gone":      {"`close` or `keep`", "`close`", InHCL, "what happens to the open version of a key that is gone at the source: `keep` leaves it open and lists the key"},
				"on_row_error": {"`fail` or `quarantine`", "`fail`", InHCL, "what happens to a row whose moment cannot be computed, or is not behind what its versions say already"},
			}}, true
	}
	return blockText{}, false
}

// exampleMapping is a mapping of one table with lines added to `from` and to the block.
func exampleMapping(from, more string) string {
	return "mapping \"patient\" {\n  from {\n    source = source.sqlite.shop\n    table  = \"patients\"\n" + from +
		"  }\n  to {\n    target = target.sqlite.new\n    table  = \"patient\"\n    key    = [\"patient_id\"]\n  }\n" +
		"  field \"patient_id\" { from = \"ID\" }\n" + more + "}"
}

func textOfRows(path string) (blockText, bool) {
	switch path {
	case "mapping.field":
		return blockText{doc: "One column of the target and where its values come from.",
			example: exampleMapping("", "  field \"name\" {\n    cel    = \"text.title(src.NAME)\"\n    type   = string(80)\n    null   = true\n    expect = \"out == null || out != ''\"\n  }\n"),
			names: map[string]nameText{
				"from":          {"text", "this or `cel`", InHCL, "a column, as it is"},
				"cel":           {"expression", "this or `from`", RowCEL, "computes the value"},
				"type":          {"[canonical type](language.md#types)", "the target's column, else the expression's", Word, "the type of the column"},
				"null":          {"bool", "the target's column, else the expression's", InHCL, "the column may hold null"},
				"expect":        {"condition", "none", ValueCEL, "a value for which it is false is a row error; `out` is the value"},
				"on_row_error":  {"`fail`, `quarantine` or `null`", "`fail`", InHCL, "what happens where a value cannot be computed or does not fit"},
				"allow_lossy":   {"`round`, `truncate` or `zone`", "none", InHCL, "says that values may lose just that"},
				"classify":      {"list of texts", "those of the columns it is made of", InHCL, "classes of the new values"},
				"purpose":       {"list of texts", "none", InHCL, "what the values are for, for policies"},
				"justification": {"text", "none", InHCL, "why the class or purpose is right"},
				"drop":          {"bool", "`false`", InHCL, "the field is left out"},
			}}, true
	case "mapping.override":
		return blockText{doc: "What is different for one of the tables of a mapping with `tables`. The label is the table's name.",
			example: "mapping \"all\" {\n  from {\n    source = source.sqlite.shop\n    tables = [\"*\"]\n  }\n  to {\n    target = target.sqlite.new\n  }\n  override \"staff\" {\n    where = \"src.ID > 0\"\n    field \"NOTE\" { drop = true }\n  }\n}",
			names: map[string]nameText{
				"where": {"condition", "all rows", RowCEL, "rows of this table for which it is false are not read"},
				"key":   {"list of texts", "the source's key", InHCL, "fields that tell rows of this table apart"},
				"field": {doc: "a column that is different, new, or left out with `drop = true`"},
			}}, true
	case "mapping.check":
		return blockText{doc: "A condition on the table as a whole, looked at after the rows are written.",
			example: exampleMapping("", "  check \"some\" {\n    expect = \"agg.count() > 0\"\n  }\n"),
			names: map[string]nameText{
				"expect":   {"condition", "required", TableCEL, "`agg.*` over `out.*`, the rows of the target, `run.*`, those that this run wrote, or `src.*`, those that it read"},
				"severity": {"`info`, `warn` or `block`", "`block`", InHCL, "`block` ends the command with exit code 8"},
				"message":  {"text", "none", AfterApply, "what is said where it fails"},
			}}, true
	case "mapping.reconcile":
		return blockText{doc: "What is compared on both sides after every apply: counts and digests. It is always done; the block says of which columns.",
			example: exampleMapping("", "  reconcile {\n    columns = [\"patient_id\"]\n  }\n"),
			names: map[string]nameText{
				"columns": {"`\"*\"` or list of texts", "`\"*\"`", InHCL, "the fields whose values go into the digest"},
			}}, true
	case "mapping.lifecycle":
		return blockText{doc: "How much may change or be wrong before the work stops.",
			example: exampleMapping("", "  lifecycle {\n    max_rejects   = \"0.1%\"\n    max_row_drift = \"2%\"\n  }\n"),
			names: map[string]nameText{
				"max_rejects":     {"number or share", "`0`", InHCL, "rows that may be put aside or lose a value, such as `10` or `\"0.1%\"`"},
				"max_row_drift":   {"number or share", "`\"5%\"`", InHCL, "by how much the source may have changed since the plan was made"},
				"on_target_drift": {"`report`, `repair` or `ignore`", "`report`", InHCL, "what a change that others made to the target's rows means; `repair` reads the target at every plan and writes over what differs"},
				"strategy":        {"`in_place` or `shadow_swap`", "`in_place`", InHCL, "how a changed definition is carried out: `shadow_swap` builds the table anew beside the old one, proves it, and swaps the two; changed rows are written in place either way"},
				"rollback_window": {"time", "none", InHCL, "for how long a table that is swapped out is kept, such as `\"72h\"`: `migrateiq rollback` brings it back"},
				"treat_as":        {doc: "takes a reason code of plans for another category"},
			}}, true
	case "mapping.lifecycle.treat_as":
		return blockText{doc: "Takes a [reason](reasons.md) of the mapping's actions for another category than its own. The plan shows it with the reason, and an approval of the plan covers it; what is irreversible or exposes data stays marked so.",
			example: exampleMapping("", "  lifecycle {\n    treat_as \"B103\" {\n      category = \"additive\"\n      reason   = \"No row was ever null there\"\n    }\n  }\n"),
			names: map[string]nameText{
				"category": {"`metadata`, `additive`, `corrective` or `breaking`", "required", InHCL, "what it is taken for"},
				"reason":   {"text", "required", InHCL, "why, for those who review"},
			}}, true
	case "mapping.limits":
		return blockText{doc: "How fast, with how many workers and at which time of the day rows are copied.",
			example: exampleMapping("", "  limits {\n    rows_per_second = 20000\n    parallel        = 2\n    window          = \"22:00-05:00 Europe/London\"\n  }\n"),
			names: map[string]nameText{
				"rows_per_second": {"whole number", "no limit", InHCL, "not more rows than this are read in a second"},
				"parallel":        {"whole number", "`--parallel`", InHCL, "how many chunks of the table are copied at once"},
				"window":          {"text", "at any time", InHCL, "from when to when, by the clocks of a zone; it may go over midnight"},
			}}, true
	}
	return textOfTotals(path)
}

func textOfTotals(path string) (blockText, bool) {
	switch path {
	case "mapping.filter":
		return blockText{doc: "Rows that are left out because their key is in a list; plan and report count them apart.",
			example: exampleMapping("", "  filter \"opted_out\" {\n    kind   = \"objection\"\n    lookup = lookup.opted_out\n    key    = \"string(src.ID)\"\n    as_of  = \"2026-11-20\"\n  }\n"),
			names: map[string]nameText{
				"kind":   {words(filterKinds()), "required", InHCL, "why they are left out, as policies know it"},
				"lookup": {"address", "required", Word, "the list: rows whose key is a key of it are left out"},
				"key":    {"expression", "required", RowCEL, "what is looked for in the list: a text that may not be null"},
				"as_of":  {"text", "none", InHCL, "the day the list is of, such as `2026-11-20`"},
			}}, true
	case "mapping.ref":
		return blockText{doc: "A field whose value is the key that another mapping, or this one, gave to the row that this row refers to. The label is the field. Its type is that of the key.",
			example: "mapping \"ward\" {\n  from {\n    source = source.sqlite.shop\n    table  = \"wards\"\n  }\n  to {\n    target = target.sqlite.new\n    table  = \"ward\"\n    key    = [\"ward_id\"]\n  }\n  field \"ward_id\" { cel = \"uuid5('ward', src.CODE)\" }\n}\n\n" +
				exampleMapping("", "  ref \"ward_id\" {\n    mapping = mapping.ward\n    on      = \"src.WARD_CODE\"\n    missing = \"quarantine\"\n  }\n"),
			names: map[string]nameText{
				"mapping": {"address", "required", Word, "the mapping that moved the row, into the same target: `mapping.NAME`, with its key where it has `for_each`"},
				"on":      {"expression, or a list of them", "required", RowCEL, "the key of that row at its source, as the primary key there or the key of its `table` block says: one expression for each column. Null refers to nothing"},
				"missing": {"`quarantine`, `null`, `error` or `defer`", "`error`", InHCL, "what happens where no row of that key was moved. `defer` writes null first and the key when all rows are there, as rows that refer to one another need; a row still missing then stops the run"},
			}}, true
	case "mapping.control":
		return blockText{doc: "Totals that must agree on both sides, compared after every apply.",
			example: exampleMapping("", "  field \"episodes\" { from = \"EPISODES\" }\n  control \"episodes\" {\n    sum = [\"episodes\"]\n  }\n"),
			names: map[string]nameText{
				"sum":       {"list of texts", "required", InHCL, "fields whose totals are compared: integers and decimals that go over as they are"},
				"by":        {"list of texts", "one total", InHCL, "fields by whose values totals are made"},
				"tolerance": {"text", "`\"0\"`", InHCL, "by how much two totals may differ"},
			}}, true
	}
	return blockText{}, false
}

func textOfMoves(path string) (blockText, bool) {
	switch path {
	case "moved":
		return blockText{doc: "A mapping or module has a new name. Its rows stay where they are, and the state follows.",
			example: exampleMapping("", "") + "\nmoved {\n  from = mapping.patients\n  to   = mapping.patient\n}",
			names: map[string]nameText{
				"from": {"address", "required", Word, "the old address"},
				"to":   {"address", "required", Word, "the new one"},
			}}, true
	case "removed":
		return blockText{doc: "A mapping or module is no longer managed. Its rows stay in the target, unless `purge` says that they are deleted.",
			example: "removed {\n  mapping = mapping.old_notes\n}",
			names: map[string]nameText{
				"mapping": {"address", "required", Word, "the mapping or module that is gone"},
				"purge":   {"bool", "`false`", InHCL, "`true` deletes the mapping's rows, too, once the table is proved to hold what the runs left; the table stays"},
			}}, true
	case "reload":
		return blockText{doc: "Rows of a mapping are made again from the source and written where they differ, also over what somebody else changed. It is done once for each generation.",
			example: exampleMapping("", "") + "\nreload {\n  mapping    = mapping.patient\n  where      = \"src.ID > 5\"\n  generation = 1\n  reason     = \"Rows were edited by hand\"\n}",
			names: map[string]nameText{
				"mapping":    {"address", "required", Word, "the mapping whose rows are made again"},
				"fields":     {"list of texts", "all fields", InHCL, "the fields that are written"},
				"where":      {"CEL over a row", "all rows", RowCEL, "which rows of the source are made again; it may read columns that the mapping does not"},
				"generation": {"number", "required", InHCL, "a whole number from 1; a higher one than the state has recorded makes the rows again"},
				"reason":     {"text", "required", InHCL, "why, for the reviewer of the plan"},
			}}, true
	case "import":
		return blockText{doc: "Rows that stand in the target's table before the mapping's first run are taken over, once they are verified. No row is written, unless the mapping has `on_target_drift = \"repair\"`.",
			example: exampleMapping("", "") + "\nimport {\n  mapping = mapping.patient\n}",
			names: map[string]nameText{
				"mapping": {"address", "required", Word, "the mapping whose rows stand in the target already"},
				"verify":  {"`full`, `keys`", "`full`", InHCL, "`full`: each row of the source stands as the mapping makes it; `keys`: only its key stands, and the other values are taken as they are"},
			}}, true
	}
	return blockText{}, false
}

// words are values in the way the reference writes them.
func words(all []string) string { return "`" + strings.Join(all, "`, `") + "`" }
