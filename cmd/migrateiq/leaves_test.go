package main

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
)

// parts says which part of the policies' document a block's facts are about, and where such parts are.
func parts() map[string]struct {
	part any
	at   string
} {
	type part = struct {
		part any
		at   string
	}
	all := map[string]part{
		"source": {&policy.System{}, "systems.*."}, "source.table": {&policy.Dataset{}, "datasets.*."}, "mapping.field": {&policy.Field{}, "fields.*."},
		"key": {&policy.ProtectionKey{}, "fields.*.protection.key."}, "governance.transfer": {&policy.Transfer{}, "transfers.*."}, "governance.backup": {&policy.Action{}, "actions.*."},
		"mapping.filter": {&policy.Filter{}, "filters.*."}, "mapping.from": {&policy.Filter{}, "filters.*."},
	}
	for _, name := range []string{"", ".processing", ".dpia", ".clinical", ".anonymity", ".audit", ".quality"} {
		all["governance"+name] = part{&policy.Input{}, ""}
	}
	return all
}

// computed are the leaves that no attribute declares by itself: a name, or the beginning of names with a point at its end,
// and what they are made of.
func computed() map[string]string {
	return map[string]string{
		"schema_version": "the program", "phase": "the command", "evaluated_at": "the clock", "engine.": "the program, and the file of --change for the baseline",
		"project.id": "the state's lineage", "plan.": "the plan, the command, and the file of --change or the build server for plan.source",
		"change.": "the file of --change, the approvers' signatures, the build server", "systems.*.kind": "the block's label", "systems.*.roles": "the kind of the block",
		"systems.*.transport.tls": "the connection's settings", "systems.*.transport.min_version": "the same", "systems.*.transport.verify": "the same",
		"transfers.*.id": "both ends", "transfers.*.from": "the mappings and lookups", "transfers.*.to": "the same", "transfers.*.from_country": "country of the source", "transfers.*.to_country": "country of the target",
		"datasets.*.system": "the mapping", "datasets.*.name": "the same", "datasets.*.rows": "counted at plan",
		"fields.*.dataset": "the mapping", "fields.*.column": "the field", "fields.*.type.": "the column", "fields.*.sources.": "the expression", "fields.*.lineage.expr": "the expression", "fields.*.lineage.expr_hash": "the same",
		"fields.*.lineage.functions": "the same", "fields.*.lineage.deterministic": "the same", "fields.*.lineage.opaque": "query", "fields.*.lineage.loss": "the fidelity verdict", "fields.*.lineage.loss_ack": "allow_lossy and on_row_error",
		"fields.*.classification.declared": "classify of the field", "fields.*.classification.inherited": "classify of the columns", "fields.*.classification.decision": "both", "fields.*.classification.detected.": "null: no look at values is part of a plan",
		"fields.*.class_set": "the classes and the protection", "fields.*.protection.method": "the functions", "fields.*.protection.keyed": "the same", "fields.*.protection.reversible": "the same",
		"fields.*.protection.key.id": "the key's secret", "fields.*.protection.key.bits": "the same", "fields.*.protection.salt_scope": "the function", "fields.*.protection.params.keep_first": "the function", "fields.*.protection.params.keep_last": "the function",
		"fields.*.protection.params.band": "the function", "fields.*.required_for": "purpose of the field", "fields.*.justification": "justification of the field, or of its only column", "fields.*.validators.": "expect and on_row_error of the field",
		"fields.*.unit.source": "unit of the only column", "index.": "the fields", "filters.*.id": "the filter block, or where", "filters.*.dataset": "the mapping", "filters.*.kind": "kind", "filters.*.list_ref": "lookup", "filters.*.list_as_of": "as_of",
		"filters.*.list_hash": "the list's content", "filters.*.scope": "the program", "filters.*.keeps": "where, and classify of the columns",
		"actions.*.operation": "the plan", "actions.*.mapping": "the plan", "actions.*.category": "the plan", "actions.*.irreversible": "the plan", "actions.*.exposure": "the plan", "actions.*.reasons": "the plan",
		"actions.*.treated_as.": "treat_as of the mapping's lifecycle", "actions.*.classes": "the classes of the table's fields", "actions.*.kind": "the plan", "actions.*.dataset": "the plan", "actions.*.destructive": "the plan", "actions.*.reversible": "the plan",
		"actions.*.rows": "the plan", "verification.": "reconcile, check and control blocks, and the plan's steps", "quality.max_reject_rows": "max_rejects", "quality.max_reject_ratio": "max_rejects", "quality.on_breach": "the program",
		"quality.quarantine.system": "on_row_error", "quality.quarantine.masked": "the program", "secrets.": "the connections' attributes", "drift.": "the plan", "risk.": "the document", "run.": "null before a run",
	}
}

