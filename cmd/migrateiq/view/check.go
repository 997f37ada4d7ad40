package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

type checkDocument struct {
	Format      int           `json:"format"`
	Ready       bool          `json:"ready"`
	Systems     []checkRecord `json:"systems"`
	Diagnostics diag.List     `json:"diagnostics"`
}

type checkRecord struct {
	Address string            `json:"address"`
	Opened  bool              `json:"opened"`
	Facts   map[string]string `json:"facts"`
	Missing []missingRecord   `json:"missing"`
	Notes   []string          `json:"notes"`
}

type missingRecord struct {
	What string   `json:"what"`
	Run  []string `json:"run"`
}

// ChecksJSON prints what check found.
func ChecksJSON(w io.Writer, all []engine.Checked, found diag.List) error {
	doc := checkDocument{Format: 1, Ready: !found.HasErrors(), Systems: []checkRecord{}, Diagnostics: append(diag.List{}, found.Sorted()...)}
	for _, c := range all {
		r := checkRecord{Address: c.Address, Opened: c.Opened, Facts: map[string]string{}, Missing: []missingRecord{}, Notes: append([]string{}, c.Notes...)}
		for _, f := range c.Health.Facts {
			r.Facts[f[0]] = f[1]
		}
		for _, m := range c.Health.Missing {
			r.Missing = append(r.Missing, missingRecord{m.What, append([]string{}, m.Run...)})
		}
		doc.Ready = doc.Ready && c.Opened && len(r.Missing) == 0
		doc.Systems = append(doc.Systems, r)
	}
	return JSON(w, doc)
}

// Checks prints what check found: a system after the other, and at the end all that an administrator has to run.
func Checks(w io.Writer, s Style, all []engine.Checked) error {
	var b strings.Builder
	missing, closed := 0, 0
	for _, c := range all {
		fmt.Fprintf(&b, "%s\n", c.Address)
		if !c.Opened {
			closed++
			fmt.Fprintf(&b, "  %s\n", s.bad("could not be opened"))
		}
		for _, f := range c.Health.Facts {
			fmt.Fprintf(&b, "  %-10s %s\n", f[0], f[1])
		}
		for _, n := range c.Notes {
			fmt.Fprintf(&b, "  %s\n", n)
		}
		for _, m := range c.Health.Missing {
			missing++
			fmt.Fprintf(&b, "  %s %s\n", s.bad("missing"), m.What)
			for _, run := range m.Run {
				fmt.Fprintf(&b, "    %s\n", run)
			}
		}
		if c.Opened && len(c.Health.Missing) == 0 {
			fmt.Fprintf(&b, "  %s\n", s.good("nothing is missing"))
		}
	}
	switch {
	case missing+closed == 0:
		fmt.Fprintf(&b, "\n%s %s can be used.\n", s.good("Ready:"), amount(int64(len(all)), "system"))
	case missing == 0:
		fmt.Fprintf(&b, "\n%s %s could not be opened.\n", s.bad("Not ready:"), amount(int64(closed), "system"))
	default:
		fmt.Fprintf(&b, "\n%s %s to be given.\n", s.bad("Not ready:"), amount(int64(missing), "right"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
