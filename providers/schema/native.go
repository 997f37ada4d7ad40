package schema

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// Form is what a column does to every value of its kind because of the type's own name: the engine does it before the
// server would, so that nothing changes behind its back. These names are PostgreSQL's; no other provider gives one of
// them to a type that does otherwise.
type Form struct {
	Pad      int     // characters to which blanks fill up a shorter text: character(n)
	MaxBytes int     // bytes at most, of which the server would cut the rest: name
	JSONB    bool    // JSON is kept by its meaning, not as it was written
	Decimal  *Places // numeric(p,s) with a scale below 0 or above the precision
	Interval *Grain  // an interval of some fields, or of fewer digits of the second
	Asks     bool    // the server tests each value by rules of its own: a domain, or a type that the engine does not know
}

// Places are the digits of a decimal whose scale lies outside 0 to its precision.
type Places struct{ Precision, Scale int }

// Grain is what an interval counts in: a part of it that is not a multiple is one that the column would drop. 0 is a part
// that has to be nothing.
type Grain struct{ Months, Days, Micros int64 }

var (
	character = regexp.MustCompile(`^character(?:\((\d+)\))?$`)
	numeric   = regexp.MustCompile(`^numeric\((\d+),(-?\d+)\)$`)
	interval  = regexp.MustCompile(`^interval( [a-z ]*[a-z])?(?:\((\d)\))?$`)
)

// Rule is the name of the type by whose rules values are kept and compared: the type's own, or that of what a domain is
// made of.
func (t Type) Rule() string { return cmp.Or(t.Base, t.Native) }

// Form says what a column of this type does to values of its kind.
func (t Type) Form() Form {
	if t.Base == "" {
		return t.form()
	}
	base := t
	base.Native, base.Base = t.Base, ""
	f := base.form()
	f.Asks = true
	return f
}

func (t Type) form() Form {
	switch t.Kind {
	case String:
		return t.textForm()
	case JSON:
		if t.Native == "jsonb" {
			return Form{JSONB: true}
		}
	case Decimal:
		if m := numeric.FindStringSubmatch(t.Native); m != nil {
			precision, _ := strconv.Atoi(m[1]) // digits
			scale, _ := strconv.Atoi(m[2])
			return Form{Decimal: &Places{precision, scale}}
		}
	case Interval:
		if g, ok := grain(t.Native); ok {
			return Form{Interval: g}
		}
	case Enum, Unknown:
		return Form{} // its values are all there is to an enum
	}
	return Form{Asks: t.Native != ""}
}

func (t Type) textForm() Form {
	if m := character.FindStringSubmatch(t.Native); m != nil {
		return Form{Pad: max(1, t.Length)}
	}
	switch {
	case t.Native == "name":
		return Form{MaxBytes: 63}
	case t.Native == "citext" || strings.HasSuffix(t.Native, ".citext"):
		return Form{} // it compares in its own way, and keeps every text
	}
	return Form{Asks: t.Native != ""}
}

// grain reads interval(3), interval day to second(3), interval year to month.
func grain(name string) (*Grain, bool) {
	m := interval.FindStringSubmatch(name)
	if m == nil {
		return nil, false
	}
	g := Grain{Months: 1, Days: 1, Micros: 1}
	fields := strings.Fields(m[1])
	if len(fields) > 0 {
		switch fields[len(fields)-1] {
		case "year":
			g = Grain{Months: 12}
		case "month":
			g = Grain{Months: 1}
		case "day":
			g = Grain{Months: 1, Days: 1}
		case "hour":
			g.Micros = 3600e6
		case "minute":
			g.Micros = 60e6
		case "second":
		default:
			return nil, false
		}
	}
	if m[2] != "" {
		for digits, _ := strconv.Atoi(m[2]); digits < 6; digits++ {
			g.Micros *= 10
		}
	}
	return &g, true
}
