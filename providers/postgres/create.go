package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// createTable makes a table with its partitions, and the sequences that belong to its columns.
func createTable(t *schema.Table) ([]providers.Statement, error) {
	what := "create table " + home(t.Ref).String()
	var left []string
	sql, err := tableTexts(t, &left)
	for i := range t.Partitions {
		p := &t.Partitions[i]
		more, partErr := tableTexts(p, &left)
		err = errors.Join(err, partErr)
		sql = append(sql, more...)
		bound, ok := p.Whole(schema.PartBound)
		if !ok || len(p.Inherits) != 1 {
			return nil, fmt.Errorf("%s: nothing says which rows are in the partition %s", what, p.Ref)
		}
		sql = append(sql, fmt.Sprintf("ALTER TABLE ONLY %s ATTACH PARTITION %s %s", quoteRef(p.Inherits[0]), quoteRef(p.Ref), bound.SQL))
	}
	if left != nil {
		what += " without the default of " + strings.Join(left, ", ")
	}
	if n := len(t.Partitions); n > 0 {
		what += fmt.Sprintf(" with %d partitions", n)
	}
	return single(what, "", err, sql...)
}

// tableTexts are the statements for one table alone. It adds to left the columns whose default is left out.
func tableTexts(t *schema.Table, left *[]string) ([]string, error) {
	if len(t.Columns) == 0 {
		return nil, fmt.Errorf("create table %s: it has no columns", home(t.Ref))
	}
	err := properRef(t.Ref)
	var before, lines, behind []string
	for _, c := range t.Columns {
		if s, ok := t.Sequence(c.Name); ok && s.Kind == schema.Owned {
			ref, nameErr := counterRef(t, s)
			err = errors.Join(err, nameErr)
			before = append(before, "CREATE "+unlogged(s.Unlogged)+"SEQUENCE "+quoteRef(ref)+counting(s))
			behind = append(behind, fmt.Sprintf("ALTER SEQUENCE %s OWNED BY %s.%s", quoteRef(ref), quoteRef(t.Ref), quote(c.Name)))
		}
		if _, heir := t.Part(schema.PartHeir, c.Name); heir && !isPartition(t) && len(t.Inherits) > 0 {
			behind = append(behind, heirTexts(t, c)...)
			continue
		}
		line, bare, lineErr := columnLine(t, c)
		if bare {
			*left = append(*left, c.Name)
		}
		err = errors.Join(err, lineErr)
		lines = append(lines, "  "+line)
	}
	for _, p := range t.Native {
		switch {
		case p.Kind == schema.PartCheck && !p.Behind:
			err = errors.Join(err, proper(p.Name))
			lines = append(lines, "  CONSTRAINT "+quote(p.Name)+" "+p.SQL)
		case p.Kind == schema.PartSetting:
			behind = append(behind, fmt.Sprintf("ALTER TABLE ONLY %s ALTER COLUMN %s %s", quoteRef(t.Ref), quote(p.Name), p.SQL))
		case p.Kind == schema.PartReplica:
			behind = append(behind, fmt.Sprintf("ALTER TABLE ONLY %s REPLICA IDENTITY %s", quoteRef(t.Ref), p.SQL))
		}
	}
	_, light := t.Whole(schema.PartUnlogged)
	text := fmt.Sprintf("CREATE %sTABLE %s (\n%s\n)%s", unlogged(light), quoteRef(t.Ref), strings.Join(lines, ",\n"), tail(t))
	return slices.Concat(before, []string{text}, behind), err
}

func unlogged(yes bool) string {
	if yes {
		return "UNLOGGED "
	}
	return ""
}

func isPartition(t *schema.Table) bool {
	_, ok := t.Whole(schema.PartBound)
	return ok
}

// tail is what follows the columns of a table.
func tail(t *schema.Table) string {
	var text string
	if len(t.Inherits) > 0 && !isPartition(t) {
		parents := make([]string, len(t.Inherits))
		for i, p := range t.Inherits {
			parents[i] = quoteRef(p)
		}
		text += " INHERITS (" + strings.Join(parents, ", ") + ")"
	}
	if p, ok := t.Whole(schema.PartSplit); ok {
		text += " PARTITION BY " + p.SQL
	}
	if p, ok := t.Whole(schema.PartOptions); ok {
		text += " WITH (" + p.SQL + ")"
	}
	return text
}

