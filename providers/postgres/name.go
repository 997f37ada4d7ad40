package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// maxName is the length of an identifier in bytes; the server would cut a longer one without an error.
const maxName = 63

// proper checks identifiers.
func proper(names ...string) error {
	for _, n := range names {
		switch {
		case n == "":
			return errors.New("a name is empty")
		case strings.ContainsRune(n, 0):
			return errors.New("a name holds the character U+0000")
		case len(n) > maxName:
			return fmt.Errorf("the name %q has %d bytes; PostgreSQL's names have at most %d", n, len(n), maxName)
		}
	}
	return nil
}

// derived is the name of a key, index or foreign key that was given none: the same for the same table and columns, and
// cut with a hash at its end where it would be too long.
func derived(table, suffix string, columns ...string) string {
	parts := append([]string{table}, columns...)
	name := strings.Join(append(parts, suffix), "_")
	if len(name) <= maxName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	tail := "_" + hex.EncodeToString(sum[:4]) + "_" + suffix
	cut := strings.Join(parts, "_")[:maxName-len(tail)]
	for !utf8.ValidString(cut) {
		cut = cut[:len(cut)-1]
	}
	return cut + tail
}

func primaryName(table string) string { return derived(table, "pkey") }

// keyName tells keys over the same columns apart where they are no plain ones.
func keyName(table string, k schema.Key) string {
	suffix, columns := "idx", k.Columns
	switch {
	case isExclusion(k):
		suffix = "excl"
	case k.Unique:
		suffix = "key"
	}
	if text := k.Native + k.Rule; isExclusion(k) || k.Native != "" && !simpleIndex.MatchString(k.Native) {
		sum := sha256.Sum256([]byte(text))
		columns = append(slices.Clone(columns), hex.EncodeToString(sum[:4]))
	}
	if k.While != "" {
		columns = append(slices.Clone(columns), k.While)
	}
	return derived(table, suffix, columns...)
}

// simpleIndex is a b-tree over columns and nothing more.
var simpleIndex = regexp.MustCompile(`^USING btree \((?:[a-z0-9_$]+|"(?:[^"]|"")+")(?:, (?:[a-z0-9_$]+|"(?:[^"]|"")+"))*\)$`)

func sequenceName(table, column string) string { return derived(table, "seq", column) }

func foreignName(table string, f schema.ForeignKey) string {
	return derived(table, "fkey", f.Columns...)
}
