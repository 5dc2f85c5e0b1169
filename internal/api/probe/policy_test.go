package probe

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	own := []netip.AddrPort{netip.MustParseAddrPort("10.1.1.1:8080"), netip.MustParseAddrPort("[::]:9090")}
	for _, c := range []struct {
		at, allow, deny, reason string
	}{
		{at: "127.0.0.1:3306"}, {at: "[::1]:3306"}, {at: "10.0.0.1:3306"}, {at: "192.168.1.1:3306"}, {at: "[fd12::1]:3306"},
		{at: "203.0.113.7:3306"}, {at: "[2001:db8::1]:3306"}, {at: "100.100.100.199:80"},
		{at: "169.254.169.254:80", reason: "link-local"},
		{at: "169.254.0.1:3306", reason: "link-local"},
		{at: "[fe80::1]:3306", reason: "link-local"},
		{at: "[fe80::1%eth0]:3306", reason: "link-local"},
		{at: "[::ffff:169.254.169.254]:80", reason: "link-local"},
		{at: "[64:ff9b::a9fe:a9fe]:80", reason: "link-local"}, // by way of NAT64
		{at: "[2002:a9fe:a9fe::1]:80", reason: "link-local"},  // by way of 6to4
		{at: "[::169.254.169.254]:80", reason: "link-local"},
		{at: "[64:ff9b:1::a9fe:a9fe]:80", reason: "link-local"},
		{at: "[::ffff:0:169.254.169.254]:80", reason: "link-local"}, // IPv4, translated
		{at: "100.100.100.200:80", reason: "metadata service"},
		{at: "168.63.129.16:80", reason: "metadata service"},
		{at: "192.0.0.192:80", reason: "metadata service"},
		{at: "[fd00:ec2::254]:80", reason: "metadata service"},
		{at: "[fd00:ec2::254%eth0]:80", reason: "metadata service"},
		{at: "224.0.0.1:3306", reason: "multicast"},
		{at: "[ff02::1]:3306", reason: "multicast"},
		{at: "0.0.0.0:3306", reason: "unspecified"},
		{at: "0.1.2.3:3306", reason: "unspecified"},
		{at: "[::]:3306", reason: "unspecified"},
		{at: "255.255.255.255:3306", reason: "broadcast"},
		{at: "10.1.1.1:8080", reason: "the console itself"},
		{at: "[::ffff:10.1.1.1]:8080", reason: "the console itself"},
		{at: "10.1.1.1:8081"}, {at: "10.1.1.2:8080"},
		{at: "127.0.0.1:9090", reason: "the console itself"},
		{at: "127.8.9.10:9090", reason: "the console itself"},
		{at: "[::1]:9090", reason: "the console itself"},
		{at: "203.0.113.7:9090"},
		{at: "10.2.0.1:1", deny: "10.0.0.0/8", reason: "denied by the policy"},
		{at: "10.2.0.1:1", allow: "10.2.0.0/16"},
		{at: "10.3.0.1:1", allow: "10.2.0.0/16,192.168.0.0/16", reason: "not allowed by the policy"},
		{at: "10.2.0.1:1", allow: "10.2.0.0/16", deny: "10.2.0.1", reason: "denied by the policy"},
		{at: "10.2.0.1:25", deny: ":25", reason: "denied by the policy"},
		{at: "10.2.0.1:26", deny: ":25"},
		{at: "10.2.0.1:3306", allow: "10.0.0.0/8:3306"},
		{at: "10.2.0.1:3307", allow: "10.0.0.0/8:3306", reason: "not allowed by the policy"},
		{at: "10.2.0.1:1", deny: "*", reason: "denied by the policy"},
		{at: "10.2.0.1:1", allow: "db.example.com"},
		{at: "10.2.0.1:1", allow: "other.example.com", reason: "not allowed by the policy"},
		{at: "10.2.0.1:1", deny: "*.example.com", reason: "denied by the policy"},
		{at: "10.2.0.1:1", allow: "db.example.com", deny: "10.0.0.0/8", reason: "denied by the policy"},
		{at: "[64:ff9b::10.2.0.1]:1", allow: "db.example.com", deny: "10.0.0.0/8", reason: "denied by the policy"},
		{at: "[64:ff9b::10.2.0.1]:1", allow: "10.0.0.0/8", reason: "not allowed by the policy"},
		{at: "169.254.169.254:80", allow: "db.example.com", reason: "link-local"},
		{at: "100.100.100.200:80", allow: "100.100.100.200:80", reason: "metadata service"},
		{at: "10.1.1.1:8080", allow: "*", reason: "the console itself"},
		{at: "169.254.169.254:80", allow: "0.0.0.0/0", reason: "link-local"},
		{at: "[::1]:1", allow: "0.0.0.0/0", reason: "not allowed by the policy"},
		{at: "[::1]:1", allow: "0.0.0.0/0,::/0"},
	} {
		t.Run(fmt.Sprintf("%s, allow %q, deny %q", c.at, c.allow, c.deny), func(t *testing.T) {
			t.Parallel()
			policy := Policy{Allow: rules(t, c.allow), Deny: rules(t, c.deny)}
			require.Equal(t, c.reason, policy.refusal(netip.MustParseAddrPort(c.at), "db.example.com", own))
		})
	}
	t.Run("every address of this machine is the console's if it listens everywhere", func(t *testing.T) {
		t.Parallel()
		addrs, err := net.InterfaceAddrs()
		require.NoError(t, err)
		for _, a := range addrs {
			addr := netip.MustParsePrefix(a.String()).Addr()
			require.NotEmpty(t, Policy{}.refusal(netip.AddrPortFrom(addr, 9090), "", own), addr)
		}
	})
	t.Run("no address at all", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "unspecified", Policy{}.refusal(netip.AddrPort{}, "", own))
	})
}

