package library

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// regexFunctions take RE2, whose matches take time in proportion to the text whatever the pattern is.
func regexFunctions() []Function {
	patterns := newMemo(compile)
	str, num := cel.StringType, cel.IntType
	literal := func(f Function) Function {
		f.Cost, f.Literals = Heavy, append([]int{1}, f.Literals...)
		if f.Check == nil {
			f.Check = each(map[int]func(string) error{1: patterns.check})
		}
		return f
	}
	none := absentWhere("where nothing matches")
	return []Function{
		literal(Function{Name: "regex.matches", Signature: "regex.matches(text string, pattern string) -> bool",
			Doc:     "Whether the pattern, of RE2, is found in the text. ^ and $ in it stand for the ends of the text. The pattern is a literal.",
			Example: `regex.matches('AB-123', '^[A-Z]+-[0-9]+$')`, Result: "true",
			overloads: []cel.FunctionOpt{binary("regex_matches", str, str, cel.BoolType, on2(func(s, pattern types.String) (ref.Val, error) {
				re, err := patterns.of(string(pattern))
				if err != nil {
					return nil, err
				}
				return types.Bool(re.MatchString(string(s))), nil
			}))}}),
		literal(Function{Name: "regex.find", Signature: "regex.find(text string, pattern string) -> string",
			Doc: "The first part of the text that the pattern matches.", Null: none, Absent: true,
			Example: `regex.find('order 4711 of 12', '[0-9]+')`, Result: "4711",
			overloads: []cel.FunctionOpt{binary("regex_find", str, str, str, on2(func(s, pattern types.String) (ref.Val, error) {
				return group(patterns, string(s), string(pattern), 0)
			}))}}),
		literal(Function{Name: "regex.group", Signature: "regex.group(text string, pattern string, group int) -> string",
			Doc:  "What a group in brackets, counted from 1, holds of the first match.",
			Null: absentWhere("where nothing matches or the group has no part in the match"), Absent: true,
			Example: `regex.group('Ward 7, bed 12', 'Ward ([0-9]+), bed ([0-9]+)', 2)`, Result: "12",
			overloads: []cel.FunctionOpt{variadic("regex_group", []*cel.Type{str, str, num}, str,
				on3(func(s, pattern types.String, n types.Int) (ref.Val, error) {
					return group(patterns, string(s), string(pattern), int64(n))
				}))}}),
		literal(Function{Name: "regex.find_all", Signature: "regex.find_all(text string, pattern string) -> list(string)",
			Doc:     "All parts of the text that the pattern matches, from left to right; none of them overlap.",
			Example: `regex.find_all('a1 b22', '[0-9]+').join('+')`, Result: "1+22",
			overloads: []cel.FunctionOpt{binary("regex_find_all", str, str, cel.ListType(str), on2(func(s, pattern types.String) (ref.Val, error) {
				re, err := patterns.of(string(pattern))
				if err != nil {
					return nil, err
				}
				return stringList(re.FindAllString(string(s), -1)), nil
			}))}}),
		literal(Function{Name: "regex.replace", Signature: "regex.replace(text string, pattern string, with string) -> string",
			Doc: "The text with every match put in another form: $1 to $9 and ${name} in it are groups of the match, $$ is a dollar sign. " +
				"Pattern and form are literals.",
			Example: `regex.replace('31/01/2020', '([0-9]+)/([0-9]+)/([0-9]+)', '$3-$2-$1')`, Result: "2020-01-31", Literals: []int{2},
			Check: func(literals map[int]string) error {
				re, err := patterns.of(literals[1])
				if err != nil {
					return err
				}
				_, err = replacement(re, literals[2])
				return err
			},
			overloads: []cel.FunctionOpt{variadic("regex_replace", []*cel.Type{str, str, str}, str,
				on3(func(s, pattern, with types.String) (ref.Val, error) {
					return replaced(patterns, string(s), string(pattern), string(with))
				}))}}),
	}
}

func compile(pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	var fault *syntax.Error
	switch {
	case errors.As(err, &fault):
		return nil, errors.New("the pattern is not of RE2: " + fault.Code.String())
	case err != nil:
		return nil, errors.New("the pattern is not of RE2")
	}
	return re, nil
}

func group(patterns *memo[*regexp.Regexp], s, pattern string, n int64) (ref.Val, error) {
	re, err := patterns.of(pattern)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > int64(re.NumSubexp()) {
		return nil, errors.New("the pattern has no group of this number")
	}
	at := re.FindStringSubmatchIndex(s)
	if at == nil || at[2*n] < 0 {
		return types.NullValue, nil
	}
	return types.String(s[at[2*n]:at[2*n+1]]), nil
}

func replaced(patterns *memo[*regexp.Regexp], s, pattern, with string) (ref.Val, error) {
	re, err := patterns.of(pattern)
	if err != nil {
		return nil, err
	}
	form, err := replacement(re, with)
	if err != nil {
		return nil, err
	}
	return types.String(re.ReplaceAllString(s, form)), nil
}

var errForm = errors.New("the form to replace with names a group that the pattern does not have; a dollar sign is written $$")

// replacement writes our form as Go's, in which $1x would be a group called 1x and a group that is not there would be empty.
func replacement(re *regexp.Regexp, with string) (string, error) {
	var out strings.Builder
	for rest := with; rest != ""; {
		before, after, found := strings.Cut(rest, "$")
		out.WriteString(before)
		if !found {
			break
		}
		switch {
		case strings.HasPrefix(after, "$"):
			out.WriteString("$$")
			rest = after[1:]
		case after != "" && after[0] >= '1' && after[0] <= '9' && int(after[0]-'0') <= re.NumSubexp():
			out.WriteString("${" + after[:1] + "}")
			rest = after[1:]
		case strings.HasPrefix(after, "{"):
			name, behind, closed := strings.Cut(after[1:], "}")
			if !closed || name == "" || re.SubexpIndex(name) < 0 {
				return "", errForm
			}
			out.WriteString("${" + name + "}")
			rest = behind
		default:
			return "", errForm
		}
	}
	return out.String(), nil
}

func stringList(all []string) ref.Val {
	if all == nil {
		all = []string{}
	}
	return types.DefaultTypeAdapter.NativeToValue(all)
}
