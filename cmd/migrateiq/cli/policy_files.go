package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/policies"
	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

func (c *command) policyTest() *cobra.Command {
	coverage := false
	cmd := &cobra.Command{
		Use: "test DIR", Short: "Run the tests in a folder of rules", Args: oneArgument("DIR"),
		Long: `test runs the rules named test_... in the files *_test.rego of a folder. They can import the library of the packs,
data.migrateiq.lib, and may call what rules may call in a review. It exits 1 where a test fails.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := c.readRules(args[0])
			if err != nil {
				return err
			}
			library, err := packs.Bundle()
			if err != nil {
				return err
			}
			tests, covered, err := rego.Test(cmd.Context(), library, files)
			if err != nil {
				return err
			}
			failed := 0
			for _, t := range tests {
				if !t.Pass {
					failed++
					fmt.Fprintf(c.Stdout, "%s  %s:%d  %s: %s\n", c.style(c.Stdout).Failure("fail"), t.File, t.Line, t.Name, t.Why)
				}
			}
			if coverage {
				for _, f := range covered {
					fmt.Fprintf(c.Stdout, "%s  %.1f %%%s\n", f.File, f.Percent, notReached(f.Lines))
				}
			}
			fmt.Fprintf(c.Stdout, "%d of %d tests passed.\n", len(tests)-failed, len(tests))
			if failed > 0 || len(tests) == 0 {
				return &exit{code: exitError}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&coverage, "coverage", false, "say which lines of the rules no test came to")
	return cmd
}

func notReached(lines []int) string {
	if len(lines) == 0 {
		return ""
	}
	var text []string
	for _, n := range lines {
		text = append(text, fmt.Sprint(n))
	}
	return "; not reached: line " + strings.Join(text, ", ")
}

// readRules reads a folder of rules with their tests.
func (c *command) readRules(name string) (map[string][]byte, error) {
	out := map[string][]byte{}
	dir := c.path(name)
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".rego") && d.Name() != "data.json" {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		out[filepath.ToSlash(rel)], err = c.ReadFile(p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the folder of rules: %w", err)
	}
	return out, nil
}

func (c *command) policyBundle() *cobra.Command {
	return group("bundle", "Make, sign and verify bundles of rules", c.bundleBuild(), c.bundleSign(), c.bundleVerify())
}

func (c *command) bundleBuild() *cobra.Command {
	var out, version string
	cmd := &cobra.Command{
		Use: "build DIR", Short: "Make a bundle of a folder of rules", Args: oneArgument("DIR"),
		Long: `build writes the rules of a folder, without their tests, as a bundle of OPA. The same rules and version give the same
bytes. A configuration takes a bundle only with its signature and its digest in the lock.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if !strings.HasSuffix(out, ".tar.gz") {
				return errors.New("--out names the file to write, and it ends in .tar.gz")
			}
			files, err := c.readRules(args[0])
			if err != nil {
				return err
			}
			archive, err := rego.Build(version, files)
			if err != nil {
				return err
			}
			return c.writeFile(out, archive)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write the bundle into `FILE`, which ends in .tar.gz")
	cmd.Flags().StringVar(&version, "rules-version", "", "the `VERSION` of the rules, such as 1.2.0; the lock then takes none below it")
	return cmd
}

func (c *command) bundleSign() *cobra.Command {
	key := ""
	cmd := &cobra.Command{
		Use: "sign FILE", Short: "Sign a bundle", Args: oneArgument("FILE"),
		Long: `sign writes the signature of a bundle beside it, into the file of its name and .sig. The key is an ed25519 key in PEM:
openssl genpkey -algorithm ed25519 -out rules.key; openssl pkey -in rules.key -pubout -out rules.pub`,
		RunE: func(_ *cobra.Command, args []string) error {
			private, err := policies.ReadPrivate(policies.Read(c.ReadFile), c.path(key))
			if err != nil {
				return err
			}
			archive, err := c.ReadFile(c.path(args[0]))
			if err != nil {
				return fmt.Errorf("read the bundle: %w", err)
			}
			return c.writeFile(args[0]+policies.Suffix, policies.Sign(private, archive))
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "the `FILE` with the private key")
	return cmd
}

func (c *command) bundleVerify() *cobra.Command {
	key := ""
	cmd := &cobra.Command{
		Use: "verify FILE", Short: "Verify the signature of a bundle", Args: oneArgument("FILE"),
		Long: `verify holds a bundle against its signature. Where they do not agree it names the first file that is not as the bundle's own list has it.`,
		RunE: func(_ *cobra.Command, args []string) error {
			id, err := policies.Verify(policies.Read(c.ReadFile), c.path(key), c.path(args[0]))
			if err != nil {
				return fmt.Errorf("verify %s: %w", args[0], err)
			}
			fmt.Fprintf(c.Stdout, "%s is as %s signed it.\n", args[0], id)
			return nil
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "the `FILE` with the public key")
	return cmd
}

func (c *command) writeFile(name string, text []byte) error {
	if err := renameio.WriteFile(c.path(name), text, os.FileMode(0o644)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	fmt.Fprintf(c.Stdout, "Wrote %s.\n", name)
	return nil
}
