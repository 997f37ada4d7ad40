package cli

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestOneDashIsAsGoodAsTwo(t *testing.T) {
	root := (&command{}).root()
	for _, c := range []struct {
		name      string
		args, got []string
	}{
		{"a flag before the command", []string{"-chdir=x", "plan"}, []string{"--chdir=x", "plan"}},
		{"a value that stands apart", []string{"plan", "-out", "p"}, []string{"plan", "--out=p"}},
		{"a value that looks like a command", []string{"-chdir", "apply", "plan"}, []string{"--chdir=apply", "plan"}},
		{"a value that begins with a dash", []string{"plan", "-var", "-x=-1"}, []string{"plan", "--var=-x=-1"}},
		{"a value that is the end marker", []string{"show", "--var", "--", "f"}, []string{"show", "--var=--", "f"}},
		{"a flag without a value takes no argument", []string{"apply", "-auto-approve", "p"}, []string{"apply", "--auto-approve", "p"}},
		{"a flag that is false", []string{"plan", "-refresh=false"}, []string{"plan", "--refresh=false"}},
		{"what stands behind the end marker", []string{"show", "--", "-plan"}, []string{"show", "--", "-plan"}},
		{"a short flag", []string{"-h"}, []string{"-h"}},
		{"the input", []string{"fmt", "-"}, []string{"fmt", "-"}},
		{"a flag that does not exist", []string{"plan", "-jsn"}, []string{"plan", "--jsn"}},
		{"a value that is missing", []string{"plan", "-out"}, []string{"plan", "--out"}},
		{"the shell's question", []string{"__complete", "plan", "-o"}, []string{"__complete", "plan", "-o"}},
	} {
		if got := normalise(root, c.args); !slices.Equal(got, c.got) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.got)
		}
	}
}

func TestAFlagTakesAValueInEveryCommandOrInNone(t *testing.T) {
	takes := map[string]bool{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			value := f.NoOptDefVal == ""
			if before, seen := takes[f.Name]; seen && before != value {
				t.Errorf("--%s of %s: takes a value %v, elsewhere %v", f.Name, c.CommandPath(), value, before)
			}
			takes[f.Name] = value
		})
		for _, s := range c.Commands() {
			walk(s)
		}
	}
	walk((&command{}).root())
}
