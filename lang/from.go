package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// query reads a `from` block with a query. The text has to stand there literally, as CEL has: what could change it could
// inject into it.
func (c content) query(f *From) bool {
	f.TableRange, f.KeyRange = place(c.at("query")), place(c.at("key"))
	for _, name := range []string{"table", "tables", "except", "objects"} {
		if c.has(name) {
			c.exclude(name, fmt.Sprintf(`A from block has a query or a table, not both. Remove %q, or the query.`, name))
			return false
		}
	}
	c.alone("A query")
	f.Query = c.statement("query")
	if c.need("key", `key = ["ID"], the columns that tell the query's rows apart`) {
		f.Key = c.needTexts("key")
	}
	return f.Source != "" && f.Query != "" && f.Key != nil
}

// statement is a literal text in the source's language, without what ends it.
func (c content) statement(name string) string {
	e := c.attrs[name].Expr
	if p, ok := e.(*hclsyntax.ParenthesesExpr); ok {
		e = p.Expression
	}
	text, _, ok := literal(e)
	if !ok {
		c.l.fail("query-literal", e.Range(), c.of, "A query is a literal text",
			fmt.Sprintf("%q is sent to the source as it stands, so it is written as a text or a heredoc without ${ } and %%{ }: a value put into it could change what it does. Choose rows by a value with where and params instead.", name))
		return ""
	}
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), ";"))
	if text == "" {
		c.wrong(name, fmt.Sprintf("%q is empty. Write one SELECT.", name))
	}
	return text
}

// alone refuses joins where there is not one table to join to.
func (c content) alone(what string) {
	for _, b := range c.blocks["join"] {
		c.l.fail("conflicting-attributes", header(b), c.of, "Attributes that exclude each other",
			fmt.Sprintf("%s has no join: a join belongs to the mapping of one table. Remove it, or write it into the query.", what))
	}
	if what != "A query" && c.has("key") {
		c.exclude("key", `"key" belongs to a query. Remove it.`)
	}
}

// joins reads the `join` blocks of a mapping of one table. It reports whether all have a meaning.
func (c content) joins(f *From) bool {
	whole := true
	for _, b := range c.blocks["join"] {
		j := c.l.join(b, c.of)
		if j == nil {
			whole = false
			continue
		}
		if slices.ContainsFunc(f.Joins, func(o *Join) bool { return o.Name == j.Name }) {
			c.l.fail("duplicate-name", header(b), c.of, "Name used twice",
				fmt.Sprintf("This mapping has a join %q already. Give one of the two another name.", j.Name))
			whole = false
			continue
		}
		f.Joins = append(f.Joins, j)
	}
	return whole
}

func (l *loader) join(b *hclsyntax.Block, of string) *Join {
	if !l.labels(b, "name") {
		return nil
	}
	if !inCEL(b.Labels[0]) {
		l.fail("invalid-name", b.LabelRanges[0], of, "Invalid name",
			fmt.Sprintf("CEL cannot write join.%s: use letters, digits and _ only.", b.Labels[0]))
		return nil
	}
	c := l.open(b, of, joinForm)
	j := &Join{Name: b.Labels[0], Range: place(c.header), TableRange: place(c.at("table")), OnRange: place(c.at("on"))}
	j.Table = c.needText("table", `table = "NAME"`)
	if !c.need("on", `on = { COLUMN = "COLUMN" }, with the column of the mapping's table before the sign of equality`) {
		return nil
	}
	v, ok := c.value("on")
	if !ok {
		return nil
	}
	const how = `"on" takes pairs of columns, such as { WARD_ID = "ID" }: the mapping's table has WARD_ID, and the joined one ID.`
	if !v.Type().IsObjectType() && !v.Type().IsMapType() || v.LengthInt() == 0 {
		c.wrong("on", how)
		return nil
	}
	for column, other := range v.AsValueMap() {
		if other.Type() != cty.String || other.IsNull() || other.AsString() == "" || column == "" {
			c.wrong("on", how)
			return nil
		}
		j.On = append(j.On, [2]string{column, other.AsString()})
	}
	slices.SortFunc(j.On, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	if j.Table == "" {
		return nil
	}
	return j
}
