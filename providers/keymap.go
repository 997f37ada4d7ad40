package providers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// KeyMap is a target that remembers which key each row of a source has got in it: an old key, the source's own, and a
// new one, the target's. Both are texts as KeyText makes them. Maps have names; a mapping's is its name in the ledger, or
// Staged of that for a table that is being built beside the old one. The entries stand in the ledger, and are written in
// the transactions of their rows.
type KeyMap interface {
	// Look gives the new keys of those old keys that have one.
	Look(ctx context.Context, name string, old []string) (map[string]string, error)
	// Fill writes entries for rows that stand already. First removes all that the map held before.
	Fill(ctx context.Context, f KeyFill) error
}

// KeyFill is some entries of a map, under the fence of a run.
type KeyFill struct {
	Run   string
	Epoch int64
	Name  string
	First bool
	Pairs []KeyPair
}

// KeyPair is one entry.
type KeyPair struct{ Old, New string }

// KeyMapper is a Loader that keeps the map LoadSpec.Keys in the transaction of its chunk. What Deleter removes goes from
// the map too. A loader may also have the Look of KeyMap, which then sees what the loader has written.
type KeyMapper interface {
	// Map notes entries: one takes the place of what its old key stood for, and of the old key that its new one had. It
	// fails with ErrOldKeyTwice where two rows of one run have one old key and different new ones.
	Map(ctx context.Context, pairs []KeyPair) error
}

// ErrOldKeyTwice says that the source does not keep its own key unique.
var ErrOldKeyTwice = errors.New("two rows of the source have one key, and different rows of the target came of them")

// OldKeyTwice is the error of a loader for a map's table.
func OldKeyTwice(table string) error {
	return &Error{Op: "load", Object: table, Class: Conflict, Err: ErrOldKeyTwice,
		Remedy: "Name the columns that the source keeps unique as the key of its table, since other mappings refer to the rows by it."}
}

// Staged names the map of a table that is built beside another. The step that swaps it in gives it the table's name.
func Staged(name string) string { return name + "__new" }

// Upgrader is a Ledger whose tables were made by an earlier version and lack some: Upgrade is the DDL that Open runs then.
type Upgrader interface {
	Upgrade(from Meta) []Statement
}

// KeyText is the text of a key in a map: of one column its canonical text, of several a JSON array of these; never empty. It reports
// false for a key with a null in it, which nothing can refer to.
func KeyText(types []schema.Type, of []*batch.Vector, row int) (string, bool) {
	texts := make([]string, len(of))
	for i, v := range of {
		if v.Null(row) {
			return "", false
		}
		texts[i] = string(trimmed(types[i], batch.AppendText(nil, types[i], v, row)))
	}
	if len(texts) == 1 && texts[0] != "" && !strings.HasPrefix(texts[0], `"`) && !strings.ContainsRune(texts[0], 0) {
		return texts[0], true
	}
	var value any = texts
	if len(texts) == 1 {
		value = texts[0]
	}
	raw, err := json.Marshal(value)
	return string(raw), err == nil
}

// trimmed takes the zeros off a decimal that say nothing of its value: 1.50 and 1.5 are one key.
func trimmed(t schema.Type, text []byte) []byte {
	if t.Kind != schema.Decimal || !strings.Contains(string(text), ".") {
		return text
	}
	return []byte(strings.TrimSuffix(strings.TrimRight(string(text), "0"), "."))
}

// AppendKey appends a key of one column to a vector of its type.
func AppendKey(v *batch.Vector, t schema.Type, text string) error {
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal([]byte(text), &text); err != nil {
			return fmt.Errorf("read a key of the key map: %w", err)
		}
	}
	if err := batch.Parse(v, t, []byte(text)); err != nil {
		return fmt.Errorf("read a key of the key map: %w", err)
	}
	return nil
}
