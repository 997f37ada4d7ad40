package lineage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// people is a definition that computes one field from a table of people, a joined one and lookups.
func people(cel string) *plan.Definition {
	column := func(name string, kind schema.Kind, null bool) schema.Column {
		return schema.Column{Name: name, Type: schema.Type{Kind: kind}, Null: null}
	}
	return &plan.Definition{Source: "source.sqlite.pas", SourceTable: schema.Ref{Name: "PATIENT"}, Target: "target.sqlite.new", TargetTable: schema.Ref{Name: "patient"},
		Read: []schema.Column{column("ID", schema.Int64, false), column("NHS", schema.String, false), column("NAME", schema.String, false), column("FORENAME", schema.String, true),
			column("DOB", schema.Date, false), column("HIV", schema.Bool, false), column("ETHNIC", schema.String, false), column("PAN", schema.String, false), column("CVV", schema.String, false),
			column("POSTCODE", schema.String, false), column("PAID", schema.Decimal, false), column("DOC", schema.JSON, false), column("NOTE", schema.String, true), column("SEX", schema.String, false),
			column("WARD_ID", schema.Int64, false), column("ward.NAME", schema.String, true), column("gp.NAME", schema.String, true)},
		Params:  []plan.Param{{Name: "trust", Type: schema.Type{Kind: schema.String}, Text: "RVH"}},
		Keys:    []plan.Key{{Name: "people"}},
		Joins:   []plan.Join{{Name: "ward", Table: schema.Ref{Name: "WARD"}, On: [][2]string{{"WARD_ID", "ID"}}}, {Name: "gp", Table: schema.Ref{Name: "GP"}, On: [][2]string{{"NHS", "NHS"}}}},
		Lookups: []plan.Lookup{{Name: "sex", Default: "error"}, {Name: "codes", Source: "source.sqlite.pas", Table: &schema.Ref{Name: "CODES"}, Key: "CODE", Value: "WORD", Default: "error"}},
		Fields:  []plan.Field{{Name: "f", CEL: cel}}}
}

func declared(own ...string) lineage.Declared {
	return lineage.Declared{
		Column: func(c lineage.Column) []string {
			return map[string][]string{"PATIENT.NHS": {"nhs_number"}, "PATIENT.NAME": {"personal.name"}, "PATIENT.FORENAME": {"personal.name"}, "PATIENT.DOB": {"personal.dob"},
				"PATIENT.HIV": {"health"}, "PATIENT.ETHNIC": {"special.ethnicity"}, "PATIENT.PAN": {"pan"}, "PATIENT.CVV": {"sad"}, "PATIENT.POSTCODE": {"personal.postcode"}, "PATIENT.PAID": {"financial_amount"},
				"PATIENT.DOC": {"personal"}, "PATIENT.NOTE": {"none"}, "CODES.WORD": {"legally_restricted"}}[c.Table.Name+"."+c.Name]
		},
		Field: func(string) []string { return own },
	}
}

const (
	nhs    = "nhs_number personal"
	name   = "personal personal.name"
	dob    = "personal personal.dob"
	health = "health personal special"
)

