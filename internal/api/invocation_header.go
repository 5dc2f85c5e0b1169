package api

import (
	"net/http"
	"slices"
	"strings"
)

// SessionCookie is the cookie that holds a console session; where the connection
// is secure its name begins with "__Host-".
const SessionCookie = "switchboard"

// keptHeaders are those of a call that no upstream gets, in canonical form: those
// about the connection that the call came over (RFC 9110 §7.6.1), those that a
// body is described by once more when it is sent, and credentials of ours.
var keptHeaders = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Proxy-Authenticate": true, "Proxy-Authorization": true,
	"Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true, "Expect": true,
	"Host": true, "Content-Length": true, "Accept-Encoding": true,
	"Authorization": true, "X-Auth-Token": true, "X-Subject-Token": true, "X-Service-Token": true, "X-Security-Token": true,
	"X-Project-Id": true, "X-Domain-Id": true,
	"Forwarded": true, "X-Real-Ip": true, "True-Client-Ip": true, "Cf-Connecting-Ip": true,
	"X-Client-Ip": true, "Client-Ip": true, "X-Cluster-Client-Ip": true,
}

// keptPrefixes begin more of them: the signature's, the dialect's own, and what
// an upstream would believe of the caller's address because it comes from us.
var keptPrefixes = []string{"X-Sdk-", "X-Cff-", "X-Forwarded-"}

// UpstreamHeader is what of a call's headers goes to the upstream: all but
// keptHeaders, what "Connection" names, and the console's own cookie.
func (c *Call) UpstreamHeader() http.Header {
	out := make(http.Header, len(c.Header)+2)
	for name, values := range c.Header {
		if name == "Cookie" {
			values = withoutSession(values)
		}
		if !keptHeader(name) && len(values) > 0 {
			out[name] = values
		}
	}
	for _, list := range c.Header["Connection"] {
		for name := range strings.SplitSeq(list, ",") {
			out.Del(strings.TrimSpace(name))
		}
	}
	return out
}

// keptHeader judges a name as an upstream may read it: CGI and WSGI know no
// difference between "-" and "_", and some servers none between all such marks.
func keptHeader(name string) bool {
	name = http.CanonicalHeaderKey(strings.Map(asCGI, name))
	return keptHeaders[name] || slices.ContainsFunc(keptPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

func asCGI(r rune) rune {
	if '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
		return r
	}
	return '-'
}

// withoutSession takes the console's session out of lines of cookies.
func withoutSession(lines []string) []string {
	if !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, SessionCookie) }) {
		return lines
	}
	var rest []string
	for _, line := range lines {
		for pair := range strings.SplitSeq(line, ";") {
			pair = strings.TrimSpace(pair)
			name, _, _ := strings.Cut(pair, "=")
			if strings.TrimPrefix(strings.TrimSpace(name), "__Host-") != SessionCookie {
				rest = append(rest, pair)
			}
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return []string{strings.Join(rest, "; ")}
}
