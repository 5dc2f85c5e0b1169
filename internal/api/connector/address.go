package connector

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// readAddress reads the kinds that say where a system is. Each part has a
// strict grammar (S9): what is dialled is exactly what was typed.
func (in *Input) readAddress(text string) (canonical string, f *Fault) {
	ok := false
	switch in.Kind {
	case Port:
		canonical, ok = readPort(text)
	case HostPort:
		canonical, ok = ReadHostPort(text)
	case HostList:
		canonical, ok = readList(text, in.Separator, ReadHostPort)
	case Share:
		canonical, ok = readShare(text)
	case URI:
		canonical, ok = in.readURIs(text)
		return canonical, unless(ok, "input.uri", "schemes", strings.Join(in.Schemes, ", "))
	default:
		canonical, ok = readHost(text)
	}
	return canonical, unless(ok, "input."+string(in.Kind))
}

var (
	// hostName is RFC 1123 with underscores, which internal names do have.
	hostName = regexp.MustCompile(`^` + hostLabel + `(\.` + hostLabel + `)*$`)
	// numeric is a last label that some resolvers take for an IPv4 address.
	numeric = regexp.MustCompile(`(^|\.)([0-9]+|0[xX][0-9A-Fa-f]*)$`)
	uriPath = regexp.MustCompile(`^[A-Za-z0-9/._~-]*$`)
)

const hostLabel = `[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?`

// readHost reads a DNS name or an IP address; IPv6 may stand in brackets and
// loses them.
func readHost(text string) (string, bool) {
	bare, bracketed := strings.CutPrefix(text, "[")
	if bracketed {
		bare, bracketed = strings.CutSuffix(bare, "]")
	}
	if addr, err := netip.ParseAddr(bare); err == nil {
		fine := addr.Zone() == "" && (bracketed && addr.Is6() || bare == text)
		return addr.String(), fine
	}
	name := strings.TrimSuffix(text, ".")
	fine := len(name) <= 253 && hostName.MatchString(name) && !numeric.MatchString(name)
	return strings.ToLower(name), fine
}

func readPort(text string) (string, bool) {
	n, err := strconv.ParseUint(text, 10, 16)
	return strconv.FormatUint(n, 10), err == nil && n > 0
}

// ReadHostPort reads host:port, an IPv6 address in brackets. It returns the
// address as it is dialled, and whether the text is one.
func ReadHostPort(text string) (string, bool) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", false
	}
	host, hostOK := readHost(host)
	port, portOK := readPort(port)
	return net.JoinHostPort(host, port), hostOK && portOK
}

// readList reads a list of addresses, separated by comma or semicolon whatever
// the canonical separator is.
func readList(text, separator string, read func(string) (string, bool)) (string, bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })
	for i, part := range parts {
		canonical, ok := read(strings.TrimSpace(part))
		if !ok {
			return "", false
		}
		parts[i] = canonical
	}
	return strings.Join(parts, separator), len(parts) > 0
}

func (in *Input) readURIs(text string) (string, bool) {
	if in.Separator == "" {
		return in.readURI(text)
	}
	return readList(text, in.Separator, in.readURI)
}

// readURI reads [scheme://]host[:port][/path]: no user, query or fragment, and
// nothing percent-encoded.
func (in *Input) readURI(text string) (string, bool) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		scheme, rest = "", text
	}
	scheme = strings.ToLower(scheme)
	if found && !slices.Contains(in.Schemes, scheme) {
		return "", false
	}
	authority, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	address, ok := ReadHostPort(authority)
	if !ok {
		address, ok = readHost(authority)
		address = bracket(address)
	}
	if found {
		scheme += "://"
	}
	return scheme + address + path, ok && uriPath.MatchString(path)
}

// readShare reads \\host\share, //host/share (SMB) or host:/path (NFS).
func readShare(text string) (string, bool) {
	lead, between := "", ":/"
	for _, slash := range []string{`\`, `/`} {
		if strings.HasPrefix(text, slash+slash) {
			lead, between = slash+slash, slash
		}
	}
	host, path, found := strings.Cut(text[len(lead):], between)
	host, ok := readHost(host)
	named := path != "" || lead == "" // an NFS server may export its root
	plain := !strings.ContainsAny(path, `:*?"<>|,;%`) && !strings.HasPrefix(path, between[len(between)-1:])
	return lead + bracket(host) + between + path, found && ok && named && plain
}

// bracket puts an IPv6 address between brackets.
func bracket(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
