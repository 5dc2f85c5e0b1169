package probe

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// Rule names destinations: addresses or hosts, and ports. The zero value names
// all.
type Rule struct {
	prefix      netip.Prefix // of addresses; if not valid, any
	host        string       // name in lower case; with a dot in front, every name that ends so
	first, last uint16       // ports; if 0, any
}

// ParseRules reads a list of rules, separated by commas.
func ParseRules(text string) ([]Rule, error) {
	var rules []Rule
	for part := range strings.SplitSeq(text, ",") {
		rule, err := ParseRule(part)
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// ParseRule reads a rule: a network, an address, a name, *.suffix (every name
// below it, not itself) or * (everything), then, if not all ports are meant, a
// colon and a port or a range. IPv6 with ports stands in brackets.
//
//	10.0.0.0/8   10.0.0.0/8:3306   [fd00::/8]:443   db.example.com:5432-5439   *.corp.example.com   :25
func ParseRule(text string) (Rule, error) {
	rule, err := parseRule(strings.TrimSpace(text))
	if err != nil {
		return Rule{}, fmt.Errorf("the rule %q: %w", strings.TrimSpace(text), err)
	}
	return rule, nil
}

func parseRule(text string) (r Rule, err error) {
	switch {
	case text == "":
		return r, errors.New("it is empty")
	case strings.Contains(text, "://"):
		return r, errors.New("it must not have a scheme: say example.com:443 and not https://example.com")
	}
	where, ports, some := splitRule(text)
	if err := r.readWhere(where); err != nil {
		return r, err
	}
	if some {
		return r, r.readPorts(ports)
	}
	return r, nil
}

// splitRule takes the ports off. Without brackets, more than one colon is an
// IPv6 address.
func splitRule(text string) (where, ports string, some bool) {
	if inner, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && text[0] == '[' {
		if rest == "" {
			return inner, "", false
		}
		if ports, ok := strings.CutPrefix(rest, ":"); ok {
			return inner, ports, true
		}
		return text, "", false
	}
	if strings.Count(text, ":") > 1 {
		return text, "", false
	}
	where, ports, some = strings.Cut(text, ":")
	return where, ports, some
}

// ruleName is a name, or a suffix of names. What ends in a number is an
// address with a slip in it.
var (
	ruleName = regexp.MustCompile(`^(\*\.)?` + ruleLabel + `(\.` + ruleLabel + `)*$`)
	number   = regexp.MustCompile(`(^|\.)([0-9]+|0x[0-9a-f]*)$`)
)

const ruleLabel = `[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?`

func (r *Rule) readWhere(text string) error {
	if text == "" || text == "*" {
		return nil
	}
	if addr, err := netip.ParseAddr(text); err == nil {
		if addr.Zone() != "" {
			return errors.New("an address must not have a zone")
		}
		addr = addr.Unmap()
		r.prefix = netip.PrefixFrom(addr, addr.BitLen())
		return nil
	}
	if strings.Contains(text, "/") {
		return r.readPrefix(text)
	}
	host := canonicalHost(text)
	if !ruleName.MatchString(host) || number.MatchString(host) {
		return errors.New("it names no network (10.0.0.0/8), address (10.0.0.1, [fd00::1]:443), name (db.example.com) or suffix (*.example.com)")
	}
	r.host = strings.TrimPrefix(host, "*")
	return nil
}

func (r *Rule) readPrefix(text string) error {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return errors.New("it is not a network such as 10.0.0.0/8 or, with a port, [fd00::/8]:443")
	case prefix.Addr().Is4In6():
		return errors.New("it must be written as IPv4")
	case prefix != prefix.Masked():
		return fmt.Errorf("say %s for the network or %s for the address", prefix.Masked(), prefix.Addr())
	}
	r.prefix = prefix
	return nil
}

func (r *Rule) readPorts(text string) error {
	low, high, ranged := strings.Cut(text, "-")
	if !ranged {
		high = low
	}
	first, err1 := strconv.ParseUint(low, 10, 16)
	last, err2 := strconv.ParseUint(high, 10, 16)
	if err1 != nil || err2 != nil || first == 0 || last < first {
		return fmt.Errorf("%q is not a port (1 to 65535) or a range such as 5432-5439", text)
	}
	r.first, r.last = uint16(first), uint16(last)
	return nil
}

// canonicalHost is the form in which names are compared.
func canonicalHost(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// matches reports whether the rule names an address that was found at host.
func (r Rule) matches(at netip.AddrPort, host string) bool {
	switch {
	case r.first != 0 && (at.Port() < r.first || at.Port() > r.last):
		return false
	case r.prefix.IsValid():
		return r.prefix.Contains(at.Addr())
	case strings.HasPrefix(r.host, "."):
		return strings.HasSuffix(canonicalHost(host), r.host)
	case r.host != "":
		return canonicalHost(host) == r.host
	}
	return true
}
