package transform

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// array is a list of an expression on its way into an array.
type array struct {
	batch.Array
	elem schema.Type
	one  batch.Vector
}

// putArray appends a list as an array whose bounds start at 1. Lists in it are further dimensions, all of one length.
func putArray(dst *batch.Vector, elem schema.Type, list traits.Lister) string {
	a := &array{elem: elem, one: batch.NewVector(elem)}
	if n, _ := list.Size().(types.Int); n > 0 {
		if misfit := a.level(list, 0); misfit != "" {
			return misfit
		}
	}
	dst.Blobs = a.Append(dst.Blobs)
	dst.AppendEnd()
	return ""
}

const ragged = "the lists in the list are not all of one length, or are empty"

func (a *array) level(list traits.Lister, depth int) string {
	n, _ := list.Size().(types.Int)
	if depth == len(a.Dims) {
		if len(a.Elems) > 0 {
			return ragged
		}
		a.Dims = append(a.Dims, batch.Dim{Lower: 1, Length: int(n)})
	}
	if n == 0 || int(n) != a.Dims[depth].Length {
		return ragged
	}
	for it := list.Iterator(); it.HasNext() == types.True; {
		x := it.Next()
		inner, nested := x.(traits.Lister)
		misfit := ""
		switch {
		case nested && a.elem.Kind != schema.JSON:
			misfit = a.level(inner, depth+1)
		case depth != len(a.Dims)-1:
			misfit = ragged
		default:
			misfit = a.add(x)
		}
		if misfit != "" {
			return misfit
		}
	}
	return ""
}

func (a *array) add(x ref.Val) string {
	a.one.Reset()
	if misfit := put(&a.one, a.elem, x); misfit != "" {
		return misfit
	}
	var text []byte // null
	if !a.one.Null(0) {
		text = batch.AppendText([]byte{}, a.elem, &a.one, 0)
	}
	a.Elems = append(a.Elems, text)
	return ""
}
