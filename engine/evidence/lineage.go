package evidence

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
)

const (
	lineageSchema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
	columnSchema  = "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"
)

type lineageEvent struct {
	Type     string           `json:"eventType"`
	Time     string           `json:"eventTime"`
	Producer string           `json:"producer"`
	Schema   string           `json:"schemaURL"`
	Run      map[string]any   `json:"run"`
	Job      map[string]any   `json:"job"`
	Inputs   []lineageDataset `json:"inputs"`
	Outputs  []lineageDataset `json:"outputs"`
}

type lineageDataset struct {
	Namespace string         `json:"namespace"`
	Name      string         `json:"name"`
	Facets    map[string]any `json:"facets,omitempty"`
}

type lineageColumns struct {
	Producer string                   `json:"_producer"`
	Schema   string                   `json:"_schemaURL"`
	Fields   map[string]lineageInputs `json:"fields"`
}

type lineageInputs struct {
	Inputs []lineageInput `json:"inputFields"`
}

type lineageInput struct {
	Namespace       string             `json:"namespace"`
	Name            string             `json:"name"`
	Field           string             `json:"field"`
	Transformations []lineageTransform `json:"transformations"`
}

type lineageTransform struct {
	Type        string `json:"type"`
	Subtype     string `json:"subtype"`
	Description string `json:"description"`
	Masking     bool   `json:"masking"`
}

// writeLineage writes an event of OpenLineage for each target table. A field whose columns cannot be told is left out, and
// none is ever made up.
func writeLineage(w io.Writer, d Decision) error {
	id, err := d.ids()
	if err != nil {
		return err
	}
	events := []lineageEvent{}
	for _, dataset := range slices.Sorted(maps.Keys(d.Input.Index.ByDataset)) {
		columns := lineageColumns{site, columnSchema, map[string]lineageInputs{}}
		inputs := map[string]bool{}
		for _, fid := range d.Input.Index.ByDataset[dataset] {
			f, ok := d.Input.Fields[fid]
			if !ok || f.Lineage.Opaque {
				continue
			}
			columns.Fields[f.Column] = inputsOf(d, f)
			for _, s := range f.Sources {
				inputs[s.Dataset] = true
			}
		}
		out := datasetOf(d, dataset)
		out.Facets = map[string]any{"columnLineage": columns}
		e := lineageEvent{Type: "COMPLETE", Time: d.Input.EvaluatedAt.UTC().Format(time.RFC3339Nano), Producer: site, Schema: lineageSchema,
			Run: map[string]any{"runId": id("lineage", dataset)}, Job: map[string]any{"namespace": cmp.Or(d.Input.Project.ID, "migrateiq"), "name": dataset},
			Inputs: []lineageDataset{}, Outputs: []lineageDataset{out}}
		for _, from := range slices.Sorted(maps.Keys(inputs)) {
			e.Inputs = append(e.Inputs, datasetOf(d, from))
		}
		events = append(events, e)
	}
	return writeJSON(w, events)
}

func inputsOf(d Decision, f policy.Field) lineageInputs {
	out := lineageInputs{Inputs: []lineageInput{}}
	for _, s := range f.Sources {
		t := lineageTransform{Type: "DIRECT", Subtype: "TRANSFORMATION", Description: f.Lineage.Expr, Masking: f.Protection.Method != "" && f.Protection.Method != "none"}
		if len(f.Sources) == 1 && len(f.Lineage.Functions) == 0 && f.Lineage.Loss == "none" && !t.Masking && plain(f.Lineage.Expr) {
			t.Subtype = "IDENTITY"
		}
		from := datasetOf(d, s.Dataset)
		out.Inputs = append(out.Inputs, lineageInput{from.Namespace, from.Name, s.Column, []lineageTransform{t}})
	}
	slices.SortFunc(out.Inputs, func(a, b lineageInput) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Field, b.Field))
	})
	return out
}

// plain reports whether an expression is a column of the source and nothing else.
func plain(expr string) bool {
	rest := expr
	if len(rest) < 4 || rest[:3] != "src" {
		return false
	}
	for _, r := range rest[3:] {
		if !(r == '.' || r == '_' || r == '[' || r == ']' || r == '"' || r == '\'' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return false
		}
	}
	return true
}

func datasetOf(d Decision, id string) lineageDataset {
	x, ok := d.Input.Datasets[id]
	if !ok {
		return lineageDataset{Namespace: "migrateiq", Name: id}
	}
	return lineageDataset{Namespace: x.System, Name: cmp.Or(x.Name, id)}
}
