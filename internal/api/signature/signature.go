// Package signature makes and verifies the signatures of the cloud's requests,
// with an access key and its secret (AK/SK). Source: spec/iam.md §3.
package signature

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The schemes of the Authorization header. Official clients use Scheme with
// Access=; gophertelekomcloud uses the same word with Credential= and a derived
// key; schemeV11 is opt-in in the official SDKs (spec/iam.md §3.5).
const (
	Scheme    = "SDK-HMAC-SHA256"
	schemeV11 = "V11-HMAC-SHA256"
)

// The header that says when a request was signed, and the form of its time,
// which is UTC.
const (
	HeaderDate = "X-Sdk-Date"
	DateForm   = "20060102T150405Z"
)

const (
	headerContent = "X-Sdk-Content-Sha256"
	maxSkew       = 15 * time.Minute
)

// Authorization is a parsed Authorization header.
type Authorization struct {
	Access string // the access key

	scheme    string
	scope     string   // what follows the key in Credential=, "" for Access=
	signed    []string // header names, lower case, in the order of the header
	signature string
}

// Sign signs a request with this body, over its host, its path and query, and
// every header that it has so far: it adds the date and the Authorization.
func Sign(r *http.Request, body []byte, access, secret string, now time.Time) {
	r.Header.Set(HeaderDate, now.UTC().Format(DateForm))
	signed := []string{"host"}
	for name := range r.Header {
		signed = append(signed, strings.ToLower(name))
	}
	slices.Sort(signed)
	a := Authorization{Access: access, scheme: Scheme, signed: slices.Compact(signed)}
	c, _ := a.canonical(r, body)
	r.Header.Set("Authorization", Scheme+" Access="+access+", SignedHeaders="+strings.Join(a.signed, ";")+
		", Signature="+a.sum(a.key(secret), r, c.text(decodedPath)))
}

// Parse reads an Authorization header; ok is false if it is not a complete one
// of a scheme we know.
func Parse(header string) (a Authorization, ok bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	a.scheme = scheme
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Access":
			a.Access = value
		case "Credential":
			a.Access, a.scope, _ = strings.Cut(value, "/")
		case "SignedHeaders":
			a.signed = strings.Split(strings.ToLower(value), ";")
		case "Signature":
			a.signature = value
		}
	}
	known := scheme == Scheme || scheme == schemeV11 && a.scope != ""
	return a, known && a.Access != "" && a.signed != nil && a.signature != ""
}

// Stale says what is wrong with the date of a signed request, "" if nothing.
// Replays inside the window are accepted, as the cloud does.
func (a *Authorization) Stale(r *http.Request, now time.Time) string {
	if !slices.Contains(a.signed, strings.ToLower(HeaderDate)) {
		return "x-sdk-date is not among the signed headers"
	}
	date := r.Header.Get(HeaderDate)
	at, err := time.Parse(DateForm, date)
	switch {
	case err != nil:
		return "x-sdk-date must have the form YYYYMMDDTHHMMSSZ"
	case now.Sub(at).Abs() > maxSkew:
		return "signature expired"
	case a.scope != "" && !strings.HasPrefix(a.scope, date[:8]+"/"):
		return "the credential scope and x-sdk-date name different days"
	}
	return ""
}

// Verify reports whether the request with this body was signed with secret,
// and returns the canonical request that we compared with, which helps people
// whose client is new. Clients disagree on whether the path is encoded from its
// decoded or its wire form, so both are tried (spec/clients.md).
func (a *Authorization) Verify(r *http.Request, body []byte, secret string) (canonical string, ok bool) {
	c, complete := a.canonical(r, body)
	canonical = c.text(decodedPath)
	if !complete {
		return canonical, false
	}
	key := a.key(secret)
	for _, text := range []string{canonical, c.text(wirePath)} {
		if hmac.Equal([]byte(a.sum(key, r, text)), []byte(a.signature)) {
			return canonical, true
		}
	}
	return canonical, false
}

// sum is the signature of a canonical request.
func (a *Authorization) sum(key []byte, r *http.Request, canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	text := a.scheme + "\n" + r.Header.Get(HeaderDate) + "\n"
	if a.scope != "" {
		text += a.scope + "\n"
	}
	return hex.EncodeToString(mac(key, text+hex.EncodeToString(sum[:])))
}

// key derives the key of the HMAC from the secret access key.
func (a *Authorization) key(secret string) []byte {
	switch {
	case a.scheme == schemeV11:
		key, err := hkdf.Key(sha256.New, []byte(secret), []byte(a.Access), a.scope, sha256.Size)
		if err != nil { // only for lengths that hkdf cannot make
			return nil
		}
		return []byte(hex.EncodeToString(key))
	case a.scope != "":
		key := []byte("SDK" + secret)
		for part := range strings.SplitSeq(a.scope, "/") {
			key = mac(key, part)
		}
		return key
	}
	return []byte(secret)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
