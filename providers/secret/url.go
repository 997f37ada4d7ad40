package secret

import (
	"net/url"
	"slices"
	"strings"
)

// carries reports whether a url written in clear holds a secret: a password beside the user, or a parameter that is one.
// What cannot be read as a url is taken for a secret, so that none slips through by its form.
func carries(text string) bool {
	scheme, rest, found := strings.Cut(text, "://")
	if !found || scheme == "" {
		return true
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	user, _, named := cutLast(authority, "@")
	if !named {
		user = ""
	}
	if _, password, said := strings.Cut(user, ":"); said && password != "" {
		return true
	}
	// an @ elsewhere may be the end of a password that holds a slash or a question mark
	if strings.ContainsAny(user, "@#") || strings.Contains(path, "@") || strings.Contains(query, "@") || strings.Contains(rest, "#") {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(query, func(c rune) bool { return c == '&' || c == ';' }), parameter)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// parameter reports whether a parameter of a url is a secret. Files of passwords and keys are none.
func parameter(text string) bool {
	name, value, _ := strings.Cut(text, "=")
	name, err := url.QueryUnescape(name)
	if err != nil {
		return true
	}
	name = strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name))
	return value != "" && slices.ContainsFunc([]string{"password", "passwd", "passphrase", "pwd", "token", "secret", "credential", "apikey", "accesskey", "signature"},
		func(word string) bool { return strings.Contains(name, word) })
}
