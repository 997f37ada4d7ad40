package lang

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/library"
)

// Limits is a `limits` block: how fast, with how many workers and when a mapping's rows are copied. Zero values are no
// limit.
type Limits struct {
	RowsPerSecond int64
	Parallel      int
	Window        *Window // nil: at any time
	Range         diag.Range
}

// Window is a time of the day by the clocks of a zone. One whose end is not after its begin goes over midnight.
type Window struct {
	From, Until string // 22:00
	Zone        string // Europe/London
}

var limitsForm = form{attrs: []string{"rows_per_second", "parallel", "window"}}

const windowHow = `"window" takes a time of the day and the zone whose clocks count, such as "22:00-05:00 Europe/London".`

// limits reads the `limits` block.
func (l *loader) limits(m *Mapping, c content) {
	for _, b := range c.blocks["limits"] {
		c := l.open(b, c.of, limitsForm)
		m.Limits = Limits{RowsPerSecond: c.count("rows_per_second", 1_000_000_000), Parallel: int(c.count("parallel", 1000)),
			Window: c.window(), Range: place(c.header)}
	}
}

// count is an attribute that takes a whole number from 1, 0 where it was left out.
func (c content) count(name string, most int64) int64 {
	how := fmt.Sprintf("a whole number from 1 to %d", most)
	v, ok := c.as(name, cty.Number, how)
	if !ok {
		return 0
	}
	n, accuracy := v.AsBigFloat().Int64()
	if accuracy != big.Exact || n < 1 || n > most {
		c.wrong(name, fmt.Sprintf("%q takes %s.", name, how))
		return 0
	}
	return n
}

var windowText = regexp.MustCompile(`^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d) +(\S+)$`)

func (c content) window() *Window {
	text := c.text("window")
	if text == "" {
		return nil
	}
	parts := windowText.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		c.wrong("window", windowHow)
		return nil
	}
	w := &Window{From: parts[1], Until: parts[2], Zone: parts[3]}
	if _, err := library.Zone(w.Zone); err != nil {
		c.l.fail("unknown-zone", c.at("window"), c.of, "Unknown time zone",
			fmt.Sprintf("There is no time zone %q. Write a name such as Europe/London, or UTC.", w.Zone))
		return nil
	}
	if w.From == w.Until {
		c.wrong("window", `A "window" that ends as it begins is never open, or always. Remove it, or write another time.`)
		return nil
	}
	return w
}
