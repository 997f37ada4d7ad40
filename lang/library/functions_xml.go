package library

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

func xmlFunctions() []Function {
	paths := newMemo(readXMLPath)
	reach := func(name, doc, example, want string, result *cel.Type, take func([]string) (ref.Val, error)) Function {
		return Function{Name: "xml." + name, Signature: "xml." + name + "(text string, path string) -> " + result.String(), Doc: doc, Example: example, Result: want,
			Cost: Heavy, Literals: []int{1}, Check: each(map[int]func(string) error{1: paths.check}),
			overloads: []cel.FunctionOpt{binary("xml_"+name, cel.StringType, cel.StringType, result, on2(func(s, path types.String) (ref.Val, error) {
				p, err := paths.of(string(path))
				if err != nil {
					return nil, err
				}
				found, err := findXML(string(s), p)
				if err != nil {
					return nil, err
				}
				return take(found)
			}))}}
	}
	at := reach("at", "The text inside of the element that a path leads to, as it is written and with that of the elements inside, or the value of an attribute. "+
		"The path is a literal of elements from the root on, with / between them; element[2] is the second of its name, counted from 1, and @name at the end an attribute. "+
		"A name means any namespace, {uri}name only that one. A path that leads to several places is an error, and so is a text that is not well-formed; entities "+
		"that the text declares itself are not known.",
		"xml.at('<order><line sku=\"a\"/><line sku=\"b\"/></order>', 'order/line[2]/@sku')", "b", cel.StringType, func(found []string) (ref.Val, error) {
			switch len(found) {
			case 0:
				return types.NullValue, nil
			case 1:
				return types.String(found[0]), nil
			}
			return nil, errSeveral
		})
	at.Absent, at.Null = true, absentWhere("where the path leads to nothing")
	return []Function{at,
		reach("values", "The values at all places that a path, as of xml.at, leads to, in the order of the document.",
			"xml.values('<a><b>1</b><b>2</b></a>', 'a/b').join('+')", "1+2", cel.ListType(cel.StringType),
			func(found []string) (ref.Val, error) { return stringList(found), nil }),
		reach("has", "Whether a path, as of xml.at, leads to something, be it empty.",
			"xml.has('<a><b/></a>', 'a/b')", "true", cel.BoolType, func(found []string) (ref.Val, error) { return types.Bool(len(found) > 0), nil }),
	}
}
