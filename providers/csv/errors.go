package csv

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"syscall"

	"github.com/novumsolvo/migrateiq/providers"
)

// fail puts an error of the file system into its class; an error that has one already keeps it.
func fail(op, object string, err error) error {
	if err == nil {
		return nil
	}
	var known *providers.Error
	if errors.As(err, &known) {
		return err
	}
	e := &providers.Error{Op: op, Object: object, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Class = providers.NotFound
	case errors.Is(err, fs.ErrPermission):
		e.Class = providers.Denied
	case errors.Is(err, syscall.ENOSPC):
		e.Remedy = "Make room on the disk and run the command again."
	}
	return e
}

// failure makes an error of a class.
func failure(op, object string, c providers.Class, text string) error {
	return &providers.Error{Op: op, Object: object, Class: c, Err: errors.New(text)}
}

func hashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
