package routing_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/routing"
)

// rule reads "header X-Team in qa,ops".
func rule(text string) routing.Rule {
	part := append(strings.SplitN(text, " ", 4), "")
	return routing.Rule{Type: routing.SourceType(part[0]), Param: part[1], Op: routing.Op(part[2]), Value: part[3]}
}

func rules(texts ...string) []routing.Rule {
	var all []routing.Rule
	for _, text := range texts {
		all = append(all, rule(text))
	}
	return all
}

// request reads lines "Name: value", as a server does.
func request(lines ...string) *routing.Request {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, value)
	}
	return &routing.Request{Header: h, Explain: true}
}

// combine is Or where one rule is enough.
func combine(either bool) routing.Combine {
	if either {
		return routing.Or
	}
	return routing.And
}

func TestARuleMatches(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, rule, header string // lines with "|" between them
		matches            bool
	}{
		{"an equal value", "header X-Tester = yes", "X-Tester: yes", true},
		{"no other value", "header X-Tester = yes", "X-Tester: yess", false},
		{"no value in another case", "header X-Tester = yes", "X-Tester: Yes", false},
		{"a name in any case", "header x-TESTER = yes", "X-tester: yes", true},
		{"a type in any case", "Header X-Tester = yes", "X-Tester: yes", true},
		{"names with underscores", "header x_tester = yes", "X_Tester: yes", true},
		{"outer blanks of the request aside", "header X-Tester = yes", "X-Tester: \t yes  ", true},
		{"outer blanks of the rule aside", "header X-Tester =  yes ", "X-Tester: yes", true},
		{"inner blanks counting", "header X-Tester = y es", "X-Tester: yes", false},
		{"the second of repeated headers", "header X-Tester = yes", "X-Tester: no|X-Tester: yes", true},
		{"no part of a list in one header", "header X-Tester = yes", "X-Tester: no, yes", false},
		{"no absent header", "header X-Tester = yes", "X-Other: yes", false},
		{"no absent header, even by an empty value", "header X-Tester = ", "X-Other: yes", false},
		{"an empty header by an empty value", "header X-Tester = ", "X-Tester:", true},
		{"a comma as it is, with =", "header X-Team = qa,ops", "X-Team: qa,ops", true},

		{"the first item", "header X-Team in qa,ops", "X-Team: qa", true},
		{"the last item", "header X-Team in qa,ops", "X-Team: ops", true},
		{"no item in part", "header X-Team in qa,ops", "X-Team: op", false},
		{"not the whole list", "header X-Team in qa,ops", "X-Team: qa,ops", false},
		{"items without their blanks", "header X-Team in qa , ops", "X-Team: ops", true},
		{"no empty item", "header X-Team in qa,,ops,", "X-Team:", false},
		{"nothing by a list of commas", "header X-Team in ,,", "X-Team: ,", false},
		{"one of repeated headers by an item", "header X-Team in qa,ops", "X-Team: dev|X-Team: ops", true},

		{"a cookie", "cookie beta = 1", "Cookie: a=b; beta=1; c=d", true},
		{"a cookie, its type in any case", "Cookie beta = 1", "Cookie: beta=1", true},
		{"a cookie's name as written only", "cookie Beta = 1", "Cookie: beta=1", false},
		{"the first of repeated cookies", "cookie beta = 1", "Cookie: beta=1; beta=2", true},
		{"not the second of repeated cookies", "cookie beta = 2", "Cookie: beta=1; beta=2", false},
		{"a cookie of the second line", "cookie beta = 1", "Cookie: a=b|Cookie: beta=1", true},
		{"a quoted cookie without its quotes", "cookie beta = one", `Cookie: beta="one"`, true},
		{"a lone quote as it is", `cookie beta = "`, `Cookie: beta="`, true},
		{"a cookie with an equals sign in it", "cookie beta = a=b", "Cookie: beta=a=b", true},
		{"a cookie with blanks around it", "cookie beta = 1", "Cookie: a=b;beta = 1 ;", true},
		{"no cookie that ends like it", "cookie beta = 1", "Cookie: alphabeta=1", false},
		{"no header of a cookie's name", "cookie beta = 1", "Beta: 1", false},
		{"no cookie of a header's name", "header beta = 1", "Cookie: beta=1", false},
		{"nothing by a type that is spelt with the Kelvin sign", "coo\u212Aie beta = 1", "Cookie: beta=1", false},
		{"a cookie by an item", "cookie team in qa,ops", "Cookie: team=ops", true},

		{"nothing by an unknown type", "query beta = 1", "Beta: 1", false},
		{"nothing by an unknown comparison", "header Beta ~ 1", "Beta: 1", false},
		{"nothing without a name", "cookie  = 1", "Cookie: =1", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			route := routing.Route{Main: "v3", Additional: "v4", Rules: rules(tc.rule)}
			d := routing.Decide(&route, request(strings.Split(tc.header, "|")...))
			require.Equal(t, routing.ByRules, d.Reason)
			require.Equal(t, tc.matches, d.Additional)
			require.Equal(t, tc.matches, d.Matched.Has(0))
			require.Equal(t, map[bool]string{true: "v4", false: "v3"}[tc.matches], d.Version)
		})
	}
}

