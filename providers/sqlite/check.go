package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/novumsolvo/migrateiq/providers"
)

var _ providers.Checker = (*endpoint)(nil)

// Check tries whether the file can be read, and for a target whether it and its folder can be written: SQLite keeps its
// journal beside the file.
func (e *endpoint) Check(_ context.Context, n providers.Needs) (providers.Health, error) {
	h := providers.Health{Facts: [][2]string{{"product", "SQLite"}, {"version", e.Info().Version}, {"file", e.path}}}
	lack := func(what, run string) {
		h.Missing = append(h.Missing, providers.Missing{What: what, Run: []string{run}})
	}
	if e.missing() && !n.Target {
		lack("the file is not there", "ls "+filepath.Dir(e.path))
		return h, nil
	}
	mode := os.O_RDONLY
	if n.Target {
		mode = os.O_RDWR
		if err := providers.Writable(filepath.Dir(e.path)); err != nil {
			lack(fmt.Sprintf("files cannot be made in the folder: %v", reason(err)), "chmod u+rwx "+filepath.Dir(e.path))
		}
	}
	if e.missing() {
		return h, nil
	}
	f, err := os.OpenFile(e.path, mode, 0)
	if err != nil {
		way := map[bool]string{false: "read", true: "written"}[n.Target]
		lack(fmt.Sprintf("the file cannot be %s: %v", way, reason(err)), "chmod u+rw "+e.path)
		return h, nil
	}
	return h, f.Close()
}

// reason is an error without the path.
func reason(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
