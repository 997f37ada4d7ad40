package lang_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/lang"
)

const governed = `
source "sqlite" "shop" {
  path      = "shop.db"
  country   = "GB"
  at_rest   = { level = "disk", key_custody = "kms" }
  table "people" {
    retention = { years = 8, basis = "the code" }
    column "A" { unit = "mg" }
  }
}
target "sqlite" "new" { path = "new.db" }
key "people" {
  from    = secret("env://PEOPLE_KEY")
  expires = "2027-01-31"
}
governance {
  role = "controller"
  processing {
    purposes     = ["direct_care"]
    lawful_basis = { art6 = "e" }
  }
  transfer "out" { mechanism = "adequacy" }
}
mapping "a" {
  from {
    source = source.sqlite.shop
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "a"
  }
}
mapping "b" {
  from {
    source = source.sqlite.shop
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "b"
  }
  governance {
    processing {
      purposes = ["research"]
      activity = "study"
    }
    transfer "out" { mechanism = "sccs" }
    backup { ref = "B-1" }
  }
}
exemption "pilot" {
  rule         = "GDPR-11"
  address      = "target.sqlite.new"
  reason       = "x"
  ticket       = "IG-1"
  requested_by = "a"
  approved_by  = [{ id = "b", role = "dpo", at = "2026-11-02" }]
  expires      = "2027-01-31"
}
module "m" {
  source = "./m"
  from   = source.sqlite.shop
  to     = target.sqlite.new
}
`

const governedModule = `
variable "from" { type = source }
variable "to" { type = target }
governance {
  role = "processor"
}
mapping "c" {
  from {
    source = var.from
    table  = "people"
  }
  to {
    target = var.to
    table  = "c"
  }
}
`

// said writes facts as leaf=value, sorted.
func said(all []lang.Fact) string {
	var out []string
	for _, f := range all {
		out = append(out, fmt.Sprintf("%s=%v", f.Leaf, f.Value))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestGovernanceIsInheritedDownwards(t *testing.T) {
	cfg, found := lang.Load(root, fakes(), folder{"main.miq.hcl": governed, "m/m.miq.hcl": governedModule}.options())
	if found.HasErrors() || len(cfg.NotYet) > 0 {
		t.Fatalf("got %v and %v, want no findings", found, cfg.NotYet)
	}
	const outer = "processing.legal_basis.art6=e processing.purposes=[direct_care] project.role="
	for i, want := range []string{
		"processing.legal_basis.art6=e processing.purposes=[direct_care] project.role=controller",
		"backup.ref=B-1 processing.activity_id=study processing.legal_basis.art6=e processing.purposes=[research] project.role=controller",
		outer + "processor",
	} {
		if got := said(cfg.Mappings[i].Governance.Facts); got != want {
			t.Errorf("%s: got %s, want %s", cfg.Mappings[i].Address, got, want)
		}
	}
	for i, want := range []string{"adequacy", "sccs", "adequacy"} {
		g := cfg.Mappings[i].Governance
		if len(g.Transfers) != 1 || lang.Text(g.Transfers[0].Facts, "mechanism") != want || !g.Transfers[0].Covers("source.x.y", "target.x.y") {
			t.Errorf("%s: got transfers %v, want one by %s", cfg.Mappings[i].Address, g.Transfers, want)
		}
	}
	if got := cfg.Governance.Value("project.role"); got != "controller" {
		t.Errorf("the root's role: got %v, want controller", got)
	}
	if at := cfg.Mappings[1].Governance.Facts[0].Range; at.File != "main.miq.hcl" || at.Start.Line == 0 {
		t.Errorf("a fact's place: got %v", at)
	}
}

func TestFactsOfSystemsTablesAndKeys(t *testing.T) {
	cfg, found := lang.Load(root, fakes(), folder{"main.miq.hcl": governed, "m/m.miq.hcl": governedModule}.options())
	if found.HasErrors() {
		t.Fatal(found)
	}
	shop := cfg.Systems[0]
	for what, c := range map[string][2]string{
		"the source": {said(shop.Declared), "at_rest.key.custody=kms at_rest.level=disk country=GB"},
		"its table":  {said(shop.Tables[0].Declared), "retention.days=2920 retention.rule_ref=the code"},
		"its column": {said(shop.Tables[0].Columns[0].Declared), "unit=mg"},
		"the key":    {said(cfg.Keys[0].Declared), "cryptoperiod_end=2027-01-31"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: got %s, want %s", what, c[0], c[1])
		}
	}
	if k := cfg.Keys[0]; k.Address != "key.people" || k.From.Ref() != "env://PEOPLE_KEY" {
		t.Errorf("the key: got %+v", k)
	}
	want := lang.Exemption{Name: "pilot", Rule: "GDPR-11", Address: "target.sqlite.new", Reason: "x", Ticket: "IG-1", RequestedBy: "a",
		ApprovedBy: []lang.Approver{{ID: "b", Role: "dpo", At: "2026-11-02"}}, Expires: "2027-01-31"}
	got := *cfg.Exemptions[0]
	got.Range = want.Range
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the exemption: got %+v, want %+v", got, want)
	}
}
