package planner_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// answers asks until nothing is missing, and takes the answers from lines like `source_rows mapping.album 10..20 = 5`.
func answers(t *testing.T, f planner.Facts, lines string) (have []planner.Answer, unused []string) {
	t.Helper()
	known, used := map[string]string{}, map[string]bool{}
	for line := range strings.Lines(lines) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			known[k] = v
		}
	}
	for {
		questions := planner.Questions(f, have)
		if len(questions) == 0 {
			unused = slices.Sorted(maps.Keys(known))
			return have, slices.DeleteFunc(unused, func(k string) bool { return used[k] })
		}
		for _, q := range questions {
			name := string(q.Kind) + " " + q.Mapping
			if q.Bounds.Column != "" && q.Kind == planner.SourceRows {
				name += " " + q.Bounds.After + ".." + q.Bounds.UpTo
			}
			a := planner.Answer{ID: q.ID}
			text, ok := known[name]
			used[name] = true
			switch {
			case q.Kind == planner.Statements:
				a.Statements = statements(f.Systems[q.System].Order, q.Changes)
			case q.Kind == planner.Print:
				a.Text = text
			case !ok && known["otherwise"] != "": // as many rows as the runs left, and none that differs
				a.Versions = &planner.VersionsFound{}
				if q.Kind == planner.TargetRows || q.Kind == planner.SourceRows {
					prior, _ := planner.Prior(f.State, f.Config.Moved, q.Mapping)
					a.Count = prior.Rows
				}
				if q.Kind == planner.Compare {
					a.Compared = &planner.Differences{}
				}
			case !ok:
				t.Fatalf("nobody answers: %s", name)
			default:
				answer(&a, q.Kind, text)
			}
			have = append(have, a)
		}
	}
}

func answer(a *planner.Answer, kind planner.Ask, text string) {
	words := strings.Fields(text + " ")
	switch {
	case kind == planner.Position || kind == planner.TargetDigest:
		a.Text = strings.Trim(text, `"`)
	case kind == planner.Versions: // opened=1 closed=2 refused=0
		a.Versions = &planner.VersionsFound{}
		for _, w := range words {
			k, v, _ := strings.Cut(w, "=")
			*map[string]*int64{"opened": &a.Versions.Opened, "closed": &a.Versions.Closed, "refused": &a.Versions.Refused}[k], _ = strconv.ParseInt(v, 10, 64)
		}
	case kind == planner.Compare: // 20 of 20 added=1 changed=3 conflicts=0 moved=0
		a.Compared = compared(words)
	case kind != planner.Digests:
		a.Count, _ = strconv.ParseInt(text, 10, 64)
	case words[0] == "none":
	case words[0] == "all":
		a.All = true
		a.Rows, _ = strconv.ParseInt(words[1], 10, 64)
	default:
		a.Differs = strings.Split(words[0], ",")
		a.Rows, _ = strconv.ParseInt(words[1], 10, 64)
	}
}

func compared(words []string) *planner.Differences {
	n := func(text string) int64 { n, _ := strconv.ParseInt(text, 10, 64); return n }
	out := &planner.Differences{Rows: n(words[0]), Total: n(words[2])}
	for _, w := range words[3:] {
		k, v, _ := strings.Cut(w, "=")
		*map[string]*int64{"added": &out.Added, "changed": &out.Changed, "conflicts": &out.Conflicts, "moved": &out.Moved}[k] = n(v)
	}
	return out
}

// statements writes changes as a target would, in words.
func statements(o schema.Order, changes []schema.Change) [][]providers.Statement {
	var out [][]providers.Statement
	for _, c := range changes {
		var all []providers.Statement
		for _, text := range worded(o, c) {
			s := providers.Statement{What: text, SQL: []string{"-- " + text}}
			if c.AddForeign != nil {
				s.Hazard = "locks " + c.AddForeign.Foreign.Parent.String()
			}
			all = append(all, s)
		}
		out = append(out, all)
	}
	return out
}

func worded(o schema.Order, c schema.Change) []string {
	switch {
	case c.CreateSchema != nil:
		return []string{"create schema " + *c.CreateSchema}
	case c.CreateTable != nil:
		return []string{"create table " + tableText(c.CreateTable)}
	case c.AddPrimary != nil:
		return []string{fmt.Sprintf("add primary key %s %v", c.AddPrimary.Table, c.AddPrimary.Key.Columns)}
	case c.AddKey != nil:
		return []string{fmt.Sprintf("add key %s %v unique=%t", c.AddKey.Table, c.AddKey.Key.Columns, c.AddKey.Key.Unique)}
	case c.AddForeign != nil:
		text := fmt.Sprintf("%s %v -> %s %v", c.AddForeign.Table, c.AddForeign.Foreign.Columns, c.AddForeign.Foreign.Parent, c.AddForeign.Foreign.Key)
		return []string{"add foreign key " + text, "validate foreign key " + text}
	case c.AddColumn != nil:
		return []string{"add column " + c.AddColumn.Column.Name + " to " + c.AddColumn.Table.String()}
	case c.RenameColumn != nil:
		return []string{fmt.Sprintf("rename column %s of %s to %s", c.RenameColumn.From, c.RenameColumn.Table, c.RenameColumn.To)}
	case c.AlterColumn != nil:
		return []string{fmt.Sprintf("alter column %s of %s from %s null=%t to %s null=%t", c.AlterColumn.After.Name, c.AlterColumn.Table,
			c.AlterColumn.Before.Type, c.AlterColumn.Before.Null, c.AlterColumn.After.Type, c.AlterColumn.After.Null)}
	case c.Analyze != nil:
		return []string{"analyze " + c.Analyze.String()}
	case c.Sequences != nil:
		return []string{"sequences of " + c.Sequences.Ref.String()}
	case c.Comments != nil:
		return []string{"comments of " + c.Comments.Ref.String()}
	case c.Swap != nil:
		return []string{"swap " + tableText(&c.Swap.New) + " in for " + c.Swap.Old.String()}
	case c.CheckForeign != nil && o.ForeignWithTable:
		return []string{"check foreign keys of " + c.CheckForeign.String()}
	}
	return nil
}

func tableText(t *schema.Table) string {
	var parts []string
	for _, c := range t.Columns {
		text := c.Name + " " + c.Type.String()
		if c.Null {
			text += "?"
		}
		parts = append(parts, text)
	}
	if t.Primary != nil {
		parts = append(parts, fmt.Sprintf("primary %v", t.Primary.Columns))
	}
	for _, k := range t.Keys {
		parts = append(parts, fmt.Sprintf("key %v unique=%t", k.Columns, k.Unique))
	}
	for _, fk := range t.Foreign {
		parts = append(parts, fmt.Sprintf("foreign %v -> %s %v", fk.Columns, fk.Parent, fk.Key))
	}
	return t.Ref.String() + " (" + strings.Join(parts, ", ") + ")"
}
