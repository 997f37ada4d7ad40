package providers

import (
	"errors"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Plain refuses a range with Unseen or Seen, for systems that are no Tracker.
func (c *CursorRange) Plain(table schema.Ref) error {
	if c == nil || c.Unseen == "" && c.Seen == "" {
		return nil
	}
	return &Error{Op: "read", Object: table.String(), Class: Unsupported,
		Err: errors.New("the system cannot say which rows came or changed since an earlier read")}
}