func TestClassesFollowTheValues(t *testing.T) {
	union := func(all ...string) string {
		set := strings.Fields(strings.Join(all, " "))
		slices.Sort(set)
		return strings.Join(slices.Compact(set), " ")
	}
	for cel, want := range map[string]string{ // the effective classes, and the method that protects the field
		"src.NAME":                                     name + " / none",
		"src.ID":                                       " / none",
		"src.NOTE":                                     " / none",
		"'constant'":                                   " / none",
		"param.trust":                                  " / none",
		"src.NAME + string(src.DOB)":                   union(name, dob) + " / none",
		"text.upper(src.NAME)":                         name + " / none",
		"text.left(src.NAME, 1)":                       name + " / none",
		"src.NAME.size()":                              name + " / none",
		"coalesce(src.FORENAME, '-')":                  name + " / none",
		"coalesce(src.FORENAME, src.NHS)":              union(name, nhs) + " / none",
		"has_value(src.FORENAME)":                      name + " / none",
		"src.FORENAME == null ? 'a' : 'b'":             name + " / none",
		"src.HIV ? 'a' : 'b'":                          health + " / none",
		"src.HIV ? src.NAME : 'b'":                     union(health, name) + " / none",
		"src.HIV && src.ID > 5":                        health + " / none",
		"src.ID > 5 ? 'a' : 'b'":                       " / none",
		"lookup.sex[src.SEX]":                          " / none",
		"lookup.sex[src.NHS]":                          nhs + " / none",
		"src.NHS in lookup.sex":                        nhs + " / none",
		"lookup.codes[src.SEX]":                        "legally_restricted personal / none",
		"lookup.codes[src.NAME]":                       union("legally_restricted personal", name) + " / none",
		"json.text_at(src.DOC, 'a.b')":                 "personal / none",
		"src.DOC.a":                                    "personal / none",
		"coalesce(join.ward.NAME, '')":                 " / none",
		"coalesce(join.gp.NAME, '')":                   nhs + " / none",
		"date.year(src.DOB)":                           dob + " / none",
		"hash.sha256(src.NHS)":                         nhs + " / hash",
		"hash.md5(src.NHS)":                            nhs + " / hash",
		"uuid5('p', src.NHS)":                          nhs + " / hash",
		"uuid5('p', string(src.ID))":                   " / hash",
		"encode.base64(src.NHS)":                       nhs + " / none",
		"pseudonym.hmac('people', src.NHS)":            "personal personal.pseudonymised / hmac",
		"pseudonym.hmac('people', src.PAN)":            "personal personal.pseudonymised / hmac",
		"pseudonym.hmac('people', src.ETHNIC)":         "personal special special.ethnicity / hmac",
		"pseudonym.hmac('people', string(src.HIV))":    health + " / hmac",
		"pseudonym.hmac('people', src.CVV)":            "personal sad / hmac",
		"pseudonym.hmac('people', src.NHS) + src.NAME": union("personal.pseudonymised", name) + " / none",
		"pseudonym.hmac('people', src.NHS) + hash.sha256(src.NHS)":     nhs + " / hash",
		"pseudonym.hmac('people', src.NHS + mask.last4(src.NAME))":     "personal personal.pseudonymised / hmac",
		"hash.sha256(pseudonym.hmac('people', src.NHS))":               "personal personal.pseudonymised / hmac",
		"uuid5('p', pseudonym.hmac('people', src.NHS))":                "personal personal.pseudonymised / hmac",
		"mask.redact(src.NAME)":                                        " / redact",
		"mask.redact(src.CVV)":                                         " / redact",
		"mask.redact(src.NAME) + src.NHS":                              nhs + " / none",
		"mask.last4(src.PAN)":                                          "personal personal.quasi_identifier / truncate",
		"mask.last4(src.PAN) + hash.sha256(src.PAN)":                   "pan personal / hash",
		"mask.last4(src.CVV)":                                          "personal sad / truncate",
		"mask.postcode_district(src.POSTCODE)":                         "personal personal.quasi_identifier / generalise",
		"mask.last4(pseudonym.hmac('people', src.NHS))":                "personal personal.pseudonymised / hmac",
		"string(src.PAID)":                                             "financial_amount / none",
		"mask.last4(string(src.PAID))":                                 "financial_amount / truncate",
		"[src.NAME, src.NHS].map(x, text.upper(x))[0]":                 union(name, nhs) + " / none",
		"[src.NAME].exists(x, x == 'a')":                               name + " / none",
		"src.NAME + mask.last4(src.PAN) + string(src.ID) + src.ETHNIC": union(name, "personal.quasi_identifier special special.ethnicity") + " / none",
	} {
		got, err := lineage.Of(people(cel), declared())
		if err != nil {
			t.Errorf("%s: %v", cel, err)
			continue
		}
		f := got[0]
		if text := strings.Join(f.Effective, " ") + " / " + f.Protection.Method; text != want {
			t.Errorf("%s:\ngot  %s\nwant %s", cel, text, want)
		}
	}
}

func TestAFieldNamesItsSources(t *testing.T) {
	d := people("join.ward.NAME")
	d.Fields = append(d.Fields, plan.Field{Name: "plain", Plain: "NHS", CEL: `src["NHS"]`},
		plan.Field{Name: "coded", CEL: "lookup.codes[src.SEX] + pseudonym.hmac('people', src.NHS)"})
	got, err := lineage.Of(d, declared())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"WARD.NAME/none PATIENT.WARD_ID/none", "PATIENT.NHS/none", "CODES.WORD/none PATIENT.NHS/hmac PATIENT.SEX/none"} {
		var all []string
		for _, s := range got[i].Sources {
			all = append(all, fmt.Sprintf("%s.%s/%s", s.Table.Name, s.Name, s.By.Method))
		}
		if i == 2 {
			slices.Sort(all)
		}
		if text := strings.Join(all, " "); text != want {
			t.Errorf("sources of field %d: got %s, want %s", i, text, want)
		}
	}
	if p := got[2].Protection; p.Method != "none" {
		t.Errorf("the protection of a field with a classified and unprotected source: got %+v, want none", p)
	}
	if got[0].Opaque {
		t.Error("a join: got opaque")
	}
	d.Query = "SELECT 1"
	if got, err = lineage.Of(d, declared()); err != nil || !got[0].Opaque {
		t.Errorf("a query: got %v and error %v, want opaque", got[0].Opaque, err)
	}
}

func TestAKeyedPseudonymNamesItsKey(t *testing.T) {
	got, err := lineage.Of(people("pseudonym.hmac('people', src.NHS)"), declared())
	if err != nil {
		t.Fatal(err)
	}
	if p := got[0].Protection; !p.Keyed || p.Key != "people" {
		t.Errorf("got %+v, want the key people", p)
	}
}

func TestWhatAFieldDeclaresItselfStays(t *testing.T) {
	for own, want := range map[string]string{"nhs_number": nhs + " personal.pseudonymised", "special.ethnicity": "personal personal.pseudonymised special special.ethnicity", "none": "personal personal.pseudonymised"} {
		got, err := lineage.Of(people("pseudonym.hmac('people', src.NHS)"), declared(own))
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(got[0].Effective, " "); text != want {
			t.Errorf("with classify = [%q]: got %s, want %s", own, text, want)
		}
		if text := strings.Join(got[0].Inherited, " "); text != "nhs_number" {
			t.Errorf("inherited: got %s, want nhs_number", text)
		}
	}
}

func TestAnExpressionThatIsNoneIsAnError(t *testing.T) {
	if _, err := lineage.Of(people("src.NOBODY"), declared()); err == nil || !strings.Contains(err.Error(), "field f of patient") {
		t.Errorf("got %v, want an error that names the field", err)
	}
}
