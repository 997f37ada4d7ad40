package rego_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

// wide is the document of the fixtures with each of its fields many times over.
func wide(t testing.TB, n int) []byte {
	t.Helper()
	doc := document(t)
	fields := doc["fields"].(map[string]any)
	index := doc["index"].(map[string]any)
	byClass, byDataset := index["by_class"].(map[string]any), index["by_dataset"].(map[string]any)
	var names []string
	for id := range fields {
		names = append(names, id)
	}
	for i := 0; len(fields) < n; i++ {
		from := fields[names[i%len(names)]].(map[string]any)
		id := fmt.Sprintf("mapping.wide.field.c%d", i)
		var to map[string]any
		if err := json.Unmarshal(marshal(t, from), &to); err != nil {
			t.Fatal(err)
		}
		to["column"] = fmt.Sprintf("c%d", i)
		fields[id] = to
		for class := range to["class_set"].(map[string]any) {
			byClass[class] = append(byClass[class].([]any), id)
		}
		dataset := to["dataset"].(string)
		byDataset[dataset] = append(byDataset[dataset].([]any), id)
	}
	return marshal(t, doc)
}

// BenchmarkAllPacks is one review of a plan with 2,000 and with 10,000 fields.
func BenchmarkAllPacks(b *testing.B) {
	e := made(b, with(library(b), packs.Names()...))
	for _, n := range []int{15, 2_000, 10_000} {
		text := wide(b, n)
		b.Run(fmt.Sprintf("fields=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := e.EvaluateDocument(b.Context(), text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkNew is what a command pays once: reading and compiling.
func BenchmarkNew(b *testing.B) {
	for name, r := range map[string]rego.Rules{"core": library(b), "all": with(library(b), packs.Names()...)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := rego.New(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
