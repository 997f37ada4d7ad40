package library

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

var (
	errXMLPath = errors.New("the path is not of the form root/element[2]/@attribute")
	errNotXML  = errors.New("the text is not well-formed XML")
	errSeveral = errors.New("the path leads to several places; element[1] says which")
)

// xmlName is a name, and the namespace where one is asked for.
type xmlName struct{ space, local string }

func (n xmlName) matches(x xml.Name) bool {
	return x.Local == n.local && (n.space == "" || x.Space == n.space)
}

// element is a step of a path: the at-th of its name, counted from 1, or each of them where at is 0.
type element struct {
	name xmlName
	at   int64
}

type xmlPath struct {
	elements  []element
	attribute *xmlName
}

// readXMLPath reads elements from the root on with / between them, and an attribute at the end.
func readXMLPath(path string) (xmlPath, error) {
	var out xmlPath
	for rest := path; ; {
		after, attribute := strings.CutPrefix(rest, "@")
		name, behind, ok := readXMLName(after)
		if !ok || attribute && (behind != "" || out.elements == nil) {
			return xmlPath{}, errXMLPath
		}
		if attribute {
			out.attribute = &name
			return out, nil
		}
		e := element{name: name}
		if strings.HasPrefix(behind, "[") {
			digits, after, closed := strings.Cut(behind[1:], "]")
			e.at, ok = number(digits)
			if !closed || !ok || e.at == 0 {
				return xmlPath{}, errXMLPath
			}
			behind = after
		}
		out.elements = append(out.elements, e)
		if behind == "" {
			return out, nil
		}
		if rest, ok = strings.CutPrefix(behind, "/"); !ok {
			return xmlPath{}, errXMLPath
		}
	}
}

func readXMLName(s string) (name xmlName, rest string, ok bool) {
	if after, braced := strings.CutPrefix(s, "{"); braced {
		name.space, s, ok = strings.Cut(after, "}")
		if !ok || name.space == "" {
			return xmlName{}, "", false
		}
	}
	end := strings.IndexFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_-.", c)
	})
	if end < 0 {
		end = len(s)
	}
	name.local = s[:end]
	return name, s[end:], name.local != ""
}

// xmlWalk is a way through a document: how many elements of the path the open elements match.
type xmlWalk struct {
	path    xmlPath
	depth   int
	matched int
	counts  []int64
	text    strings.Builder
	found   []string
}

// findXML gives the values at a path in the order of the document, and reads it to its end, so that none is given of a
// broken one.
func findXML(text string, path xmlPath) ([]string, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // the text is characters, whatever it was once
	w := &xmlWalk{path: path, counts: make([]int64, len(path.elements)+1)}
	for roots := 0; ; {
		token, err := d.Token()
		switch {
		case err == io.EOF && roots == 1 && w.depth == 0:
			return w.found, nil
		case err != nil:
			return nil, errNotXML
		}
		switch t := token.(type) {
		case xml.StartElement:
			if w.depth == 0 {
				roots++
			}
			if repeated(t.Attr) {
				return nil, errNotXML
			}
			w.open(t)
		case xml.EndElement:
			w.close()
		case xml.CharData:
			if w.depth == 0 && strings.Trim(string(t), " \t\r\n\ufeff") != "" {
				return nil, errNotXML
			}
			if w.matched == len(path.elements) {
				w.text.Write(t)
			}
		}
	}
}

func repeated(all []xml.Attr) bool {
	for i, a := range all {
		if slices.ContainsFunc(all[:i], func(b xml.Attr) bool { return b.Name == a.Name }) {
			return true
		}
	}
	return false
}

func (w *xmlWalk) open(t xml.StartElement) {
	d := w.depth
	w.depth++
	if d != w.matched || d == len(w.path.elements) || !w.path.elements[d].name.matches(t.Name) {
		return
	}
	w.counts[d]++
	if at := w.path.elements[d].at; at != 0 && at != w.counts[d] {
		return
	}
	w.matched++
	w.counts[w.matched] = 0
	if w.matched < len(w.path.elements) {
		return
	}
	w.text.Reset()
	if w.path.attribute == nil {
		return
	}
	for _, a := range t.Attr {
		if w.path.attribute.matches(a.Name) {
			w.found = append(w.found, a.Value)
		}
	}
}

func (w *xmlWalk) close() {
	w.depth--
	if w.matched <= w.depth {
		return
	}
	if w.matched == len(w.path.elements) && w.path.attribute == nil {
		w.found = append(w.found, w.text.String())
	}
	w.matched = w.depth
}
