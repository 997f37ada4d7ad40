package sqlite

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Views and foreign keys of other tables name a table, and stay with the name. Indexes and triggers go with the table: they
// are made again by the words that they were made by.
const listFollowers = `SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name = ? COLLATE NOCASE ORDER BY type, name`

// onlyOpen is the end of an index over rows in which a column is null, as createIndex writes it.
var onlyOpen = regexp.MustCompile(` WHERE "((?:[^"]|"")+)" IS NULL$`)

func followers(ctx context.Context, c *conn, t *schema.Table, lack func(kind, name, why string)) error {
	err := c.each(ctx, listFollowers, func(s *stmt) error {
		f := schema.Follower{Kind: s.text(0), Name: s.text(1), Own: true, Make: []string{s.text(2)}}
		if f.Kind == "trigger" {
			lack("trigger", f.Name, "triggers are not carried over")
			f.Strip = []string{"DROP TRIGGER " + quote(f.Name)}
		} else {
			f.Strip = []string{"DROP INDEX " + quote(f.Name)}
		}
		t.Followers = append(t.Followers, f)
		return nil
	}, t.Ref.Name)
	if err != nil {
		return err
	}
	for i, f := range t.Followers {
		if f.Kind != "index" {
			continue
		}
		if m := onlyOpen.FindStringSubmatch(f.Make[0]); m != nil {
			t.Followers[i].Reads = append(t.Followers[i].Reads, strings.ReplaceAll(m[1], `""`, `"`))
		}
		err := c.each(ctx, "SELECT name FROM pragma_index_xinfo(?) WHERE key = 1 AND cid >= 0", func(s *stmt) error {
			t.Followers[i].Reads = append(t.Followers[i].Reads, s.text(0))
			return nil
		}, f.Name)
		if err != nil {
			return err
		}
	}
	return nil
}

// guarded refuses to go on where something else hangs on the table than when the statement was written: it would be lost.
func (c *conn) guarded(ctx context.Context, g *providers.Guard, what string) error {
	now := schema.Table{Ref: g.Table}
	if err := followers(ctx, c, &now, func(_, _, _ string) {}); err != nil {
		return err
	}
	if schema.FollowDigest(now.Followers) == g.Follow {
		return nil
	}
	return &providers.Error{
		Op: "carry out", Object: what, Class: providers.Conflict,
		Err:    errors.New("indexes or triggers of the table are not those that the plan has"),
		Remedy: "Nothing was swapped. Put them back as they were and run the command again, or end the run with `migrateiq run abandon` and make a new plan.",
	}
}

// swap relies on legacy_alter_table, so that views and foreign keys of others stay with the name; a table whose own
// foreign key names it by the name it was built under needs the new way, which carries that over.
func swap(s schema.TableSwap) ([]providers.Statement, error) {
	var sql []string
	say := func(format string, args ...any) { sql = append(sql, fmt.Sprintf(format, args...)) }
	st := providers.Statement{What: "put " + s.New.Ref.Name + " in the place of " + s.Old.Name, Hazard: "removes the rows that stood in " + s.Old.Name,
		Guard: &providers.Guard{Table: s.Old, Follow: schema.FollowDigest(s.Follow)}}
	if s.Discard != nil {
		say("DROP TABLE %s", quote(s.Discard.Name))
		st.Hazard += "; drops " + s.Discard.Name + ", the copy that was kept before"
	}
	if s.Keep != nil {
		for _, f := range s.Follow {
			sql = append(sql, f.Strip...)
		}
		say("ALTER TABLE %s RENAME TO %s", quote(s.Old.Name), quote(s.Keep.Name))
		st.Hazard = "keeps the old table as " + s.Keep.Name
	} else {
		say("DROP TABLE %s", quote(s.Old.Name))
	}
	own := false
	for _, f := range s.New.Foreign {
		own = own || f.Parent.Name == s.New.Ref.Name && !s.Back
	}
	if own {
		sql = append([]string{"PRAGMA legacy_alter_table = OFF"}, sql...)
	}
	say("ALTER TABLE %s RENAME TO %s", quote(s.New.Ref.Name), quote(s.Old.Name))
	if own {
		say("PRAGMA legacy_alter_table = ON")
	}
	for _, k := range s.New.Keys {
		if was, is := indexName(s.New.Ref, k), indexName(s.Old, k); (!k.Unique || k.While != "") && was != is && !s.Back {
			nameless := k
			nameless.Name = ""
			if s.Check || s.Follow != nil {
				was = indexName(s.New.Ref, nameless)
			}
			say("DROP INDEX IF EXISTS %s", quote(was))
			sql = append(sql, createIndex(s.Old, k))
		}
	}
	for _, f := range s.Follow {
		if !f.Lost {
			sql = append(sql, f.Make...)
		}
	}
	if s.Check {
		say("%s(%s)", checkForeign, quote(s.Old.Name))
	}
	st.SQL = sql
	return []providers.Statement{st}, nil
}
