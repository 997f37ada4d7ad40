package lineage

import (
	"maps"
	"slices"
	"strings"
)

// None is the class of data that somebody looked at and found to be of no class.
const None = "none"

// Classes that a protection leaves behind in place of one that it takes away.
const (
	personal      = "personal"
	pseudonymised = "personal.pseudonymised"
	quasi         = "personal.quasi_identifier"
)

// strength orders methods as expressions do: a later one leaves less of a value.
func strength(method string) int {
	return slices.Index([]string{"none", "hash", "generalise", "truncate", "hmac", "redact"}, method)
}

// kinds says what a class is besides itself. A class with a point in it is all that stands before the point, too.
func kinds() map[string]string {
	return map[string]string{
		"nhs_number": personal, "chi_number": personal, "nino": personal, "ssn": personal, "mrn": personal, "hr": personal, "pan": personal, "cardholder": personal, "sad": personal,
		"special": personal, "health": "special", "genetic": "special", "biometric": "special", "ethnicity": "special", "religion": "special", "phi": "special",
		"criminal_offence": personal, "child_data": personal, "legally_restricted": personal,
	}
}

// Implied gives a class with all that it is besides, sorted: health is special, and personal.
func Implied(class string) []string {
	all := map[string]bool{}
	var take func(string)
	take = func(c string) {
		if c == "" || c == None || all[c] {
			return
		}
		all[c] = true
		take(kinds()[c])
		if i := strings.LastIndexByte(c, '.'); i > 0 {
			take(c[:i])
		}
	}
	take(class)
	return slices.Sorted(maps.Keys(all))
}

// Left gives what is left of classes behind a protection, with all that they are. It is what docs/guides/policies.md says:
// a hash without a key takes nothing away, since values of few forms are found by trying; a pseudonym and a part of a
// value stay personal, and a few values stay what they tell, as those of special categories do.
func Left(classes []string, method string) []string {
	left := map[string]bool{}
	for _, class := range classes {
		all := Implied(class)
		switch method {
		case "redact":
			continue
		case "hmac":
			all = kept(all, pseudonymised)
		case "truncate", "generalise":
			all = kept(all, quasi)
		}
		for _, c := range all {
			left[c] = true
		}
	}
	return slices.Sorted(maps.Keys(left))
}

// kept leaves of a class that names somebody only that it is about a person, and what it has become. A class that tells
// something about a person stays as it is.
func kept(all []string, became string) []string {
	tells := func(c string) bool {
		return slices.Contains(Implied(c), "special") || c == "criminal_offence" || c == "child_data" || c == "sad" || c == "legally_restricted"
	}
	if slices.ContainsFunc(all, tells) || !names(all) {
		return all
	}
	return Implied(became)
}

// names reports whether a class is about a person at all.
func names(all []string) bool {
	return slices.Contains(all, personal)
}