// rules reads a list of rules, which may be empty.
func rules(t *testing.T, text string) []Rule {
	t.Helper()
	if text == "" {
		return nil
	}
	rules, err := ParseRules(text)
	require.NoError(t, err)
	return rules
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule string
		yes  []string // host and address that it names
		no   []string
	}{
		{"10.0.0.0/8", []string{"a 10.9.9.9:1", "10.0.0.0 10.0.0.0:65535"}, []string{"a 11.0.0.0:1", "a [::1]:1"}},
		{"10.0.0.0/8:3306", []string{"a 10.9.9.9:3306"}, []string{"a 10.9.9.9:3307", "a 11.0.0.0:3306"}},
		{"10.1.2.3", []string{"a 10.1.2.3:1"}, []string{"a 10.1.2.4:1"}},
		{"::ffff:10.1.2.3", []string{"a 10.1.2.3:1"}, []string{"a 10.1.2.4:1"}},
		{"10.1.2.3:80-90", []string{"a 10.1.2.3:80", "a 10.1.2.3:90"}, []string{"a 10.1.2.3:79", "a 10.1.2.3:91"}},
		{"fd00::/8", []string{"a [fd12::1]:443"}, []string{"a [fe12::1]:443"}},
		{"fd00::1", []string{"a [fd00::1]:443"}, []string{"a [fd00::2]:443"}},
		{"[fd00::/8]:443", []string{"a [fd12::1]:443"}, []string{"a [fd12::1]:80"}},
		{"[fd00::1]", []string{"a [fd00::1]:443"}, []string{"a [fd00::2]:443"}},
		{"db.example.com", []string{"db.example.com 10.0.0.1:1", "DB.Example.com. 10.0.0.1:1"}, []string{"db.example.com.evil.com 10.0.0.1:1", "xdb.example.com 10.0.0.1:1", "10.0.0.1 10.0.0.1:1"}},
		{" DB.example.com.:5432-5439 ", []string{"db.example.com 10.0.0.1:5439"}, []string{"db.example.com 10.0.0.1:5440"}},
		{"*.example.com", []string{"db.example.com 10.0.0.1:1", "a.b.EXAMPLE.com. 10.0.0.1:1"}, []string{"example.com 10.0.0.1:1", "badexample.com 10.0.0.1:1", "db.example.com.cn 10.0.0.1:1"}},
		{"localhost:80", []string{"localhost 127.0.0.1:80"}, []string{"127.0.0.1 127.0.0.1:80"}},
		{"7box", []string{"7box 127.0.0.1:80"}, []string{"box 127.0.0.1:80"}},
		{":25", []string{"a 10.0.0.1:25", "b [::1]:25"}, []string{"a 10.0.0.1:26"}},
		{"*:25", []string{"a 10.0.0.1:25", "b [::1]:25"}, []string{"a 10.0.0.1:26"}},
		{"*", []string{"a 10.0.0.1:25", "b [::1]:26"}, nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			rule, err := ParseRule(c.rule)
			require.NoError(t, err)
			for want, cases := range map[bool][]string{true: c.yes, false: c.no} {
				for _, text := range cases {
					host, at, _ := strings.Cut(text, " ")
					require.Equal(t, want, rule.matches(netip.MustParseAddrPort(at), host), text)
				}
			}
		})
	}
}

func TestRulesThatCannotBeReadSayHow(t *testing.T) {
	t.Parallel()
	for text, why := range map[string]string{
		"":                     `the rule "": it is empty`,
		" ":                    "it is empty",
		"10.0.0.0/8,":          "it is empty",
		"10.0.0.0/8,,10.0.0.1": "it is empty",
		"https://example.com":  "say example.com:443",
		"10.0.0.0/33":          "10.0.0.0/8",
		"10.0.0.0/8/8":         "10.0.0.0/8",
		"10.1.2.3/8":           "say 10.0.0.0/8 for the network or 10.1.2.3 for the address",
		"::ffff:10.0.0.0/104":  "IPv4",
		"fe80::1%eth0":         "zone",
		"256.0.0.1":            "names no network",
		"10.0.0":               "names no network",
		"0x7f000001":           "names no network",
		"db..example.com":      "names no network",
		"*.":                   "names no network",
		"db.*.com":             "names no network",
		"*example.com":         "names no network",
		"a b":                  "names no network",
		"ann@example.com":      "names no network",
		"fd00::zz":             "names no network",
		"fd00::/8:443":         "[fd00::/8]:443",
		"[fd00::/8":            "[fd00::/8]:443",
		"[fd00::1]443":         "names no network",
		"db.example.com:":      `"" is not a port`,
		"db.example.com:http":  `"http" is not a port`,
		":0":                   `"0" is not a port`,
		":65536":               `"65536" is not a port`,
		":20-10":               `"20-10" is not a port`,
		":-10":                 `"-10" is not a port`,
		":10-":                 `"10-" is not a port`,
		":1-2-3":               `"1-2-3" is not a port`,
		":+1":                  `"+1" is not a port`,
	} {
		_, err := ParseRules(text)
		require.ErrorContains(t, err, why, text)
	}
}
