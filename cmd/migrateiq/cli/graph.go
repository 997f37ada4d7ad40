package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/module"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func (c *command) graph() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "graph", Short: "Draw what comes from where", Args: noArguments,
		Long: `graph prints the configuration as a graph: sources, lookups, mappings and targets, and what comes before what. No system
is asked: foreign keys are drawn as far as migrateiq lock has recorded them.

dot is for Graphviz, as in migrateiq graph | dot -Tsvg > graph.svg; mermaid is for Markdown.`,
		RunE: func(*cobra.Command, []string) error {
			draw, ok := map[string]func(graph) string{"dot": graph.dot, "mermaid": graph.mermaid}[format]
			if !ok {
				return fmt.Errorf("there is no format %q.%s It is dot or mermaid", format, diag.Suggest(format, []string{"dot", "mermaid"}))
			}
			cfg, err := c.load()
			if err != nil {
				return err
			}
			lock, found := module.Read(cfg.Dir)
			if err := c.tell(found); err != nil {
				return err
			}
			_, err = fmt.Fprint(c.Stdout, draw(graphOf(cfg, lock)))
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "dot", "print `dot | mermaid`")
	c.configFlags(cmd)
	return cmd
}

// graph is nodes in the order of their addresses, and edges in the order of their ends.
type graph struct {
	nodes []node
	edges []edge
}

type node struct{ role, address, more string }

// edge is an arrow; why is "" where rows go along it, else what makes the one end wait for the other.
type edge struct{ from, to, why string }

func graphOf(cfg *lang.Config, lock module.Lock) graph {
	var g graph
	for _, s := range cfg.Systems {
		g.nodes = append(g.nodes, node{s.Role, s.Address, ""})
	}
	for _, l := range cfg.Lookups {
		g.nodes = append(g.nodes, node{"lookup", l.Address, ""})
		if l.Source != "" {
			g.edges = append(g.edges, edge{l.Source, l.Address, ""})
		}
	}
	for _, m := range cfg.Mappings {
		g.nodes = append(g.nodes, node{"mapping", m.Address, tablesOf(m)})
		g.edges = append(g.edges, edge{m.From.Source, m.Address, ""}, edge{m.Address, m.To.Target, ""})
		for _, l := range lookupsOf(cfg, m) {
			g.edges = append(g.edges, edge{l, m.Address, ""})
		}
	}
	g.edges = append(g.edges, foreign(cfg, lock)...)
	g.edges = append(g.edges, dependsOn(cfg)...)
	slices.SortStableFunc(g.nodes, func(a, b node) int { return strings.Compare(a.address, b.address) })
	slices.SortFunc(g.edges, func(a, b edge) int {
		return strings.Compare(a.from+"\x00"+a.to+"\x00"+a.why, b.from+"\x00"+b.to+"\x00"+b.why)
	})
	g.edges = slices.Compact(g.edges)
	return g
}

func tablesOf(m *lang.Mapping) string {
	if m.From.Query != "" {
		return "a query to " + m.To.Table
	}
	if m.From.Table != "" {
		return m.From.Table + " to " + m.To.Table
	}
	return strings.Join(m.From.Tables, ", ")
}

// lookupsOf lists the lookups that a mapping's expressions name.
func lookupsOf(cfg *lang.Config, m *lang.Mapping) []string {
	s := expr.Scope{Offline: true}
	text := schema.Type{Kind: schema.String}
	addresses := map[string]string{}
	for _, l := range cfg.Lookups {
		if l.Module != m.Module {
			continue
		}
		s.Lookups = append(s.Lookups, expr.Lookup{Name: l.Name, Key: text, Value: text})
		addresses[l.Name] = l.Address
	}
	for _, p := range m.Params {
		s.Params = append(s.Params, expr.Param{Name: p.Name, Type: p.Type})
	}
	var all []string
	for _, f := range m.Filters {
		all = append(all, addresses[f.Lookup])
	}
	for _, c := range expressionsOf(m) {
		e, found := expr.Check(c.Text, c.At, s)
		if found.HasErrors() {
			continue // which validate says
		}
		for _, name := range e.Lookups() {
			all = append(all, addresses[name])
		}
	}
	return all
}

