package routing

import (
	"math/bits"
	"math/rand/v2"
)

// Decide returns which version a request gets. It allocates nothing. Where it
// cannot tell, the main version gets it: if nothing was drawn for a request that
// is shared by weight, or if there are more rules than MaxRules.
func Decide(route *Route, request *Request) Decision {
	switch {
	case route.Additional == "":
		return Decision{Version: route.Main, Reason: ByMain}
	case len(route.Rules) > 0:
		return route.byRules(request)
	default:
		return route.byWeight(request)
	}
}

// byRules ends at the rule that decides, unless it is to explain.
func (r *Route) byRules(request *Request) Decision {
	d := Decision{Version: r.Main, Reason: ByRules}
	rules, either := r.Rules, r.Any()
	if len(rules) > MaxRules {
		return d
	}
	for i := range rules {
		present, matched := rules[i].match(request.Header)
		if present {
			d.Present |= 1 << i
		}
		if matched {
			d.Matched |= 1 << i
		}
		if matched == either && !request.Explain {
			break
		}
	}
	all := Set(1)<<len(rules) - 1
	if d.Matched == all || either && d.Matched != 0 {
		d.Version, d.Additional = r.Additional, true
	}
	return d
}

func (r *Route) byWeight(request *Request) Decision {
	d := Decision{Version: r.Main, Reason: ByWeight, Draw: request.Draw}
	if key := r.Sticky.first(request.Header); key != "" {
		d.Reason, d.Draw = ByKey, drawFor(r.Salt, key)
	}
	if 1 <= d.Draw && d.Draw <= r.Weight {
		d.Version, d.Additional = r.Additional, true
	}
	return d
}

// Random draws for one request, from 1 to 100.
func Random() int {
	return 1 + rand.IntN(100) //nolint:gosec // nothing secret hangs on who gets which version
}

// drawFor is the draw of a key, from 1 to 100. It does not depend on the weight:
// whoever is within one is within every greater one. All replicas, today's and
// tomorrow's, must agree on it, so it is FNV-1a, which is written down and needs
// no seed; the mixer of MurmurHash3 after it spreads keys that differ in their
// last character only over all draws.
func drawFor(salt, key string) int {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for i := range len(salt) {
		h = (h ^ uint64(salt[i])) * prime
	}
	h *= prime // a zero byte between them: "a"+"bc" is not "ab"+"c"
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * prime
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	high, _ := bits.Mul64(h^h>>33, 100)
	return 1 + int(high) //nolint:gosec // at most 99
}
