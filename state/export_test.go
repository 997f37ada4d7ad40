package state

import "testing"

// Sealed puts content of any kind into a file whose digest is right.
func Sealed(t *testing.T, content string) []byte {
	t.Helper()
	text, err := marshal(sealed{Digest: digestOf([]byte(content)), State: []byte(content)}, "")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