func expressionsOf(m *lang.Mapping) []*lang.CEL {
	all := []*lang.CEL{m.From.Where}
	if m.To.History != nil {
		all = append(all, m.To.History.At)
	}
	fields := slices.Clone(m.Fields)
	for _, o := range m.Overrides {
		all, fields = append(all, o.Where), append(fields, o.Fields...)
	}
	for _, f := range fields {
		all = append(all, f.CEL, f.Expect)
	}
	for _, f := range m.Filters {
		all = append(all, &f.Key)
	}
	for _, r := range m.Refs {
		for i := range r.On {
			all = append(all, &r.On[i])
		}
	}
	return slices.DeleteFunc(all, func(c *lang.CEL) bool { return c == nil })
}

// foreign gives the order that foreign keys of the recorded schemas make between mappings of one target: the table that is
// pointed to comes first.
func foreign(cfg *lang.Config, lock module.Lock) []edge {
	var all []edge
	for _, child := range cfg.Mappings {
		catalog, ok := lock.Catalog(child.From.Source)
		if !ok {
			continue
		}
		for _, t := range catalog.Tables {
			if !resolve.Reads(child, t.Ref) {
				continue
			}
			for _, f := range t.Foreign {
				all = append(all, parents(cfg, child, f)...)
			}
		}
	}
	return all
}

func parents(cfg *lang.Config, child *lang.Mapping, f schema.ForeignKey) []edge {
	var all []edge
	for _, m := range cfg.Mappings {
		if m != child && m.From.Source == child.From.Source && m.To.Target == child.To.Target && resolve.Reads(m, f.Parent) {
			all = append(all, edge{m.Address, child.Address, "foreign key"})
		}
	}
	return all
}

// dependsOn gives the order that mappings ask for. What they name is a mapping, all instances of one, or a module.
func dependsOn(cfg *lang.Config) []edge {
	var all []edge
	for _, m := range cfg.Mappings {
		for _, d := range m.DependsOn {
			for _, first := range cfg.Mappings {
				a := first.Address
				if first != m && (a == d || strings.HasPrefix(a, d+"[") || strings.HasPrefix(a, d+".")) {
					all = append(all, edge{a, m.Address, "depends_on"})
				}
			}
		}
	}
	return all
}

// dot is the graph for Graphviz.
func (g graph) dot() string {
	var b strings.Builder
	b.WriteString("digraph migrateiq {\n  rankdir = LR\n  node [shape = box]\n")
	shapes := map[string]string{"source": "cylinder", "target": "cylinder", "lookup": "note"}
	for _, n := range g.nodes {
		label := n.address
		if n.more != "" {
			label += "\n" + n.more
		}
		attributes := "label = " + dotText(label)
		if shape := shapes[n.role]; shape != "" {
			attributes += ", shape = " + shape
		}
		fmt.Fprintf(&b, "  %s [%s]\n", dotText(n.address), attributes)
	}
	for _, e := range g.edges {
		more := ""
		if e.why != "" {
			more = fmt.Sprintf(" [style = dashed, label = %s]", dotText(e.why))
		}
		fmt.Fprintf(&b, "  %s -> %s%s\n", dotText(e.from), dotText(e.to), more)
	}
	b.WriteString("}\n")
	return b.String()
}

// dotText is a text in DOT's quotes, where a backslash begins an escape of labels.
func dotText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", " ").Replace(text) + `"`
}

// mermaid is the graph for Markdown. Nodes have numbers for names: addresses hold signs that mean something there.
func (g graph) mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	brackets := map[string][2]string{"source": {"[(", ")]"}, "target": {"[(", ")]"}, "lookup": {"[/", "/]"}, "mapping": {"[", "]"}}
	names := map[string]string{}
	for i, n := range g.nodes {
		names[n.address] = fmt.Sprintf("n%d", i)
		label := mermaidText(n.address)
		if n.more != "" {
			label += "<br>" + mermaidText(n.more)
		}
		fmt.Fprintf(&b, "  n%d%s\"%s\"%s\n", i, brackets[n.role][0], label, brackets[n.role][1])
	}
	for _, e := range g.edges {
		arrow := "-->"
		if e.why != "" {
			arrow = `-. "` + mermaidText(e.why) + `" .->`
		}
		fmt.Fprintf(&b, "  %s %s %s\n", names[e.from], arrow, names[e.to])
	}
	return b.String()
}

// mermaidText is a text between Mermaid's quotes, where # begins a sign by its number.
func mermaidText(text string) string {
	var b strings.Builder
	for _, c := range text {
		if strings.ContainsRune("\"#&<>`\\*_[]{}\n\r", c) {
			fmt.Fprintf(&b, "#%d;", c)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}
