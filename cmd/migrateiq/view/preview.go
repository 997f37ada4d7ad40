package view

import (
	"io"

	"github.com/novumsolvo/migrateiq/engine"
)

// Preview prints a sample of the rows that a plan would write. Of a masked value it says why it is not shown.
func Preview(w io.Writer, s Style, all []engine.Preview) error {
	p := planText{Style: s}
	for _, m := range all {
		if m.Why != "" {
			p.line("\n  %s", p.title("# rows of "+m.Mapping))
			p.line("    not shown: %s", m.Why)
			continue
		}
		if m.Total == 0 {
			continue
		}
		p.line("\n  %s", p.title("# rows of "+m.Mapping))
		masked := false
		for _, row := range m.Rows {
			p.previewRow(row)
			for _, v := range row.Values {
				masked = masked || v.Masked != ""
			}
		}
		if more := m.Total - int64(len(m.Rows)); more > 0 {
			p.line("    and %s more", shielded(more, masked))
		}
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *planText) previewRow(row engine.PreviewRow) {
	sign := p.care("~")
	if row.New {
		sign = p.good("+")
	}
	p.line("    %s %s", sign, row.Key)
	for _, v := range row.Values {
		switch {
		case v.Masked != "":
			p.line("        %s: %s", v.Field, p.faint("("+v.Masked+")"))
		case row.New:
			p.line("        %s: %s", v.Field, quoted(v.After))
		default:
			p.line("        %s: %s → %s", v.Field, quoted(v.Before), quoted(v.After))
		}
	}
}
