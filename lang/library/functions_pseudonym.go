package library

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Pseudonym is the function whose first argument names a key. The checker puts the key in the name's place.
const Pseudonym = "pseudonym.hmac"

// pseudonymBytes is how much of the HMAC a pseudonym keeps: 128 bits.
const pseudonymBytes = 16

var keyType = types.NewOpaqueType("key")

// KeyType is the type of keys, of which an expression can only name one.
func KeyType() *cel.Type { return keyType }

// Key is the secret of a protecting function. No way of printing or converting it shows the secret.
type Key struct{ secret []byte }

// NewKey makes a key of its secret.
func NewKey(secret []byte) Key { return Key{secret} }

var errNoKeyValue = errors.New("a key is no value")

// ConvertToNative is refused.
func (k Key) ConvertToNative(reflect.Type) (any, error) { return nil, errNoKeyValue }

// ConvertToType is refused.
func (k Key) ConvertToType(ref.Type) ref.Val { return fail(errNoKeyValue) }

// Equal is refused: it would tell something about the secret.
func (k Key) Equal(ref.Val) ref.Val { return fail(errNoKeyValue) }

// Type is that of keys.
func (k Key) Type() ref.Type { return keyType }

// Value is nothing.
func (k Key) Value() any { return nil }

// Format keeps every verb from showing the secret.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, "(a key)") }

func pseudonymFunctions() []Function {
	over := func(id string, arg *cel.Type, f func(k Key, v ref.Val) (ref.Val, error)) cel.FunctionOpt {
		return binary(id, keyType, arg, cel.StringType, on2(f))
	}
	of := func(k Key, message []byte) (ref.Val, error) {
		if len(k.secret) == 0 {
			return nil, errors.New("the key was not handed over")
		}
		mac := hmac.New(sha256.New, k.secret)
		mac.Write(message)
		return types.String(hex.EncodeToString(mac.Sum(nil)[:pseudonymBytes])), nil
	}
	return []Function{
		{Name: Pseudonym, Signature: "pseudonym.hmac(key literal, string | bytes) -> string", Cost: Heavy,
			Doc: "A pseudonym for a value: the first 128 bits of HMAC-SHA-256 of a text's UTF-8 or of bytes under a key, as 32 hexadecimal digits. Equal values have equal pseudonyms under one key, " +
				"so rows still belong together, and nobody without the key finds the value behind one by trying. Who has the key can, so the data stays personal. The key is named by the label of " +
				"its block key, as a literal. Bring the value into one form first, as nhs.normalise does: another spelling has another pseudonym.",
			Example: "pseudonym.hmac('people', 'what do ya want for nothing?')", Result: "5bdcc146bf60754e6a042426089575c7",
			Protects: &Protection{Method: "hmac", Keyed: true}, Literals: []int{0},
			overloads: []cel.FunctionOpt{
				over("pseudonym_hmac", cel.StringType, func(k Key, v ref.Val) (ref.Val, error) {
					s, ok := v.(types.String)
					if !ok {
						return types.MaybeNoSuchOverloadErr(v), nil
					}
					return of(k, []byte(s))
				}),
				over("pseudonym_hmac_bytes", cel.BytesType, func(k Key, v ref.Val) (ref.Val, error) {
					b, ok := v.(types.Bytes)
					if !ok {
						return types.MaybeNoSuchOverloadErr(v), nil
					}
					return of(k, b)
				}),
			}},
	}
}
