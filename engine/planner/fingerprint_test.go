package planner_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const base = `
source Part A int64 key, B int64 key, C string?, D decimal(10,2)?
mapping part Part part key=a,b
where part src.A > 5
field part a src.A
field part b src.B
field part c src.C
field part d src.D
check part some agg.count() > 0
`

// part is the one mapping of a configuration, with a lookup and a param that field c and the condition read.
func part(t *testing.T, config string) *resolve.Mapping {
	t.Helper()
	m := read(t, config).resolved(t)[0]
	d := m.Definition
	d.Lookups = []plan.Lookup{{Name: "code", Digest: "sha256:1", Default: "error", File: "codes.csv"}, {Name: "other", Digest: "sha256:2", Default: "error"}}
	d.Params = []plan.Param{{Name: "day", Type: schema.Type{Kind: schema.Date}, Text: "2024-01-01"}, {Name: "site", Text: "RVH"}}
	c := fieldOf(d, "c")
	c.Lookups, c.Params, c.Sources = []string{"code"}, []string{"day"}, []string{"C", "A"}
	d.WhereCanon += " && param.site == lookup.other"
	return m
}

func fieldOf(d *plan.Definition, name string) *plan.Field {
	return &d.Fields[slices.IndexFunc(d.Fields, func(f plan.Field) bool { return f.Name == name })]
}

// differing names the parts of two fingerprints that differ.
func differing(a, b plan.Fingerprints) []string {
	var out []string
	names := maps.Clone(a.Fields)
	maps.Copy(names, b.Fields)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if a.Fields[name] != b.Fields[name] {
			out = append(out, "field "+name)
		}
	}
	for _, p := range []struct{ name, a, b string }{
		{"rows", a.Rows, b.Rows}, {"mode", a.Mode, b.Mode}, {"key", a.Key, b.Key}, {"shape", a.Shape, b.Shape}, {"govern", a.Govern, b.Govern}, {"exec", a.Exec, b.Exec},
	} {
		if p.a != p.b {
			out = append(out, p.name)
		}
	}
	return out
}

