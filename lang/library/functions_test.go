package library_test

import (
	"strings"
	"testing"
)

const null = "NULL_VALUE" // how a null is written by its library

func TestPartsOfTexts(t *testing.T) {
	checkAll(t, []example{
		{"text.left('añb', 2)", "añ"}, {"text.left('a', 9)", "a"}, {"text.left('a', 0)", ""}, {"text.left('a', -1)", "! the length is negative"},
		{"text.right('añb', 2)", "ñb"}, {"text.right('a', 9)", "a"}, {"text.right('añ', 0)", ""}, {"text.right('a', 9223372036854775807)", "a"},
		{"text.before('a', '=')", null}, {"text.after('a=', '=')", ""}, {"text.before('a', '')", "! the separator is empty"},
		{"text.split('', ',').size()", "1"}, {"text.split('a', '')", "! the separator is empty"}, {"text.part('a/b', '/', 1)", "a"}, {"text.part('a/b', '/', 3)", null},
		{"text.part('a/b', '/', -3)", null}, {"text.part('a/b', '/', 0)", "! parts are counted from 1, or from -1 at the end"},
		{"text.part('a', '', 1)", "! the separator is empty"}, {"text.blank_to_null('\\u00a0 \\n')", null}, {"text.blank_to_null('')", null},
	})
}

func TestCharacters(t *testing.T) {
	const none = "! a character has no form in ASCII; text.transliterate(text, '?') says what to write for it"
	checkAll(t, []example{
		{"text.keep('añ1٣.', 'letters')", "añ"}, {"text.keep('a1٣', 'digits')", "1"}, {"text.keep('añ1.', 'ascii')", "a1."}, {"text.remove('a\\u200bb\\tc', 'format control')", "abc"},
		{"text.remove('e\\u0301', 'marks')", "e"}, {"text.keep('1€+', 'symbols')", "€+"},
		{"text.keep('a', 'letter')", "! the classes are not of letters, digits, spaces, punctuation, symbols, marks, control, format, ascii with blanks between them"},
		{"text.without('añb', 'ñ')", "ab"}, {"text.without('ab', '')", "ab"}, {"text.normalise('é', 'nfd').size()", "2"}, {"text.normalise('ﬁ²', 'nfkc')", "fi2"},
		{"text.normalise('a', 'x')", "! the normal form is not one of nfc, nfd, nfkc, nfkd"},
		{"text.transliterate('Þórður Œuvre ß ẞ ð “x” – …')", "THordur OEuvre ss SS d \"x\" - ..."}, {"text.transliterate('Ångström e\\u0301 ñ ż ő')", "Angstrom e n z o"},
		{"text.transliterate('中')", none}, {"text.transliterate('Ελ')", none}, {"text.transliterate('\\u0301a')", none}, {"text.transliterate('й中a', '?')", "??a"},
		{"text.transliterate('中', '')", ""}, {"text.slug('  Łódź -- 2!')", "lodz-2"}, {"text.slug('!!')", ""}, {"text.slug('中')", none},
	})
}

func TestRegularExpressions(t *testing.T) {
	const form = "! the form to replace with names a group that the pattern does not have; a dollar sign is written $$"
	checkAll(t, []example{
		{"regex.matches('xABx', 'AB')", "true"}, {"regex.matches('xABx', '^AB$')", "false"}, {"regex.matches('a', '(')", "! the pattern is not of RE2: missing closing )"},
		{"regex.find('abc', 'x')", null}, {"regex.find('abc', 'x*')", ""}, {"regex.group('ab', '(a)|(x)', 2)", null}, {"regex.group('ab', 'a(b)?', 1)", "b"},
		{"regex.group('ab', 'a', 1)", "! the pattern has no group of this number"}, {"regex.group('ab', 'a', -1)", "! the pattern has no group of this number"},
		{"regex.find_all('abc', 'x').size()", "0"}, {"regex.replace('a1b2', '([0-9])', '<$1x>')", "a<1x>b<2x>"}, {"regex.replace('ab', '(?P<n>a)', '${n}$$1')", "a$1b"},
		{"regex.replace('a', 'a', '$1')", form}, {"regex.replace('a', '(a)', '$')", form}, {"regex.replace('a', '(a)', '${m}')", form}, {"regex.replace('a', '(a)', '${')", form},
		{"regex.replace('a', '(a)', '$0')", form}, {"regex.replace('aaa', 'x', 'y')", "aaa"},
	})
}

