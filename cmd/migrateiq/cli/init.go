package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/lang"
)

const lockFile = "migrateiq.lock.hcl"

func (c *command) initialise() *cobra.Command {
	cmd := &cobra.Command{
		Use: "init", Short: "Prepare a folder: check it and record the sources' schemas", Args: noArguments,
		Long: `init checks the configuration of the folder and, where there is no migrateiq.lock.hcl yet, records the schemas of its
sources, so that validate can check columns and types without a connection. It may be run again; it changes nothing
that is there.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			if err := c.tell(notYet(cfg)); err != nil {
				return err
			}
			if err := c.lockOnce(cmd, cfg); err != nil {
				return err
			}
			c.ignored(cfg)
			fmt.Fprintln(c.Stdout, "\nReady. Next: `migrateiq plan` shows what would be done.")
			return nil
		},
	}
	c.configFlags(cmd)
	return cmd
}

func (c *command) lockOnce(cmd *cobra.Command, cfg *lang.Config) error {
	_, err := os.Stat(filepath.Join(c.folder(), lockFile))
	if err == nil {
		fmt.Fprintf(c.Stdout, "%s is there and stays as it is; `migrateiq lock` renews it.\n", lockFile)
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look for %s: %w", lockFile, err)
	}
	return c.writeLock(cmd, cfg)
}

// ignored says which files version control should leave alone: the state holds what one environment is at.
func (c *command) ignored(cfg *lang.Config) {
	state := cfg.Settings.StatePath
	rel, err := filepath.Rel(c.folder(), state)
	if err != nil || strings.HasPrefix(rel, "..") {
		return
	}
	text, _ := os.ReadFile(filepath.Join(c.folder(), ".gitignore")) // not there is as good as empty
	for line := range strings.SplitSeq(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" && strings.HasPrefix(filepath.ToSlash(rel), strings.Trim(line, "/*")) {
			return
		}
	}
	fmt.Fprintf(c.Stdout, "\nCommit %s and .migrateiq/schema. Keep the state out of version control, with these lines in .gitignore:\n  %s\n  %s.*\n",
		lockFile, filepath.ToSlash(rel), filepath.ToSlash(rel))
}
