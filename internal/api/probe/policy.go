package probe

import (
	"net"
	"net/netip"
	"slices"
)

// Policy says which destinations checks may reach, besides the few that none
// may reach: link-local, multicast, unspecified and broadcast addresses, the
// metadata services of clouds and the console itself. Loopback and private
// networks are allowed unless denied, because that is where the systems are
// that an operations console is for.
//
// Every address of a name must be allowed. A rule about a name is about what a
// link says; it does not stop who knows the address, and it opens no address
// that another rule denies.
type Policy struct {
	Deny  []Rule // never
	Allow []Rule // if set, only these
}

// The addresses at which clouds tell a machine its secrets, where they are
// not link-local: Alibaba Cloud, Azure, Oracle Cloud, AWS.
var metadata = []netip.Addr{
	netip.MustParseAddr("100.100.100.200"),
	netip.MustParseAddr("168.63.129.16"),
	netip.MustParseAddr("192.0.0.192"),
	netip.MustParseAddr("fd00:ec2::254"),
}

// Networks that stand for others: this host (RFC 1122), and those that carry
// an IPv4 address inside (RFC 6052, RFC 8215, RFC 2765, RFC 3056, RFC 4291).
var (
	thisHost   = netip.MustParsePrefix("0.0.0.0/8")
	nat64      = netip.MustParsePrefix("64:ff9b::/96")
	nat64Local = netip.MustParsePrefix("64:ff9b:1::/48")
	translated = netip.MustParsePrefix("::ffff:0:0:0/96")
	sixToFour  = netip.MustParsePrefix("2002::/16")
	v4compat   = netip.MustParsePrefix("::/96")
)

// refusal says why an address, which was found at host, must not be reached,
// or "" if it may. own are the addresses that the console listens on.
func (p Policy) refusal(at netip.AddrPort, host string, own []netip.AddrPort) string {
	addr := at.Addr().WithZone("").Unmap()
	if inner, ok := embedded(addr); ok {
		if reason := p.refusal(netip.AddrPortFrom(inner, at.Port()), host, own); reason != "" {
			return reason
		}
	}
	at = netip.AddrPortFrom(addr, at.Port())
	named := func(rule Rule) bool { return rule.matches(at, host) }
	switch {
	case !addr.IsValid(), addr.IsUnspecified(), thisHost.Contains(addr):
		return "unspecified"
	case addr.IsLinkLocalUnicast():
		return "link-local"
	case addr.IsMulticast():
		return "multicast"
	case addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "broadcast"
	case slices.Contains(metadata, addr):
		return "metadata service"
	case ownAddress(at, own):
		return "the console itself"
	case slices.ContainsFunc(p.Deny, named):
		return "denied by the policy"
	case len(p.Allow) > 0 && !slices.ContainsFunc(p.Allow, named):
		return "not allowed by the policy"
	}
	return ""
}

// embedded returns the IPv4 address that a gateway would make of an IPv6 one.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	b := addr.As16()
	switch {
	case nat64.Contains(addr), nat64Local.Contains(addr), translated.Contains(addr),
		v4compat.Contains(addr) && addr != netip.IPv6Unspecified() && addr != netip.IPv6Loopback():
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}

func ownAddress(at netip.AddrPort, own []netip.AddrPort) bool {
	return slices.ContainsFunc(own, func(o netip.AddrPort) bool {
		if o.Port() != at.Port() {
			return false
		}
		addr := o.Addr().WithZone("").Unmap()
		return addr == at.Addr() || addr.IsUnspecified() && local(at.Addr())
	})
}

// local reports whether an address belongs to this machine. When the machine
// cannot tell, it does.
func local(addr netip.Addr) bool {
	if addr.IsLoopback() {
		return true
	}
	addrs, err := net.InterfaceAddrs()
	return err != nil || slices.ContainsFunc(addrs, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr().Unmap() == addr
	})
}
