package library_test

import "testing"

func TestFormsOfCodes(t *testing.T) {
	var all []example
	for function, cases := range map[string][2][]string{
		"nhs.valid_status": {{"01", "08"}, {"00", "09", "1", "001", ""}},
		"icd10.valid":      {{"I10", "I10X", "J18.9", "J189", "S72.00", "A17.0D", "M01.0A"}, {"", "J1", "j18.9", "J18.", "18.9", "J18.9 ", "J18.99999"}},
		"opcs4.valid":      {{"H33.4", "H334", "X99"}, {"", "I33.4", "H3", "H33.", "H33.45"}},
		"snomed.valid": {{"22298006", "73211009", "138875005", "404684003", "900000000000207008", "999000011000000103"},
			{"22298007", "138875006", "12345", "022298006", "", "2229800x", "4046840031234567890"}},
	} {
		for i, want := range []string{"true", "false"} {
			for _, code := range cases[i] {
				all = append(all, example{function + "('" + code + "')", want})
			}
		}
	}
	checkAll(t, all)
}
