package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy"
)

// A variation is a patch of the example, which says above its hunks what denies it.
type variation struct {
	denied []string // controls
	at     string   // file:line of what is denied, "" where it is the plan
	edits  []edit
}

type edit struct{ file, from, to string }

func readVariation(t *testing.T, path string) variation {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v variation
	file := ""
	for line := range strings.Lines(string(raw)) {
		denied, isDenied := strings.CutPrefix(line, "Denied by: ")
		at, isAt := strings.CutPrefix(line, "Stands at: ")
		switch n := len(v.edits); {
		case isDenied:
			v.denied = strings.Split(strings.TrimSpace(denied), ", ")
		case isAt:
			v.at = strings.TrimSpace(at)
		case strings.HasPrefix(line, "+++ b/"):
			file = strings.TrimSpace(line[len("+++ b/"):])
		case strings.HasPrefix(line, "@@"):
			v.edits = append(v.edits, edit{file: file})
		case n == 0 || strings.HasPrefix(line, "---"):
		default:
			e := &v.edits[n-1]
			if line[0] != '+' {
				e.from += line[1:]
			}
			if line[0] != '-' {
				e.to += line[1:]
			}
		}
	}
	if len(v.denied) == 0 || len(v.edits) == 0 {
		t.Fatalf("%s: got %+v, want what denies it and hunks", path, v)
	}
	return v
}

func (h *hospital) vary(v variation) {
	h.t.Helper()
	for _, e := range v.edits {
		h.edit(e.file, e.from, e.to)
	}
}

// Each variation is denied by the controls that it names, and by no other.
func TestEveryVariationOfTheHospitalIsDenied(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the packs two dozen times")
	}
	paths, err := filepath.Glob(filepath.Join("..", "examples", "hospital", "variations", "*.patch"))
	if err != nil || len(paths) != 12 {
		t.Fatalf("got %d variations, error %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".patch"), func(t *testing.T) {
			v := readVariation(t, path)
			h := newHospital(t)
			if strings.Contains(path, "after-approval") {
				h.approve()
				h.vary(v)
			} else {
				h.vary(v)
				h.approve()
			}
			all := h.verdicts()
			var places []string
			for _, o := range all {
				if o.Denies() {
					places = append(places, fmt.Sprintf("%s:%d", o.Subject.File, o.Subject.Line))
				}
			}
			if v.at != "" && !slices.Contains(places, v.at) {
				t.Errorf("what is denied stands at %s, want one at %s", places, v.at)
			}
			var controls []string
			for _, o := range open(all, policy.Deny) {
				control, _, _ := strings.Cut(o, " ")
				controls = append(controls, control)
			}
			if controls = slices.Compact(controls); !slices.Equal(controls, v.denied) {
				t.Errorf("denied by %s, want %s", strings.Join(controls, ", "), strings.Join(v.denied, ", "))
				for _, o := range all {
					if o.Denies() {
						t.Log(o.Message)
					}
				}
			}
		})
	}
}
