package sqlite

import (
	"slices"
	"strings"
)

// token is a word, a name or text in quotes, or a sign of a statement.
type token struct {
	text  string // a word in upper case, and what stands in quotes with the quotes
	start int    // in the statement
	end   int
}

// tokens splits a statement, without its comments.
func tokens(sql string) []token {
	var out []token
	for i := 0; i < len(sql); {
		start := i
		switch c := sql[i]; {
		case c == '\'' || c == '"' || c == '`':
			for i = past(sql, i+1, string(c)); i < len(sql) && sql[i] == c; { // a quote written twice
				i = past(sql, i+1, string(c))
			}
		case c == '[':
			i = past(sql, i+1, "]")
		case strings.HasPrefix(sql[i:], "--"):
			i = past(sql, i, "\n")
			continue
		case strings.HasPrefix(sql[i:], "/*"):
			i = past(sql, i+2, "*/")
			continue
		case letter(c):
			for i < len(sql) && letter(sql[i]) {
				i++
			}
			out = append(out, token{strings.ToUpper(sql[start:i]), start, i})
			continue
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			i++
			continue
		default:
			i++
		}
		out = append(out, token{sql[start:i], start, i})
	}
	return out
}

// castsOf gives the types of the columns of a query's first SELECT that are written CAST(... AS type) AS name, by name.
// The name has to stand behind AS, and nothing beside the CAST may belong to the column.
func castsOf(query string) map[string]string {
	out := map[string]string{}
	for _, item := range items(tokens(query)) {
		if name, declared, ok := castOf(query, item); ok {
			out[name] = declared
		}
	}
	return out
}

// items are the columns of the first SELECT that stands in no brackets.
func items(all []token) [][]token {
	depth, from := 0, -1
	var out [][]token
	for i, t := range all {
		switch {
		case t.text == "(":
			depth++
		case t.text == ")":
			depth--
		case depth > 0:
		case from < 0 && t.text == "SELECT":
			from = i + 1
		case from < 0:
		case from == i && (t.text == "DISTINCT" || t.text == "ALL"):
			from = i + 1
		case t.text == ",":
			out = append(out, all[from:i])
			from = i + 1
		case slices.Contains([]string{"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", ";"}, t.text):
			return append(out, all[from:i])
		}
	}
	if from >= 0 {
		out = append(out, all[from:])
	}
	return out
}

// castOf reads CAST ( ... AS type ) AS name.
func castOf(query string, item []token) (name, declared string, ok bool) {
	n := len(item)
	if n < 8 || item[0].text != "CAST" || item[1].text != "(" || item[n-2].text != "AS" || item[n-3].text != ")" {
		return "", "", false
	}
	depth, as := 0, 0
	for i := 1; i < n-2; i++ {
		switch {
		case item[i].text == "(":
			depth++
		case item[i].text == ")":
			if depth--; depth == 0 && i < n-3 {
				return "", "", false // the CAST ends before the column does
			}
		case depth == 1 && item[i].text == "AS":
			as = i
		}
	}
	if as == 0 || depth != 0 || as+1 > n-4 {
		return "", "", false
	}
	return unquoted(query[item[n-1].start:item[n-1].end]), query[item[as+1].start:item[n-4].end], true
}

func unquoted(name string) string {
	if len(name) < 2 {
		return name
	}
	switch c := name[0]; c {
	case '"', '`', '\'':
		return strings.ReplaceAll(name[1:len(name)-1], string([]byte{c, c}), string(c))
	case '[':
		return name[1 : len(name)-1]
	}
	return name
}
