package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/state"
)

func (c *command) output() *cobra.Command {
	var raw bool
	cmd := &cobra.Command{
		Use: "output [NAME]", Short: "Print the outputs of the last apply", Args: maybeOne("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := c.snapshot(cmd)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				if raw {
					return errors.New("--raw prints one output: name it")
				}
				return c.allOutputs(s.Outputs)
			}
			o, ok := s.Outputs[args[0]]
			if !ok {
				return fmt.Errorf("the last apply gave no output %q.%s", args[0], diag.Suggest(args[0], slices.Collect(maps.Keys(s.Outputs))))
			}
			return c.oneOutput(args[0], o, raw)
		},
	}
	cmd.Flags().BoolVar(&raw, "raw", false, "print a string or number as it is, without quotes and line end")
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print as JSON")
	return cmd
}

func (c *command) allOutputs(have map[string]state.Output) error {
	if c.json {
		if have == nil {
			have = map[string]state.Output{}
		}
		return view.JSON(c.Stdout, have)
	}
	if len(have) == 0 {
		fmt.Fprintln(c.Stdout, "There are no outputs: the configuration has none, or nothing was applied yet.")
		return nil
	}
	var all []engine.OutputValue
	for _, name := range slices.Sorted(maps.Keys(have)) {
		all = append(all, engine.OutputValue{Name: name, Value: have[name].Value, Sensitive: have[name].Sensitive})
	}
	return view.Outputs(c.Stdout, all)
}

// oneOutput prints a value, a sensitive one as well: it was asked for by name.
func (c *command) oneOutput(name string, o state.Output, raw bool) error {
	if !raw {
		_, err := fmt.Fprintf(c.Stdout, "%s\n", o.Value)
		return err
	}
	var v any
	if err := json.Unmarshal(o.Value, &v); err != nil {
		return fmt.Errorf("read output %s: %w", name, err)
	}
	switch v := v.(type) {
	case string:
		_, err := fmt.Fprint(c.Stdout, v)
		return err
	case bool, float64:
		_, err := fmt.Fprintf(c.Stdout, "%s", o.Value)
		return err
	}
	return fmt.Errorf("output %s is neither a string, a number nor a bool; print it with --json", name)
}
