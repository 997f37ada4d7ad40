package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

func (c *command) policy() *cobra.Command {
	return group("policy", "Show, ask and test the rules that plans are held against", c.policyList(), c.policyExplain(), c.policyEval(), c.policyTest(),
		c.policyDocs(), c.policyBundle())
}

// controls are those of all packs.
func controls() ([]rego.Control, error) {
	library, err := packs.Bundle()
	if err != nil {
		return nil, err
	}
	return rego.Controls(library)
}

func (c *command) policyList() *cobra.Command {
	pack := ""
	cmd := &cobra.Command{
		Use: "list", Short: "List the controls of the packs", Args: noArguments,
		Long: `list prints every control with its pack, level, the place in the law or standard, and how far that was checked: V, the
text was read; S, from a secondary source; U, not verified; own, a rule of this program.`,
		RunE: func(*cobra.Command, []string) error {
			all, err := controls()
			if err != nil {
				return err
			}
			shown := []rego.Control{}
			for _, one := range all {
				if pack == "" || one.Framework == pack {
					shown = append(shown, one)
				}
			}
			if len(shown) == 0 {
				return fmt.Errorf("there is no pack %q.%s The packs are %s", pack, diag.Suggest(pack, packs.Names()), strings.Join(packs.Names(), ", "))
			}
			if c.json {
				return view.JSON(c.Stdout, map[string]any{"format": 1, "controls": view.ControlRecords(shown)})
			}
			return view.Controls(c.Stdout, c.style(c.Stdout), shown)
		},
	}
	cmd.Flags().StringVar(&pack, "pack", "", "only those of the pack `NAME`")
	c.jsonFlag(cmd, "print the controls as JSON")
	return cmd
}

func (c *command) policyExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use: "explain CONTROL", Short: "Say what a control asks for", Args: oneArgument("CONTROL"),
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := controls()
			if err != nil {
				return err
			}
			var found []rego.Control
			var names []string
			for _, one := range all {
				names = append(names, one.Name())
				if strings.EqualFold(one.ID, args[0]) || strings.EqualFold(one.Name(), args[0]) {
					found = append(found, one)
				}
			}
			if found == nil {
				return fmt.Errorf("no pack has a control %q.%s `migrateiq policy list` lists them", args[0], diag.Suggest(strings.ToUpper(args[0]), names))
			}
			if c.json {
				return view.JSON(c.Stdout, map[string]any{"format": 1, "controls": view.ControlRecords(found)})
			}
			return view.Explained(c.Stdout, c.style(c.Stdout), found)
		},
	}
	c.jsonFlag(cmd, "print the control as JSON")
	return cmd
}

func (c *command) policyEval() *cobra.Command {
	cmd := &cobra.Command{
		Use: "eval PLAN.json", Short: "Ask the rules of this folder about a document that plan --json printed", Args: oneArgument("PLAN.json"),
		Long: `eval asks the rules of the configuration in this folder about the policy_input of a document. It reaches no system. It
exits 4 where they deny the plan, and 5 where only an approval is missing. Nothing can be applied by it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := c.readInput(args[0])
			if err != nil {
				return err
			}
			cfg, err := c.load()
			if err != nil {
				return err
			}
			if err := c.rules(cmd.Context(), cfg); err != nil {
				return err
			}
			return c.evaluate(cmd.Context(), in)
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the verdicts as JSON")
	return cmd
}

// readInput reads the document of plan --json strictly: a member that is not known would be left out of the judgement.
func (c *command) readInput(name string) (policy.Input, error) {
	var in policy.Input
	raw, err := c.ReadFile(c.path(name))
	if err != nil {
		return in, fmt.Errorf("read the document: %w", err)
	}
	var doc view.Document
	// behind the document of a denied plan stands what the command ended with
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&doc); err != nil || doc.PolicyInput == nil {
		return in, fmt.Errorf("%s is no document of `migrateiq plan --json`", name)
	}
	d := json.NewDecoder(bytes.NewReader(doc.PolicyInput))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return in, fmt.Errorf("read the policy_input of %s: %w", name, err)
	}
	return in, nil
}

func (c *command) evaluate(ctx context.Context, in policy.Input) error {
	_, verdicts, err := policy.Review(ctx, c.Rules, in)
	if err != nil {
		return err
	}
	if c.json {
		err = view.JSON(c.Stdout, map[string]any{"format": 1, "verdicts": verdicts})
	} else {
		err = view.Policy(c.Stdout, c.style(c.Stdout), verdicts)
	}
	if err != nil || !verdicts.Denied() {
		return err
	}
	lacks, err := policy.LacksApproval(ctx, c.Rules, in)
	switch {
	case err != nil:
		return err
	case lacks:
		return &exit{code: exitApproval, err: errors.New("the policies ask for an approval that this plan does not have")}
	}
	return &exit{code: exitDenied, err: errors.New("the policies deny this plan")}
}

func (c *command) policyDocs() *cobra.Command {
	return &cobra.Command{
		Use: "docs", Short: "Print the reference of the packs as Markdown", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			library, err := packs.Bundle()
			if err != nil {
				return err
			}
			text, err := rego.Reference(library)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(c.Stdout, text)
			return err
		},
	}
}