func TestEachPartOfADefinitionChangesItsOwnFingerprint(t *testing.T) {
	field := func(name string, change func(*plan.Field)) func(*resolve.Mapping) {
		return func(m *resolve.Mapping) { change(fieldOf(m.Definition, name)) }
	}
	def := func(change func(*plan.Definition)) func(*resolve.Mapping) {
		return func(m *resolve.Mapping) { change(m.Definition) }
	}
	for name, c := range map[string]struct {
		change func(*resolve.Mapping)
		want   []string
	}{
		"nothing": {func(*resolve.Mapping) {}, nil},

		"an expression as written, with the same meaning": {field("c", func(f *plan.Field) { f.CEL = " src.C " }), nil},
		"an expression":                     {field("c", func(f *plan.Field) { f.Canonical = "other" }), []string{"field c"}},
		"an expression of the key":          {field("a", func(f *plan.Field) { f.Canonical = "other" }), []string{"field a", "key"}},
		"the functions it uses":             {field("c", func(f *plan.Field) { f.Functions = []string{"upper/2"} }), []string{"field c"}},
		"a lookup that a field reads":       {def(func(d *plan.Definition) { d.Lookups[0].Digest = "sha256:9" }), []string{"field c"}},
		"what a lookup gives for no key":    {def(func(d *plan.Definition) { d.Lookups[0].Default = "null" }), []string{"field c"}},
		"the file of a lookup, same rows":   {def(func(d *plan.Definition) { d.Lookups[0].File = "other.csv"; d.Lookups[1].File = "o.csv" }), nil},
		"the order of lookups":              {def(func(d *plan.Definition) { slices.Reverse(d.Lookups) }), nil},
		"a lookup that where reads":         {def(func(d *plan.Definition) { d.Lookups[1].Digest = "sha256:9" }), []string{"rows"}},
		"a param that a field reads":        {def(func(d *plan.Definition) { d.Params[0].Text = "2025-01-01" }), []string{"field c"}},
		"a param that where reads":          {def(func(d *plan.Definition) { d.Params[1].Text = "ABC" }), []string{"rows"}},
		"a param that nobody reads":         {def(func(d *plan.Definition) { d.Params = append(d.Params, plan.Param{Name: "sit"}) }), nil},
		"the kind of a source column":       {def(func(d *plan.Definition) { d.Read[0].Type.Kind = schema.Int32 }), []string{"field a", "field c"}},
		"the length of a source column":     {def(func(d *plan.Definition) { d.Read[2].Type.Length = 99 }), nil},
		"the order of source columns":       {def(func(d *plan.Definition) { slices.Reverse(d.Read) }), nil},
		"the type of the value":             {field("c", func(f *plan.Field) { f.Value.Length = 9 }), []string{"field c"}},
		"the type of the column":            {field("c", func(f *plan.Field) { f.Column.Type.Length = 9 }), []string{"field c", "shape"}},
		"the type of a key column":          {field("a", func(f *plan.Field) { f.Column.Type.Kind = schema.Int32 }), []string{"field a", "key", "shape"}},
		"the type's own name":               {field("c", func(f *plan.Field) { f.Column.Type.Native = "public.citext" }), []string{"field c", "shape"}},
		"how the system writes the type":    {field("c", func(f *plan.Field) { f.Column.Declared = "varchar" }), nil},
		"a comment of the column":           {field("c", func(f *plan.Field) { f.Column.Comment = "what it is" }), nil},
		"null":                              {field("c", func(f *plan.Field) { f.Column.Null = false }), []string{"field c", "shape"}},
		"expect":                            {field("c", func(f *plan.Field) { f.ExpectCanon = "x" }), []string{"field c"}},
		"on_row_error":                      {field("c", func(f *plan.Field) { f.OnRowError = "null" }), []string{"field c"}},
		"allow_lossy":                       {field("d", func(f *plan.Field) { f.Fidelity.Allow = "round" }), []string{"field d"}},
		"the words of the verdict":          {field("d", func(f *plan.Field) { f.Fidelity.Why = "Because." }), nil},
		"classes":                           {field("c", func(f *plan.Field) { f.Classes = []string{"personal"} }), []string{"govern"}},
		"purposes":                          {field("c", func(f *plan.Field) { f.Purpose = []string{"direct_care"} }), []string{"govern"}},
		"the place of a field":              {field("c", func(f *plan.Field) { f.At.Line = 99 }), nil},
		"the order of fields":               {def(func(d *plan.Definition) { slices.Reverse(d.Fields) }), nil},
		"a field more":                      {def(func(d *plan.Definition) { d.Fields = append(d.Fields, plan.Field{Name: "e"}) }), []string{"field e", "shape", "govern"}},
		"the source's table":                {def(func(d *plan.Definition) { d.SourceTable.Name = "Other" }), []string{"rows"}},
		"the address of the source":         {def(func(d *plan.Definition) { d.Source = "source.sqlite.other" }), nil},
		"where":                             {def(func(d *plan.Definition) { d.WhereCanon = "other" }), []string{"rows"}},
		"where as written":                  {def(func(d *plan.Definition) { d.Where += " " }), nil},
		"mode":                              {def(func(d *plan.Definition) { d.Mode = "append" }), []string{"mode"}},
		"the columns of the key":            {def(func(d *plan.Definition) { d.Key = []string{"a"} }), []string{"key"}},
		"the target's table":                {func(m *resolve.Mapping) { m.Config.To.Table = "other" }, []string{"shape"}},
		"the schema that the target adds":   {def(func(d *plan.Definition) { d.TargetTable.Schema = "public" }), nil},
		"a check":                           {def(func(d *plan.Definition) { d.Checks[0].Expect = "true" }), []string{"exec"}},
		"the place of a check":              {def(func(d *plan.Definition) { d.Checks[0].At.Line = 99 }), nil},
		"reconcile":                         {def(func(d *plan.Definition) { d.Reconcile = []string{"a"} }), []string{"exec"}},
		"max_rejects":                       {def(func(d *plan.Definition) { d.MaxRejects.Rows = 9 }), []string{"exec"}},
		"max_row_drift":                     {def(func(d *plan.Definition) { d.MaxRowDrift.Rows = 9 }), []string{"exec"}},
		"on_target_drift":                   {def(func(d *plan.Definition) { d.OnDrift = "ignore" }), []string{"exec"}},
		"the bounds of a cursor":            {def(func(d *plan.Definition) { d.Cursor = &plan.Cursor{Column: "A", After: "1", UpTo: "2"} }), nil},
		"the address and line of a mapping": {func(m *resolve.Mapping) { m.Address, m.Config.Range.Start.Line = "mapping.x", 99 }, nil},
	} {
		was, m := part(t, base), part(t, base)
		c.change(m)
		got := differing(planner.Fingerprints(was, "shop-1", "new-1"), planner.Fingerprints(m, "shop-1", "new-1"))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: fingerprints that differ (-want +got):\n%s", name, diff)
		}
	}
}

