package view_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine/plan"
)

const created = `
  # mapping.patient will be created                                                         additive
    source.csv.files patients → target.postgres.warehouse clinical.patient           main.miq.hcl:12
  + table clinical.patient  key (patient_id)
    rows where src.DEATHDATE == null
      + patient_id  uuid not null    = patient_id
      + full_name   string not null  = text.squish(src.FIRST + ' ' + src.LAST)  [personal.name]
      + weight      decimal          = decimal(src.WEIGHT)
          checked: A weight may have more digits than the column.
          expects out == null || out > 0
          a row that fails here is quarantined
      + seen        date             =
            src.A == null
              ? null
              : src.A
          lossy (allow_lossy = "zone"): The zone is lost.
    writes <5 rows, 3.1 kB; lane typed
    note: The source is moving.
    not mapped: SSN, DRIVERS
    unsupported: view v: views are not carried over

  Steps on target.postgres.warehouse, in this order:
      1  create table a
           CREATE TABLE a (
             x int
           )
      2  copy rows of mapping.patient into patient
      3  add primary key of a
           ALTER TABLE a ADD PRIMARY KEY (x)
           hazard: locks a

Plan: 1 to create, 0 to append, 0 to upsert, 0 to reload.  <5 rows written, 0 removed.
Policy: 1 pass, 1 warn, 0 deny.
  warn GDPR-17  target.postgres.warehouse  main.miq.hcl:31  no record of processing is named
`

func TestANewTableIsShownWithEveryFieldAndEveryStatement(t *testing.T) {
	got := text(t, document(t, true, steps(1), patient()), view.Folded)
	if d := cmp.Diff(strings.TrimPrefix(created, "\n"), got); d != "" {
		t.Errorf("text of the plan (-want +got):\n%s", d)
	}
}

const altered = `
  # mapping.visit will be reloaded and upserted                                             breaking
    source.csv.files patients → target.postgres.warehouse clinical.patient           main.miq.hcl:12
  ~ field full_name  [personal.name]                                                 main.miq.hcl:20
      - src.LAST
      + src.FIRST
`

const increased = `
  > rows  12,408 in the parts that read differently
    writes 12,408 rows; removes 7
    (3 unchanged fields hidden)
    B104 The key changed.
    gone at the source: <5 rows of the target have no row at the source any more; they stay
`

func TestAChangedDefinitionIsShownBeforeAndAfter(t *testing.T) {
	got := text(t, document(t, true, nil, changed()), view.Folded)
	for _, want := range []string{altered, increased, "about 12,448 rows written, 7 removed."} {
		if !strings.Contains(got, strings.TrimPrefix(want, "\n")) {
			t.Errorf("text of the plan lacks %q; got:\n%s", want, got)
		}
	}
}

const folded = `
  # mapping.shop["Album"] will be created                                                   additive
  + public.Album from Album: 2 columns as they are, key (AlbumId)
    writes 347 rows; lane typed

  Steps on target.postgres.warehouse, in this order:
       1-30  create table a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y,
                          z, a, b, c, d
         31  copy rows of mapping.patient
         32  add primary key of a
           hazard: locks a
    (91 lines of SQL hidden; --full shows them)
`

func TestManyTablesStayReadable(t *testing.T) {
	raw := document(t, true, steps(30), album("Album"))
	if got := text(t, raw, view.Folded); !strings.HasPrefix(got, strings.TrimPrefix(folded, "\n")) {
		t.Errorf("folded plan: got\n%s\nwant it to begin with%s", got, folded)
	}
	if got := text(t, raw, view.Full); !strings.Contains(got, "CREATE TABLE z (\n") || !strings.Contains(got, "+ Title    string not null  = Title") {
		t.Errorf("full plan lacks SQL or fields:\n%s", got)
	}
}

func TestOnlyAPlanThatLookedAtTheRowsSaysNoChanges(t *testing.T) {
	kept := album("Album")
	kept.Actions = []plan.Action{{Kind: plan.Keep}}
	if got := text(t, document(t, true, nil, kept), view.Folded); !strings.HasPrefix(got, "No changes.") {
		t.Errorf("refreshed: got %q, want it to begin with No changes.", got)
	}
	got := text(t, document(t, false, nil, kept), view.Folded)
	if strings.Contains(got, "No changes") || !strings.Contains(got, "rows not looked at") {
		t.Errorf("not refreshed: got %q, want it to say that the rows were not looked at", got)
	}
}

func TestColourIsOnlyInTextThatIsAskedToHaveIt(t *testing.T) {
	raw := document(t, true, steps(1), patient())
	var b strings.Builder
	if err := view.Plan(&b, view.Style{Colour: true, Width: 100}, raw, view.Folded); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\x1b[") {
		t.Error("coloured plan: got no escape sequence")
	}
	if strings.Contains(text(t, raw, view.Folded), "\x1b[") {
		t.Error("plain plan: got an escape sequence")
	}
}
