package verify

import (
	"crypto/hkdf"
	"crypto/sha256"

	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Hasher digests rows of one mapping under keys that are the same in all its runs. They are no secret: they keep equal
// rows of different mappings apart, and hashes of short values from being looked up in a table made beforehand.
func Hasher(lineage, uid string) *batch.Hasher {
	raw, err := hkdf.Key(sha256.New, []byte(lineage), []byte(uid), "migrateiq row digest", 16)
	if err != nil {
		panic("verify: derive a key of 16 bytes: " + err.Error()) // only a longer key can fail
	}
	return batch.NewHasher([16]byte(raw))
}
