package probe

import (
	"cmp"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// place is where a web service is, by what a link says.
type place struct {
	at     endpoint
	how    encryption
	prefix string // of every path
	region string // for signatures
}

// steps removes the step TLS from a plan where the link does not ask for it;
// it is taken nevertheless if that is found out later.
func (p place) steps(plan ...api.StepName) []api.StepName {
	if p.how == overTLS {
		return plan
	}
	return slices.DeleteFunc(plan, func(name api.StepName) bool { return name == api.StepTLS })
}

// placeOf reads an input of the form [scheme://]host[:port][/path]. Without a
// scheme it means https.
func (in inputs) placeOf(path string) (place, error) {
	scheme, rest, found := strings.Cut(in.text(path), "://")
	if !found {
		scheme, rest = "https", scheme
	}
	port, how := "443", overTLS
	switch strings.ToLower(scheme) {
	case "https":
	case "http":
		port, how = "80", plainHTTP
	default:
		return place{}, fault("input", path)
	}
	u, err := url.Parse("//" + rest)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return place{}, fault("input", path)
	}
	at, err := readEndpoint(net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port)), path)
	return place{at: at, how: how, prefix: strings.TrimRight(u.Path, "/")}, err
}

// regionName is what a region may be called, so that the host which is made of
// it is nobody else's (S9).
var regionName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
