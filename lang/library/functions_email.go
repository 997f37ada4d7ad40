package library

import (
	"errors"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var errEmail = errors.New("the text is not an e-mail address of the usual form")

func emailFunctions() []Function {
	str := cel.StringType
	return []Function{
		{Name: "email.valid", Signature: "email.valid(string) -> bool", Cost: Linear,
			Doc: "Whether the text has the form of an e-mail address: letters, digits and !#$%&'*+/=?^_`{|}~- with single points before the @, at most 64 characters of them; behind it a domain of two or more " +
				"labels of letters, digits and inner hyphens. Quoted names, comments, addresses of numbers and characters outside of ASCII are not judged and count as wrong. Whether the mailbox is there is not looked at.",
			Example: "email.valid('jo.o-neill+news@example.org')", Result: "true",
			overloads: []cel.FunctionOpt{unary("email_valid", str, cel.BoolType, text(func(s string) (ref.Val, error) { return types.Bool(isEmail(s)), nil }))}},
		{Name: "email.normalise", Signature: "email.normalise(string) -> string", Cost: Linear,
			Doc: "The address without white space at its ends and with its domain in small letters; what stands before the @ stays, because its case may mean something. " +
				"What email.valid refuses is an error.",
			Example: "email.normalise(' Jo@Example.ORG ')", Result: "Jo@example.org",
			overloads: []cel.FunctionOpt{unary("email_normalise", str, str, text(normalEmail))}},
		{Name: "email.domain", Signature: "email.domain(string) -> string", Cost: Linear,
			Doc:     "The domain of an address, in small letters. What email.valid refuses is an error.",
			Example: "email.domain('jo@Example.org')", Result: "example.org",
			overloads: []cel.FunctionOpt{unary("email_domain", str, str, text(func(s string) (ref.Val, error) {
				if !isEmail(s) {
					return nil, errEmail
				}
				return types.String(strings.ToLower(s[strings.IndexByte(s, '@')+1:])), nil
			}))}},
	}
}

func normalEmail(s string) (ref.Val, error) {
	s = strings.TrimSpace(s)
	if !isEmail(s) {
		return nil, errEmail
	}
	local, domain, _ := strings.Cut(s, "@")
	return types.String(local + "@" + strings.ToLower(domain)), nil
}

func isEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 254 || len(local) > 64 {
		return false
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(c rune) bool { return !isAlphanumeric(c) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~-", c) }) {
			return false
		}
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' ||
			strings.ContainsFunc(l, func(c rune) bool { return !isAlphanumeric(c) && c != '-' }) {
			return false
		}
	}
	return len(labels) > 1 && !allDigits(labels[len(labels)-1])
}

func isAlphanumeric(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
