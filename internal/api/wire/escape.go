package wire

import (
	"net/url"
	"strings"
)

// unescaped decodes s, or leaves it if it cannot be decoded.
func unescaped(s string, decode func(string) (string, error)) string {
	if text, err := decode(s); err == nil {
		return text
	}
	return s
}

// escaped is s percent-encoded: all but RFC 3986's unreserved characters.
func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
