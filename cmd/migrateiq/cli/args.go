package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// normalise lets one dash do for two before a long flag, as in `-chdir=x plan -out=p`, and ties every value to its flag,
// so that a value that begins with a dash, or looks like a command, stays a value. What stands behind -- is left alone.
func normalise(root *cobra.Command, args []string) []string {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return args
	}
	flags := longFlags(root)
	var out []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...)
		}
		name, ok := longName(arg)
		if !ok {
			out = append(out, arg)
			continue
		}
		arg = "--" + name
		bare, _, valued := strings.Cut(name, "=")
		if takes, known := flags[bare]; known && takes && !valued && i+1 < len(args) {
			i++
			arg += "=" + args[i]
		}
		out = append(out, arg)
	}
	return out
}

// longName gives what stands behind the dashes of a long flag; a single letter is a short one.
func longName(arg string) (string, bool) {
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		return name, name != ""
	}
	name, ok := strings.CutPrefix(arg, "-")
	bare, _, _ := strings.Cut(name, "=")
	return name, ok && len(bare) > 1
}

// longFlags says for every long flag of every command whether it takes a value. A name means the same everywhere.
func longFlags(root *cobra.Command) map[string]bool {
	have := map[string]bool{"help": false, "version": false}
	add := func(f *pflag.Flag) { have[f.Name] = f.NoOptDefVal == "" }
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.PersistentFlags().VisitAll(add)
		c.LocalNonPersistentFlags().VisitAll(add)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	return have
}
