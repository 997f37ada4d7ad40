package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/cli"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

// The pages that are generated have to be what is generated: go test ./cmd/migrateiq -run Reference -update writes them.
func TestReferencePagesAreWhatTheProgramSays(t *testing.T) {
	schema, err := policy.Schema()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"policy-input.schema.json": string(schema), "blocks.md": blocksPage(), "commands.md": commandsPage(), "reasons.md": reasonsPage(), "providers.md": providersPage(t),
	} {
		path := filepath.Join(repository, "docs", "reference", name)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if string(have) != text {
			t.Errorf("docs/reference/%s differs from line %d on; write it with go test ./cmd/migrateiq -run Reference -update and read the difference",
				name, firstDifference(string(have), text))
		}
	}
}

func firstDifference(a, b string) int {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return i + 1
		}
	}
	return min(len(x), len(y)) + 1
}

func TestReferenceIndexNamesEveryPage(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(repository, "docs", "reference", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(repository, "docs", "reference"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "README.md" && !strings.Contains(string(index), "("+e.Name()+")") {
			t.Errorf("docs/reference/README.md has no link to %s", e.Name())
		}
	}
}

// table writes a Markdown table.
func table(out *strings.Builder, rows ...[]string) {
	for i, row := range rows {
		for _, cell := range row {
			out.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
		}
		out.WriteString("|\n")
		if i == 0 {
			out.WriteString(strings.Repeat("| --- ", len(row)) + "|\n")
		}
	}
}

// sentence gives a text a capital and a point.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	if s[0] >= 'a' && s[0] <= 'z' {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	return strings.TrimSuffix(s, ".") + "."
}

// wrapped breaks a text at 120 columns.
func wrapped(text string) string {
	var out strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
		case column+1+len(word) > 120:
			out.WriteByte('\n')
			column = 0
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += len(word)
	}
	return out.String()
}

func blocksPage() string {
	var out strings.Builder
	out.WriteString(`# Blocks

Every block of the files ` + "`*.miq.hcl`" + `, with every name that may stand in it. This page is written by a test
from the same tables that the program checks files by. How it all fits together is told in [the language](language.md).

The scope says what an attribute may see.

` + "- HCL, static: variables, static local values, `path` and functions" + `
` + "- HCL: those, `each`, sources, targets, modules and `secret()`" + `
` + "- HCL, after apply: those, and what mappings did" + `
` + "- CEL, a row: `src`, `join`, `param`, `lookup` and [functions](functions.md)" + `
` + "- CEL, a value: `out`, the value, and `src`" + `
` + "- CEL, a table: `agg` over `out`, `run` and `src`" + `

CEL is written as a literal text.

Names marked **not in this version** are read and checked; ` + "`validate`" + ` warns of them, and ` + "`plan`" + ` stops.

The examples go with these systems, where they have none of their own:

` + "```hcl file=systems.miq.hcl\n" + exampleFrame() + "```\n")
	for _, b := range lang.Reference() {
		blockEntry(&out, b)
	}
	return out.String()
}

func blockEntry(out *strings.Builder, b lang.Description) {
	title := strings.ReplaceAll(b.Path, ".", " > ")
	if title == "" {
		title = "The top of a file"
	}
	fmt.Fprintf(out, "\n## %s\n\n%s\n", title, wrapped(b.Doc))
	if len(b.Labels) > 0 {
		fmt.Fprintf(out, "\nLabels: %s.", strings.Join(b.Labels, ", then "))
	}
	if b.Once {
		out.WriteString("\nIt stands once.")
	}
	if len(b.Labels) > 0 || b.Once {
		out.WriteByte('\n')
	}
	if b.Open != "" {
		fmt.Fprintf(out, "\n%s\n", b.Open)
	}
	attributes, blocks := [][]string{{"attribute", "type", "left out", "scope", "meaning"}}, [][]string{{"block", "meaning"}}
	for _, n := range b.Names {
		meaning := sentence(n.Doc)
		if n.Later {
			meaning += " **Not in this version.** " + n.Remedy
		}
		if n.IsBlock {
			blocks = append(blocks, []string{"`" + n.Name + "`", meaning})
		} else {
			attributes = append(attributes, []string{"`" + n.Name + "`", n.Type, n.Default, string(n.Scope), meaning})
		}
	}
	for _, rows := range [][][]string{attributes, blocks} {
		if len(rows) > 1 {
			out.WriteByte('\n')
			table(out, rows...)
		}
	}
	if b.Example != "" {
		words := ""
		if strings.Contains(b.Example, ownFrame) {
			words = " whole"
		}
		if b.Path == "migrateiq.policy" {
			words = " later"
		}
		fmt.Fprintf(out, "\n```hcl%s\n%s\n```\n", words, b.Example)
	}
}

// ownFrame is in the examples that declare the systems themselves.
const ownFrame = `source "sqlite" "shop"`

func exampleFrame() string {
	return ownFrame + " {\n  path = \"shop.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\nlookup \"opted_out\" { values = { \"1\" = \"yes\" } }\n"
}

