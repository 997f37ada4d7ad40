package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/policy/change"
)

// changeFlags adds what says which change a plan belongs to.
func (c *command) changeFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.changeFile, "change", "", "tell the policies of the change that is described in the JSON of `FILE`")
	cmd.Flags().StringVar(&c.approversFile, "approvers", "", "take approvals in the file of --change that are signed by keys in `FILE`, of the format of allowed_signers")
}

// readChange reads the change from the file and, for what that leaves out, from the variables of a build server.
func (c *command) readChange() error {
	var doc change.Document
	if c.changeFile != "" {
		raw, err := c.ReadFile(c.path(c.changeFile))
		if err != nil {
			return fmt.Errorf("read the change: %w", err)
		}
		var approvers []byte
		if c.approversFile != "" {
			if approvers, err = c.ReadFile(c.path(c.approversFile)); err != nil {
				return fmt.Errorf("read the approvers: %w", err)
			}
		}
		if doc, err = change.Read(raw, approvers, c.Now()); err != nil {
			return fmt.Errorf("%s: %w", c.changeFile, err)
		}
	} else if c.approversFile != "" {
		return fmt.Errorf("--approvers is for the approvals in a file that --change names")
	}
	for _, p := range doc.Problems {
		fmt.Fprintf(c.Stderr, "Warning: %s\n", p)
	}
	doc = doc.Or(change.FromServer(c.env))
	c.change = engine.Change{Change: doc.Change, Source: doc.Source, Baseline: doc.Baseline}
	return nil
}
