package rego_test

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

// wide is the document of the fixtures with each of its fields many times over, from a column and by an expression of its
// own.
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
		column := fmt.Sprintf("c%d", i)
		to["column"] = column
		for _, source := range to["sources"].([]any) {
			source.(map[string]any)["column"] = column
		}
		to["lineage"].(map[string]any)["expr"] = "trim(source." + column + ")"
		to["lineage"].(map[string]any)["expr_hash"] = fmt.Sprintf("sha256:%064x", i)
		fields[id] = to
		for class := range to["class_set"].(map[string]any) {
			byClass[class] = append(byClass[class].([]any), id)
		}
		dataset := to["dataset"].(string)
		byDataset[dataset] = append(byDataset[dataset].([]any), id)
	}
	return marshal(t, doc)
}

// BenchmarkAllPacks is one review of a plan by all packs. Of its fields each fifteenth is a card number, two thirds are
// personal, and none is without a class, so that it is harder than most. It says the processor's time besides that of the
// clock, the most memory that the heap came to, and the most that the process has had until then.
func BenchmarkAllPacks(b *testing.B) {
	e := made(b, with(library(b), packs.Names()...))
	for _, n := range []int{15, 2_000, 10_000, 50_000} {
		var in policy.Input
		if err := json.Unmarshal(wide(b, n), &in); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("fields=%d", n), func(b *testing.B) {
			debug.FreeOSMemory() // what making the document left behind is no part of a review
			stop := heap()
			before := used(b)
			for b.Loop() {
				if _, err := e.Evaluate(b.Context(), in); err != nil {
					b.Fatal(err)
				}
			}
			after := used(b)
			b.ReportMetric((processor(after)-processor(before)).Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(stop())/1e6, "heap-MB")
			b.ReportMetric(float64(after.Maxrss)/1e3, "process-MB")
		})
	}
}

// BenchmarkGrowth holds the processor's time for 20,000 fields against that for 5,000 of the same run: 4 is as it should be,
// 16 would be the square of the fields. What OPA does between two steps shows here, and nowhere in a count of steps.
func BenchmarkGrowth(b *testing.B) {
	e := made(b, with(library(b), packs.Names()...))
	var small, large policy.Input
	for n, in := range map[int]*policy.Input{5_000: &small, 20_000: &large} {
		if err := json.Unmarshal(wide(b, n), in); err != nil {
			b.Fatal(err)
		}
	}
	took := map[*policy.Input]time.Duration{}
	for b.Loop() {
		for _, in := range []*policy.Input{&small, &large} {
			before := used(b)
			if _, err := e.Evaluate(b.Context(), *in); err != nil {
				b.Fatal(err)
			}
			took[in] += processor(used(b)) - processor(before)
		}
	}
	b.ReportMetric(float64(took[&large])/float64(took[&small]), "times-for-4-times-the-fields")
}

func used(b *testing.B) syscall.Rusage {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return r
}

func processor(r syscall.Rusage) time.Duration { return time.Duration(r.Utime.Nano() + r.Stime.Nano()) }

// heap watches how much the heap holds, garbage included, until it is asked for the most it saw.
func heap() (stop func() uint64) {
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		var top uint64
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				metrics.Read(sample)
				top = max(top, sample[0].Value.Uint64())
			case <-done:
				most <- top
				return
			}
		}
	}()
	return func() uint64 { close(done); return <-most }
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