func TestJSON(t *testing.T) {
	const notJSON, path, twice = "! the text is not JSON", `! the path is not of the form a.b[0] or a["odd name"]`, "! an object of the JSON has a member twice"
	checkAll(t, []example{
		{`json.at('{"a":1}', 'b')`, null}, {`json.at('{"a":null}', 'a')`, null}, {`json.at('{"a":1}', 'a.b')`, null}, {`json.at('[1]', '[1]')`, null},
		{`json.at('[1]', 'a')`, null}, {`json.at('{"a":1}', '[0]')`, null}, {`json.at('{"":{"é":2}}', '[""].é')`, "2"}, {`json.at('{"a":{"b":3}}', '["a"]["b"]')`, "3"},
		{`json.at({'a': [dyn(1), {'b': 4}]}, 'a[1].b')`, "4"}, {`json.at('5', '')`, "5"}, {`json.at('{', 'a')`, notJSON}, {`json.at('', 'a')`, notJSON}, {`json.at('1 2', '')`, notJSON},
		{`json.at('{"a":1,"a":2}', 'a')`, twice}, {`json.at('{"x":[{"a":1,"a":2}]}', 'b')`, twice}, {`json.at('"\\ud800"', '')`, notJSON}, {`json.at('"\\ud83d\\ude00"', '')`, "😀"},
		{`json.at('"\\ud83d\\u0041"', '')`, notJSON}, {`json.at('"\\\\ud800"', '')`, `\ud800`}, {`json.at('9223372036854775807', '')`, "9223372036854775807"},
		{`string(json.at('9223372036854775808', '')) == '9223372036854775808'`, "true"}, {`string(json.at('0.1234567890123456789', ''))`, "0.1234567890123456789"},
		{`json.at('1e999999999', '')`, "! a number of the JSON has too many digits"}, {`json.text_at('1.10', '')`, "1.1"}, {`json.text_at('1e21', '')`, "1000000000000000000000"},
		{`json.text_at('true', '')`, "true"}, {`json.text_at('null', '')`, null}, {`json.text_at('{}', '')`, "! the path leads to an object or array, which is no text"},
		{`json.int_at('1.0', '')`, "1"}, {`json.int_at('1.5', '')`, "! the path leads to a number that is not whole or out of range"}, {`json.int_at('"1"', '')`, "! the path leads to something that is no number"},
		{`json.decimal_at('true', '')`, "! the path leads to something that is no number"}, {`json.bool_at('1', '')`, "! the path leads to something that is not true or false"},
		{`json.list_at('{}', '')`, "! the path leads to something that is no array"}, {`json.has('{"a":1}', 'a.b')`, "false"}, {`json.parse('null')`, null},
		{`json.at('{}', 'a.')`, path}, {`json.at('{}', '.a')`, path}, {`json.at('{}', 'a[x]')`, path}, {`json.at('{}', 'a[-1]')`, path}, {`json.at('{}', 'a[0')`, path}, {`json.at('{}', 'a b')`, path},
		{`json.at('{}', '["a"')`, path}, {`json.at('{}', 'a["b"]c')`, path}, {`json.at('{}', '["a\\q"]')`, path},
	})
}

