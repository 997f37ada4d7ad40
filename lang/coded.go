package lang

import (
	"fmt"
)

// coded reads a lookup from a source's table. A table's columns have no order to go by, so both are named.
func (c content) coded(k *Lookup) *Lookup {
	for _, name := range []string{"values", "file"} {
		if c.has(name) {
			c.l.fail("conflicting-attributes", c.at(name), c.of, "Attributes that exclude each other",
				fmt.Sprintf(`A lookup has "values", "file", or a source and its table, and no two of them. Remove %q, or the others.`, name))
			return nil
		}
	}
	k.Source = c.system("source")
	k.Table = c.needText("table", `table = "NAME"`)
	k.Key = c.needText("key", `key = "COLUMN", the column with the codes`)
	k.Value = c.needText("value", `value = "COLUMN", the column with what they stand for`)
	k.TableRange, k.KeyRange, k.ValueRange = place(c.at("table")), place(c.at("key")), place(c.at("value"))
	if k.Source == "" || k.Table == "" || k.Key == "" || k.Value == "" {
		return nil
	}
	return k
}
