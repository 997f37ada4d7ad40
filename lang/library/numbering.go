package library

import "regexp"

// numbering is what is known of the telephone numbers of a country. Where a number's length varies within a country,
// lengths of the plan are ranges, and a digit too many or too few may go unseen.
type numbering struct {
	code     string // that the world dials
	trunk    string // in front of a national number; "" for none
	optional bool   // the trunk digit may be left out
	abroad   string // in front of a country's code, in the country itself
	national string // a regular expression of the number behind the country's code
	note     string // for the reference
}

// numberings states the countries that are judged. A changed line is a new version of phone.e164.
func numberings() map[string]numbering {
	return map[string]numbering{
		"AU": {"61", "0", false, "0011", `[23478]\d{8}`, "9 digits"},
		"BE": {"32", "0", false, "00", `4[5-9]\d{7}|(?:[1-35-9]\d|4[0-4])\d{6}`, "8 digits, mobile 9"},
		"CA": {"1", "1", true, "011", `[2-9]\d{2}[2-9]\d{6}`, "10 digits"},
		"CH": {"41", "0", false, "00", `[2-9]\d{8}`, "9 digits"},
		"CZ": {"420", "", false, "00", `[2-9]\d{8}`, "9 digits"},
		"DE": {"49", "0", false, "00", `15\d{9}|16\d{8}|17\d{8,9}|[2-9]\d{5,10}`, "mobile 10 or 11 digits, others 6 to 11"},
		"DK": {"45", "", false, "00", `[2-9]\d{7}`, "8 digits"},
		"ES": {"34", "", false, "00", `[5-9]\d{8}`, "9 digits"},
		"FR": {"33", "0", false, "00", `[1-9]\d{8}`, "9 digits"},
		"GB": {"44", "0", false, "00", `[1235789]\d{9}|800\d{6}`, "10 digits, 0800 also 9"},
		"GR": {"30", "", false, "00", `[2689]\d{9}`, "10 digits"},
		"IE": {"353", "0", false, "00", `8[2-9]\d{7}|[124-79]\d{6,8}`, "mobile 9 digits, others 7 to 9"},
		"IN": {"91", "0", true, "00", `[1-9]\d{9}`, "10 digits"},
		"IT": {"39", "", false, "00", `0[1-9]\d{4,9}|3\d{8,9}`, "mobile 9 or 10 digits, others 6 to 11 with their 0"},
		"NL": {"31", "0", false, "00", `[1-9]\d{8}`, "9 digits"},
		"NO": {"47", "", false, "00", `[2-9]\d{7}`, "8 digits"},
		"NZ": {"64", "0", false, "00", `[34679]\d{7}|2\d{7,9}`, "8 digits, mobile 8 to 10"},
		"PL": {"48", "", false, "00", `[1-9]\d{8}`, "9 digits"},
		"PT": {"351", "", false, "00", `[236789]\d{8}`, "9 digits"},
		"SE": {"46", "0", false, "00", `7\d{8}|[1-689]\d{6,8}`, "mobile 9 digits, others 7 to 9"},
		"SK": {"421", "0", false, "00", `[2-9]\d{8}`, "9 digits"},
		"US": {"1", "1", true, "011", `[2-9]\d{2}[2-9]\d{6}`, "10 digits"},
		"ZA": {"27", "0", false, "00", `[1-8]\d{8}`, "9 digits"},
	}
}

// phoneBook is the table, with its expressions read.
type phoneBook struct {
	countries map[string]numbering
	national  map[string]*regexp.Regexp // by country code
	trunk     map[string]string         // by country code
}

func newPhoneBook() *phoneBook {
	b := &phoneBook{numberings(), map[string]*regexp.Regexp{}, map[string]string{}}
	for _, n := range b.countries {
		b.national[n.code] = regexp.MustCompile(`^(?:` + n.national + `)$`)
		b.trunk[n.code] = n.trunk
	}
	return b
}
