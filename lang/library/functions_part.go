package library

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var errSeparator = errors.New("the separator is empty")

func checkSeparator(s string) error {
	if s == "" {
		return errSeparator
	}
	return nil
}

// partFunctions take texts apart.
func partFunctions() []Function {
	str := cel.StringType
	separated := each(map[int]func(string) error{1: checkSeparator})
	end := func(name, doc, want string, cut func(s string, n int) string) Function {
		return Function{Name: "text." + name, Signature: "text." + name + "(text string, length int) -> string", Doc: doc, Cost: Linear,
			Example: "text." + name + "('straße', 3)", Result: want,
			overloads: []cel.FunctionOpt{binary("text_"+name, str, cel.IntType, str, on2(func(s types.String, n types.Int) (ref.Val, error) {
				if n < 0 {
					return nil, errors.New("the length is negative")
				}
				return types.String(cut(string(s), int(n))), nil
			}))}}
	}
	side := func(name, doc, want string, pick func(before, after string) string) Function {
		return Function{Name: "text." + name, Signature: "text." + name + "(text string, separator string) -> string", Doc: doc, Cost: Linear,
			Null: absentWhere("where the separator is not in the text"), Absent: true, Check: separated,
			Example: "text." + name + "('a=b=c', '=')", Result: want,
			overloads: []cel.FunctionOpt{binary("text_"+name, str, str, str, on2(func(s, sep types.String) (ref.Val, error) {
				before, after, found := strings.Cut(string(s), string(sep))
				switch {
				case sep == "":
					return nil, errSeparator
				case !found:
					return types.NullValue, nil
				}
				return types.String(pick(before, after)), nil
			}))}}
	}
	return []Function{
		end("left", "So many characters from the start of the text; all of a shorter text.", "str", left),
		end("right", "So many characters from the end of the text; all of a shorter text.", "aße", func(s string, n int) string {
			return s[len(left(s, max(0, utf8.RuneCountInString(s)-n))):]
		}),
		side("before", "What stands before the first separator.", "a", func(before, _ string) string { return before }),
		side("after", "What stands behind the first separator.", "b=c", func(_, after string) string { return after }),
		{Name: "text.split", Signature: "text.split(text string, separator string) -> list(string)", Cost: Linear, Check: separated,
			Doc:     "The parts between the separators, also empty ones. A text without separator is one part.",
			Example: "text.split('a,b,,c', ',').join('|')", Result: "a|b||c",
			overloads: []cel.FunctionOpt{binary("text_split", str, str, cel.ListType(str), on2(func(s, sep types.String) (ref.Val, error) {
				if sep == "" {
					return nil, errSeparator
				}
				return stringList(strings.Split(string(s), string(sep))), nil
			}))}},
		{Name: "text.part", Signature: "text.part(text string, separator string, number int) -> string", Cost: Linear, Check: separated,
			Doc:  "One of the parts between the separators, counted from 1; a negative number counts from the end.",
			Null: absentWhere("where there is no such part"), Absent: true,
			Example: "text.part('a/b/c', '/', -1)", Result: "c",
			overloads: []cel.FunctionOpt{variadic("text_part", []*cel.Type{str, str, cel.IntType}, str, on3(numberedPart))}},
		{Name: "text.blank_to_null", Signature: "text.blank_to_null(string) -> string", Cost: Linear,
			Doc:  "The text as it is, but null where it is empty or holds nothing but white space.",
			Null: absentWhere("where the text is blank"), Absent: true, Example: "text.blank_to_null('a ')", Result: "a ",
			overloads: []cel.FunctionOpt{unary("text_blank_to_null", str, str, text(func(s string) (ref.Val, error) {
				if strings.TrimSpace(s) == "" {
					return types.NullValue, nil
				}
				return types.String(s), nil
			}))}},
	}
}

func left(s string, n int) string {
	for at := range s {
		if n == 0 {
			return s[:at]
		}
		n--
	}
	return s
}

func numberedPart(s, sep types.String, n types.Int) (ref.Val, error) {
	switch {
	case sep == "":
		return nil, errSeparator
	case n == 0:
		return nil, errors.New("parts are counted from 1, or from -1 at the end")
	}
	parts := strings.Split(string(s), string(sep))
	at := int64(n) - 1
	if n < 0 {
		at = int64(len(parts)) + int64(n)
	}
	if at < 0 || at >= int64(len(parts)) {
		return types.NullValue, nil
	}
	return types.String(parts[at]), nil
}
