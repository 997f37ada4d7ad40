package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// sealed is a stored state: the digest covers the state's JSON without its layout.
type sealed struct {
	Digest string          `json:"digest"`
	State  json.RawMessage `json:"state"`
}

// ErrNewer says that a newer version wrote the state. It must not be saved by this one.
var ErrNewer = errors.New("the state was written by a newer version")

// Encode writes a state as every store keeps it: JSON for people and machines, with a digest over its content. It gives
// that digest too: the next state's Previous.
func Encode(s Snapshot) (text []byte, digest string, err error) {
	if s.Lineage == "" {
		return nil, "", errors.New("encode state: it has no lineage")
	}
	s.Format = Format
	if s.Mappings == nil {
		s.Mappings = map[string]Mapping{}
	}
	content, err := marshal(s, "")
	if err != nil {
		return nil, "", fmt.Errorf("encode state: %w", err)
	}
	digest = digestOf(content)
	text, err = marshal(sealed{Digest: digest, State: content}, "  ")
	if err != nil {
		return nil, "", fmt.Errorf("encode state: %w", err)
	}
	return text, digest, nil
}

// Decode reads what Encode of this or an older version wrote. An error of ErrNewer's chain means that the state is whole
// but not for this version; every other error says what is damaged.
func Decode(text []byte) (s Snapshot, digest string, err error) {
	var f sealed
	if len(bytes.TrimSpace(text)) == 0 {
		return s, "", errors.New("it is empty")
	}
	if err := decodeStrict(text, &f); err != nil {
		return s, "", fmt.Errorf("it is cut short or is no state: %w", err)
	}
	var content bytes.Buffer
	if err := json.Compact(&content, f.State); err != nil {
		return s, "", fmt.Errorf("it has no state in it: %w", err)
	}
	if got := digestOf(content.Bytes()); got != f.Digest {
		return s, "", errors.New("its content does not match its digest: it was changed by something other than migrateiq")
	}
	if err := readable(content.Bytes()); err != nil {
		return s, "", err
	}
	if err := decodeStrict(content.Bytes(), &s); err != nil {
		return Snapshot{}, "", fmt.Errorf("its content is not a state: %w", err)
	}
	if s.Lineage == "" || s.Serial == 0 {
		return Snapshot{}, "", errors.New("it has no lineage or no serial")
	}
	return s, f.Digest, nil
}

// readable looks at the format before anything else is read, because all else depends on it.
func readable(content []byte) error {
	var head struct {
		Format int    `json:"format"`
		Engine string `json:"engine"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return fmt.Errorf("its content is not a state: %w", err)
	}
	switch {
	case head.Format > Format:
		return fmt.Errorf("%w: migrateiq %s uses format %d, this one knows formats up to %d; use that version or a later one",
			ErrNewer, head.Engine, head.Format, Format)
	case head.Format < 1:
		return errors.New("it does not say its format")
	}
	return nil
}

func marshal(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	if indent == "" {
		return bytes.TrimRight(b.Bytes(), "\n"), nil
	}
	return b.Bytes(), nil
}

// decodeStrict refuses fields it has no place for and anything behind the document.
func decodeStrict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind its end")
	}
	return nil
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}