func TestXML(t *testing.T) {
	const notXML, path, several = "! the text is not well-formed XML", "! the path is not of the form root/element[2]/@attribute", "! the path leads to several places; element[1] says which"
	const doc = `'<o:r xmlns:o="urn:x/y" k="v"><a>1<b>2</b>3</a><a/><a> <![CDATA[<&]]>&amp;</a></o:r>'`
	checkAll(t, []example{
		{"xml.at(" + doc + ", 'r/a[1]')", "123"}, {"xml.at(" + doc + ", 'r/a[2]')", ""}, {"xml.at(" + doc + ", 'r/a[3]')", " <&&"}, {"xml.at(" + doc + ", 'r/a[4]')", null},
		{"xml.at(" + doc + ", 'r/a')", several}, {"xml.at(" + doc + ", 'r/a/b')", "2"}, {"xml.at(" + doc + ", 'r/@k')", "v"}, {"xml.at(" + doc + ", 'r/a[1]/@k')", null},
		{"xml.at(" + doc + ", '{urn:x/y}r/@k')", "v"}, {"xml.at(" + doc + ", '{urn:z}r/@k')", null}, {"xml.at(" + doc + ", 'x/a')", null},
		{"xml.at(" + doc + ", 'r/b')", null}, {"xml.values(" + doc + ", 'r/a').size()", "3"}, {"xml.has(" + doc + ", 'r/a[2]')", "true"}, {"xml.has(" + doc + ", 'r/c')", "false"},
		{"xml.values('<a><b><c>1</c></b><b><c>2</c><c>3</c></b></a>', 'a/b/c[1]').join(' ')", "1 2"}, {"xml.at('<a><a><a>x</a></a></a>', 'a/a')", "x"},
		{`xml.at('<?xml version="1.0" encoding="ISO-8859-1"?>\n<!-- c --><a>é</a>\n', 'a')`, "é"},
		{"xml.at('<a>', 'a')", notXML}, {"xml.at('<a/><b/>', 'a')", notXML}, {"xml.at('<a/>x', 'a')", notXML}, {"xml.at('', 'a')", notXML}, {"xml.at('x', 'a')", notXML}, {"xml.at('<a>&x;</a>', 'a')", notXML},
		{`xml.at('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'a')`, notXML}, {"xml.at('<a k=\"1\" k=\"2\"/>', 'a')", notXML}, {"xml.at('<a></b>', 'a')", notXML},
		{"xml.at('<a/>', '')", path}, {"xml.at('<a/>', '/a')", path}, {"xml.at('<a/>', 'a/')", path}, {"xml.at('<a/>', 'a[0]')", path}, {"xml.at('<a/>', '@a')", path}, {"xml.at('<a/>', 'a/@b/c')", path},
		{"xml.at('<a/>', 'a[1')", path}, {"xml.at('<a/>', '{}a')", path}, {"xml.at('<a/>', 'a//b')", path},
	})
}

