package lang

import (
	"math/big"

	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Contract is the version of a table's shape that its readers rely on. A breaking change has to raise it.
type Contract struct {
	Version int
	Range   diag.Range
}

// contract reads contract = { version = 2 }.
func (c content) contract(role string) *Contract {
	v, ok := c.value("contract")
	if !ok {
		return nil
	}
	const how = `"contract" is written { version = 2 }; the version is a whole number from 1 on.`
	if role == "source" {
		c.wrong("contract", "A contract is with those who read a table of a target. Remove it from the source.")
		return nil
	}
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		c.wrong("contract", how)
		return nil
	}
	out := &Contract{Range: place(c.at("contract"))}
	for name, part := range v.AsValueMap() {
		if name != "version" || part.IsNull() || part.Type() != cty.Number {
			c.wrong("contract", how)
			return nil
		}
		n, exact := part.AsBigFloat().Int64()
		if exact != big.Exact || n < 1 || n > 1_000_000_000 {
			c.wrong("contract", how)
			return nil
		}
		out.Version = int(n)
	}
	if out.Version == 0 {
		c.wrong("contract", how)
		return nil
	}
	return out
}
