package csv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Order wants keys after the rows: a key is proven by reading them.
func (e *endpoint) Order() schema.Order { return schema.Order{} }

// Define writes a change as a line for people and, below it, the change as JSON, which Exec carries out. Indexes,
// statistics, sequences and comments mean nothing to files and have no statement.
func (e *endpoint) Define(c schema.Change) ([]providers.Statement, error) {
	switch {
	case c.CreateTable != nil:
		return e.defineTable(c)
	case c.AddPrimary != nil:
		return statement(c, fmt.Sprintf("prove primary key of %s (%s)", c.AddPrimary.Table, strings.Join(c.AddPrimary.Key.Columns, ", ")), "")
	case c.AddKey != nil && c.AddKey.Key.Unique:
		return statement(c, fmt.Sprintf("prove unique key of %s (%s)", c.AddKey.Table, strings.Join(c.AddKey.Key.Columns, ", ")), "")
	case c.AddForeign != nil:
		f := c.AddForeign.Foreign
		return statement(c, fmt.Sprintf("prove that %s (%s) is in %s (%s)", c.AddForeign.Table,
			strings.Join(f.Columns, ", "), f.Parent, strings.Join(f.Key, ", ")), "")
	case c.Empty != nil:
		return statement(c, fmt.Sprintf("empty folder %s", c.Empty), "removes all rows")
	case c.Drop != nil:
		return statement(c, fmt.Sprintf("drop folder %s", c.Drop), "removes the table and its rows")
	case c.Swap != nil:
		return statement(c, fmt.Sprintf("put folder %s in the place of %s", c.Swap.New.Ref, c.Swap.Old), "removes the rows that stood there")
	case c.AddKey != nil, c.Analyze != nil, c.Sequences != nil, c.Comments != nil:
		return nil, nil
	case c.AddColumn != nil, c.RenameColumn != nil, c.AlterColumn != nil:
		return nil, failure("define", "columns", providers.Unsupported, "the columns of a folder of csv files that is there stay as they are; load it anew with plan --replace")
	case c.CreateSchema != nil:
		return nil, failure("define", *c.CreateSchema, providers.Unsupported, "a folder of csv files has no schemas")
	}
	return nil, failure("define", "change", providers.Unsupported, "this change is not known to a folder of csv files")
}

func statement(c schema.Change, what, hazard string) ([]providers.Statement, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fail("define", what, err)
	}
	return []providers.Statement{{SQL: []string{what + "\n" + string(text)}, What: what, Hazard: hazard}}, nil
}

func (e *endpoint) defineTable(c schema.Change) ([]providers.Statement, error) {
	t := c.CreateTable
	if err := nameFits(t.Ref); err != nil {
		return nil, err
	}
	if e.config.Encoding != "" && !strings.EqualFold(e.config.Encoding, "utf-8") {
		return nil, failure("define", t.Ref.String(), providers.Unsupported, "a csv target writes UTF-8 and nothing else: leave the attribute encoding out")
	}
	if len(t.Columns) == 0 {
		return nil, failure("define", t.Ref.String(), providers.Unsupported, "a csv file needs a column")
	}
	columns := make([]string, len(t.Columns))
	for i, col := range t.Columns {
		if err := canKeep(col.Type); err != nil {
			return nil, &providers.Error{Op: "define", Object: t.Ref.String(), Column: col.Name, Class: providers.Unsupported, Err: err}
		}
		if strings.ContainsRune(col.Name, 0) || col.Name == "" {
			return nil, failure("define", t.Ref.String(), providers.Unsupported, "a column's name is empty or holds a NUL")
		}
		columns[i] = col.Name + " " + col.Type.String()
		if !col.Null {
			columns[i] += " not null"
		}
	}
	return statement(c, fmt.Sprintf("create folder %s (%s)", t.Ref, strings.Join(columns, ", ")), "")
}

// nameFits keeps names out that no folder can have, even escaped.
func nameFits(r schema.Ref) error {
	if r.Schema != "" {
		return failure("define", r.String(), providers.Unsupported, "a folder of csv files has no schemas")
	}
	if r.Name == "" || strings.ContainsRune(r.Name, 0) || !utf8.ValidString(r.Name) || r.Name == ledgerFolder || len(folderName(r.Name)) > 200 {
		return failure("define", r.String(), providers.Unsupported, "the table's name is no name for a folder")
	}
	return nil
}

// carryOut does a change to the document, in the place of the statement's text.
func (e *endpoint) carryOut(ctx context.Context, d *document, s providers.Statement) error {
	for _, text := range s.SQL {
		body := text[strings.LastIndexByte(text, '\n')+1:] // a name may hold a line end; JSON on one line does not
		var c schema.Change
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			return &providers.Error{Op: "run", Object: s.What, Class: providers.Unsupported, Err: errors.New("the statement was not made by a csv target")}
		}
		if err := e.carryOutOne(ctx, d, c); err != nil {
			return err
		}
	}
	return nil
}