func commandsPage() string {
	root := cli.Root(cli.World{Version: release})
	var out strings.Builder
	out.WriteString(`# Commands

Every command of the program and every flag, written by a test from the commands themselves. Long flags work with one
dash as well as with two. All commands end with one of the [exit codes](exit-codes.md).

` + "`migrateiq completion SHELL`" + ` prints a script that completes commands and flags in bash, zsh, fish and
PowerShell, and ` + "`--help`" + ` behind a command prints what it takes.

## Flags of all commands

`)
	flagTable(&out, root.PersistentFlags())
	walkCommands(root, func(c *cobra.Command) {
		fmt.Fprintf(&out, "\n## %s\n\n```text\n%s\n```\n\n%s\n", c.CommandPath(), c.UseLine(), proper(c))
		if own := c.LocalNonPersistentFlags(); own.HasAvailableFlags() {
			out.WriteByte('\n')
			flagTable(&out, own)
		}
		fmt.Fprintf(&out, "\nExit codes: %s.\n", exitsOf(c.CommandPath()))
	})
	return out.String()
}

// proper is what a command says of itself.
func proper(c *cobra.Command) string {
	if c.Long == "" {
		return wrapped(sentence(c.Short))
	}
	var out strings.Builder
	out.WriteString(wrapped(sentence(c.Short)) + "\n\n")
	inCode := false
	for line := range strings.SplitSeq(strings.TrimRight(c.Long, "\n"), "\n") {
		switch code := strings.HasPrefix(line, "  "); {
		case code && !inCode:
			out.WriteString("\n```text\n")
			inCode = true
		case !code && inCode:
			out.WriteString("```\n")
			if line != "" {
				out.WriteByte('\n')
			}
			inCode = false
		}
		out.WriteString(strings.TrimPrefix(line, "  ") + "\n")
	}
	if inCode {
		out.WriteString("```\n")
	}
	return strings.TrimRight(strings.ReplaceAll(out.String(), "\n\n\n", "\n\n"), "\n")
}

func walkCommands(c *cobra.Command, f func(*cobra.Command)) {
	for _, s := range c.Commands() {
		if !s.IsAvailableCommand() || s.Name() == "completion" || s.Name() == "help" {
			continue
		}
		if s.HasAvailableSubCommands() {
			walkCommands(s, f)
			continue
		}
		f(s)
	}
}

func flagTable(out *strings.Builder, set *pflag.FlagSet) {
	rows := [][]string{{"flag", "takes", "left out", "meaning"}}
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		takes, usage := pflag.UnquoteUsage(f)
		standard := f.DefValue
		if standard == "[]" || standard == "false" || standard == "" || standard == "0" || standard == "0s" {
			standard = ""
		} else {
			standard = "`" + standard + "`"
		}
		rows = append(rows, []string{"`--" + f.Name + "`", takes, standard, sentence(usage)})
	})
	table(out, rows...)
}

// exitsOf are the codes that a command may end with, beside 0 and 1, which each may.
func exitsOf(path string) string {
	more := map[string]string{
		"migrateiq plan": "2 with `--detailed-exitcode`, 4, 10, 130", "migrateiq apply": "4, 6, 7, 8, 10, 130", "migrateiq verify": "9, 130",
		"migrateiq fmt": "3 with `--check`", "migrateiq lock": "130", "migrateiq check": "130", "migrateiq grants": "130", "migrateiq init": "130", "migrateiq inspect": "130",
		"migrateiq run abandon": "7, 130", "migrateiq state rm": "7", "migrateiq state recover": "7, 130",
	}[path]
	if more == "" {
		return "0, 1"
	}
	return "0, 1, " + more
}

