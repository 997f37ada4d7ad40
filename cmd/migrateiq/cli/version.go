package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
)

// versionDocument is what version --json prints.
type versionDocument struct {
	Version   string   `json:"version"`
	Platform  string   `json:"platform"`
	Go        string   `json:"go"`
	Providers []string `json:"providers"`
}

func (c *command) version() *cobra.Command {
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			doc := versionDocument{Version: c.Version, Platform: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Providers: c.Providers.Names()}
			if c.json {
				return view.JSON(c.Stdout, doc)
			}
			_, err := fmt.Fprintf(c.Stdout, "migrateiq %s\non %s, %s\n", doc.Version, doc.Platform, doc.Go)
			return err
		},
	}
	c.jsonFlag(cmd, "print as JSON")
	return cmd
}