func TestHashesAndEncodings(t *testing.T) {
	checkAll(t, []example{
		{"hash.sha256(b'abc') == hash.sha256('abc')", "true"}, {"hash.sha256('')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}, {"hash.md5('')", "d41d8cd98f00b204e9800998ecf8427e"},
		{"hash.sha512(b'abc') == hash.sha512('abc')", "true"}, {"hash.sha256('é') == hash.sha256(b'\\303\\251')", "true"}, {"encode.base64(b'\\377')", "/w=="}, {"encode.hex('')", ""},
		{"decode.hex('abc')", "! the text is not of pairs of hexadecimal digits"}, {"decode.hex('zz')", "! the text is not of pairs of hexadecimal digits"},
		{"decode.base64('/x==')", "! the text is not base64 with padding"}, {"decode.base64('YQ')", "! the text is not base64 with padding"}, {"decode.base64('YWFh\\nYWFh')", "! the text is not base64 with padding"},
		{"decode.base64('').size()", "0"},
	})
}

func TestLists(t *testing.T) {
	const several = "! the list holds values of several types"
	checkAll(t, []example{
		{"list.min(['b', 'a'])", "a"}, {"list.max([decimal('1.5'), decimal('2')])", "2"}, {"list.max([date('2020-01-31'), date('2020-02-01')])", "2020-02-01"}, {"list.min([1.5, -2.0])", "-2"},
		{"list.min([])", null}, {"list.first([])", null}, {"list.last([])", null}, {"list.sum([]) == 0", "true"}, {"list.sum([1, 2, 3])", "6"}, {"list.sum([0.5, 0.25])", "0.75"},
		{"list.sum([9223372036854775807, 1])", "! the sum is out of range"}, {"list.sum([dyn(1), dyn('a')])", several}, {"list.max([dyn(1), dyn('a')])", "! the list holds values that have no order"},
		{"list.sort([3, 1, 2]) == [1, 2, 3]", "true"}, {"list.sort([double('NaN'), 1.0])", "! the list holds NaN, which has no place in an order"}, {"list.max([dyn(null)])", "! an operator or function met a value of a type that it does not take"},
		{"list.sort([dyn(1), null])", "! the list holds null"}, {"list.unique([dyn('a'), null]).size()", "! the list holds null"}, {"list.unique([dyn(1), dyn(1.0), dyn('1'), dyn(2)]).size()", "3"},
		{"list.unique([date('2020-01-31'), date('2020-01-31')]).size()", "1"}, {"list.unique([decimal('1.0'), decimal('1')]).size()", "1"}, {"list.union([1, 2], [2, 3]) == [1, 2, 3]", "true"},
		{"list.intersect([3, 2, 1, 2], [2, 3]) == [3, 2]", "true"}, {"list.except([3, 2, 1, 1], [2, 3]) == [1]", "true"}, {"list.contains([1], 2)", "false"}, {"list.contains([[1]], [1])", "true"},
		{"list.join([], ',')", ""}, {"list.without_nulls([dyn(null)]).size()", "0"}, {"list.first([dyn(null), dyn(1)])", null},
	})
}

func TestNoFunctionShowsAValueInItsError(t *testing.T) {
	env := environment(t)
	for _, text := range []string{"json.at('S3CRET{', 'a')", "json.text_at('{\"a\": {\"S3CRET\": 1}}', 'a')", "json.int_at('\"S3CRET\"', '')", "json.at('{\"S3CRET\":1,\"S3CRET\":2}', 'a')", "json.list_at('\"S3CRET\"', '')",
		"json.bool_at('\"S3CRET\"', '')", "json.parse('S3CRET')", "xml.at('<S3CRET>', 'a')", "xml.values('<a>&S3CRET;</a>', 'a')", "xml.at('<a k=\"S3CRET\" k=\"S3CRET\"/>', 'a')", "number.parse('S3CRET', 'en')", "number.parse('1', 'S3CRET')",
		"phone.e164('S3CRET', 'GB')", "phone.e164('+S3CRET', 'GB')", "phone.e164('1', 'S3CRET')", "email.normalise('S3CRET')", "email.domain('S3CRET')", "decode.hex('S3CRET')", "decode.base64('S3CRET!')", "text.transliterate('S3CRET中')",
		"text.slug('S3CRET中')", "text.keep('S3CRET', 'S3CRET')", "text.normalise('a', 'S3CRET')", "text.pad_left('S3CRET', 9, 'S3CRET')", "date.trunc(date('2020-01-01'), 'S3CRET')", "date.format(date('2020-01-01'), 'S3CRET')",
		"list.sum([dyn('S3CRET'), dyn(1)])", "list.join([dyn('S3CRET'), dyn(1)], ',')", "list.max([dyn('S3CRET'), dyn(1)])", "regex.replace('S3CRET', '(S3CRET)', '$2')", "regex.find('S3CRET', 'S3CRET(')",
		"units.convert(decimal('1'), 'S3CRET', 'kg')", "decimal.percent(decimal('1'), decimal('2'), 1, 'S3CRET')", "datetime.trunc(datetime('2020-01-01'), 'S3CRET')"} {
		if got := evaluate(t, env, text); !strings.HasPrefix(got, "! ") || strings.Contains(got, "S3CRET") {
			t.Errorf("%s: got %q, want an error without the value", text, got)
		}
	}
}