// heirTexts make an inherited column what it is here: its default and whether it may be null can be of its own.
func heirTexts(t *schema.Table, c schema.Column) []string {
	if c.Generated {
		return nil
	}
	alter := fmt.Sprintf("ALTER TABLE ONLY %s ALTER COLUMN %s ", quoteRef(t.Ref), quote(c.Name))
	out := []string{alter + "DROP DEFAULT"}
	if p, ok := t.Part(schema.PartDefault, c.Name); ok {
		out[0] = alter + "SET DEFAULT " + p.SQL
	}
	if !c.Null {
		out = append(out, alter+"SET NOT NULL")
	}
	return out
}

// columnLine also reports whether a default was left out: one that is an expression of the system it comes from.
func columnLine(t *schema.Table, c schema.Column) (line string, bare bool, err error) {
	if err := proper(c.Name); err != nil {
		return "", false, err
	}
	kind, err := columnType(t, c)
	if err != nil {
		return "", false, fmt.Errorf("column %s: %w", c.Name, err)
	}
	line = quote(c.Name) + " " + kind
	if p, ok := t.Part(schema.PartCollation, c.Name); ok {
		line += " COLLATE " + p.SQL
	}
	counter, counted := t.Sequence(c.Name)
	expression, hasDefault := t.Part(schema.PartDefault, c.Name)
	computed, isComputed := t.Part(schema.PartGenerated, c.Name)
	switch {
	case isComputed:
		line += " GENERATED ALWAYS AS (" + computed.SQL + ") STORED"
	case counted && counter.IsIdentity():
		text, err := identityText(t, counter)
		return line + text, false, err
	case hasDefault:
		line += " DEFAULT " + expression.SQL
	case counted && counter.Kind == schema.Owned && counter.Plain:
		ref, err := counterRef(t, counter)
		if err != nil {
			return "", false, err
		}
		line += " DEFAULT nextval(" + literal(quoteRef(ref)) + "::regclass)"
	case c.Identity && c.Type.IsInteger() && !counted && !isPartition(t):
		return line + " GENERATED BY DEFAULT AS IDENTITY", false, nil
	case constantDefault(c) != "":
		line += " DEFAULT " + constantDefault(c)
	case c.Default != "":
		bare = true
	}
	if !c.Null {
		line += " NOT NULL"
	}
	return line, bare, nil
}

func columnType(t *schema.Table, c schema.Column) (string, error) {
	if p, ok := t.Part(schema.PartType, c.Name); ok {
		return p.SQL, nil
	}
	return declared(c.Type)
}

func identityText(t *schema.Table, s schema.Sequence) (string, error) {
	name := ""
	if s.Name.Name != "" {
		ref, err := counterRef(t, s)
		if err != nil {
			return "", err
		}
		name = "SEQUENCE NAME " + quoteRef(ref)
	}
	return fmt.Sprintf(" GENERATED %s AS IDENTITY (%s)", strings.ToUpper(s.Kind), strings.TrimSpace(name+strings.TrimPrefix(counting(s), " AS "+s.Type))), nil
}

// counting is how a sequence counts.
func counting(s schema.Sequence) string {
	text := fmt.Sprintf(" AS %s START WITH %d INCREMENT BY %d MINVALUE %d MAXVALUE %d CACHE %d", s.Type, s.Start, s.Increment, s.Min, s.Max, s.Cache)
	if s.Cycle {
		text += " CYCLE"
	}
	return text
}

// counterRef is the sequence of a column: in the schema of its table, by its own name or one made of table and column.
func counterRef(t *schema.Table, s schema.Sequence) (schema.Ref, error) {
	ref := s.Name
	if ref.Name == "" {
		ref = schema.Ref{Schema: t.Ref.Schema, Name: sequenceName(t.Ref.Name, s.Column)}
	}
	return ref, properRef(ref)
}

