package transform

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// codes is a lookup as an expression sees it. It is read by an index, tested with `in`, and never walked through. It is
// safe for concurrent use.
type codes struct {
	content map[string]ref.Val
	missing ref.Val // what an index without a key gives
	reason  string  // of missing, where that is an error
}

func newCodes(l plan.Lookup, content map[string]string) *codes {
	c := &codes{content: make(map[string]ref.Val, len(content))}
	for k, v := range content {
		c.content[k] = types.String(v)
	}
	switch l.Default {
	case "null":
		c.missing = types.NullValue
	case "value":
		c.missing = types.String(l.Or)
	default:
		c.reason = fmt.Sprintf("lookup %s has no such key", l.Name)
		c.missing = types.WrapErr(&lookupError{c.reason})
	}
	return c
}

// lookupError is a missing key; it is told from other errors of an expression by its rule.
type lookupError struct{ reason string }

func (e *lookupError) Error() string { return e.reason }

// Get is the code of a key, or the lookup's default. A null key gives null.
func (c *codes) Get(key ref.Val) ref.Val {
	if key == types.NullValue {
		return key
	}
	v, err := c.find(key)
	if err != nil {
		return types.WrapErr(err)
	}
	if v == nil {
		return c.missing
	}
	return v
}

// IsSet reports whether the key has a code of its own.
func (c *codes) IsSet(key ref.Val) ref.Val { return c.Contains(key) }

// Contains reports whether the key has a code of its own.
func (c *codes) Contains(key ref.Val) ref.Val {
	if key == types.NullValue {
		return types.False
	}
	v, err := c.find(key)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Bool(v != nil)
}

func (c *codes) find(key ref.Val) (ref.Val, error) {
	text, err := canonical(key)
	if err != nil {
		return nil, err
	}
	return c.content[text], nil
}

// Size is the number of keys.
func (c *codes) Size() ref.Val { return types.Int(len(c.content)) }

// Type is that of an index that can be tested.
func (c *codes) Type() ref.Type {
	return types.NewObjectType("lookup", traits.IndexerType|traits.ContainerType|traits.FieldTesterType|traits.SizerType)
}

// Value is the lookup itself.
func (c *codes) Value() any { return c }

// Equal is identity.
func (c *codes) Equal(o ref.Val) ref.Val {
	other, ok := o.(*codes)
	return types.Bool(ok && other == c)
}

// ConvertToType is refused.
func (c *codes) ConvertToType(ref.Type) ref.Val { return types.WrapErr(errNoConversion) }

// ConvertToNative is refused.
func (c *codes) ConvertToNative(reflect.Type) (any, error) { return nil, errNoConversion }

var errNoConversion = errors.New("a lookup does not turn into another value")

// canonical is the text that stands for a scalar value in package batch.
func canonical(x ref.Val) (string, error) {
	switch v := x.(type) {
	case types.String:
		return string(v), nil
	case types.Bool:
		return strconv.FormatBool(bool(v)), nil
	case types.Int:
		return strconv.FormatInt(int64(v), 10), nil
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10), nil
	}
	for _, kind := range []schema.Type{
		{Kind: schema.Float64}, {Kind: schema.Decimal}, {Kind: schema.Bytes}, {Kind: schema.Date}, {Kind: schema.Interval},
		{Kind: schema.Time, Precision: 9}, {Kind: schema.Timestamp, Precision: 9}, {Kind: schema.TimestampTZ, Precision: 9},
		{Kind: schema.Timestamp, Precision: 6}, {Kind: schema.TimestampTZ, Precision: 6},
	} {
		v := batch.NewVector(kind)
		if put(&v, kind, x) == "" {
			return shortest(kind, batch.AppendText(nil, kind, &v, 0)), nil
		}
	}
	if err, ok := x.(*types.Err); ok {
		return "", err
	}
	return "", errors.New("the value has no text form")
}

// shortest takes the zeros off a fraction of a second, which a value of an expression has no precision to keep.
func shortest(t schema.Type, text []byte) string {
	switch t.Kind {
	case schema.Time, schema.Timestamp:
		return string(trimZeros(text))
	case schema.TimestampTZ:
		return string(trimZeros(text[:len(text)-1])) + "Z"
	}
	return string(text)
}

// index is a value whose members are read by name: src, param and lookup where an expression names them whole.
type index struct {
	member func(name string) (ref.Val, bool)
}

// Get is the member of a name.
func (x *index) Get(name ref.Val) ref.Val {
	if text, ok := name.(types.String); ok {
		if v, ok := x.member(string(text)); ok {
			return v
		}
	}
	return library.Fail("there is no such name")
}

// IsSet reports whether there is a member of the name.
func (x *index) IsSet(name ref.Val) ref.Val {
	text, ok := name.(types.String)
	if ok {
		_, ok = x.member(string(text))
	}
	return types.Bool(ok)
}

// Type is that of an index that can be tested.
func (x *index) Type() ref.Type {
	return types.NewObjectType("names", traits.IndexerType|traits.FieldTesterType)
}

// Value is the index itself.
func (x *index) Value() any { return x }

// Equal is identity.
func (x *index) Equal(o ref.Val) ref.Val {
	other, ok := o.(*index)
	return types.Bool(ok && other == x)
}

// ConvertToType is refused.
func (x *index) ConvertToType(ref.Type) ref.Val { return types.WrapErr(errNoConversion) }

// ConvertToNative is refused.
func (x *index) ConvertToNative(reflect.Type) (any, error) { return nil, errNoConversion }
