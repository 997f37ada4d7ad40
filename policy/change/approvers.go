package change

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/novumsolvo/migrateiq/policy"
)

// space begins the namespace of a signature; the role that somebody signs in stands behind it, so that it is signed too:
// ssh-keygen -Y sign -n migrateiq.dpo.
const space = "migrateiq."

// Namespace is that of a role.
func Namespace(role string) string { return space + role }

// approver is one line of the file, in the format of allowed_signers.
type approver struct {
	names      []string
	key        ssh.PublicKey
	namespaces []string // for which the key counts: migrateiq.ROLE
	from, to   time.Time
}

type approvers []approver

// readApprovers reads lines of names, options, and a key. The option namespaces is needed: it says in which roles the
// holder of the key may approve.
func readApprovers(raw []byte) (approvers, error) {
	var all approvers
	n := 0
	for line := range strings.Lines(string(raw)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		a, err := readApprover(line)
		if err != nil {
			return nil, fmt.Errorf("read the approvers, line %d: %w", n, err)
		}
		all = append(all, a)
	}
	return all, nil
}

func readApprover(line string) (approver, error) {
	names, rest, ok := strings.Cut(line, " ")
	if !ok {
		return approver{}, errors.New("it is not of the form NAME OPTIONS KEY")
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(rest))
	if err != nil {
		return approver{}, fmt.Errorf("its key cannot be read: %w", err)
	}
	a := approver{names: strings.Split(names, ","), key: key}
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "namespaces":
			a.namespaces = strings.Split(value, ",")
		case "valid-after":
			a.from, err = validity(value)
		case "valid-before":
			a.to, err = validity(value)
		default:
			return approver{}, fmt.Errorf("the option %q is not one of namespaces, valid-after and valid-before", name)
		}
		if err != nil {
			return approver{}, err
		}
	}
	for _, ns := range a.namespaces {
		role, ok := strings.CutPrefix(ns, space)
		if !ok || policy.Words(&policy.Approval{Roles: []string{role}}) != nil {
			return approver{}, fmt.Errorf("the namespace %q is not %sROLE with a role that policies know", ns, space)
		}
	}
	if len(a.namespaces) == 0 {
		return approver{}, fmt.Errorf("it does not say in which roles its holder may approve: write namespaces=%q before the key", Namespace("dpo"))
	}
	return a, nil
}

// validity reads a day or a moment as allowed_signers has it. Without a Z it is taken as UTC too.
func validity(text string) (time.Time, error) {
	text = strings.TrimSuffix(text, "Z")
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time such as 20270131", text)
}

// envelope is what stands in an SSH signature behind the magic bytes.
type envelope struct {
	Version   uint32
	Key       []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

// verify demands a signature by an approver's key over the intent's digest, in the role that is claimed.
func (all approvers) verify(s signed, now time.Time) (policy.Approval, error) {
	if s.Signature == "" {
		return policy.Approval{}, errors.New("it is not signed")
	}
	if len(all) == 0 {
		return policy.Approval{}, errors.New("there is no file of approvers to look its key up in; name one with --approvers")
	}
	key, err := open(s)
	if err != nil {
		return policy.Approval{}, err
	}
	for _, a := range all {
		if !bytes.Equal(a.key.Marshal(), key.Marshal()) || !slices.Contains(a.namespaces, Namespace(s.Role)) {
			continue
		}
		switch {
		case s.Actor != "" && !slices.Contains(a.names, s.Actor):
			return policy.Approval{}, errors.New("the key belongs to somebody else")
		case !a.from.IsZero() && now.Before(a.from), !a.to.IsZero() && !now.Before(a.to):
			return policy.Approval{}, errors.New("the key is not valid now")
		}
		actor := s.Actor
		if actor == "" {
			actor = a.names[0]
		}
		return policy.Approval{Actor: actor, Roles: []string{s.Role}, At: s.At, IntentDigest: s.IntentDigest, EvidenceURL: s.EvidenceURL, Verified: true}, nil
	}
	return policy.Approval{}, errors.New("no approver has this key in this role")
}

// open checks the signature itself and gives the key that made it.
func open(s signed) (ssh.PublicKey, error) {
	bad := errors.New("its signature is not an SSH signature over the digest of the intent")
	block, _ := pem.Decode([]byte(s.Signature))
	if block == nil || block.Type != "SSH SIGNATURE" || !bytes.HasPrefix(block.Bytes, []byte("SSHSIG")) {
		return nil, bad
	}
	var e envelope
	if err := ssh.Unmarshal(block.Bytes[len("SSHSIG"):], &e); err != nil || e.Version != 1 || e.Namespace != Namespace(s.Role) {
		return nil, bad
	}
	key, err := ssh.ParsePublicKey(e.Key)
	if err != nil {
		return nil, bad
	}
	var sig ssh.Signature
	if err := ssh.Unmarshal(e.Signature, &sig); err != nil || sig.Format == ssh.KeyAlgoRSA {
		return nil, bad // SHA-1, which RSA keys once signed with, is no proof
	}
	for _, message := range []string{s.IntentDigest, s.IntentDigest + "\n"} {
		data, err := toSign(e, message)
		if err == nil && key.Verify(data, &sig) == nil {
			return key, nil
		}
	}
	return nil, bad
}

// toSign is what the key has signed of a message.
func toSign(e envelope, message string) ([]byte, error) {
	var sum []byte
	switch e.Hash {
	case "sha256":
		s := sha256.Sum256([]byte(message))
		sum = s[:]
	case "sha512":
		s := sha512.Sum512([]byte(message))
		sum = s[:]
	default:
		return nil, fmt.Errorf("the hash %q is not known", e.Hash)
	}
	return append([]byte("SSHSIG"), ssh.Marshal(struct {
		Namespace, Reserved, Hash string
		Sum                       []byte
	}{e.Namespace, e.Reserved, e.Hash, sum})...), nil
}