func (e *endpoint) carryOutOne(ctx context.Context, d *document, c schema.Change) error {
	switch {
	case c.CreateTable != nil:
		return e.createTable(d, *c.CreateTable)
	case c.AddPrimary != nil:
		return e.addKey(ctx, d, *c.AddPrimary, true)
	case c.AddKey != nil:
		return e.addKey(ctx, d, *c.AddKey, false)
	case c.AddForeign != nil:
		return e.addForeign(ctx, d, *c.AddForeign)
	case c.Empty != nil:
		k, err := d.table(*c.Empty)
		if err != nil {
			return err
		}
		if err := d.unneeded(k); err != nil {
			return err
		}
		d.discard(k)
		k.Parts = nil
		return nil
	case c.Drop != nil:
		k, err := d.table(*c.Drop)
		if err != nil {
			return err
		}
		if err := d.unneeded(k); err != nil {
			return err
		}
		d.drop(k)
		return nil
	case c.Swap != nil:
		return e.swapProven(ctx, d, *c.Swap)
	}
	return failure("run", "statement", providers.Unsupported, "this change is not known to a folder of csv files")
}

func (d *document) table(r schema.Ref) (*kept, error) {
	k := d.Tables[r.Name]
	if k == nil || r.Schema != "" {
		return nil, failure("write", r.String(), providers.NotFound, "this target has made no such table")
	}
	return k, nil
}

func (e *endpoint) createTable(d *document, t schema.Table) error {
	if err := nameFits(t.Ref); err != nil {
		return err
	}
	name := folderName(t.Ref.Name)
	for _, taken := range []string{name, name + ".csv", name + ".csv.gz"} {
		if _, err := os.Stat(filepath.Join(e.root, taken)); err == nil && !slices.Contains(d.Trash, taken) {
			return &providers.Error{Op: "create", Object: t.Ref.Name, Class: providers.Conflict,
				Err: fmt.Errorf("%s is there already", taken), Remedy: "Move it away, or choose another table."}
		}
	}
	k := &kept{Format: format, Name: t.Ref.Name, Comment: t.Comment, Dialect: e.config.dialect()}
	k.Dialect.Encoding = ""
	for _, c := range t.Columns {
		k.Columns = append(k.Columns, schema.Column{Name: c.Name, Type: c.Type, Declared: c.Type.String(), Null: c.Null, Comment: c.Comment})
	}
	if d.Tables == nil {
		d.Tables = map[string]*kept{}
	}
	d.Tables[k.Name] = k
	return nil
}

// addKey reads the table to prove the key, and keeps it: later loads refuse rows that break it.
func (e *endpoint) addKey(ctx context.Context, d *document, c schema.KeyChange, primary bool) error {
	k, err := d.table(c.Table)
	if err != nil {
		return err
	}
	t, err := e.tableOf(k)
	if err != nil {
		return err
	}
	columns, err := columnsOf(t, k.Columns, c.Key.Columns)
	if err != nil {
		return err
	}
	c.Key.Unique = true
	if err := proveUnique(ctx, t, columns, k.rows(), !primary); err != nil {
		return err
	}
	if !primary {
		k.Keys = append(k.Keys, c.Key)
		return nil
	}
	k.Primary = &c.Key
	for i := range k.Columns {
		if slices.Contains(c.Key.Columns, k.Columns[i].Name) {
			k.Columns[i].Null = false
		}
	}
	return nil
}

// tableOf is a kept table with its files.
func (e *endpoint) tableOf(k *kept) (table, error) {
	t := table{name: k.Name, kept: k}
	for _, p := range k.Parts {
		f, err := e.partFile(k, p)
		if err != nil {
			return t, err
		}
		t.files = append(t.files, f)
	}
	return t, nil
}

// discard puts a table's parts into the trash.
func (d *document) discard(k *kept) {
	for _, p := range k.Parts {
		d.Trash = append(d.Trash, p.Path)
	}
}

func (d *document) drop(k *kept) {
	d.discard(k)
	d.Trash = append(d.Trash, k.folder()+"/"+manifestName, k.folder())
	delete(d.Tables, k.Name)
}

// swap gives the new table's parts to the old name. The files follow by moves.
func (d *document) swap(s schema.TableSwap) error {
	k, err := d.table(s.New.Ref)
	if err != nil {
		return err
	}
	old, err := d.table(s.Old)
	if err != nil {
		return err
	}
	d.discard(old)
	delete(d.Tables, k.Name)
	d.Trash = append(d.Trash, k.folder()+"/"+manifestName, k.folder())
	k.Name = s.Old.Name
	for i := range k.Parts {
		to := k.folder() + "/" + path.Base(k.Parts[i].Path)
		d.Moves = append(d.Moves, move{From: k.Parts[i].Path, To: to})
		k.Parts[i].Path = to
	}
	d.Tables[k.Name] = k
	return nil
}
