// Package postgres reads and writes PostgreSQL. Rows come and go as binary COPY streams, all readers of a run share an
// exported snapshot, and the ledger lies in the schema _migrateiq of the target.
package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// New makes the provider.
func New() providers.Provider { return provider{} }

type provider struct {
	lookup pgconn.LookupFunc // finds addresses of names, nil as the system does
}

func (provider) Name() string                { return "postgres" }
func (provider) NewConfig() providers.Config { return &Config{} }

// endpoint is one database. Its server's facts are read once, when it is opened.
type endpoint struct {
	pool     *pool
	info     providers.Info
	user     string
	tag      string                 // the application name of this endpoint's sessions; no other endpoint has it
	utf8     bool                   // the database is UTF-8: its bytes are ours and order as ours do
	patience time.Duration          // how long a statement that changes a table waits for its lock, 0 for no end
	number   int                    // the server's version, as 150004
	own      map[string]schema.Type // types of users, by the names they have from here
	raw      bool                   // the server does not know the encoding of its text (SQL_ASCII)
	standby  bool                   // it follows another server
}

var (
	_ providers.Inspector   = (*endpoint)(nil)
	_ providers.Source      = (*endpoint)(nil)
	_ providers.Snapshotter = (*endpoint)(nil)
	_ providers.Chunker     = (*endpoint)(nil)
	_ providers.Counter     = (*endpoint)(nil)
	_ providers.Positioner  = (*endpoint)(nil)
	_ providers.Placer      = (*endpoint)(nil)
	_ providers.Definer     = (*endpoint)(nil)
	_ providers.Target      = (*endpoint)(nil)
	_ providers.Ledger      = ledger{}
	_ providers.History     = ledger{}
	_ providers.Quarantine  = ledger{}
	_ providers.Deleter     = (*loader)(nil)
	_ providers.Rooted      = (*Config)(nil)
	_ providers.Chunker     = (*snapshot)(nil)
	_ providers.Counter     = (*snapshot)(nil)
	_ providers.Positioner  = (*snapshot)(nil)
)

func (p provider) Open(ctx context.Context, cfg providers.Config) (providers.Endpoint, error) {
	c, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("open postgres: the configuration is a %T", cfg)
	}
	l, err := c.connection()
	if err != nil {
		return nil, &providers.Error{Op: "open", Object: "postgres", Class: providers.Unreachable, Err: err}
	}
	var id [4]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, fmt.Errorf("name the session: %w", err)
	}
	conn := l.config
	e := &endpoint{user: conn.User, tag: l.name + " " + hex.EncodeToString(id[:])}
	conn.RuntimeParams["application_name"] = e.tag
	if p.lookup != nil {
		conn.LookupFunc = p.lookup
	}
	e.pool = &pool{config: conn}
	if e.pool.asking, e.patience, err = c.times(); err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	e.info = providers.Info{
		Product: "postgres",
		Modes:   []string{"upsert", "mirror", "append", "replace", "history"},
		Place:   conn.Host + "/" + conn.Database,
		Notes:   l.warnings,
	}
	if err := e.ask(ctx); err != nil {
		_ = e.pool.close() // the error that matters is err
		return nil, e.fail("open", e.info.Place, err)
	}
	return e, nil
}

// ask learns version, identity and encoding. The oldest version that works is 13.
func (e *endpoint) ask(ctx context.Context) error {
	c, err := e.pool.take(ctx)
	if err != nil {
		return err
	}
	defer e.pool.give(c)
	if err := e.unpooled(ctx, c); err != nil {
		return err
	}
	var encoding string
	err = c.QueryRow(ctx, `SELECT current_setting('server_version'), current_setting('server_version_num')::int,
		current_setting('server_encoding'), pg_catalog.pg_is_in_recovery(), oid::text || '/' || datname FROM pg_database WHERE datname = current_database()`).
		Scan(&e.info.Version, &e.number, &encoding, &e.standby, &e.info.Identity)
	if err != nil {
		return err
	}
	if e.number < 130000 {
		return fmt.Errorf("the server is PostgreSQL %s; this version of migrateiq works with 13 and later", e.info.Version)
	}
	e.utf8, e.raw = encoding == "UTF8", encoding == "SQL_ASCII"
	if e.info.Identity, err = identity(ctx, c, e.info.Identity); err != nil {
		return err
	}
	return e.learn(ctx)
}

// identity names the cluster and the database in it. Where the role may not know the cluster's number, the database's
// number and name stand alone.
func identity(ctx context.Context, c *pgx.Conn, database string) (string, error) {
	var may bool
	if err := c.QueryRow(ctx, `SELECT has_function_privilege('pg_catalog.pg_control_system()', 'execute')`).Scan(&may); err != nil {
		return "", err
	}
	if !may {
		return "postgres:" + database, nil
	}
	var cluster string
	err := c.QueryRow(ctx, `SELECT system_identifier::text FROM pg_catalog.pg_control_system()`).Scan(&cluster)
	return "postgres:" + cluster + "/" + database, err
}

// Parts are the ledger and its history.
func (e *endpoint) Parts() []any { return []any{ledger{e}} }

func (e *endpoint) Info() providers.Info { return e.info }
func (e *endpoint) Close() error         { return e.pool.close() }