func addPart(a *schema.PartAdd) ([]providers.Statement, error) {
	p, table := a.Part, quoteRef(a.Table)
	sql := []string{fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s %s", table, quote(p.Name), p.SQL)}
	if p.Comment != "" {
		sql = append(sql, fmt.Sprintf("COMMENT ON CONSTRAINT %s ON %s IS %s", quote(p.Name), table, literal(p.Comment)))
	}
	return single("add "+p.Kind+" "+p.Name+" to "+home(a.Table).String(), "", errors.Join(properRef(a.Table), proper(p.Name)), sql...)
}

// truncate leaves the rows of tables that inherit from it where they are; partitions have no rows but the table's own.
func truncate(r schema.Ref) string {
	table := quoteRef(r)
	body := fmt.Sprintf("BEGIN IF (SELECT relkind = 'p' FROM pg_catalog.pg_class WHERE oid = %s::regclass) THEN TRUNCATE %s; ELSE TRUNCATE ONLY %s; END IF; END",
		literal(table), table, table)
	return "DO " + literal(body)
}

// sequences moves each on, never back, in the direction it counts: past the largest value, and to where it stood at the
// source. One that has given out no number is put where the source's would begin.
func sequences(t *schema.Table) ([]providers.Statement, error) {
	var out []providers.Statement
	for _, c := range t.Columns {
		s, counted := t.Sequence(c.Name)
		if !c.Identity && !counted {
			continue
		}
		if err := errors.Join(properRef(t.Ref), proper(c.Name)); err != nil {
			return nil, fmt.Errorf("move the sequence of %s: %w", c.Name, err)
		}
		out = append(out, providers.Statement{
			What: "move the sequence of " + home(t.Ref).String() + "." + c.Name + " past the largest value",
			SQL:  []string{moveOn(t, c, s)},
		})
	}
	for i := range t.Partitions {
		if p := t.Partitions[i]; len(p.Sequences) > 0 {
			p.Columns = slices.DeleteFunc(slices.Clone(p.Columns), func(c schema.Column) bool { _, ok := p.Sequence(c.Name); return !ok })
			more, err := sequences(&p)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

func moveOn(t *schema.Table, c schema.Column, s schema.Sequence) string {
	which := fmt.Sprintf("pg_get_serial_sequence(%s, %s)::regclass", literal(quoteRef(t.Ref)), literal(c.Name))
	if s.Kind == schema.Free {
		which = literal(quoteRef(s.Name)) + "::regclass"
	}
	rows := fmt.Sprintf("(SELECT max(%[1]s)::bigint AS high, min(%[1]s)::bigint AS low FROM %[2]s)", quote(c.Name), quoteRef(t.Ref))
	if !c.Type.IsInteger() {
		rows = "(SELECT NULL::bigint AS high, NULL::bigint AS low)"
	}
	last, begin := "", "NULL::bigint"
	if s.Known && s.Called {
		last = fmt.Sprintf(", %d", s.Last)
	} else if s.Known {
		begin = fmt.Sprintf("%d::bigint", s.Last)
	}
	return fmt.Sprintf(`SELECT setval(s.seqrelid::regclass, CASE WHEN a.ahead THEN %[5]s ELSE m.reached END, NOT a.ahead)
FROM pg_catalog.pg_sequence s, %[1]s d,
LATERAL (SELECT CASE WHEN s.seqincrement > 0 THEN greatest(d.high, pg_sequence_last_value(s.seqrelid::regclass)%[2]s)
  ELSE least(d.low, pg_sequence_last_value(s.seqrelid::regclass)%[3]s) END AS reached) m,
LATERAL (SELECT coalesce(m.reached IS NULL OR CASE WHEN s.seqincrement > 0 THEN %[5]s > m.reached ELSE %[5]s < m.reached END, false) AS ahead) a
WHERE s.seqrelid = %[4]s AND CASE WHEN a.ahead THEN %[5]s ELSE m.reached END BETWEEN s.seqmin AND s.seqmax`, rows, last, last, which, begin)
}

// comments are those on a table, its partitions, and what was made with them.
func comments(t *schema.Table) ([]providers.Statement, error) {
	sql, err := commentTexts(t)
	for i := range t.Partitions {
		more, partErr := commentTexts(&t.Partitions[i])
		sql, err = append(sql, more...), errors.Join(err, partErr)
	}
	if len(sql) == 0 {
		return nil, err
	}
	return single("comment on "+home(t.Ref).String(), "", err, sql...)
}

func commentTexts(t *schema.Table) ([]string, error) {
	table, err := quoteRef(t.Ref), properRef(t.Ref)
	var sql []string
	if t.Comment != "" {
		sql = append(sql, fmt.Sprintf("COMMENT ON TABLE %s IS %s", table, literal(t.Comment)))
	}
	for _, c := range t.Columns {
		if c.Comment != "" {
			sql = append(sql, fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", table, quote(c.Name), literal(c.Comment)))
			err = errors.Join(err, proper(c.Name))
		}
	}
	for _, p := range t.Native {
		if p.Comment != "" && !p.Behind {
			sql = append(sql, fmt.Sprintf("COMMENT ON CONSTRAINT %s ON %s IS %s", quote(p.Name), table, literal(p.Comment)))
		}
	}
	for _, s := range t.Sequences {
		if s.Comment != "" && s.Kind != schema.Free {
			ref, nameErr := counterRef(t, s)
			sql, err = append(sql, fmt.Sprintf("COMMENT ON SEQUENCE %s IS %s", quoteRef(ref), literal(s.Comment))), errors.Join(err, nameErr)
		}
	}
	return sql, err
}
