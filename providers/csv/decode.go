package csv

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"
)

// undecodable stands for bytes that the encoding does not know. No UTF-8 text has it, so the check of each field finds
// it, and with it the line and column.
const undecodable = 0xff

var errNoMark = errors.New("encoding utf-16 needs a byte order mark, and the file has none; name utf-16le or utf-16be")

// decoderFor gives the way from an encoding to UTF-8, nil for UTF-8 itself.
func decoderFor(name string) (transform.Transformer, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8":
		return nil, nil
	case "utf-16":
		return wide{big: true}, nil
	case "utf-16le":
		return wide{}, nil
	case "utf-16be":
		return wide{big: true}, nil
	}
	e, err := ianaindex.IANA.Encoding(name) // first, because HTML reads iso-8859-1 as windows-1252
	if err != nil || e == nil {
		e, err = htmlindex.Get(name)
	}
	if err != nil || e == encoding.Replacement {
		return nil, fmt.Errorf("the encoding %q is not known to this version; use an IANA name such as utf-8, iso-8859-1 or windows-1252", name)
	}
	return transform.Chain(e.NewDecoder(), marked{}), nil
}

// input is one file as UTF-8 text without a byte order mark.
type input struct {
	io.Reader
	file  *os.File
	plain bool  // its bytes are the file's from skip on, so that offsets can be sought
	skip  int64 // length of the byte order mark
}

func (in *input) Close() error { return in.file.Close() }

func openInput(path, name string) (*input, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := &input{file: f}
	if err := in.decode(strings.HasSuffix(path, ".gz"), strings.ToLower(name)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return in, nil
}

func (in *input) decode(zipped bool, name string) error {
	var r io.Reader = in.file
	if zipped {
		z, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
		if err != nil {
			return fmt.Errorf("decompress: %w", err)
		}
		r = z
	}
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(3)
	if err != nil && err != io.EOF {
		return err
	}
	mark, found := byteOrderMark(head)
	if found != "" && name != "" && name != found && !(found == "utf-8" && name == "utf8") && !(mark == 2 && name == "utf-16") {
		return fmt.Errorf("the file begins with the byte order mark of %s, and encoding says %s", found, name)
	}
	if found == "" && name == "utf-16" {
		return errNoMark
	}
	if found != "" {
		name = found
		if _, err := b.Discard(mark); err != nil {
			return err
		}
	}
	decoder, err := decoderFor(name)
	if err != nil {
		return err
	}
	in.Reader, in.skip, in.plain = b, int64(mark), decoder == nil && !zipped
	if decoder != nil {
		in.Reader = transform.NewReader(b, decoder)
	}
	return nil
}

func byteOrderMark(head []byte) (length int, name string) {
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return 3, "utf-8"
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return 2, "utf-16le"
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return 2, "utf-16be"
	}
	return 0, ""
}

// wide decodes UTF-16 and marks lone surrogates and an odd last byte.
type wide struct {
	transform.NopResetter
	big bool
}

func (w wide) unit(src []byte) rune {
	if w.big {
		return rune(src[0])<<8 | rune(src[1])
	}
	return rune(src[1])<<8 | rune(src[0])
}

// Transform implements transform.Transformer.
func (w wide) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		rest := src[nSrc:]
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		if len(rest) < 2 || utf16.IsSurrogate(w.unit(rest)) && len(rest) < 4 {
			if !atEOF {
				return nDst, nSrc, transform.ErrShortSrc
			}
			dst[nDst] = undecodable
			return nDst + 1, len(src), nil
		}
		c, size := w.unit(rest), 2
		if utf16.IsSurrogate(c) {
			if c = utf16.DecodeRune(c, w.unit(rest[2:])); c != utf8.RuneError {
				size = 4
			} else {
				dst[nDst] = undecodable
				nDst, nSrc = nDst+1, nSrc+2
				continue
			}
		}
		nDst += utf8.EncodeRune(dst[nDst:], c)
		nSrc += size
	}
	return nDst, nSrc, nil
}

// marked turns the U+FFFD that decoders put for unknown bytes into the mark.
type marked struct{ transform.NopResetter }

// Transform implements transform.Transformer.
func (marked) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	replacement := []byte("\uFFFD")
	for nSrc < len(src) {
		if nDst == len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		rest := src[nSrc:]
		if rest[0] != replacement[0] {
			dst[nDst] = rest[0]
			nDst, nSrc = nDst+1, nSrc+1
			continue
		}
		if len(rest) < 3 && !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if bytes.HasPrefix(rest, replacement) {
			dst[nDst] = undecodable
			nDst, nSrc = nDst+1, nSrc+3
			continue
		}
		dst[nDst] = rest[0]
		nDst, nSrc = nDst+1, nSrc+1
	}
	return nDst, nSrc, nil
}
