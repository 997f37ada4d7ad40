package run_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// version is one version of a row, in microseconds.
type version struct {
	row      map[string]string // by column, also of fields that are gone; what is not there is null
	from, to int64             // to is 0 while it is open
}

// past is all versions of a row, in their order.
type past []version

func (p past) clone() past {
	out := make(past, len(p))
	for i, v := range p {
		out[i] = version{maps.Clone(v.row), v.from, v.to}
	}
	return out
}

func (p past) text(columns []string) string {
	var out []string
	for _, v := range p {
		line := fmt.Sprintf("[%d %d)", v.from, v.to)
		for _, c := range columns {
			line += " " + c + "=" + null(v.row[c])
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

// open is the place of the version that holds still, -1 where there is none.
func (p past) open() int {
	return slices.IndexFunc(p, func(v version) bool { return v.to == 0 })
}

// whole says what is wrong with the versions in themselves, "" where nothing is.
func (p past) whole() string {
	for i, v := range p {
		switch {
		case v.to != 0 && v.to <= v.from:
			return fmt.Sprintf("version %d ends at %d and begins at %d", i, v.to, v.from)
		case i+1 < len(p) && (v.to == 0 || v.to > p[i+1].from):
			return fmt.Sprintf("version %d reaches into the next one", i)
		}
	}
	return ""
}

// makes is what the mapping makes of a key: a row with the moment that it says for itself, or none.
type makes struct {
	row   map[string]string // nil where the mapping makes none
	own   int64             // 0 where the mapping takes the run's moment
	stays bool              // a key that is gone at the source, whose versions stay open
}

// Why a version cannot be had.
const (
	sameMoment = "history-same-moment"
	backwards  = "history-backwards"
	clockWrong = "history-clock"
)

// follows is what the guide says about one key in a run of a moment: the versions behind it, or why there can be none.
func (p past) follows(m makes, run int64, redefined bool, fields []string) (past, string) {
	out := p.clone()
	if len(out) == 0 {
		if m.row == nil {
			return out, ""
		}
		return past{{m.row, cmpMoment(m.own, run), 0}}, ""
	}
	last := &out[len(out)-1]
	holds := last.to == 0
	if m.row == nil {
		switch {
		case !holds || m.stays || last.from == run: // of this very run: the next one closes it
			return out, ""
		case last.from > run:
			return out, backwards
		}
		last.to = run
		return out, ""
	}
	same := holds
	for _, f := range fields {
		same = same && null(last.row[f]) == null(m.row[f])
	}
	if same {
		return out, ""
	}
	behind := func(t int64) bool { return t > last.from && (holds || t >= last.to) }
	from := run
	if m.own != 0 {
		switch {
		case behind(m.own):
			from = m.own
		case redefined:
		case m.own == last.from && holds:
			return out, sameMoment
		default:
			return out, backwards
		}
	}
	switch {
	case from == run && holds && last.from == run:
		last.row = m.row // its own, and not finished
		return out, ""
	case !behind(from):
		return out, clockWrong
	case holds:
		last.to = from
	}
	return append(out, version{m.row, from, 0}), ""
}

func cmpMoment(own, run int64) int64 {
	if own != 0 {
		return own
	}
	return run
}

// may is what may stand at a key: several pasts where the order in which a process died and the source changed leaves more.
type may map[int][]past

func (m may) add(id int, p past, columns []string) {
	if !slices.ContainsFunc(m[id], func(o past) bool { return o.text(columns) == p.text(columns) }) {
		m[id] = append(m[id], p)
	}
}

func (m may) clone() may {
	out := may{}
	for id, list := range m {
		for _, p := range list {
			out[id] = append(out[id], p.clone())
		}
	}
	return out
}

// renamed takes a column's values along to its new name.
func (m may) renamed(names map[string]string) {
	for _, list := range m {
		for _, p := range list {
			for i := range p {
				row := maps.Clone(p[i].row)
				for _, old := range names {
					delete(row, old)
				}
				for now, old := range names {
					row[now] = p[i].row[old]
				}
				p[i].row = row
			}
		}
	}
}

// empty is a table without rows.
func empty() may {
	out := may{}
	for id := range lastID + 1 {
		out[id] = []past{nil}
	}
	return out
}

// lastID is the greatest key that a history has.
const lastID = 34