// leavesOf are the leaves of a type of the document, members of maps and lists by a star.
func leavesOf(t reflect.Type, at string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	inner := func() bool {
		e := t.Elem()
		return e.Kind() == reflect.Struct
	}
	switch {
	case (t.Kind() == reflect.Slice || t.Kind() == reflect.Map) && inner():
		return leavesOf(t.Elem(), at+".*")
	case t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]():
		return []string{at}
	}
	var all []string
	for i := range t.NumField() {
		all = append(all, leavesOf(t.Field(i).Type, strings.TrimPrefix(at+"."+t.Field(i).Tag.Get("json"), "."))...)
	}
	return all
}

// ofColumns: said of a table, it goes to the fields of those columns that do not say it themselves.
func ofColumns(block, leaf string) bool {
	return block == "source.table" && leaf == "classification.reviewed_by"
}

// Every leaf of the document is declared by an attribute or computed, and every attribute that declares one fills it.
func TestEveryLeafOfThePoliciesDocumentComesFromSomewhere(t *testing.T) {
	declared := map[string]bool{}
	for block, leaves := range lang.Declarable() {
		if block == "source.table.column" { // its facts go to fields, through the lineage
			continue
		}
		p, ok := parts()[block]
		if !ok {
			t.Errorf("block %s declares facts, and nothing says of what", block)
			continue
		}
		for leaf, value := range leaves {
			if ofColumns(block, leaf) {
				continue
			}
			declared[p.at+leaf] = true
			if err := policy.Set(p.part, leaf, value); err != nil {
				t.Errorf("block %s: %v", block, err)
			}
		}
	}
	used := map[string]bool{}
	leaves := leavesOf(reflect.TypeFor[policy.Input](), "")
	for _, leaf := range leaves {
		from := ""
		for name := range computed() {
			if name == leaf || strings.HasSuffix(name, ".") && strings.HasPrefix(leaf, name) {
				from, used[name] = name, true
			}
		}
		if declared[leaf] == (from != "") {
			t.Errorf("%s: declared by an attribute: %t, computed: %q; want one of the two", leaf, declared[leaf], from)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(computed())) {
		if !used[name] {
			t.Errorf("computed has %s, and the document has no such leaf", name)
		}
	}
	for leaf := range declared {
		if !slices.Contains(leaves, leaf) {
			t.Errorf("an attribute declares %s, and the document has no such leaf", leaf)
		}
	}
	if len(leaves) < 250 {
		t.Errorf("leaves: got %d, want all of the document", len(leaves))
	}
}

// The words that an attribute takes are those that the schema of the document allows.
func TestSamplesOfFactsKeepToTheSchema(t *testing.T) {
	schema, err := inputSchema()
	if err != nil {
		t.Fatal(err)
	}
	var in policy.Input
	in.SchemaVersion, in.Phase, in.EvaluatedAt = policy.SchemaVersion, policy.AtPlan, time.Unix(1, 0).UTC()
	in.Verification.Level, in.Quality.OnBreach = "none", "abort"
	in.Systems, in.Datasets, in.Fields = map[string]policy.System{}, map[string]policy.Dataset{}, map[string]policy.Field{}
	in.Index.ByClass, in.Index.UnprotectedByClass, in.Index.ByDataset, in.Index.EdgesByClass = map[string][]string{}, map[string][]string{}, map[string][]string{}, map[string][]string{}
	system, dataset, transfer, action := policy.System{}, policy.Dataset{}, policy.Transfer{}, policy.Action{Kind: "drop"}
	field := policy.Field{ClassSet: map[string]bool{}, Lineage: policy.Lineage{Loss: "none"}, Protection: policy.Protection{Method: "none", SaltScope: "none"}}
	into := map[string]any{"source": &system, "source.table": &dataset, "mapping.field": &field, "governance.transfer": &transfer, "governance.backup": &action}
	for block, leaves := range lang.Declarable() {
		part, ok := into[block]
		if !ok && strings.HasPrefix(block, "governance") {
			part, ok = &in, true
		}
		for leaf, value := range leaves {
			if !ok || ofColumns(block, leaf) {
				continue
			}
			if err := policy.Set(part, leaf, value); err != nil {
				t.Error(err)
			}
		}
	}
	in.Systems["s"], in.Datasets["d"], in.Fields["f"], in.Transfers, in.Actions = system, dataset, field, []policy.Transfer{transfer}, []policy.Action{action}
	check := func() error {
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	if err := check(); err != nil {
		t.Errorf("a document with a sample of every fact: %v", err)
	}
	odd := "somewhere"
	system.Environment = &odd
	in.Systems["s"] = system
	if check() == nil {
		t.Error("an environment of another word: got a document that keeps to the schema")
	}
}
