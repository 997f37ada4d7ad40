package csv

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/novumsolvo/migrateiq/providers"
)

var _ providers.Checker = (*endpoint)(nil)

// Check tries whether the files can be read, and for a target whether the folder can be written.
func (e *endpoint) Check(ctx context.Context, n providers.Needs) (providers.Health, error) {
	h := providers.Health{Facts: [][2]string{{"product", "CSV"}, {"folder", e.root}}}
	lack := func(what, run string) {
		h.Missing = append(h.Missing, providers.Missing{What: what, Run: []string{run}})
	}
	if n.Target {
		if err := providers.Writable(e.root); err != nil {
			lack(fmt.Sprintf("files cannot be made in the folder: %v", reason(err)), "chmod u+rwx "+e.root)
		}
		return h, nil
	}
	if _, err := os.Stat(e.root); err != nil {
		lack(fmt.Sprintf("it cannot be looked at: %v", reason(err)), "ls -l "+e.root)
		return h, nil
	}
	for _, t := range n.Tables {
		if err := e.readable(ctx, t); err != nil {
			lack(fmt.Sprintf("table %s cannot be read: %v", t.Table, reason(err)), "chmod -R u+r "+e.root)
		}
	}
	return h, nil
}

// readable opens the first file of a table.
func (e *endpoint) readable(ctx context.Context, n providers.Need) error {
	r, err := e.Read(ctx, providers.ReadSpec{Table: n.Table})
	if err != nil {
		return err
	}
	return r.Close()
}

// reason is an error without the path.
func reason(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
