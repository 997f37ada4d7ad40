package postgres

import (
	"errors"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// addColumn leaves a column without a constant default free to be null: rows may be there that have no value for it yet.
func addColumn(a *schema.ColumnAdd) ([]providers.Statement, error) {
	c := a.Column
	what := "add column " + c.Name + " to " + home(a.Table).String()
	if c.Generated || c.Identity {
		return nil, fmt.Errorf("%s: a column that the database numbers or computes is not added to a table that is there", what)
	}
	waits := !c.Null && constantDefault(c) == ""
	if waits {
		c.Null = true
	}
	line, bare, err := columnLine(&schema.Table{Ref: a.Table}, c)
	if bare {
		what += " without its default"
	}
	if waits {
		what += ", null until its values are there"
	}
	return single(what, "locks "+home(a.Table).String()+" against reads and writes for a moment", errors.Join(err, properRef(a.Table)),
		"ALTER TABLE "+quoteRef(a.Table)+" ADD COLUMN "+line)
}

func renameColumn(r *schema.ColumnRename) ([]providers.Statement, error) {
	table := home(r.Table).String()
	return single(fmt.Sprintf("rename column %s of %s to %s", r.From, table, r.To),
		"locks "+table+" against reads and writes for a moment; statements that name the column "+r.From+" fail from then on",
		errors.Join(properRef(r.Table), proper(r.From, r.To)),
		fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s", quoteRef(r.Table), quote(r.From), quote(r.To)))
}

// alterColumn changes the type, under a lock that is held while every value is proved to come back from the new type as it
// was: a cast alone cuts texts and rounds numbers.
func alterColumn(a *schema.ColumnAlter) ([]providers.Statement, error) {
	table := home(a.Table).String()
	err := errors.Join(properRef(a.Table), proper(a.After.Name))
	if a.Before.Name != a.After.Name {
		err = errors.Join(err, errors.New("a column is renamed by a change of its own"))
	}
	if a.Before.Generated || a.After.Generated {
		err = errors.Join(err, errors.New("a column that the database computes is not altered"))
	}
	alter := fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s ", quoteRef(a.Table), quote(a.After.Name))
	var sql, does []string
	hazard := "locks " + table + " against reads and writes"
	if !a.Before.Type.Equal(a.After.Type) {
		texts, typeErr := retype(a, alter)
		err = errors.Join(err, typeErr)
		sql, does = texts, append(does, fmt.Sprintf("from %s to %s", a.Before.Type, a.After.Type))
		hazard += " while all its rows are read and may be written anew with their indexes"
	}
	switch {
	case a.Before.Null && !a.After.Null:
		sql, does = append(sql, alter+"SET NOT NULL"), append(does, "to take no null")
		if len(does) == 1 {
			hazard += " while all its rows are read"
		}
	case !a.Before.Null && a.After.Null:
		sql, does = append(sql, alter+"DROP NOT NULL"), append(does, "to take null")
		if len(does) == 1 {
			hazard += " for a moment"
		}
	}
	if err == nil && len(sql) == 0 {
		return nil, nil
	}
	return single("alter column "+a.After.Name+" of "+table+" "+strings.Join(does, ", "), hazard, err, sql...)
}

func retype(a *schema.ColumnAlter, alter string) ([]string, error) {
	from, err := declared(a.Before.Type)
	if err != nil {
		return nil, err
	}
	to, err := declared(a.After.Type)
	if err != nil {
		return nil, err
	}
	name := quote(a.After.Name)
	sql := []string{fmt.Sprintf("%sTYPE %s USING %s::%s", alter, to, name, to)}
	if a.Before.Type.Widens(a.After.Type) {
		return sql, nil
	}
	table := quoteRef(a.Table)
	back, was := fmt.Sprintf("%s::%s::%s", name, to, from), name
	if a.Before.Type.Kind != schema.Decimal { // numbers go by their value, all else by its text, which every type has
		back, was = "("+back+")::text", name+"::text"
	}
	message := fmt.Sprintf("the column %s of %s holds values that %s would change", a.After.Name, home(a.Table), a.After.Type)
	prove := fmt.Sprintf("BEGIN IF EXISTS (SELECT FROM %s WHERE %s IS DISTINCT FROM %s) THEN RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = %s; END IF; END",
		table, back, was, literal(message))
	return append([]string{"LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE", "DO " + literal(prove)}, sql...), nil
}