func TestTypesAreComparedInAnyCaseOfASCII(t *testing.T) {
	t.Parallel()
	for _, spelt := range []routing.SourceType{"cookie", "Cookie", "COOKIE", "cOOkIE"} {
		require.True(t, spelt.Is(routing.Cookie), spelt)
		require.True(t, routing.Cookie.Is(spelt), spelt)
	}
	for _, other := range []routing.SourceType{"", "header", "cookies", "cooki", "cookie ", "coo\u212Aie", "cook\u0131e", "COOK[E"} {
		require.False(t, other.Is(routing.Cookie), other)
		require.False(t, routing.Cookie.Is(other), other)
	}
}

func TestADecisionSaysOfEachRule(t *testing.T) {
	t.Parallel()
	three := rules("header A = 1", "cookie b = 1", "header C in 1,2")
	for _, tc := range []struct {
		name             string
		any              bool
		request          *routing.Request
		version          string
		matched, present routing.Set
	}{
		{"that all matched", false, request("A: 1", "Cookie: b=1", "C: 2"), "v4", 0b111, 0b111},
		{"which did not match", false, request("A: 1", "Cookie: b=2", "C: 2"), "v3", 0b101, 0b111},
		{"which the request lacks", false, request("A: 1", "C: 2"), "v3", 0b101, 0b101},
		{"that none matched", true, request("A: 2"), "v3", 0, 0b001},
		{"that one is enough, and how the others are", true, request("A: 2", "C: 1"), "v4", 0b100, 0b101},
		{"what comes after the one that decides", true, request("A: 1", "C: 1"), "v4", 0b101, 0b101},
		{"that a request without headers has nothing", true, &routing.Request{}, "v3", 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			route := routing.Route{Main: "v3", Additional: "v4", Rules: three, Combine: combine(tc.any)}
			require.Equal(t, routing.Decision{Version: tc.version, Additional: tc.version == "v4", Reason: routing.ByRules, Matched: tc.matched, Present: tc.present},
				routing.Decide(&route, tc.request))
		})
	}
}

func TestWithMoreRulesThanThereMayBeEverythingStays(t *testing.T) {
	t.Parallel()
	many := slices.Repeat(rules("header A = 1"), routing.MaxRules+1)
	for _, either := range []bool{false, true} {
		route := routing.Route{Main: "v3", Additional: "v4", Rules: many, Combine: combine(either)}
		require.Equal(t, routing.Decision{Version: "v3", Reason: routing.ByRules}, routing.Decide(&route, request("A: 1")))
		require.Empty(t, routing.Findings(&route), "nothing is said of rules that do not count")
		route.Rules = many[1:]
		require.Equal(t, "v4", routing.Decide(&route, request("A: 1")).Version, "as many as there may be")
	}
}

