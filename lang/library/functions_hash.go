package library

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

func hashFunctions() []Function {
	// over declares a function of text, as UTF-8, and of bytes.
	over := func(name, id, doc, example, want string, cost Cost, f func([]byte) string) Function {
		return Function{Name: name, Signature: name + "(string | bytes) -> string", Doc: doc, Example: example, Result: want, Cost: cost, Protects: hashed(name),
			overloads: []cel.FunctionOpt{
				unary(id, cel.StringType, cel.StringType, text(func(s string) (ref.Val, error) { return types.String(f([]byte(s))), nil })),
				unary(id+"_bytes", cel.BytesType, cel.StringType, on(func(b types.Bytes) (ref.Val, error) { return types.String(f(b)), nil })),
			}}
	}
	decode := func(name, doc, example, want, wrong string, f func(string) ([]byte, error)) Function {
		return Function{Name: "decode." + name, Signature: "decode." + name + "(string) -> bytes", Doc: doc, Example: example, Result: want, Cost: Linear,
			overloads: []cel.FunctionOpt{unary("decode_"+name, cel.StringType, cel.BytesType, text(func(s string) (ref.Val, error) {
				b, err := f(s)
				if err != nil {
					return nil, errors.New(wrong)
				}
				return types.Bytes(b), nil
			}))}}
	}
	const guess = " Who knows the possible values, such as all telephone numbers, finds the one behind a hash: it does not make data anonymous."
	return []Function{
		over("hash.sha256", "hash_sha256", "SHA-256 of a text's UTF-8 or of bytes, as 64 hexadecimal digits."+guess, "hash.sha256('abc')",
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Heavy, func(b []byte) string {
				sum := sha256.Sum256(b)
				return hex.EncodeToString(sum[:])
			}),
		over("hash.sha512", "hash_sha512", "SHA-512 of a text's UTF-8 or of bytes, as 128 hexadecimal digits."+guess, "hash.sha512('abc')",
			"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
			Heavy, func(b []byte) string {
				sum := sha512.Sum512(b)
				return hex.EncodeToString(sum[:])
			}),
		over("hash.md5", "hash_md5", "MD5 of a text's UTF-8 or of bytes, as 32 hexadecimal digits, for comparison with systems that have it. It protects nothing: two texts of one MD5 are easily made.",
			"hash.md5('abc')", "900150983cd24fb0d6963f7d28e17f72", Heavy, func(b []byte) string {
				sum := md5.Sum(b)
				return hex.EncodeToString(sum[:])
			}),
		over("encode.hex", "encode_hex", "A text's UTF-8 or bytes as small hexadecimal digits.", "encode.hex('Az')", "417a", Linear, hex.EncodeToString),
		over("encode.base64", "encode_base64", "A text's UTF-8 or bytes in base64, with padding.", "encode.base64('hello')", "aGVsbG8=", Linear,
			base64.StdEncoding.EncodeToString),
		decode("hex", "The bytes of hexadecimal digits, small or capital.", "string(decode.hex('417A'))", "Az",
			"the text is not of pairs of hexadecimal digits", hex.DecodeString),
		decode("base64", "The bytes of a text in base64, with padding and without line breaks.", "string(decode.base64('aGVsbG8='))", "hello",
			"the text is not base64 with padding", strictBase64),
	}
}

// hashed is the protection of a hash without a key. An encoding is none.
func hashed(name string) *Protection {
	if strings.HasPrefix(name, "hash.") {
		return &Protection{Method: "hash"}
	}
	return nil
}

// strictBase64 refuses line breaks, which Go's reader passes over, and bits that are in no byte.
func strictBase64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err == nil && base64.StdEncoding.EncodeToString(b) != s {
		return nil, errors.New("base64 of another form")
	}
	return b, err
}
