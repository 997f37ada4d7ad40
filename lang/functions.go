package lang

import (
	"crypto/sha256"
	"crypto/sha512"
	"reflect"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/novumsolvo/migrateiq/providers/secret"
)

// functions are what HCL expressions may call. None reads a file, the network, the clock or chance, so the same folder
// and the same variables always give the same Config. Where Terraform has a function of the name, it is the same one.
func functions(secretType cty.Type) map[string]function.Function {
	return map[string]function.Function{
		"abs":             stdlib.AbsoluteFunc,
		"alltrue":         allOrAny(true),
		"anytrue":         allOrAny(false),
		"base64decode":    base64Func(false),
		"base64encode":    base64Func(true),
		"can":             tryfunc.CanFunc,
		"ceil":            stdlib.CeilFunc,
		"chomp":           stdlib.ChompFunc,
		"chunklist":       stdlib.ChunklistFunc,
		"coalesce":        stdlib.CoalesceFunc,
		"coalescelist":    stdlib.CoalesceListFunc,
		"compact":         stdlib.CompactFunc,
		"concat":          stdlib.ConcatFunc,
		"contains":        stdlib.ContainsFunc,
		"csvdecode":       stdlib.CSVDecodeFunc,
		"distinct":        stdlib.DistinctFunc,
		"element":         stdlib.ElementFunc,
		"endswith":        textTest(strings.HasSuffix),
		"flatten":         stdlib.FlattenFunc,
		"floor":           stdlib.FloorFunc,
		"format":          plain(stdlib.FormatFunc),
		"formatdate":      stdlib.FormatDateFunc,
		"formatlist":      plain(stdlib.FormatListFunc),
		"indent":          stdlib.IndentFunc,
		"index":           indexFunc(),
		"join":            stdlib.JoinFunc,
		"jsondecode":      stdlib.JSONDecodeFunc,
		"jsonencode":      plain(stdlib.JSONEncodeFunc),
		"keys":            stdlib.KeysFunc,
		"length":          lengthFunc(),
		"lookup":          stdlib.LookupFunc,
		"lower":           stdlib.LowerFunc,
		"max":             stdlib.MaxFunc,
		"merge":           stdlib.MergeFunc,
		"min":             stdlib.MinFunc,
		"one":             oneFunc(),
		"parseint":        stdlib.ParseIntFunc,
		"range":           stdlib.RangeFunc,
		"regex":           stdlib.RegexFunc,
		"regexall":        stdlib.RegexAllFunc,
		"replace":         replaceFunc(),
		"reverse":         stdlib.ReverseListFunc,
		"secret":          secretFunc(secretType),
		"setintersection": stdlib.SetIntersectionFunc,
		"setproduct":      setProductFunc(),
		"setsubtract":     stdlib.SetSubtractFunc,
		"setunion":        stdlib.SetUnionFunc,
		"sha256":          digestFunc(func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }),
		"sha512":          digestFunc(func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }),
		"signum":          stdlib.SignumFunc,
		"slice":           stdlib.SliceFunc,
		"sort":            stdlib.SortFunc,
		"split":           stdlib.SplitFunc,
		"startswith":      textTest(strings.HasPrefix),
		"strcontains":     textTest(strings.Contains),
		"strrev":          stdlib.ReverseFunc,
		"substr":          stdlib.SubstrFunc,
		"sum":             sumFunc(),
		"title":           stdlib.TitleFunc,
		"tobool":          stdlib.MakeToFunc(cty.Bool),
		"tolist":          stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap":           stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber":        stdlib.MakeToFunc(cty.Number),
		"toset":           stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring":        stdlib.MakeToFunc(cty.String),
		"trim":            stdlib.TrimFunc,
		"trimprefix":      stdlib.TrimPrefixFunc,
		"trimspace":       stdlib.TrimSpaceFunc,
		"trimsuffix":      stdlib.TrimSuffixFunc,
		"try":             tryfunc.TryFunc,
		"upper":           stdlib.UpperFunc,
		"values":          stdlib.ValuesFunc,
		"zipmap":          stdlib.ZipmapFunc,
	}
}

// missing are functions that people bring along from Terraform, with what to do here.
func missing(name string) string {
	switch name {
	case "env":
		return ` There is no env(), which would leak secrets: a secret is written secret("env://NAME"), any other value comes by a variable.`
	case "file", "templatefile", "fileexists", "filebase64", "fileset":
		return " Expressions read no files: hand the value in by a variable, or a secret by secret(\"file://path\")."
	case "nonsensitive", "issensitive":
		return " What is sensitive stays so: take sensitive = true off the variable, or do without its value here."
	case "yamldecode", "yamlencode":
		return " Expressions read and write JSON and CSV: jsondecode, jsonencode and csvdecode."
	case "timestamp", "plantimestamp", "uuid", "bcrypt":
		return " Expressions know no clock and no chance: hand the value in by a variable."
	}
	return ""
}

func newSecretType() cty.Type { return cty.Capsule("secret", reflect.TypeFor[secret.Secret]()) }

func secretFunc(secretType cty.Type) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "reference", Type: cty.String}},
		Type:   function.StaticReturnType(secretType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s := secret.Reference(args[0].AsString())
			return cty.CapsuleVal(secretType, &s), nil
		},
	})
}

// lengthFunc counts the characters of a string too, as Terraform's does.
func lengthFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true}},
		Type: func(args []cty.Value) (cty.Type, error) {
			t := args[0].Type()
			if t == cty.String || t == cty.DynamicPseudoType || t.IsCollectionType() || t.IsTupleType() || t.IsObjectType() {
				return cty.Number, nil
			}
			return cty.Number, function.NewArgErrorf(0, "length takes a string, a list or a map")
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			t := args[0].Type()
			switch {
			case t == cty.String:
				return stdlib.Strlen(args[0])
			case t.IsTupleType():
				return cty.NumberIntVal(int64(len(t.TupleElementTypes()))), nil
			case t.IsObjectType():
				return cty.NumberIntVal(int64(len(t.AttributeTypes()))), nil
			}
			return args[0].Length(), nil
		},
	})
}

// replaceFunc takes a text between slashes as a regular expression, as Terraform's does.
func replaceFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "text", Type: cty.String}, {Name: "old", Type: cty.String}, {Name: "new", Type: cty.String},
		},
		Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			old := args[1].AsString()
			if len(old) > 1 && old[0] == '/' && old[len(old)-1] == '/' {
				return stdlib.RegexReplace(args[0], cty.StringVal(old[1:len(old)-1]), args[2])
			}
			return stdlib.Replace(args[0], args[1], args[2])
		},
	})
}

// allOrAny is alltrue, or with want false its mirror anytrue.
func allOrAny(want bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			for it := args[0].ElementIterator(); it.Next(); {
				_, v := it.Element()
				if !v.IsKnown() {
					return cty.UnknownVal(cty.Bool), nil
				}
				if (!v.IsNull() && v.True()) != want {
					return cty.BoolVal(!want), nil
				}
			}
			return cty.BoolVal(want), nil
		},
	})
}
