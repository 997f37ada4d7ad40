package transform

import (
	"bytes"
	"fmt"

	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// alike reports whether two types differ in nothing but names of their own that do nothing to a value.
func alike(from, to schema.Type) bool {
	if from.Kind == schema.Native || to.Kind == schema.Native || to.Kind == schema.Enum || to.Kind == schema.Array {
		return false
	}
	form := to.Form()
	form.Asks = false
	from.Native, to.Native, from.Base, to.Base = "", "", "", ""
	return from.Equal(to) && form == schema.Form{}
}

// castToJSON keeps the text, or for jsonb writes it as the server would.
func castToJSON(from, to schema.Type) (cast, bool) {
	jsonb := to.Form().JSONB
	switch from.Kind {
	case schema.JSON, schema.String:
		if jsonb {
			return cast{one: func(dst, src *batch.Vector, i int) string { return appendJSONB(dst, src.Blob(i)) }}, true
		}
		return parsed(to), true
	case schema.Array:
		return cast{one: func(dst, src *batch.Vector, i int) string {
			x := src.Blob(i)
			switch {
			case bounded(x):
				return "the bounds of the array do not start at 1"
			case jsonb:
				return appendJSONB(dst, x)
			}
			dst.AppendBlob(x)
			return ""
		}}, true
	}
	return cast{}, false
}

// bounded reports whether the bounds of an array stand before its elements, in its canonical form.
func bounded(array []byte) bool {
	return len(array) > 1 && array[0] == '[' && (array[1] == '-' || array[1] >= '0' && array[1] <= '9')
}

func appendJSONB(dst *batch.Vector, text []byte) string {
	blobs, err := batch.AppendJSONB(dst.Blobs, text)
	if err != nil {
		return "jsonb cannot keep the value: it is not JSON, or has a key twice, \\u0000 or a number that is too long"
	}
	dst.Blobs = blobs
	dst.AppendEnd()
	return ""
}

// castToArray reads a text or JSON as an array, or moves the elements of one array after the other.
func castToArray(from, to schema.Type) (cast, bool) {
	switch from.Kind {
	case schema.String, schema.JSON:
		if to.Elem.Form() == (schema.Form{Asks: to.Elem.Form().Asks}) {
			return parsed(to), true
		}
		plain := *to.Elem
		plain.Native, plain.Base = "", ""
		list := schema.Type{Kind: schema.Array, Elem: &plain}
		elems, ok := castElements(plain, *to.Elem)
		return cast{one: func(dst, src *batch.Vector, i int) string {
			read := batch.NewVector(list)
			if misfit := parsed(list).one(&read, src, i); misfit != "" {
				return misfit
			}
			return elems.one(dst, &read, 0)
		}}, ok
	case schema.Array:
		return castElements(*from.Elem, *to.Elem)
	}
	return cast{}, false
}

// castElements takes each array apart, casts its elements and puts it together again with the bounds that it had.
func castElements(from, to schema.Type) (cast, bool) {
	c, err := castOf(from, to, "")
	if err != nil {
		return cast{}, false
	}
	if from.Equal(to) {
		return cast{whole: true}, true
	}
	return cast{one: func(dst, src *batch.Vector, i int) string {
		a, err := batch.ParseArray(src.Blob(i))
		if err != nil {
			return "the value is not an array in its canonical form"
		}
		was, is := batch.NewVector(from), batch.NewVector(to)
		for n, x := range a.Elems {
			if x == nil {
				continue
			}
			if err := batch.Parse(&was, from, x); err != nil {
				return fmt.Sprintf("an element is not a value of type %s", from)
			}
			elem := &was
			if !c.whole {
				if misfit := c.one(&is, &was, 0); misfit != "" {
					return "an element of the array: " + misfit
				}
				elem = &is
			}
			a.Elems[n] = batch.AppendText([]byte{}, to, elem, 0)
			was.Reset()
			is.Reset()
		}
		dst.Blobs = a.Append(dst.Blobs)
		dst.AppendEnd()
		return ""
	}}, true
}

// fits reports whether a finite decimal without an exponent has no digit but those that numeric(p,s) keeps. Its NaN fits,
// its infinities do not.
func fits(text []byte, p schema.Places) bool {
	switch c := text[len(text)-1]; c {
	case 'N':
		return true
	case 'y':
		return false
	}
	whole, fraction, _ := bytes.Cut(bytes.TrimPrefix(text, []byte{'-'}), []byte{'.'})
	whole, fraction = bytes.TrimLeft(whole, "0"), bytes.TrimRight(fraction, "0")
	if len(whole) == 0 && len(fraction) == 0 {
		return true
	}
	if p.Scale < 0 {
		zeros := len(whole) - len(bytes.TrimRight(whole, "0"))
		return len(fraction) == 0 && zeros >= -p.Scale && len(whole) <= p.Precision-p.Scale
	}
	leading := len(fraction) - len(bytes.TrimLeft(fraction, "0"))
	return len(fraction) <= p.Scale && len(whole) <= max(0, p.Precision-p.Scale) && leading >= p.Scale-p.Precision
}

// castToInterval refuses what the column would drop of an interval.
func castToInterval(to schema.Type) cast {
	g := to.Form().Interval
	if g == nil {
		return cast{whole: true}
	}
	misfit := fmt.Sprintf("%s would drop a part of the interval", to.Native)
	return cast{one: func(dst, src *batch.Vector, i int) string {
		x, ok := batch.ParseInterval(src.Blob(i))
		if !ok || !multiple(int64(x.Months), g.Months) || !multiple(int64(x.Days), g.Days) || !multiple(x.Micros, g.Micros) {
			return misfit
		}
		dst.AppendBlob(src.Blob(i))
		return ""
	}}
}

func multiple(x, of int64) bool { return x == 0 || of != 0 && x%of == 0 }
