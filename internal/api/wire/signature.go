package wire

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

// The schemes of the Authorization header. Official clients use schemeSDK with
// Access=; gophertelekomcloud uses the same word with Credential= and a derived
// key; schemeV11 is opt-in in the official SDKs (spec/iam.md §3.5).
const (
	schemeSDK = "SDK-HMAC-SHA256"
	schemeV11 = "V11-HMAC-SHA256"
)

const (
	headerDate    = "X-Sdk-Date"
	headerContent = "X-Sdk-Content-Sha256"

	dateForm = "20060102T150405Z"
	maxSkew  = 15 * time.Minute
)

// authorization is a parsed Authorization header.
type authorization struct {
	scheme    string
	access    string
	scope     string   // what follows the key in Credential=, "" for Access=
	signed    []string // header names, lower case, in the order of the header
	signature string
}

// parseAuthorization reads an Authorization header; ok is false if it is not a
// complete one of a scheme we know.
func parseAuthorization(header string) (a authorization, ok bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	a.scheme = scheme
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Access":
			a.access = value
		case "Credential":
			a.access, a.scope, _ = strings.Cut(value, "/")
		case "SignedHeaders":
			a.signed = strings.Split(strings.ToLower(value), ";")
		case "Signature":
			a.signature = value
		}
	}
	known := scheme == schemeSDK || scheme == schemeV11 && a.scope != ""
	return a, known && a.access != "" && a.signed != nil && a.signature != ""
}

// stale says what is wrong with the date of a signed request, "" if nothing.
// Replays inside the window are accepted, as the cloud does.
func (a *authorization) stale(r *http.Request, now time.Time) string {
	if !slices.Contains(a.signed, strings.ToLower(headerDate)) {
		return "x-sdk-date is not among the signed headers"
	}
	date := r.Header.Get(headerDate)
	at, err := time.Parse(dateForm, date)
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

// verify reports whether the request with this body was signed with secret,
// and returns the canonical request that we compared with, which helps people
// whose client is new. Clients disagree on whether the path is encoded from its
// decoded or its wire form, so both are tried (spec/clients.md).
func (a *authorization) verify(r *http.Request, body []byte, secret string) (canonical string, ok bool) {
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
func (a *authorization) sum(key []byte, r *http.Request, canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	text := a.scheme + "\n" + r.Header.Get(headerDate) + "\n"
	if a.scope != "" {
		text += a.scope + "\n"
	}
	return hex.EncodeToString(mac(key, text+hex.EncodeToString(sum[:])))
}

// key derives the key of the HMAC from the secret access key.
func (a *authorization) key(secret string) []byte {
	switch {
	case a.scheme == schemeV11:
		key, err := hkdf.Key(sha256.New, []byte(secret), []byte(a.access), a.scope, sha256.Size)
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
