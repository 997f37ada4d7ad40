package transform

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// RowError is a row that stops the run. It holds no value but the key, and of a classified key only a hash.
type RowError struct {
	Row    int    // in the batch
	Key    string // of the source's row, or key# and a hash
	Field  string // "" for `where`, filters and the source itself
	Rule   string
	Reason string
	At     plan.Place
}

func (e *RowError) Error() string {
	switch {
	case e.Rule == ruleWhere || strings.HasPrefix(e.Rule, ruleFilter):
		return fmt.Sprintf("row %s: %s: %s", e.Key, e.Rule, e.Reason)
	case e.Field == "":
		return fmt.Sprintf("row %s: %s", e.Key, e.Reason)
	}
	return fmt.Sprintf("row %s: field %s: %s", e.Key, e.Field, e.Reason)
}

// ShowKey names a row by the canonical texts of its key columns, joined with "/"; null for null. A classified key is
// key# and 12 hex digits of a hash under the secret, or key# alone where there is no secret yet.
func ShowKey(b *batch.Batch, row int, columns []int, secret []byte, classified bool) string {
	if classified {
		return hashKey(b, row, columns, secret)
	}
	var text []byte
	for n, c := range columns {
		if n > 0 {
			text = append(text, '/')
		}
		if b.Vectors[c].Null(row) {
			text = append(text, "null"...)
		} else {
			text = batch.AppendText(text, b.Columns[c].Type, &b.Vectors[c], row)
		}
	}
	return string(text)
}

func hashKey(b *batch.Batch, row int, columns []int, secret []byte) string {
	if len(secret) == 0 {
		return "key#"
	}
	var canonical []byte
	for _, c := range columns {
		canonical = batch.AppendCanonical(canonical, b.Columns[c].Type, &b.Vectors[c], row)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(canonical)
	return "key#" + hex.EncodeToString(mac.Sum(nil))[:12]
}

// name is how messages call a row of the source.
func (s *shared) name(b *batch.Batch, row int) string {
	if len(s.show) == 0 {
		return fmt.Sprintf("number %d of its batch", row+1)
	}
	return ShowKey(b, row, s.show, s.spec.SecretKey, s.secret)
}

// naming finds the columns that name a source row: its key, or the columns that pass into the target's key unchanged.
func (s *shared) naming() {
	d := s.spec.Definition
	columns := slices.Clone(d.SourceKey)
	if !s.readAll(columns) {
		columns = columns[:0]
		for _, k := range s.key {
			columns = append(columns, d.Fields[k].Plain)
		}
	}
	if !s.readAll(columns) {
		return
	}
	for _, name := range columns {
		s.show = append(s.show, s.readIndex(name))
		s.secret = s.secret || s.classified(name)
	}
}

// readAll reports whether there are such columns and all of them are read.
func (s *shared) readAll(columns []string) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(name string) bool { return s.readIndex(name) < 0 })
}

func (s *shared) readIndex(name string) int {
	for i, c := range s.spec.Definition.Read {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// classified reports whether a column may not be shown: it has a class, or a field that is made of it has one.
func (s *shared) classified(column string) bool {
	if slices.Contains(s.spec.Definition.Shy, column) || s.spec.Classified != nil && s.spec.Classified(column) {
		return true
	}
	return slices.ContainsFunc(s.spec.Definition.Fields, func(f plan.Field) bool {
		return (f.Plain == column || slices.Contains(f.Sources, column)) && len(f.Classes) > 0
	})
}
