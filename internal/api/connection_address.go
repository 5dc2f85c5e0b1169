package api

import (
	"net"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"switchboard/internal/api/connector"
)

// ConnectionAddresses returns the addresses of a url as they are dialled. Those
// that are none are left out.
func ConnectionAddresses(url string) []string {
	var addresses []string
	for part := range strings.SplitSeq(url, ",") {
		if address, ok := connector.ReadHostPort(part); ok {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// AddressProblems judges the service and its url.
func (d *ConnectionDraft) AddressProblems() []Problem {
	service := FindConnectionService(d.Service)
	var problems []Problem
	switch {
	case d.Service == "":
		problems = append(problems, Problem{"service", M("connection.service_required")})
	case service == nil:
		problems = append(problems, Problem{"service", M("connection.service_unknown", "name", Shortened(d.Service), "services", serviceNames())})
	}
	for _, m := range urlProblems(d.URL, service) {
		problems = append(problems, Problem{"url", m})
	}
	return problems
}

func serviceNames() string {
	names := make([]string, len(ConnectionServices))
	for i, s := range ConnectionServices {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}

// urlProblems says what is wrong with a url; service is nil if it is not known
// which one it leads to.
func urlProblems(url string, service *ConnectionService) []Message {
	if url == "" {
		return []Message{M("connection.url_required")}
	}
	if n := utf8.RuneCountInString(url); n > MaxConnectionURL {
		return []Message{M("connection.url_too_long", "max", MaxConnectionURL, "length", n)}
	}
	var problems []Message
	parts := strings.Split(url, ",")
	if len(parts) > MaxConnectionAddresses && (service == nil || service.Many) {
		return []Message{M("connection.url_too_many", "max", MaxConnectionAddresses, "count", len(parts))}
	}
	seen := map[string]bool{}
	for _, part := range parts {
		address, ok := connector.ReadHostPort(part)
		switch {
		case !ok:
			problems = append(problems, addressProblem(part, service))
		case seen[address]:
			problems = append(problems, M("connection.url_twice", "address", address))
		}
		seen[address] = true
	}
	if len(parts) > 1 && service != nil && !service.Many && len(problems) == 0 {
		problems = append(problems, M("connection.url_one", "service", service.Name, "count", len(parts)))
	}
	return problems
}

// AddressProblem says why a text is not the address of one server, host:port.
func AddressProblem(text string) Message {
	if _, ok := connector.ReadHostPort(text); ok {
		return Message{}
	}
	return addressProblem(text, nil)
}

// scheme is what stands in front of an address that was copied from elsewhere.
var scheme = regexp.MustCompile(`^(?i)(jdbc:)?([a-z][a-z0-9+.-]*:)?//|^(?i)jdbc:([a-z0-9]+:)*`)

// addressProblem explains a text that is not host:port; what comes first is
// wrong first.
func addressProblem(text string, service *ConnectionService) Message {
	if text == "" {
		return M("connection.url_gap")
	}
	if found := scheme.FindString(text); found != "" {
		return M("connection.url_scheme", "scheme", found)
	}
	if strings.ContainsFunc(text, unicode.IsSpace) {
		return M("connection.url_space", "address", Shortened(strings.TrimSpace(text)))
	}
	if i := strings.IndexFunc(text, misplaced); i >= 0 {
		c, _ := utf8.DecodeRuneInString(text[i:])
		return M("connection.url_character", "character", visible(c))
	}
	if strings.Contains(text, "@") {
		return M("connection.url_account")
	}
	if i := strings.IndexAny(text, "/?#"); i >= 0 {
		return M("connection.url_path", "path", Shortened(text[i:]))
	}
	return hostPortProblem(text, service)
}

// misplaced reports whether a character cannot be part of an address, nor of
// what people paste with one: mostly commas and colons of another kind.
func misplaced(c rune) bool {
	letter := c <= unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c))
	return !letter && !strings.ContainsRune("-._:[]%@/?#&=", c)
}

// bracketed reads an IPv6 address without brackets that seems to end with a port,
// and returns how to write that, or "".
func bracketed(text string) string {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return ""
	}
	addr, err := netip.ParseAddr(text[:i])
	likely := "[" + text[:i] + "]" + text[i:]
	if _, ok := connector.ReadHostPort(likely); err != nil || !addr.Is6() || addr.Zone() != "" || !ok {
		return ""
	}
	return likely
}

func hostPortProblem(text string, service *ConnectionService) Message {
	if likely := bracketed(text); likely != "" {
		return M("connection.url_ipv6_port", "address", likely)
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is6() && addr.Zone() == "" {
		return M("connection.url_ipv6", "address", "["+text+"]")
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.TrimSuffix(text, ":"), ""
	}
	switch _, isHost := connector.ReadHostPort(net.JoinHostPort(strings.Trim(host, "[]"), "1")); {
	case !isHost:
		return M("connection.url_host", "host", Shortened(host))
	case port == "" && service != nil:
		return M("connection.url_no_port", "address", Shortened(host), "service", service.Name, "port", service.Port)
	case port == "":
		return M("connection.url_no_port_at_all", "address", Shortened(host))
	}
	return M("connection.url_port", "port", Shortened(port))
}
