package cli

import "github.com/spf13/cobra"

// Root is the tree of all commands with their flags, for the reference.
func Root(w World) *cobra.Command {
	c := &command{World: w}
	return c.root()
}
