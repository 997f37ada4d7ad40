package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/format"
)

// layout is what fmt was asked for.
type layout struct{ check, write, diff bool }

func (c *command) format() *cobra.Command {
	var l layout
	cmd := &cobra.Command{
		Use: "fmt [DIR | FILE | -]...", Short: "Lay configuration files out in the one standard way",
		Long: `fmt rewrites the *.hcl files of the folder, or the files named, in the standard layout and prints the names of those
it changed. With - it formats its input to its output.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			return c.formatAll(l, args)
		},
	}
	cmd.Flags().BoolVar(&l.check, "check", false, "change nothing; exit 3 where a file is not in the standard layout")
	cmd.Flags().BoolVar(&l.write, "write", true, "write the files; --write=false only names them")
	cmd.Flags().BoolVar(&l.diff, "diff", false, "print what differs")
	return cmd
}

func (c *command) formatAll(l layout, args []string) error {
	differs, failed := false, false
	for _, arg := range args {
		if arg == "-" {
			changed, err := c.formatStream(l)
			if err != nil {
				return err
			}
			differs = differs || changed
			continue
		}
		files, err := configurationFiles(c.path(arg))
		if err != nil {
			return err
		}
		for _, f := range files {
			changed, found, err := c.formatFile(l, f)
			if err != nil {
				return err
			}
			differs, failed = differs || changed, failed || found
		}
	}
	switch {
	case failed:
		return &exit{code: exitError}
	case differs && l.check:
		return &exit{code: exitFormat}
	}
	return nil
}

// configurationFiles gives a file as it is, and of a folder the files that are migrateiq's.
func configurationFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("format: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", path, err)
	}
	var files []string
	for _, e := range entries {
		ours := slices.ContainsFunc([]string{".miq.hcl", ".miqvars.hcl", ".miqtest.hcl"}, func(end string) bool { return strings.HasSuffix(e.Name(), end) })
		if ours && !e.IsDir() {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	return files, nil
}

func (c *command) formatFile(l layout, path string) (changed, failed bool, err error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return false, false, fmt.Errorf("read %s: %w", path, err)
	}
	name := path
	if rel, err := filepath.Rel(c.folder(), path); err == nil {
		name = filepath.ToSlash(rel)
	}
	out, found := format.Format(src)
	if failed, err = c.unformatted(name, src, found); failed || err != nil {
		return false, failed, err
	}
	if bytes.Equal(src, out) {
		return false, false, nil
	}
	fmt.Fprintln(c.Stdout, name)
	if l.diff {
		fmt.Fprintf(c.Stdout, "%s", diff.Diff("old/"+name, src, "new/"+name, out))
	}
	if l.check || !l.write {
		return true, false, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return true, false, fmt.Errorf("read %s: %w", path, err)
	}
	if err := renameio.WriteFile(path, out, info.Mode().Perm()); err != nil {
		return true, false, fmt.Errorf("write %s: %w", path, err)
	}
	return true, false, nil
}

// unformatted tells why a text could not be laid out.
func (c *command) unformatted(name string, src []byte, found diag.List) (bool, error) {
	if len(found) == 0 {
		return false, nil
	}
	for i := range found {
		if at := found[i].Subject; at != nil {
			at.File = name
		}
	}
	same := func(file string) []byte {
		if file == name {
			return src
		}
		return nil
	}
	return found.HasErrors(), view.Diagnostics(c.Stderr, c.style(c.Stderr), same, found)
}

func (c *command) formatStream(l layout) (bool, error) {
	src, err := io.ReadAll(c.Stdin)
	if err != nil {
		return false, fmt.Errorf("read the input: %w", err)
	}
	out, found := format.Format(src)
	failed, err := c.unformatted("<stdin>", src, found)
	if err != nil {
		return false, err
	}
	if failed {
		return false, &exit{code: exitError}
	}
	changed := !bytes.Equal(src, out)
	switch {
	case l.diff:
		_, err = c.Stdout.Write(diff.Diff("old/<stdin>", src, "new/<stdin>", out))
	case !l.check:
		_, err = c.Stdout.Write(out)
	}
	return changed, err
}
