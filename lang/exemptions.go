package lang

import (
	"fmt"
	"slices"
	"time"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Exemption is an `exemption` block: a rule that shall not hold for one address until a day.
type Exemption struct {
	Name        string
	Module      string // the address of the module instance it stands in, "" for the root
	Rule        string // GDPR-11
	Address     string // what it is about, as policies name it
	Reason      string
	Ticket      string
	RequestedBy string
	ApprovedBy  []Approver
	Expires     string // a day
	Range       diag.Range
}

// Title is the exemption's name with the module that it stands in.
func (x *Exemption) Title() string {
	if x.Module == "" {
		return x.Name
	}
	return x.Module + "." + x.Name
}

// Ends is the end of its last day.
func (x *Exemption) Ends() time.Time { return dayOf(x.Expires).Add(24*time.Hour - time.Second) }

// Since is the beginning of the day on which an approver agreed.
func (a Approver) Since() time.Time { return dayOf(a.At) }

// dayOf reads a day that was checked when it was read.
func dayOf(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Approver is somebody who agreed.
type Approver struct {
	ID   string
	Role string
	At   string // a day
}

// approverRoles are the roles that policies know.
func approverRoles() []string {
	return []string{"data_owner", "it", "dpo", "caldicott_guardian", "cso", "siro", "controller"}
}

var exemptionForm = form{attrs: []string{"rule", "address", "reason", "ticket", "requested_by", "approved_by", "expires"}}

func (l *loader) exemptions() {
	for _, b := range l.blocks["exemption"] {
		c := l.open(b, object(b), exemptionForm)
		e := &Exemption{Name: b.Labels[0], Module: l.module(), Range: place(c.header),
			Rule: c.needText("rule", `rule = "GDPR-11"`), Address: c.needText("address", `address = "target.KIND.NAME"`),
			Reason: c.needText("reason", `reason = "..."`), Ticket: c.needText("ticket", `ticket = "IG-1"`),
			RequestedBy: c.needText("requested_by", `requested_by = "NAME"`), ApprovedBy: c.approvers()}
		if c.need("expires", `expires = "2027-01-31"`) {
			e.Expires = c.day("expires")
		}
		if e.Rule != "" && e.Address != "" && e.Expires != "" && len(e.ApprovedBy) > 0 {
			l.cfg.Exemptions = append(l.cfg.Exemptions, e)
		}
	}
}

// approvers reads approved_by = [{ id = "...", role = "...", at = "..." }].
func (c content) approvers() []Approver {
	const how = `approved_by = [{ id = "NAME", role = "dpo", at = "2026-11-02" }]`
	if !c.need("approved_by", how) {
		return nil
	}
	v, ok := c.value("approved_by")
	if !ok {
		return nil
	}
	if t := v.Type(); !t.IsTupleType() && !t.IsListType() || v.LengthInt() == 0 {
		c.wrong("approved_by", "Somebody has to agree: write "+how+".")
		return nil
	}
	var all []Approver
	for _, one := range v.AsValueSlice() {
		a, ok := c.approver(one)
		if !ok {
			return nil
		}
		all = append(all, a)
	}
	return all
}

func (c content) approver(v cty.Value) (Approver, bool) {
	var a Approver
	if !v.Type().IsObjectType() && !v.Type().IsMapType() || v.IsNull() {
		c.wrong("approved_by", `An approver is written { id = "NAME", role = "dpo", at = "2026-11-02" }.`)
		return a, false
	}
	given := v.AsValueMap()
	for name := range given {
		if !slices.Contains([]string{"id", "role", "at"}, name) {
			c.wrong("approved_by", fmt.Sprintf("An approver has no %q.%s", name, diag.Suggest(name, []string{"id", "role", "at"})))
			return a, false
		}
	}
	for _, part := range []struct {
		fact
		into *string
	}{{fact{name: "id"}, &a.ID}, {fact{name: "role", kind: aWord, words: approverRoles()}, &a.Role}, {fact{name: "at", kind: aDay}, &a.At}} {
		text, problem := any(""), fmt.Sprintf("An approver needs %q.", part.name)
		if one, ok := given[part.name]; ok {
			text, problem = part.value(one)
		}
		if problem != "" {
			c.wrong("approved_by", problem)
			return a, false
		}
		*part.into = text.(string)
	}
	return a, true
}

// json is an attribute of any object, as JSON; "" where it was left out.
func (c content) json(name string) string {
	v, ok := c.value(name)
	if !ok {
		return ""
	}
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil || !v.Type().IsObjectType() && !v.Type().IsMapType() {
		c.wrong(name, fmt.Sprintf("%q takes an object: write %s = { name = value }.", name, name))
		return ""
	}
	return string(text)
}
