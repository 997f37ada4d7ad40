package evidence

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/policy"
)

// hazard is a way in which moved data can come to harm somebody, with the controls whose results are evidence about it.
type hazard struct {
	cause, how string
	controls   []string
	measured   func(r *Record) string
}

// hazards are the causes that a hazard log of DCB0129 or DCB0160 has to have a row for where data moves.
func hazards() []hazard {
	return []hazard{
		{"mis-match", "rows of one person come to stand under another", []string{"NHS-01", "NHS-02", "NHS-03", "NHS-04"}, proofs},
		{"loss", "rows do not arrive", []string{"CQC-01", "NHS-19", "CORE-05"}, balanced},
		{"truncation", "texts or numbers arrive shorter than they were", []string{"GDPR-07", "CQC-01"}, lossy},
		{"unit", "a quantity arrives in another unit", []string{"NHS-26"}, nil},
		{"code map", "a code arrives with another meaning", []string{"NHS-25", "NHS-26", "NHS-27"}, rejects},
		{"duplicate", "rows arrive twice", []string{"NHS-03", "CQC-01"}, proofs},
		{"order", "events arrive in another order, or without their time", []string{"CQC-01"}, nil},
	}
}

// writeClinical writes the skeleton of a clinical safety record of a run: what is declared, and a row for each cause with
// its evidence. Judgement is left blank.
func writeClinical(w io.Writer, r *Record) error {
	c := r.Input.Clinical
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Clinical safety of run %s (skeleton)\n", r.Run)
	line("For the hazard logs of DCB0129 and DCB0160, filled in from what is declared and what the run came to. It certifies nothing;")
	line("severity, likelihood and acceptance are the clinical safety officer's to judge.\n")
	var clinical []string
	for _, id := range slices.Sorted(maps.Keys(r.Input.Datasets)) {
		if d := r.Input.Datasets[id]; d.Clinical != nil && *d.Clinical {
			clinical = append(clinical, id)
		}
	}
	line("| | |\n| --- | --- |")
	for _, row := range [][2]string{{"Clinical datasets", cmp.Or(strings.Join(clinical, ", "), "none is declared")}, {"Hazard log", value(c.HazardLogRef, unstated)},
		{"Open hazards that are not acceptable", value(c.OpenUnacceptableHazards, unstated)}, {"Clinical safety case report", value(c.CSCRRef, unstated)},
		{"Its version", value(c.CSCRVersion, unstated)}, {"Version of the program it covers", value(c.CSCREngineVersion, unstated)}, {"Version of the program that ran", r.Engine},
		{"Clinical safety officer", value(c.CSO.ID, unstated)}, {"Registration", value(c.CSO.Registration, unstated)}, {"Local safety case (DCB0160)", value(c.DCB0160Ref, unstated)},
		{"Approach to the migration", value(c.ApproachRef, unstated)}, {"Left out on purpose", orUnstated(c.Exclusions)}} {
		line("| %s | %s |", row[0], cell(row[1]))
	}
	line("\n## Hazards by cause\n")
	line("| cause | how | controls, before and after the run | what the run measured | severity | likelihood | accepted by |\n| --- | --- | --- | --- | --- | --- | --- |")
	for _, h := range hazards() {
		measured := "nothing"
		if h.measured != nil {
			measured = h.measured(r)
		}
		line("| %s | %s | %s | %s | | | |", h.cause, h.how, cell(results(r, h.controls)), cell(measured))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// results are the gravest ones of each control, before the run and after it.
func results(r *Record, controls []string) string {
	var out []string
	for _, id := range controls {
		before, after := gravest(r.Verdicts, id), gravest(r.After, id)
		out = append(out, fmt.Sprintf("%s: %s, %s", id, before, after))
	}
	return strings.Join(out, "; ")
}

func gravest(all policy.Verdicts, control string) string {
	order := []policy.Result{policy.NotApplicable, policy.Pass, policy.Waived, policy.Undecidable, policy.Fail}
	out := policy.Result("")
	for _, v := range all {
		if v.Control == control && (out == "" || slices.Index(order, v.Result) > slices.Index(order, out)) {
			out = v.Result
		}
	}
	return cmp.Or(string(out), "not asked")
}

func balanced(r *Record) string {
	var read, written, filtered, rejected, lost int64
	for _, m := range r.Mappings {
		read, written, filtered, rejected = read+m.Read, written+m.Written, filtered+m.Filtered, rejected+m.Rejected
		lost += max(m.Balance(), -m.Balance())
	}
	return fmt.Sprintf("%d rows read, %d written, %d filtered, %d refused, %d unaccounted for", read, written, filtered, rejected, lost)
}

func proofs(r *Record) string {
	same, differ, not := 0, 0, 0
	for _, m := range r.Mappings {
		switch {
		case m.Proven == nil:
			not++
		case *m.Proven:
			same++
		default:
			differ++
		}
	}
	return fmt.Sprintf("count and digest of both sides agree in %d mappings, differ in %d, were not compared in %d", same, differ, not)
}

func lossy(r *Record) string {
	loss := map[string]int{}
	for _, f := range r.Input.Fields {
		loss[cmp.Or(f.Lineage.Loss, "unknown")]++
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(loss)) {
		out = append(out, strconv.Itoa(loss[k])+" of loss "+k)
	}
	return cmp.Or(strings.Join(out, ", "), "no") + " fields"
}

func rejects(r *Record) string {
	var n int64
	for _, x := range r.Exceptions {
		n += x.Count
	}
	return fmt.Sprintf("%d rows refused by a rule of a field", n)
}