func TestWeights(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name         string
		weight, draw int
		version      string
	}{
		{"nobody gets 0 percent", 0, 1, "v3"},
		{"the draw that equals the weight goes to the additional version", 35, 35, "v4"},
		{"draws above the weight do not", 35, 36, "v3"},
		{"the lowest draw is the first to go", 1, 1, "v4"},
		{"the highest draw is the last to go", 99, 100, "v3"},
		{"everybody gets 100 percent", 100, 100, "v4"},
		{"who was not drawn stays", 35, 0, "v3"},
		{"who was not drawn stays, even with 100 percent", 100, 0, "v3"},
		{"what is no draw stays", 35, -1, "v3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := routing.Decide(&routing.Route{Main: "v3", Additional: "v4", Weight: tc.weight}, &routing.Request{Draw: tc.draw})
			require.Equal(t, routing.Decision{Version: tc.version, Additional: tc.version == "v4", Reason: routing.ByWeight, Draw: tc.draw}, d)
		})
	}
}

func TestWithoutAnAdditionalVersionNothingElseMatters(t *testing.T) {
	t.Parallel()
	for _, route := range []routing.Route{
		{Main: "v3"},
		{Main: "v3", Weight: 100},
		{Main: "v3", Rules: rules("header A = 1"), Sticky: routing.Source{Type: routing.Header, Param: "A"}},
	} {
		require.Equal(t, routing.Decision{Version: "v3", Reason: routing.ByMain}, routing.Decide(&route, request("A: 1")))
	}
}

func TestAStickyKeyTakesThePlaceOfTheDraw(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		sticky string
		header string
		reason routing.Reason
	}{
		{"a header", "header X-User", "X-User: ada", routing.ByKey},
		{"a header in another case, with blanks", "Header x-user", "X-User:  ada ", routing.ByKey},
		{"the first of repeated headers", "header X-User", "X-User: ada|X-User: bob", routing.ByKey},
		{"a cookie", "cookie user", "Cookie: user=ada; user=bob", routing.ByKey},
		{"not if it is absent", "header X-User", "X-Other: ada", routing.ByWeight},
		{"not if it is empty", "cookie user", "Cookie: user=", routing.ByWeight},
		{"not if nobody asked for it", " ", "X-User: ada", routing.ByWeight},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			kind, name, _ := strings.Cut(tc.sticky, " ")
			route := routing.Route{Main: "v3", Additional: "v4", Weight: 50, Salt: "an alias", Sticky: routing.Source{Type: routing.SourceType(kind), Param: name}}
			in := request(strings.Split(tc.header, "|")...)
			in.Draw = 7
			want := 7
			if tc.reason == routing.ByKey {
				want = 18 // of "ada" in this alias, for ever
			}
			d := routing.Decide(&route, in)
			require.Equal(t, tc.reason, d.Reason)
			require.Equal(t, want, d.Draw)
		})
	}
}

// The draws by key are a promise: what changed them would move callers of every
// alias to another version.
func TestDrawsByKeyNeverChange(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		salt, key string
		draw      int
	}{
		{"", "ada", 55},
		{"default:orders!prod", "ada", 35},
		{"default:orders!prod", "bob", 91},
		{"default:orders!test", "ada", 76},
		{"default:orders!prod", "张三", 14},
	} {
		route := routing.Route{Main: "v3", Additional: "v4", Salt: tc.salt, Sticky: routing.Source{Type: routing.Header, Param: "U"}}
		require.Equal(t, tc.draw, routing.Decide(&route, request("U: "+tc.key)).Draw, "%q of %q", tc.key, tc.salt)
	}
}

func TestCookiesAreReadAsNetHTTPReadsThem(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"a=1", "a=1; a=2", ` a = 1 ;b=2`, `a="1"`, "b=2;a=1", "a", "a=", ";;a=1;", "a=1=2", "b=2", "=1", `a=""`, "a=x y"} {
		h := http.Header{"Cookie": {line}}
		want, err := (&http.Request{Header: h}).Cookie("a")
		d := routing.Decide(&routing.Route{Main: "v3", Additional: "v4", Rules: []routing.Rule{{Type: routing.Cookie, Param: "a", Op: routing.Equal, Value: "1"}}}, &routing.Request{Header: h})
		require.Equal(t, err == nil, d.Present.Has(0), line)
		require.Equal(t, err == nil && strings.TrimSpace(want.Value) == "1", d.Matched.Has(0), line)
	}
}
