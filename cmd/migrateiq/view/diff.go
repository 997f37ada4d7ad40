package view

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// DiffJSON prints how two plans differ as one document.
func DiffJSON(w io.Writer, c plan.Comparison) error {
	doc := struct {
		Format int  `json:"format"`
		Equal  bool `json:"equal"`
		plan.Comparison
	}{1, c.Equal(), c}
	if doc.All == nil {
		doc.All = []plan.Difference{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(doc)
}

// Diff prints how two plans differ.
func Diff(w io.Writer, s Style, c plan.Comparison) error {
	p := planText{Style: s}
	head := ""
	for _, d := range c.All {
		if now := headOf(d); now != head {
			if head != "" {
				p.line("")
			}
			head = now
			p.line("  %s", p.title("# "+head))
		}
		p.difference(d)
	}
	if len(c.All) > 0 {
		p.line("")
	}
	switch {
	case c.Equal():
		p.line("%s The two plans would do the same.", p.good("Equal."))
	case c.Intent:
		p.line("%s %s. The intent is equal: an approval of one counts for the other.", p.care("The plans differ:"), amount(int64(len(c.All)), "difference"))
	default:
		p.line("%s %s. They mean different things: an approval of one does not count for the other.", p.care("The plans differ:"), amount(int64(len(c.All)), "difference"))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func headOf(d plan.Difference) string {
	if d.Mapping != "" {
		return d.Mapping
	}
	return map[string]string{"step": "steps", "policy": "policy", "input": "what the plan was made from", "warning": "warnings"}[d.Part]
}

// difference prints one: what is gone with -, what came with +.
func (p *planText) difference(d plan.Difference) {
	name := pathText(d.Path)
	if d.Part == "mapping" && name == "" {
		name = "the mapping"
	}
	if name != "" {
		p.line("    %s %s", p.care("~"), name)
	}
	if d.Before != nil {
		p.block("      "+p.less("-")+" ", *d.Before)
	}
	if d.After != nil {
		p.block("      "+p.good("+")+" ", *d.After)
	}
}

// pathText says a path as people do: field sex: cel, upsert: rows.
func pathText(path []string) string {
	if len(path) > 0 && path[0] == "definition" {
		path = path[1:]
	}
	if len(path) > 1 {
		singular := map[string]string{"fields": "field ", "actions": "", "checks": "check ", "variables": "var.", "files": "file ", "filters": "filter ", "controls": "control ", "lookups": "lookup ", "objects": "object ", "systems": "system ", "read": "column read "}
		if word, ok := singular[path[0]]; ok {
			path = append([]string{word + path[1]}, path[2:]...)
		}
	}
	if len(path) < 2 {
		return strings.Join(path, "")
	}
	return fmt.Sprintf("%s: %s", path[0], strings.Join(path[1:], " "))
}