func TestFingerprintsKnowTheSystemsByTheirIdentity(t *testing.T) {
	m := part(t, base)
	was := planner.Fingerprints(m, "shop-1", "new-1")
	if diff := cmp.Diff([]string{"rows"}, differing(was, planner.Fingerprints(m, "shop-2", "new-1"))); diff != "" {
		t.Errorf("another source (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"shape"}, differing(was, planner.Fingerprints(m, "shop-1", "new-2"))); diff != "" {
		t.Errorf("another target (-want +got):\n%s", diff)
	}
}

func TestTheSchemaDigestCoversTheColumnsInUse(t *testing.T) {
	table := func(change func(*schema.Table)) string {
		s := tableOf("t", "A int64 key, B string?, C string?")
		change(&s)
		return planner.SchemaDigest(&s, []string{"A", "B"})
	}
	was := table(func(*schema.Table) {})
	for name, c := range map[string]struct {
		change func(*schema.Table)
		same   bool
	}{
		"a column that is not used":  {func(s *schema.Table) { s.Columns[2].Type.Kind = schema.Bytes }, true},
		"a comment":                  {func(s *schema.Table) { s.Columns[1].Comment = "x" }, true},
		"the type of a used column":  {func(s *schema.Table) { s.Columns[1].Type.Length = 3 }, false},
		"the text of its type":       {func(s *schema.Table) { s.Columns[1].Declared = "citext" }, false},
		"null of a used column":      {func(s *schema.Table) { s.Columns[1].Null = false }, false},
		"a used column that is gone": {func(s *schema.Table) { s.Columns = s.Columns[:1] }, false},
	} {
		if got := table(c.change); (got == was) != c.same {
			t.Errorf("%s: the digest is the same: %t, want %t", name, got == was, c.same)
		}
	}
	if got := planner.SchemaDigest(nil, []string{"A"}); got != "" {
		t.Errorf("no table: got %q, want an empty text", got)
	}
}

const increment = `
source Part A int64 key, C string?
cursor Part A sequence
mapping part Part part
field part a src.A
field part c src.C
check part some agg.count() > 0
`

// planOf plans an increment of rows 20 to 25, or another that change makes of it.
func planOf(t *testing.T, config, measured string, change func(*planner.Facts)) *plan.Plan {
	t.Helper()
	f, diags := facts(t, config, increment, "mapping.part rows=20 source=20 cursor=20")
	if diags.HasErrors() {
		t.Fatal(diags.Err())
	}
	change(&f)
	have, _ := answers(t, f, measured)
	p, diags := planner.Build(f, have)
	if p == nil {
		t.Fatal(diags.Err())
	}
	return p
}

const measured = `
target_rows mapping.part = 20
position mapping.part = 25
source_rows mapping.part 20..25 = 5
source_rows mapping.part ..25 = 25
`

func TestTheIntentIsWhatThePlanMeansToDo(t *testing.T) {
	was := planOf(t, increment, measured, func(*planner.Facts) {})
	later := strings.NewReplacer("position mapping.part = 25", "position mapping.part = 29", "20..25 = 5", "20..29 = 8", "..25 = 25", "..29 = 28").Replace(measured)
	for name, c := range map[string]struct {
		config, measured string
		change           func(*planner.Facts)
		same             bool
	}{
		"made later":                  {increment, measured, func(f *planner.Facts) { f.Now = f.Now.Add(time.Hour) }, true},
		"by another version":          {increment, measured, func(f *planner.Facts) { f.Engine = "1.0.1" }, true},
		"at other lines of the files": {"\n\n" + increment, measured, func(*planner.Facts) {}, true},
		"with more rows to take":      {increment, later, func(*planner.Facts) {}, true},
		"on a later state":            {increment, measured, func(f *planner.Facts) { f.Inputs.State.Serial++ }, true},
		"under other rules":           {increment, measured, func(f *planner.Facts) { f.Inputs.Rules = "sha256:stricter" }, false},
		"with other comments":         {increment, measured, func(f *planner.Facts) { f.Inputs.Config = "sha256:other" }, true},
		"with other declared facts":   {increment, measured, func(f *planner.Facts) { f.Inputs.Facts = "sha256:other" }, false},
		"with another check":          {strings.Replace(increment, "> 0", "> 1", 1), measured, func(*planner.Facts) {}, false},
		"with other classes": {strings.Replace(increment, "field part c src.C", "field part c classify=personal src.C", 1), measured,
			func(*planner.Facts) {}, false},
		"with nothing to take": {increment, strings.Replace(measured, "20..25 = 5", "20..25 = 0", 1), func(*planner.Facts) {}, false},
		"built anew": {increment, measured + "source_rows mapping.part = 25\n",
			func(f *planner.Facts) { f.Replace = []string{"mapping.part"} }, false},
	} {
		p := planOf(t, c.config, c.measured, c.change)
		if got := p.Intent() == was.Intent(); got != c.same {
			t.Errorf("%s: the intent is the same: %t, want %t", name, got, c.same)
		}
		if name != "at other lines of the files" && p.Digest() == was.Digest() {
			t.Errorf("%s: the digest is the same, want another", name)
		}
	}
}

func TestTheIntentDoesNotCountChunks(t *testing.T) {
	config := "source Part A int64 key, C string?\nmapping part Part part"
	intent := func(differs string) string {
		f, _ := facts(t, config, "", "mapping.part rows=20")
		have, _ := answers(t, f, "target_rows mapping.part = 20\ngone_keys mapping.part = 0\ncompare mapping.part = 9 of 9 moved=3\ndigests mapping.part = "+differs)
		p, diags := planner.Build(f, have)
		if p == nil {
			t.Fatal(diags.Err())
		}
		return p.Intent()
	}
	if intent("aa 5") != intent("aa,bb 9") {
		t.Error("one chunk and two chunks of the same mapping give different intents")
	}
}

func TestTheIntentLeavesThePlanAsItIs(t *testing.T) {
	p := planOf(t, increment, measured, func(*planner.Facts) {})
	was := p.Digest()
	p.Intent()
	if got := p.Digest(); got != was {
		t.Errorf("after Intent the digest is %s, want %s", got, was)
	}
}

func TestRenamedFollowsMovedBlocks(t *testing.T) {
	for _, c := range []struct{ address, from, to, want string }{
		{"mapping.b", "mapping.a", "mapping.b", "mapping.a"},
		{`mapping.b["T"]`, "mapping.a", "mapping.b", `mapping.a["T"]`},
		{`mapping.b["T"]`, `mapping.a["T"]`, `mapping.b["T"]`, `mapping.a["T"]`},
		{"mapping.b", `mapping.a["T"]`, "mapping.b", `mapping.a["T"]`},
		{"mapping.bb", "mapping.a", "mapping.b", ""},
		{"mapping.c", "mapping.a", "mapping.b", ""},
	} {
		got, ok := planner.Renamed(c.address, lang.Moved{From: c.from, To: c.to, Range: diag.Range{}})
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Renamed(%s, %s to %s): got %q, want %q", c.address, c.from, c.to, got, c.want)
		}
	}
}
