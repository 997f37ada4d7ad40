package library_test

import "testing"

func TestNumbersOfLocales(t *testing.T) {
	const no, which = "! the text is not a number as the locale writes it", "! the locale is not one of en, de, es, it, nl, da, tr, pt_br, fr, sv, nb, fi, pl, cs, ch, in"
	checkAll(t, []example{
		{"number.parse('1,234,567.80', 'en')", "1234567.80"}, {"number.parse('1234567.8', 'en')", "1234567.8"}, {"number.parse('1.234', 'de')", "1234"}, {"number.parse('1.234', 'en')", "1.234"},
		{"number.parse('-1.234,5', 'de')", "-1234.5"}, {"number.parse('+12', 'de')", "12"}, {"number.parse('\u22125', 'de')", "-5"}, {"number.parse('1 234,5', 'fr')", "1234.5"},
		{"number.parse('1\u00a0234\u00a0567', 'fr')", "1234567"}, {"number.parse('1\u202f234', 'sv')", "1234"}, {"number.parse(\"1'234.50\", 'ch')", "1234.50"}, {"number.parse('1’234', 'ch')", "1234"},
		{"number.parse('12,34,567.89', 'in')", "1234567.89"}, {"number.parse('1,234,567', 'in')", no}, {"number.parse('12,34,567', 'en')", no}, {"number.parse('1,23', 'en')", no},
		{"number.parse('1,2345', 'en')", no}, {"number.parse('1234,567', 'en')", no}, {"number.parse(',123', 'en')", no}, {"number.parse('1,,234', 'en')", no}, {"number.parse('1.234.5', 'de')", no},
		{"number.parse('1.5,234', 'en')", no}, {"number.parse('1,234', 'de')", "1.234"}, {"number.parse('1.', 'en')", no}, {"number.parse('.5', 'en')", no}, {"number.parse('', 'en')", no}, {"number.parse('-', 'en')", no},
		{"number.parse('--1', 'en')", no}, {"number.parse('-+1', 'en')", no}, {"number.parse(' 1', 'en')", no}, {"number.parse('1e3', 'en')", no}, {"number.parse('1 234\u00a0567', 'fr')", no}, {"number.parse('١', 'en')", no},
		{"number.parse('NaN', 'en')", no}, {"number.parse('5 €', 'de')", no}, {"number.parse('1', 'xx')", which}, {"number.valid('1', 'xx')", which}, {"number.valid('1,5', 'de')", "true"},
		{"number.format(decimal('-1234.5'), 'de')", "-1.234,5"}, {"number.format(decimal('123'), 'en')", "123"}, {"number.format(decimal('1234567'), 'in')", "12,34,567"},
		{"number.format(decimal('1234567'), 'fr')", "1\u00a0234\u00a0567"}, {"number.format(decimal('1234'), 'ch')", "1’234"}, {"number.format(decimal('0.05'), 'de')", "0,05"},
		{"number.format(decimal('NaN'), 'de')", "! a decimal in the calculation is not a number or infinite"}, {"number.format(decimal('1'), 'x')", which},
	})
}

func TestUnits(t *testing.T) {
	const endless = "! the conversion has no finite decimal form; use units.convert(x, from, to, scale, 'half_even')"
	convert := func(x, from, to string) string {
		return "units.convert(decimal('" + x + "'), '" + from + "', '" + to + "')"
	}
	checkAll(t, []example{
		{convert("1", "lb", "kg"), "0.45359237"}, {convert("0.45359237", "kg", "lb"), "1"}, {convert("1", "kg", "lb"), endless}, {convert("1.000", "kg", "g"), "1000"}, {convert("14", "lb", "st"), "1"},
		{convert("16", "oz", "lb"), "1"}, {convert("7000", "gr", "lb"), "1"}, {convert("480", "gr", "ozt"), "1"}, {convert("2000", "lb", "ton_us"), "1"}, {convert("2240", "lb", "ton_uk"), "1"},
		{convert("1", "t", "mg"), "1000000000"}, {convert("5", "ug", "mg"), "0.005"},
		{convert("1", "mi", "ft"), "5280"}, {convert("36", "in", "yd"), "1"}, {convert("1", "nmi", "m"), "1852"}, {convert("1", "in", "cm"), "2.54"}, {convert("1", "um", "mm"), "0.001"}, {convert("1", "km", "m"), "1000"},
		{convert("231", "in3", "gal_us"), "1"}, {convert("1", "gal_us", "floz_us"), "128"}, {convert("4", "qt_us", "gal_us"), "1"}, {convert("8", "pt_us", "gal_us"), "1"}, {convert("1", "gal_uk", "floz_uk"), "160"},
		{convert("8", "pt_uk", "gal_uk"), "1"}, {convert("1728", "in3", "ft3"), "1"}, {convert("1", "m3", "ml"), "1000000"}, {convert("5", "ul", "ml"), "0.005"}, {convert("1", "dl", "cl"), "10"},
		{convert("100", "C", "F"), "212"}, {convert("-40", "F", "C"), "-40"}, {convert("98.6", "F", "C"), "37"}, {convert("0", "C", "K"), "273.15"}, {convert("99", "F", "C"), endless}, {convert("-459.67", "F", "K"), "0"},
		{"units.convert(decimal('99'), 'F', 'C', 2, 'half_even')", "37.22"}, {"units.convert(decimal('1'), 'kg', 'lb', 4, 'down')", "2.2046"},
		{"units.convert(decimal('1'), 'kg', 'lb', 4, 'x')", "! the rounding mode is not one of half_even, half_up, half_down, up, down, ceiling, floor"},
		{convert("1", "kg", "m"), "! a mass cannot become a length"}, {convert("NaN", "kg", "g"), "! a decimal in the calculation is not a number or infinite"},
	})
}