// attributeTexts says what each attribute of a provider's connection means.
func attributeTexts() map[string]string {
	return map[string]string{
		"sqlite.path":          "the database file; as a target it is made when the first step runs",
		"sqlite.busy_timeout":  "milliseconds to wait for a lock that another program holds; left out, 5000",
		"csv.path":             "a folder of `*.csv` and `*.csv.gz` files, or one such file",
		"csv.delimiter":        "the character between fields; left out, a comma; `\\t` is a tab",
		"csv.quote":            "the character around fields that hold a delimiter; left out, `\"`; `none` for none",
		"csv.header":           "`first_row`, where the first line names the columns, or `none`; left out, `first_row`",
		"csv.null":             "the text of an unquoted field that means null; left out, an unquoted empty field is null",
		"csv.encoding":         "an IANA name such as `windows-1252`; left out, UTF-8; a byte order mark is found by itself",
		"csv.compress":         "of a target: `gzip` or `none`; left out, `none`",
		"csv.single_file":      "of a target: one file for each table in place of a folder of parts",
		"csv.line_ending":      "of a target: `lf` or `crlf`; left out, `lf`",
		"postgres.url":         "`postgres://user@host:port/database?name=value`, or the keywords of libpq, in place of the parts",
		"postgres.service":     "the name of a service, whose settings hold where the block says nothing",
		"postgres.servicefile": "the file of services; left out, `~/.pg_service.conf`",
		"postgres.host":        "a name, an address, or the folder of a Unix socket; several with commas are tried in order",
		"postgres.port":        "the port; left out, 5432",
		"postgres.database":    "which database of the server",
		"postgres.user":        "the role to log in as",
		"postgres.password":    "its password",
		"postgres.passfile":    "a file of passwords, for where none is given; left out, `~/.pgpass` if it is there; others may not be able to read it",
		"postgres.sslmode":     "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`; left out, `verify-full` unless the host is this machine",
		"postgres.sslrootcert": "a file of certificates to trust in place of the system's",
		"postgres.sslcert":     "the file of a client's certificate, with `sslkey`",
		"postgres.sslkey":      "the file of its key",
		"postgres.sslpassword": "the password of that file",

		"postgres.sslnegotiation":       "`postgres`, or `direct` for TLS from the first byte on; left out, `postgres`",
		"postgres.channel_binding":      "`disable`, `prefer` or `require`: ties the login to the encrypted connection; left out, `prefer`",
		"postgres.require_auth":         "ways to log in that are accepted, with commas, such as `scram-sha-256`; left out, all",
		"postgres.target_session_attrs": "which of several servers is taken: `any`, `read-write`, `read-only`, `primary`, `standby`, `prefer-standby`; left out, `any`",
		"postgres.connect_timeout":      "seconds to wait for a server to answer; left out, 20",
		"postgres.keepalives_idle":      "seconds of silence after which the connection is tried; left out, 30",
		"postgres.application_name":     "the name that the server shows beside the sessions; left out, `migrateiq`; a number follows it",
		"postgres.statement_timeout":    "how long a statement of plan may take, such as `5m`; left out, without end; reading and writing rows is never cut short",
		"postgres.lock_timeout":         "how long a statement that changes a table waits for its lock, such as `2m`, `0` for without end; left out, `30s`",
	}
}

func providersPage(t *testing.T) string {
	t.Helper()
	texts := attributeTexts()
	var out strings.Builder
	out.WriteString(`# Systems

The kinds of systems that a source or target can be, and what their blocks say about the connection. This page is
written by a test from the program's own structures.

A secret is written as a reference, ` + "`secret(\"env://NAME\")` or `secret(\"file://PATH\")`" + `; its value is in no plan,
state or message. Nothing is taken from the environment that the block does not name:
variables such as PGHOST, PGSERVICE and PGPASSWORD mean nothing here. What every source and target may
say beside these stands under [source](blocks.md#source).
`)
	for _, p := range []providers.Provider{csv.New(), postgres.New(), sqlite.New()} {
		fmt.Fprintf(&out, "\n## %s\n\n", p.Name())
		rows := [][]string{{"attribute", "type", "", "secret", "meaning"}}
		kind := reflect.TypeOf(p.NewConfig()).Elem()
		for i := range kind.NumField() {
			tag, ok := kind.Field(i).Tag.Lookup("hcl")
			if !ok {
				continue
			}
			name, rest, _ := strings.Cut(tag, ",")
			text := texts[p.Name()+"."+name]
			if text == "" {
				t.Errorf("attributeTexts has no text for %s.%s", p.Name(), name)
			}
			delete(texts, p.Name()+"."+name)
			need, hidden := "required", ""
			if rest == "optional" {
				need = "optional"
			}
			if kind.Field(i).Type == reflect.TypeFor[secret.Secret]() {
				hidden = "yes"
			}
			rows = append(rows, []string{"`" + name + "`", typeWord(kind.Field(i).Type), need, hidden, sentence(text)})
		}
		table(&out, rows...)
		fmt.Fprintf(&out, "\n```hcl\n%s\n```\n", connectionExample(p.Name()))
	}
	for name := range texts {
		t.Errorf("attributeTexts has a text for %s, and there is no such attribute", name)
	}
	return out.String()
}

func typeWord(t reflect.Type) string {
	words := map[reflect.Type]string{
		reflect.TypeFor[string](): "text", reflect.TypeFor[bool](): "bool", reflect.TypeFor[int](): "whole number", reflect.TypeFor[secret.Secret](): "text",
		reflect.TypeFor[[]string](): "list of texts", reflect.TypeFor[map[string]string](): "map of texts",
	}
	return words[t]
}

func connectionExample(kind string) string {
	return map[string]string{
		"csv":      "source \"csv\" \"export\" {\n  path      = \"data\"\n  delimiter = \";\"\n  encoding  = \"windows-1252\"\n}",
		"postgres": "target \"postgres\" \"scr\" {\n  host     = \"db.example.org\"\n  database = \"scr\"\n  user     = \"migration\"\n  password = secret(\"env://SCR_PASSWORD\")\n}",
		"sqlite":   "source \"sqlite\" \"shop\" {\n  path = \"shop.db\"\n}",
	}[kind]
}
