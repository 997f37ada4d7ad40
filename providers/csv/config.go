package csv

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Config is the connection part of a csv block.
//
// Path is a folder of *.csv and *.csv.gz files, or one such file. Quote "none" means that no character quotes. Null is
// the text of an unquoted field that means null; left out, an unquoted empty field is null and "" is the empty string.
// Encoding is an IANA name; a byte order mark is found by itself. Compress, SingleFile and LineEnding are for targets.
type Config struct {
	Path       string `hcl:"path"`
	Delimiter  string `hcl:"delimiter,optional"`
	Quote      string `hcl:"quote,optional"`
	Header     string `hcl:"header,optional"`
	Null       string `hcl:"null,optional"`
	Encoding   string `hcl:"encoding,optional"`
	Compress   string `hcl:"compress,optional"`
	SingleFile bool   `hcl:"single_file,optional"`
	LineEnding string `hcl:"line_ending,optional"`

	declared []providers.Declaration
}

var (
	_ providers.Config   = (*Config)(nil)
	_ providers.Rooted   = (*Config)(nil)
	_ providers.Declarer = (*Config)(nil)
)

// dialect is how one file is written. A manifest keeps it, so that parts are read as they were written whatever the
// configuration says later.
type dialect struct {
	Delimiter string `json:"delimiter"`
	Quote     string `json:"quote"` // "" for none
	Header    bool   `json:"header"`
	Null      string `json:"null"`
	CRLF      bool   `json:"crlf,omitempty"`
	Encoding  string `json:"encoding,omitempty"` // "" for UTF-8
}

// Root makes a relative path start at dir.
func (c *Config) Root(dir string) {
	if c.Path != "" && !filepath.IsAbs(c.Path) {
		c.Path = filepath.Join(dir, c.Path)
	}
}

// Validate looks at the attributes, and at no file.
func (c *Config) Validate() []providers.FieldError {
	var found []providers.FieldError
	add := func(field, format string, a ...any) {
		found = append(found, providers.FieldError{Field: field, Message: fmt.Sprintf(format, a...)})
	}
	if c.Path == "" {
		add("path", "The path is empty. Name a folder of *.csv files, or one file.")
	}
	d := c.dialect()
	if !single(d.Delimiter) {
		add("delimiter", `The delimiter has to be one ASCII character, such as "," or "\t", and no line end.`)
	}
	if d.Quote != "" && (!single(d.Quote) || d.Quote == d.Delimiter) {
		add("quote", `The quote has to be one ASCII character other than the delimiter, or "none".`)
	}
	oneOf(add, "header", c.Header, "first_row", "none")
	oneOf(add, "compress", c.Compress, "none", "gzip")
	oneOf(add, "line_ending", c.LineEnding, "lf", "crlf")
	if strings.ContainsAny(c.Null, "\r\n\x00"+d.Delimiter+d.Quote) {
		add("null", "The text for null holds a delimiter, a quote or a line end, so no field could have it.")
	}
	if _, err := decoderFor(c.Encoding); err != nil {
		add("encoding", "%s", sentence(err.Error()))
	}
	return found
}

func oneOf(add func(field, format string, a ...any), field, got, first, second string) {
	if got != "" && got != first && got != second {
		add(field, "%q is no value of %s; it is %q or %q.", got, field, first, second)
	}
}

func single(s string) bool {
	return len(s) == 1 && s[0] < 0x80 && s[0] != 0 && s[0] != '\r' && s[0] != '\n'
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }

// Declare keeps the types and keys of tables.
func (c *Config) Declare(tables []providers.Declaration) []providers.FieldError {
	c.declared = tables
	var found []providers.FieldError
	for _, t := range tables {
		for _, col := range t.Columns {
			if err := canKeep(col.Type); err != nil {
				found = append(found, providers.FieldError{Field: "table",
					Message: fmt.Sprintf("Column %q of table %q: %s", col.Name, t.Table, sentence(err.Error()))})
			}
		}
	}
	return found
}

func (c *Config) declaration(table string) (providers.Declaration, bool) {
	for _, d := range c.declared {
		if d.Table == table {
			return d, true
		}
	}
	return providers.Declaration{}, false
}

func (c *Config) dialect() dialect {
	d := dialect{Delimiter: c.Delimiter, Quote: c.Quote, Header: c.Header != "none", Null: c.Null, CRLF: c.LineEnding == "crlf", Encoding: c.Encoding}
	switch d.Delimiter {
	case "":
		d.Delimiter = ","
	case `\t`:
		d.Delimiter = "\t"
	}
	switch d.Quote {
	case "":
		d.Quote = `"`
	case "none":
		d.Quote = ""
	}
	return d
}

// canKeep refuses the types whose values have no text of their own in this version.
func canKeep(t schema.Type) error {
	if t.Kind == schema.Unknown || t.Kind == schema.Native {
		return fmt.Errorf("values of type %s cannot be kept in a csv file by this version", t)
	}
	return nil
}
