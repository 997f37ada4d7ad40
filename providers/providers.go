// Package providers is the contract between the engine and the systems that hold rows: Provider, Endpoint, its optional
// capabilities, and classes of errors.
package providers

import (
	"context"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Provider is a kind of system.
type Provider interface {
	Name() string
	NewConfig() Config                                      // a pointer to an empty struct with hcl tags
	Open(ctx context.Context, cfg Config) (Endpoint, error) // changes nothing
}

// Config is the connection part of a source or target block. Its fields carry `hcl:"name"` or `hcl:"name,optional"` and
// are of type string, bool, int, []string, map[string]string or secret.Secret.
type Config interface {
	Validate() []FieldError // the provider names the field; lang adds file and line
}

// Rooted is a Config with paths in it: it makes relative ones start at dir.
type Rooted interface{ Root(dir string) }

// Carried is a Config that tells how its connection is protected. It is asked once the secrets in it are filled in.
type Carried interface{ Transport() Transport }

// Transport is how a connection is protected. Nil is not known.
type Transport struct {
	Local      bool   // nothing leaves this machine
	TLS        *bool  // it is encrypted, and cannot be opened otherwise
	Verify     *bool  // the other side's certificate is verified
	MinVersion string // the least version of TLS, such as 1.2
}

// Declarer is a Config that takes columns' types from the configuration, as files without a schema need. It gets every
// `table` block of its source that types a column or names a key.
type Declarer interface {
	Declare(tables []Declaration) []FieldError
}

// Declaration is one `table` block.
type Declaration struct {
	Table   string
	Key     []string
	Columns []schema.Column // name and type; in the order of the blocks
}

// FieldError is a finding of Validate. Field is the attribute's name; Message says what was found and what to do.
type FieldError struct{ Field, Message string }

// Error is the message, where Open finds what Validate could not.
func (e FieldError) Error() string { return e.Message }

// Set is the providers a program has, by name.
type Set struct{ byName map[string]Provider }

// NewSet collects providers.
func NewSet(all ...Provider) Set {
	s := Set{byName: make(map[string]Provider, len(all))}
	for _, p := range all {
		s.byName[p.Name()] = p
	}
	return s
}

// Provider finds one by name.
func (s Set) Provider(name string) (Provider, bool) { p, ok := s.byName[name]; return p, ok }

// Names lists them in alphabetical order.
func (s Set) Names() []string {
	names := make([]string, 0, len(s.byName))
	for n := range s.byName {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Endpoint is one open system, safe for concurrent use. What it can do is found with As.
type Endpoint interface {
	Info() Info
	Close() error
}

// Info is what an endpoint says of itself. It holds no address and no secret.
type Info struct {
	Product  string       // sqlite, postgres, csv
	Version  string       // of the server or library
	Identity string       // the system's own identity; equal for every way of reaching the same data
	Writers  int          // loaders that may be open at once; 0: any number
	Modes    []string     // as a target, the modes it can carry out, best default first
	Place    string       // for people: a file name or host/database, never a secret
	Notes    []FieldError // what people should know of the connection, such as that it is not encrypted; Field may be ""
	Alone    bool         // rows of one Place cannot be written while a snapshot of it is held
}

// Parted is an endpoint some of whose capabilities are on values of their own, because methods of the same name keep
// them from being on one: Ledger and Endpoint have a Close each, History and Chunker a Chunks.
type Parted interface{ Parts() []any }

// As finds a capability of an endpoint or of its parts, looking through wrappers that have Unwrap() Endpoint.
func As[T any](e Endpoint) (T, bool) {
	for e != nil {
		if t, ok := e.(T); ok {
			return t, true
		}
		if p, ok := e.(Parted); ok {
			for _, part := range p.Parts() {
				if t, ok := part.(T); ok {
					return t, true
				}
			}
		}
		w, ok := e.(interface{ Unwrap() Endpoint })
		if !ok {
			break
		}
		e = w.Unwrap()
	}
	var none T
	return none, false
}

// Inspector describes tables. With only, no other table is looked at, and one that is not there is simply not in the
// catalog; without, all that the connection may see are described.
type Inspector interface {
	Inspect(ctx context.Context, only []schema.Ref) (*schema.Catalog, error)
}

// Source reads rows.
type Source interface {
	Read(ctx context.Context, s ReadSpec) (Reader, error)
}

// Describer describes the result of a query in the system's own language, and runs nothing: the columns by their names and
// types, all of which may be null. What is not a single statement that only reads is an error. Its Source takes
// ReadSpec.Query.
type Describer interface {
	Describe(ctx context.Context, query string) (schema.Table, error)
}

// Joiner is an endpoint whose Source takes ReadSpec.Joins.
type Joiner interface {
	// Equality says by which collation the system compares each pair of columns of a join, "" for values that have none.
	// Pairs that it cannot compare, or not so that a second match would be found for certain, are an error.
	Equality(ctx context.Context, base schema.Ref, j Join) ([]string, error)
}

// Join is a left join that the source does, by its own equality. Two rows that match one row of the table read are an
// error of class BadValue that names the place of the row.
type Join struct {
	Name  string // its columns are Name.COLUMN in ReadSpec.Columns, and may be null
	Table schema.Ref
	On    [][2]string // a column of the table read, and the column of Table that equals it
}

// Column gives the joined table's name of a column in ReadSpec.Columns, false for one of another table.
func (j Join) Column(name string) (string, bool) { return strings.CutPrefix(name, j.Name+".") }

// ReadSpec says which rows of which columns. All narrowing parts are anded.
type ReadSpec struct {
	Table     schema.Ref
	Query     string          // in place of Table, whose name then only stands in messages; without Chunk, Cursor and Joins
	Joins     []Join          // of Table; without Query
	Columns   []schema.Column // as Inspect gave them; the batch has them in this order
	Chunk     *Chunk          // nil: the whole table
	Keys      *batch.Batch    // only rows whose columns of these names equal one of these rows; nil: all
	Cursor    *CursorRange    // nil: all
	Predicate *schema.Predicate
}

// CursorRange is rows above After up to and with UpTo. An empty After starts at the beginning; rows whose cursor is null
// belong to the range that has no After.
type CursorRange struct {
	Column schema.Column // without a name where rows are told by Unseen alone
	After  string        // canonical text; "" for none
	UpTo   string        // canonical text; "" for no end
	// Unseen is what a Tracker said when the rows up to After were read: rows that came or changed since are in the range
	// too, though they are not above After. With it, no After means that no row is above it.
	Unseen string
	Seen   string // such a text again: only rows that came and changed before
}

// Tracker is a Snapshot that can say which rows of a table it sees, so that a later read finds all others.
type Tracker interface {
	// Track gives the text for CursorRange.Unseen of a later read, "" for a table of which the system cannot tell. The rows
	// were read at moments, names of snapshots of which this one may be one; none is this one. before is the text that this
	// read itself had as Unseen. Rows may be found again that were seen, where a moment is gone; none is ever left out.
	Track(ctx context.Context, t schema.Ref, moments []string, before string) (string, error)
}

// Reader gives batches of the columns asked for.
type Reader interface {
	// Next resets b and fills it until it is Full or the rows end. It returns io.EOF, and no rows, at the end.
	Next(ctx context.Context, b *batch.Batch) error
	Close() error
}

// Snapshotter lets several readers see one moment.
type Snapshotter interface {
	// Snapshot holds one moment open for up to so many readers at once, until Close.
	Snapshot(ctx context.Context, readers int) (Snapshot, error)
}

// Snapshot is a source at one moment. It also has the Chunker, Counter and Positioner that its endpoint has.
type Snapshot interface {
	Source
	Moment() string // names the moment; two snapshots of unchanged data may differ in it
	Close() error
}

// Chunk is a part of a table, cut once. Bounds are the provider's own text and mean something to it alone; together the
// chunks of a list cover every row that is there or may come, each once.
type Chunk struct {
	N          int    `json:"n"` // from 0, in the order of the list
	Bounds     string `json:"bounds"`
	Positional bool   `json:"positional,omitempty"` // by physical place: good inside one snapshot only
	Rows       int64  `json:"rows,omitempty"`       // an estimate for progress, 0 where there is none
}

// Chunker cuts a table into chunks of about so many bytes by real keys, nulls in a chunk of their own; a table without
// a usable key is cut by position if positional is allowed, else it is one chunk.
type Chunker interface {
	Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) ([]Chunk, error)
}

// Counter counts the rows a ReadSpec would give, as the server itself counts.
type Counter interface {
	Count(ctx context.Context, s ReadSpec) (int64, error)
}

// Positioner finds the largest value of a cursor column as canonical text, "" for an empty table.
type Positioner interface {
	Position(ctx context.Context, t schema.Ref, c schema.Column) (string, error)
}

// Fingerprinter digests a table's content without decoding it, as files can: two tables of equal fingerprints hold the
// same rows.
type Fingerprinter interface {
	Fingerprint(ctx context.Context, t schema.Ref) (string, error)
}

// Placer says what a target makes of a canonical type: the type of the column it would create, whose values it keeps
// exactly. The engine compares the two for the fidelity verdict. An error names the type and says it cannot be kept.
type Placer interface {
	Place(t schema.Type) (schema.Type, error)
}

// Definer writes statements and runs none, so that the plan shows them and policy judges them. It is pure: the same
// change gives the same statements. Order says where it wants keys.
type Definer interface {
	Order() schema.Order
	Define(c schema.Change) ([]Statement, error)
}

// Library finds types, extensions, sequences and functions of users by the ids that a catalog has for them. What is not
// there is not in the answer.
type Library interface {
	Definitions(ctx context.Context, ids []string) ([]schema.Definition, error)
}

// Executor runs statements on a target that keeps no ledger.
type Executor interface {
	Exec(ctx context.Context, s Statement) error
}

// Statement is one step on a target: its texts run in one transaction where the system has transactions for them.
type Statement struct {
	SQL    []string `json:"sql"`
	What   string   `json:"what"`             // for people: create table public.album
	Hazard string   `json:"hazard,omitempty"` // what the statement may do to others: locks, lost rows
	Guard  *Guard   `json:"guard,omitempty"`  // of a statement that puts a table in the place of another one
}

// Guard is what has to hold of a table when a statement begins, and until it is committed: nothing follows it but what the
// statement gives to its successor. Where the system can, Locks are taken first, and given back where that takes long.
type Guard struct {
	Table  schema.Ref   `json:"table"`
	Follow string       `json:"follow"`        // schema.FollowDigest
	But    []schema.Ref `json:"but,omitempty"` // tables whose foreign keys do not count
	Locks  []string     `json:"locks,omitempty"`
}

// Target takes rows. A chunk whose record in the ledger is another than LoadSpec.Redo says is committed already: Load, or
// Commit at the latest, fails with ErrCommitted, and nothing is written twice. An earlier try at the same chunk whose
// COMMIT is still under way is waited for.
type Target interface {
	Load(ctx context.Context, s LoadSpec) (Loader, error)
}

// Mode says what a loader does with a row.
type Mode string

// Insert refuses a row whose key is there already; Upsert puts the row in the place of the one that has its key.
const (
	Insert Mode = "insert"
	Upsert Mode = "upsert"
)

// LoadSpec is for one chunk of one mapping.
type LoadSpec struct {
	Run, Mapping string
	Chunk        Chunk
	ChunkID      string
	Redo         string // the moment of the chunk's record that this try replaces; "" where there is none
	Epoch        int64
	Table        schema.Ref
	Columns      []schema.Column // of the target table, in the order of the batches
	Key          []string        // names among Columns; empty for a table without a key
	Mode         Mode
	Set          []string      // with Upsert: of a row whose key is there only these of the Columns are written, and the row given holds in the others what stands there, as ChunkRecord.Stood proves; nil: all
	Track        bool          // keep the keys in the ledger's `written` table: a key that another chunk of the run wrote is an error
	Hasher       *batch.Hasher // for Upsert: digests the rows that stood at the keys
	Keys         string        // the KeyMap that is kept of the rows, "" for none
}

// Loader writes one chunk. Nothing shows before Commit; after Close without Commit nothing ever does.
type Loader interface {
	Write(ctx context.Context, b *batch.Batch) error
	Reject(ctx context.Context, r []Reject) error
	// Commit makes rows, rejects and the ledger row permanent in one transaction, and gives the record as it was
	// stored: to Replaced it adds what stood at the keys before. An error of class Ambiguous means: look at the ledger.
	Commit(ctx context.Context, c ChunkRecord) (ChunkRecord, error)
	Close() error
}

// Deleter is a Loader that can remove rows by key, in the transaction of its chunk. keys holds the key columns only;
// a key that is not there is no error. What it removed is added to Replaced.
type Deleter interface {
	Delete(ctx context.Context, keys *batch.Batch) error
}

// Reject is one row that did not pass. It holds no value of a classified column.
type Reject struct {
	Key    string // canonical text of the key, or key# and 12 hex digits where the key is classified
	Field  string
	Rule   string
	Reason string
}
