package lang

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// Key is a `key` block: a secret that protecting functions use, named in CEL by its label.
type Key struct {
	Name     string
	Module   string // the address of the module instance it stands in, "" for the root; expressions there see it alone
	Address  string // key.people, module.x.key.people
	From     secret.Secret
	Declared []Fact // custodian, custody, system, expires, status
	Range    diag.Range
}

func keyForm() form { return form{attrs: append([]string{"from"}, attributes(keyFacts())...)} }

func (l *loader) keyBlocks() {
	for _, b := range l.blocks["key"] {
		if k := l.key(b); k != nil {
			l.cfg.Keys = append(l.cfg.Keys, k)
		}
	}
}

// key reads one `key` block; nil where it has no secret.
func (l *loader) key(b *hclsyntax.Block) *Key {
	c := l.open(b, object(b), keyForm())
	k := &Key{Name: b.Labels[0], Module: l.module(), Address: l.prefix + "key." + b.Labels[0], Declared: c.facts(keyFacts()), Range: place(c.header)}
	const how = `from = secret("env://NAME")`
	if !c.need("from", how) {
		return nil
	}
	v, ok := l.eval(c.of, c.attrs["from"].Expr, inConnections())
	if !ok || !v.IsKnown() {
		return nil
	}
	if bare, _ := v.UnmarkDeep(); bare.IsNull() || !bare.Type().Equals(l.secret) {
		c.wrong("from", fmt.Sprintf("A key in clear could be read by everybody who reads the file. Write a reference: %s, or secret(\"file://path\").", how))
		return nil
	}
	if v, ok = c.open("from", v); !ok {
		return nil
	}
	k.From = *v.EncapsulatedValue().(*secret.Secret)
	if why := secret.Check(k.From.Ref()); why != "" {
		l.fail("invalid-secret", c.at("from"), c.of, "Invalid secret", why)
		return nil
	}
	return k
}
