package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// consoleFlags are what console was asked for.
type consoleFlags struct {
	mapping, row string
	number       int
}

func (c *command) console() *cobra.Command {
	var flags consoleFlags
	cmd := &cobra.Command{
		Use: "console", Short: "Try expressions out", Args: noArguments,
		Long: `console reads expressions, one a line, and prints their values. It changes nothing.

Without flags a line is HCL, as in the configuration: var.env, upper(local.name). A line that begins with cel is CEL.
With --mapping a line is CEL over one row of the mapping's source: src.NAME, param.x, lookup.sex[src.SEX]. The row is the
first one that the source gives, the one --row-number says, or the JSON object of --row. Values of classified columns,
and what is made of them, are not shown.

:type EXPRESSION shows the type and whether the value may be null, :help lists the other commands. What is typed in by
another program is read to its end; the exit code is 1 where a line had an error.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.check(cmd.Flags().Changed("row-number")); err != nil {
				return err
			}
			cfg, err := c.load()
			if err != nil {
				return err
			}
			t, err := c.trial(cmd.Context(), cfg, flags)
			if err != nil {
				return err
			}
			return t.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&flags.mapping, "mapping", "", "read CEL over rows of the mapping `ADDRESS`")
	cmd.Flags().StringVar(&flags.row, "row", "", "take the row from a `JSON` object with a member for each column that is read")
	cmd.Flags().IntVar(&flags.number, "row-number", 1, "take the row number `N` of the source, as it gives them")
	c.configFlags(cmd)
	return cmd
}

func (f consoleFlags) check(numbered bool) error {
	switch {
	case f.mapping == "" && f.row != "":
		return errors.New("--row is a row of a mapping's source: say which with --mapping")
	case f.mapping == "" && numbered:
		return errors.New("--row-number is a row of a mapping's source: say which with --mapping")
	case f.row != "" && numbered:
		return errors.New("--row gives the row itself, and --row-number takes one of the source: leave one of the two out")
	case f.number < 1:
		return errors.New("--row-number counts from 1")
	}
	return nil
}

// trial is one console at work.
type trial struct {
	c      *command
	bench  *engine.Bench
	rows   bool // lines are CEL over a row
	line   int
	failed bool
}

func (c *command) trial(ctx context.Context, cfg *lang.Config, flags consoleFlags) (*trial, error) {
	bench, found := c.engine(nil).Bench(ctx, cfg, flags.mapping, flags.row == "")
	if err := c.tell(found); err != nil {
		return nil, err
	}
	if flags.row != "" {
		if err := bench.Given([]byte(flags.row)); err != nil {
			return nil, fmt.Errorf("--row: %w", err)
		}
	} else if flags.mapping != "" {
		bench.Number(flags.number)
	}
	return &trial{c: c, bench: bench, rows: flags.mapping != ""}, nil
}

// run reads lines until they end.
func (t *trial) run(ctx context.Context) error {
	talk := false
	if t.c.Terminal != nil {
		_, talk = t.c.Terminal(t.c.Stdin)
	}
	if talk {
		fmt.Fprintln(t.c.Stdout, "Type an expression, :help for more, or exit to end.")
	}
	in := bufio.NewScanner(t.c.Stdin)
	in.Buffer(nil, 1<<20)
	for t.prompt(talk); in.Scan(); t.prompt(talk) {
		t.line++
		text := strings.TrimSpace(in.Text())
		if text == "exit" || text == "quit" || text == ":quit" {
			break
		}
		if err := t.one(ctx, in.Text()); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("read the input: %w", err)
	}
	if t.failed && !talk {
		return &exit{code: exitError}
	}
	return nil
}

func (t *trial) prompt(talk bool) {
	if talk {
		fmt.Fprint(t.c.Stdout, "> ")
	}
}

// phrase is an expression and where it stands in its line, counted in characters.
type phrase struct {
	text   string
	offset int
	cel    bool
	typed  bool // only its type is asked for
	line   string
}

func (t *trial) one(ctx context.Context, line string) error {
	p := phrase{text: line, cel: t.rows, line: line}
	p.trim()
	if p.text == "" || strings.HasPrefix(p.text, "#") {
		return nil
	}
	word, rest, _ := strings.Cut(p.text, " ")
	if strings.HasPrefix(word, ":") {
		if word != ":type" || strings.TrimSpace(rest) == "" {
			return t.special(ctx, word, strings.TrimSpace(rest))
		}
		p.skip(word)
		p.typed = true
		word, rest, _ = strings.Cut(p.text, " ")
	}
	if (word == "cel" || word == "hcl") && strings.TrimSpace(rest) != "" {
		p.cel = word == "cel"
		p.skip(word)
	}
	if p.cel {
		return t.row(ctx, p)
	}
	return t.folder(p)
}

func (p *phrase) trim() {
	p.offset += len([]rune(p.text)) - len([]rune(strings.TrimLeft(p.text, " \t")))
	p.text = strings.TrimSpace(p.text)
}

func (p *phrase) skip(word string) {
	p.offset += len([]rune(word))
	p.text = p.text[len(word):]
	p.trim()
}

const consoleHelp = `EXPRESSION         its value: HCL, or with --mapping CEL over a row
cel EXPRESSION     the value of an expression of CEL
hcl EXPRESSION     the value of an expression of HCL
:type EXPRESSION   its type, and for CEL whether it may be null
:row               the row that CEL sees
:row N             take the row number N of the source
exit               end
`

// special carries out a line that begins with a colon.
func (t *trial) special(ctx context.Context, word, rest string) error {
	switch {
	case word == ":help":
		_, err := fmt.Fprint(t.c.Stdout, consoleHelp)
		return err
	case word == ":type":
		return t.wrong("Nothing to look at", ":type wants an expression behind it.")
	case word != ":row":
		return t.wrong("Unknown command", fmt.Sprintf("There is no %s.%s :help lists what there is.", word, diag.Suggest(word, []string{":help", ":type", ":row", ":quit"})))
	case !t.rows:
		return t.wrong("No row", "There is no row here: start the console with --mapping ADDRESS.")
	case rest != "":
		n, err := strconv.Atoi(rest)
		if err != nil || n < 1 {
			return t.wrong("No row", "Rows are counted from 1: write :row 2.")
		}
		t.bench.Number(n)
	}
	return t.showRow(ctx)
}

func (t *trial) showRow(ctx context.Context) error {
	texts, has, err := t.bench.Row(ctx)
	if err != nil {
		return t.wrong("No row", whole(err))
	}
	for i, c := range t.bench.Columns() {
		value := "(not given)"
		switch {
		case has[i] && t.bench.Classified(c.Name):
			value = "(classified)"
		case has[i] && texts[i] == nil:
			value = "null"
		case has[i]:
			value = shown(c.Type, *texts[i])
		case c.Type.Kind == schema.Unknown:
			value = "(its type is not known to this version)"
		}
		fmt.Fprintf(t.c.Stdout, "%s = %s\n", c.Name, value)
	}
	return nil
}

// folder evaluates HCL.
func (t *trial) folder(p phrase) error {
	options := lang.Options{Version: t.c.Version, Env: t.c.variables(), Vars: slices.Clone(t.c.vars)}
	v, found := lang.Evaluate(t.c.folder(), t.c.Providers, options, p.text)
	for i := range found {
		if at := found[i].Subject; at != nil {
			at.Start.Column += p.offset
			at.End.Column += p.offset
		}
	}
	if len(found) > 0 {
		if err := t.tell(p, found); err != nil || found.HasErrors() {
			return err
		}
	}
	switch {
	case v.Sensitive:
		fmt.Fprintln(t.c.Stdout, "(sensitive value)")
	case p.typed:
		fmt.Fprintln(t.c.Stdout, kindOf(v.JSON))
	default:
		fmt.Fprintln(t.c.Stdout, laidOut(v.JSON))
	}
	return nil
}

// kindOf is what a value of JSON is in HCL.
func kindOf(text string) string {
	switch text[0] {
	case '"':
		return "string"
	case '[':
		return "list"
	case '{':
		return "object"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}

// laidOut is JSON for people.
func laidOut(text string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		return text
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(b.String())
}

// row evaluates CEL.
func (t *trial) row(ctx context.Context, p phrase) error {
	s := expr.Scope{Columns: t.bench.Columns(), Keys: t.bench.Keys(), Place: t.bench.Place()}
	for _, m := range t.bench.Params() {
		s.Params = append(s.Params, expr.Param{Name: m.Name, Type: m.Type})
	}
	code := schema.Type{Kind: schema.String}
	for _, l := range t.bench.Lookups() {
		s.Lookups = append(s.Lookups, expr.Lookup{Name: l.Name, Key: code, Value: code, Null: l.Default == "null"})
	}
	at := diag.Range{Start: diag.Pos{Line: 1, Column: p.offset + 1}}
	at.End = diag.Pos{Line: 2, Column: p.offset + 1} // as a heredoc: no character is escaped
	e, found := expr.Check(p.text, at, s)
	if len(found) > 0 {
		if err := t.tell(p, found); err != nil || found.HasErrors() {
			return err
		}
	}
	if p.typed {
		null := "never null"
		if e.MayBeNull() {
			null = "may be null"
		}
		_, err := fmt.Fprintf(t.c.Stdout, "%s, %s\n", e.Type(), null)
		return err
	}
	value, ok, err := t.bench.Run(ctx, p.text, e.Type(), e.Columns(), e.Lookups(), e.Keys())
	if err != nil {
		return t.wrong("No value", whole(err))
	}
	switch {
	case slices.ContainsFunc(e.Columns(), t.bench.Classified):
		value = "(classified)"
	case !ok:
		value = "null"
	default:
		value = shown(e.Type(), value)
	}
	_, err = fmt.Fprintln(t.c.Stdout, value)
	return err
}

// shown puts texts in quotes, so that "null" and null differ.
func shown(t schema.Type, text string) string {
	switch t.Kind {
	case schema.String, schema.Enum, schema.Native, schema.Bytes, schema.UUID:
		return strconv.Quote(text)
	}
	return text
}

// whole is an error as a sentence.
func whole(err error) string { return sentence(capital(err.Error())) }

// wrong tells what a line asked for in vain.
func (t *trial) wrong(summary, detail string) error {
	return t.tell(phrase{}, diag.List{{Code: "evaluation", Summary: summary, Detail: detail}})
}

// tell prints findings about the line at hand, which goes on with the next one.
func (t *trial) tell(p phrase, found diag.List) error {
	t.failed = t.failed || found.HasErrors()
	found = slices.Clone(found)
	for i := range found {
		if found[i].Subject == nil {
			continue
		}
		at := *found[i].Subject
		at.File, at.Start.Line, at.End.Line = "input", t.line, t.line
		found[i].Subject = &at
	}
	read := func(string) []byte { return []byte(strings.Repeat("\n", t.line-1) + p.line) }
	return view.Diagnostics(t.c.Stderr, t.c.style(t.c.Stderr), read, found)
}
