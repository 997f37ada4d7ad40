package providers

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Right is something that a role may do with a table.
type Right string

// Create makes a table that is not there, in its schema; Replace builds it anew in the place of the one that stands;
// Advance moves the numbering of its identity columns on; Refer lets a foreign key of another table point to it.
const (
	Select   Right = "select"
	Add      Right = "insert"
	Change   Right = "update"
	Remove   Right = "delete"
	Truncate Right = "truncate"
	Create   Right = "create"
	Replace  Right = "replace"
	Advance  Right = "advance"
	Refer    Right = "references"
)

// Need is what the configuration asks of one table.
type Need struct {
	Table   schema.Ref
	Columns []string // of Select; empty for all
	Rights  []Right
}

// Needs is what it asks of one system.
type Needs struct {
	Target bool // it keeps a ledger here
	Tables []Need
}

// Health is what a system says of a connection. Facts are names and values for people, without any secret.
type Health struct {
	Facts   [][2]string
	Missing []Missing
}

// Missing is a right that the role lacks. Run is what an administrator runs to give it: SQL, or a command of a shell.
type Missing struct {
	What string
	Run  []string
}

// Checker finds out what a role lacks for the work that the configuration asks of it, and changes nothing.
type Checker interface {
	Check(ctx context.Context, n Needs) (Health, error)
}

// Granter writes the statements that make a role with the rights for some needs and no others, the ledger's tables
// among them, so that the role need not be able to make any.
type Granter interface {
	Grants(ctx context.Context, role string, n Needs) ([]string, error)
}

// Writable finds out whether files can be made in a folder, or, where it is not there, whether it can be made. It leaves
// nothing behind.
func Writable(dir string) error {
	at, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		return Writable(filepath.Dir(dir))
	}
	if err != nil {
		return err
	}
	if !at.IsDir() {
		return errors.New("it is no folder")
	}
	f, err := os.CreateTemp(dir, ".migrateiq-check-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
