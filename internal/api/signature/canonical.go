package signature

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// unsigned as X-Sdk-Content-Sha256 says that the body is not part of the
// signature; SDKs do so for bodies that are not JSON.
const unsigned = "UNSIGNED-PAYLOAD"

// canonicalForm is a request in the form that signatures are made of (spec/iam.md
// §3.1), without its path, which has two forms.
type canonicalForm struct {
	method, path, rest string
}

// canonical takes the request apart. complete is false if a signed header is
// missing or the body is not the one that was announced.
func (a *Authorization) canonical(r *http.Request, body []byte) (c canonicalForm, complete bool) {
	query, payload := canonicalQuery(r.URL.RawQuery), body
	scoped := a.scheme == Scheme && a.scope != ""
	if scoped {
		query = sortedWithoutCase(query)
		if r.Method == http.MethodPost && len(body) == 0 {
			query, payload = nil, []byte(r.URL.Query().Encode())
		}
	}
	var b strings.Builder
	b.WriteString(strings.Join(query, "&"))
	b.WriteByte('\n')
	complete = true
	for _, name := range a.signed {
		values := headerValues(r, name)
		complete = complete && len(values) > 0
		for _, value := range values {
			if scoped {
				value = strings.Join(strings.Fields(value), " ")
			}
			b.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
		}
	}
	hash, announced := payloadHash(r, payload)
	b.WriteString("\n" + strings.Join(a.signed, ";") + "\n" + hash)
	return canonicalForm{r.Method, requestPath(r), b.String()}, complete && announced
}

// text is the canonical request with its path in one of the two forms.
func (c *canonicalForm) text(form func(segment string) string) string {
	path := make([]byte, 0, len(c.path)+len(c.path)/2)
	for segment := range strings.SplitSeq(c.path, "/") {
		path = append(appendEscaped(path, form(segment)), '/')
	}
	if strings.HasSuffix(c.path, "/") {
		path = path[:len(path)-1]
	}
	return c.method + "\n" + string(path) + "\n" + c.rest
}

// The two forms of a path segment.
func decodedPath(segment string) string { return unescaped(segment, url.PathUnescape) }
func wirePath(segment string) string    { return segment }

// requestPath is the path as it was on the wire.
func requestPath(r *http.Request) string {
	if !strings.HasPrefix(r.RequestURI, "/") { // a proxy's absolute form, or no server in between
		return r.URL.EscapedPath()
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return path
}

// canonicalQuery returns the parameters, encoded anew and sorted by name, then
// value.
func canonicalQuery(raw string) []string {
	var pairs [][2]string
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, [2]string{unescaped(name, url.QueryUnescape), unescaped(value, url.QueryUnescape)})
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	query := make([]string, len(pairs))
	for i, pair := range pairs {
		query[i] = string(appendEscaped(append(appendEscaped(nil, pair[0]), '='), pair[1]))
	}
	return query
}

func sortedWithoutCase(query []string) []string {
	slices.SortStableFunc(query, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return query
}

// headerValues returns the values of a header, sorted, with those that
// net/http keeps elsewhere.
func headerValues(r *http.Request, name string) []string {
	switch name {
	case "host":
		return []string{r.Host}
	case "content-length":
		return []string{strconv.FormatInt(r.ContentLength, 10)}
	case "transfer-encoding":
		return r.TransferEncoding
	}
	values := r.Header.Values(name)
	if len(values) > 1 {
		values = slices.Sorted(slices.Values(values))
	}
	return values
}

// payloadHash is what stands for the body in the canonical request. A client
// that announces a hash must have sent the body it belongs to.
func payloadHash(r *http.Request, payload []byte) (hash string, announced bool) {
	said := r.Header.Get(headerContent)
	if said == unsigned {
		return unsigned, true
	}
	sum := sha256.Sum256(payload)
	hash = hex.EncodeToString(sum[:])
	return hash, said == "" || said == hash
}

// unescaped decodes s, or leaves it if it cannot be decoded.
func unescaped(s string, decode func(string) (string, error)) string {
	if text, err := decode(s); err == nil {
		return text
	}
	return s
}

// appendEscaped appends s percent-encoded: all but RFC 3986's unreserved
// characters, with upper-case digits.
func appendEscaped(b []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b = append(b, c)
		} else {
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return b
}