func TestMoreOfDecimals(t *testing.T) {
	checkAll(t, []example{
		{"decimal.sign(decimal('0.00'))", "0"}, {"decimal.sign(decimal('3'))", "1"}, {"decimal.scale(decimal('1e3'))", "0"}, {"decimal.scale(decimal('1'))", "0"}, {"decimal.reduce(decimal('100'))", "100"},
		{"decimal.reduce(decimal('100.00'))", "100"}, {"decimal.reduce(decimal('0.00'))", "0"}, {"decimal.reduce(decimal('1.05'))", "1.05"}, {"decimal.rem(decimal('-7.5'), decimal('2'))", "-1.5"},
		{"decimal.rem(decimal('7'), decimal('0.7'))", "0.0"}, {"decimal.rem(decimal('1e3'), decimal('7'))", "6"}, {"decimal.rem(decimal('1'), decimal('0'))", "! division by zero"},
		{"decimal.sign(decimal('NaN'))", "! a decimal in the calculation is not a number or infinite"}, {"decimal.percent(decimal('2'), decimal('3'), 0, 'half_up')", "67"},
		{"decimal.percent(decimal('2'), decimal('0'), 0, 'half_up')", "! division by zero"}, {"decimal.percent(decimal('Infinity'), decimal('1'), 0, 'up')", "! a decimal in the calculation is not a number or infinite"},
	})
}

func TestPhones(t *testing.T) {
	const (
		no     = "! the text is not a telephone number that can be judged"
		length = "! the telephone number does not have the length or first digits of its country"
		trunk  = "! the telephone number lacks the 0 in front that its country writes, so that it cannot be judged"
		abroad = "! the telephone number's country code is not one that phone.e164 knows; its reference lists them"
	)
	e164 := func(text, country string) string { return "phone.e164('" + text + "', '" + country + "')" }
	checkAll(t, []example{
		{e164(" (020) 7946-0958 ", "GB"), "+442079460958"}, {e164("+44 (0)20 7946 0958", "FR"), "+442079460958"}, {e164("(+44) 20 7946.0958", "FR"), "+442079460958"}, {e164("0044 20 7946 0958", "FR"), "+442079460958"},
		{e164("011 44 20 7946 0958", "US"), "+442079460958"}, {e164("0800 123456", "GB"), "+44800123456"}, {e164("20 7946 0958", "GB"), trunk}, {e164("020 7946 095", "GB"), length}, {e164("020 7946 09588", "GB"), length},
		{e164("+44 020 7946 0958", "GB"), length}, {e164("020 7946 0958 x12", "GB"), no}, {e164("", "GB"), no}, {e164("+", "GB"), no}, {e164("+44", "GB"), no}, {e164("020/7946", "GB"), length},
		{e164("+81 3 1234 5678", "GB"), abroad}, {e164("+81 CALL", "GB"), no}, {e164("02079460958", "JP"), "! the default country is not one that phone.e164 knows; its reference lists them"},
		{e164("(212) 555-0123", "US"), "+12125550123"}, {e164("1-212-555-0123", "US"), "+12125550123"}, {e164("+1 212 555 0123", "DE"), "+12125550123"}, {e164("212 155 0123", "US"), length}, {e164("555-0123", "US"), length},
		{e164("030 901820", "DE"), "+4930901820"}, {e164("01512 3456789", "DE"), "+4915123456789"}, {e164("0170 1234567", "DE"), "+491701234567"}, {e164("0110", "DE"), length}, {e164("06 12 34 56 78", "FR"), "+33612345678"},
		{e164("06 6982 1234", "IT"), "+390669821234"}, {e164("+39 06 6982 1234", "GB"), "+390669821234"}, {e164("347 123 4567", "IT"), "+393471234567"}, {e164("0471 12 34 56", "BE"), "+32471123456"}, {e164("02 555 12 12", "BE"), "+3225551212"},
		{e164("044 668 18 00", "CH"), "+41446681800"}, {e164("32 12 34 56", "DK"), "+4532123456"}, {e164("912 345 678", "ES"), "+34912345678"},
		{e164("0421 123 45", "SE"), "+4642112345"}, {e164("070-123 45 67", "SE"), "+46701234567"}, {e164("22 12 34 56", "NO"), "+4722123456"}, {e164("601 123 456", "PL"), "+48601123456"},
		{e164("224 123 456", "CZ"), "+420224123456"}, {e164("02/1234 5678", "SK"), "+421212345678"}, {e164("210 123 4567", "GR"), "+302101234567"}, {e164("01 234 5678", "IE"), "+35312345678"},
		{e164("085 123 4567", "IE"), "+353851234567"}, {e164("020 123 4567", "NL"), "+31201234567"}, {e164("212 345 678", "PT"), "+351212345678"}, {e164("(02) 9123 4567", "AU"), "+61291234567"},
		{e164("0011 61 2 9123 4567", "AU"), "+61291234567"}, {e164("021 123 456", "NZ"), "+6421123456"}, {e164("98765 43210", "IN"), "+919876543210"}, {e164("021 123 4567", "ZA"), "+27211234567"},
		{e164("604-555-0123", "CA"), "+16045550123"}, {"phone.valid('020 7946 0958', 'GB')", "true"}, {"phone.valid('1', 'JP')", "! the default country is not one that phone.e164 knows; its reference lists them"},
	})
}
