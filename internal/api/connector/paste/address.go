package paste

import (
	"net/url"
	"regexp"
	"strings"

	"switchboard/internal/api"
)

// address is a URL taken apart. It is read more kindly than the standard does,
// because people paste passwords that nobody escaped.
type address struct {
	scheme         string // in lower case
	user, password string
	servers        string // host[:port], or a list of them
	path           string // without the first slash
	params         []pair
}

var schemeForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]{0,31})://`)

// splitURL reads scheme://user:password@servers/path?params.
func splitURL(text string) (address, bool) {
	found := schemeForm.FindStringSubmatch(text)
	if found == nil {
		return address{}, false
	}
	a := splitAuthority(text[len(found[0]):])
	a.scheme = strings.ToLower(found[1])
	return a, true
}

// splitAuthority reads what follows the scheme.
func splitAuthority(text string) address {
	var a address
	end := strings.IndexAny(text, "/?")
	if end < 0 {
		end = len(text)
	}
	if at := strings.LastIndexByte(text, '@'); at > end && !endsInPort(text[:end]) {
		// What looks like the end is part of the password.
		end = len(text)
		if i := strings.IndexAny(text[at:], "/?"); i >= 0 {
			end = at + i
		}
	}
	authority, rest := text[:end], text[end:]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		name, secret, _ := strings.Cut(authority[:at], ":")
		a.user, a.password = unescape(name), unescape(secret)
		authority = authority[at+1:]
	}
	a.servers, _, _ = strings.Cut(authority, "#")
	rest, _, _ = strings.Cut(rest, "#")
	path, query, _ := strings.Cut(rest, "?")
	a.path = unescape(strings.TrimPrefix(path, "/"))
	a.params = splitParams(query, "&")
	return a
}

// endsInPort reports whether text can be servers: if there is a colon, then a
// port follows.
func endsInPort(text string) bool {
	s := splitServer(text)
	return s.port == "" || strings.Trim(s.port, "0123456789") == "" || strings.ContainsAny(s.port, "${<")
}

// splitParams reads name=value pairs; a name alone has no value.
func splitParams(text, separator string) []pair {
	var pairs []pair
	for part := range strings.SplitSeq(text, separator) {
		name, value, found := strings.Cut(part, "=")
		switch {
		case strings.TrimSpace(part) == "":
		case found:
			pairs = append(pairs, pair{unescape(strings.TrimSpace(name)), unescape(strings.TrimSpace(value))})
		default:
			pairs = append(pairs, pair{}) // perhaps a piece of a secret
		}
	}
	return pairs
}

// unescape decodes percent-encoding; text that is none stays as it is.
func unescape(text string) string {
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

// oneLine cuts text where the URL in it ends, and notes what follows.
func (d *draft) oneLine(text, until string) string {
	if end := strings.IndexAny(text, until); end >= 0 {
		d.note(Note{Why: api.M("paste.rest")})
		return text[:end]
	}
	return text
}
