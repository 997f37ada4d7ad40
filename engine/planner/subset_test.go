package planner_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/lang"
)

const music = `
source Artist ArtistId int64 key, Name string(120)?
source Album AlbumId int64 key, Title string(160), ArtistId int64 -> Artist:ArtistId
source Track TrackId int64 key, Name string(200)
mapping artist Artist artist
mapping album Album album
mapping module.x.mapping.track Track track
glob all A* copy
depends module.x.mapping.track mapping.album
`

func TestAPlanIsAboutTheMappingsThatAreAskedForAndWhatTheyNeed(t *testing.T) {
	const key = "mapping.album needs it (foreign key to artist)."
	for name, c := range map[string]struct {
		target, exclude, replace []string
		applied                  string
		want, notes              string
		failed                   string
	}{
		"everything where nothing is asked":         {want: `mapping.album mapping.all["Album"] mapping.all["Artist"] mapping.artist module.x.mapping.track`},
		"one that needs nothing":                    {target: []string{"mapping.artist"}, want: "mapping.artist"},
		"what a foreign key points to comes along":  {target: []string{"mapping.album"}, want: "mapping.album mapping.artist", notes: "mapping.artist is planned too: " + key},
		"what depends_on names comes along":         {target: []string{"module.x"}, want: "mapping.album mapping.artist module.x.mapping.track", notes: "mapping.album is planned too: module.x.mapping.track needs it (depends_on). mapping.artist is planned too: " + key},
		"a star stands for any text":                {target: []string{"mapping.ar*"}, want: "mapping.artist"},
		"a pattern matches the block of many":       {target: []string{"mapping.a?l"}, want: `mapping.all["Album"] mapping.all["Artist"] mapping.artist`, notes: `mapping.artist is planned too: mapping.all["Album"] needs it (foreign key to artist).`},
		"a block means all of its instances":        {target: []string{"mapping.all"}, want: `mapping.all["Album"] mapping.all["Artist"] mapping.artist`, notes: `mapping.artist is planned too: mapping.all["Album"] needs it (foreign key to artist).`},
		"an instance brings what it needs":          {target: []string{`mapping.all["Album"]`}, want: `mapping.all["Album"] mapping.artist`, notes: `mapping.artist is planned too: mapping.all["Album"] needs it (foreign key to artist).`},
		"brackets of a pattern mean themselves":     {target: []string{`mapping.*["Artist"]`}, want: `mapping.all["Artist"]`},
		"a tag":                                     {target: []string{"tag:people"}, want: "mapping.artist"},
		"all but some":                              {exclude: []string{"module.x.*", "mapping.all"}, want: "mapping.album mapping.artist"},
		"some but one of them":                      {target: []string{"mapping.a*"}, exclude: []string{"mapping.al*"}, want: "mapping.artist"},
		"what is needed was loaded before":          {exclude: []string{"mapping.artist", "mapping.all", "module.x"}, applied: "mapping.artist rows=3\n", want: "mapping.album", notes: "mapping.artist is left out, and " + key[:len(key)-1] + ": its rows stand as the last run left them."},
		"what is needed was never loaded":           {exclude: []string{"mapping.artist"}, failed: "left-out: mapping.album needs mapping.artist (foreign key to artist), which --exclude leaves out and no run has loaded. Leave out both, or none of the two."},
		"an address that there is not":              {target: []string{"mapping.artst"}, failed: `unknown-mapping: --target names mapping.artst, and the configuration has no mapping of that address. Did you mean "mapping.artist"?`},
		"a tag that nobody has":                     {exclude: []string{"tag:none"}, failed: "unknown-mapping: --exclude names tag:none, and the configuration has no mapping with that tag."},
		"what is built anew has to be in the plan":  {target: []string{"mapping.artist"}, replace: []string{"mapping.album"}, failed: "left-out: --replace names mapping.album, and --target leaves it out. Name it with --target too, or take it out of --exclude."},
		"a pattern is no part of an address":        {target: []string{"artist"}, failed: "unknown-mapping: --target names artist, and the configuration has no mapping of that address."},
		"what matches nothing but the state is one": {exclude: []string{"mapping.artist*", "mapping.a*", "module.x"}, want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, diags := facts(t, music, "", c.applied)
			if diags.HasErrors() {
				t.Fatal(diags.Err())
			}
			for _, m := range f.Mappings {
				if m.Address == "mapping.artist" {
					m.Config.Tags = []string{"people"}
				}
			}
			chosen, subset, diags := planner.Choose(f.Mappings, f.Config.Moved, f.State, planner.Wish{Target: c.target, Exclude: c.exclude, Replace: c.replace})
			if c.failed != "" {
				if len(diags) == 0 || diags[0].Code+": "+diags[0].Detail != c.failed {
					t.Errorf("findings: got %v, want %s", diags, c.failed)
				}
				return
			}
			var got []string
			for _, m := range chosen {
				got = append(got, m.Address)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" || diags.HasErrors() {
				t.Errorf("chosen (-want +got), with %v:\n%s", diags, diff)
			}
			if subset == nil {
				return
			}
			if diff := cmp.Diff(c.notes, strings.Join(subset.Notes, " ")); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			if len(subset.Left)+len(got) != len(f.Mappings) {
				t.Errorf("left out: got %v beside %v, want the others of %d", subset.Left, got, len(f.Mappings))
			}
		})
	}
}

// What is left out is no error where it vanished, and stays in the state; what is asked for is one as ever.
func TestAVanishedMappingThatIsLeftOutStays(t *testing.T) {
	const now, before = "source Album AlbumId int64 key, Title string(160)\nmapping album Album album\n", "source Album AlbumId int64 key, Title string(160)\nsource Track TrackId int64 key\nmapping album Album album\nmapping track Track track\nmapping old Album old\n"
	build := func(target, exclude []string, moved ...lang.Moved) (string, []string) {
		f, _ := facts(t, now, before, "mapping.track rows=5\nmapping.old rows=1\n")
		f.Config.Moved = moved
		chosen, subset, diags := planner.Choose(f.Mappings, f.Config.Moved, f.State, planner.Wish{Target: target, Exclude: exclude})
		if diags.HasErrors() {
			t.Fatal(diags.Err())
		}
		f.Mappings, f.Inputs.Subset, f.Refresh = chosen, subset, false
		have, _ := answers(t, f, "")
		p, diags := planner.Build(f, have)
		if p == nil {
			return found(diags), nil
		}
		return "", p.Inputs.Subset.Left
	}
	if text, left := build([]string{"mapping.album"}, nil); text != "" || !slices.Equal(left, []string{"mapping.old", "mapping.track"}) {
		t.Errorf("another one is asked for: got %q and %v, want a plan without the two", text, left)
	}
	if text, _ := build(nil, []string{"mapping.old"}); !strings.Contains(text, "error mapping-vanished of mapping.track") || strings.Contains(text, "of mapping.old") {
		t.Errorf("one of two is left out: got %q, want an error about mapping.track alone", text)
	}
	if text, _ := build([]string{"mapping.album", "mapping.track"}, nil); !strings.Contains(text, "error mapping-vanished of mapping.track") {
		t.Errorf("it is asked for: got %q, want mapping-vanished", text)
	}
	if text, left := build(nil, []string{"mapping.album", "mapping.old"}, lang.Moved{From: "mapping.track", To: "mapping.album"}); text != "" || !slices.Equal(left, []string{"mapping.album", "mapping.old"}) {
		t.Errorf("its new name is left out: got %q and %v, want a plan without it", text, left)
	}
}
