package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// Whatever programs send about functions, versions and aliases is answered in
// time and never with 500, whichever database has to swallow it.
func TestManyBadBodiesOfAliases(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, manyBadAliases)
}

func manyBadAliases(t *testing.T, db *store.DB) {
	w := startOn(t, db)
	f := &aliasFuzz{world: w, functions: []string{"x", "a:b:c:d:e"}}
	for i := range 3 {
		urn := w.function(t, fmt.Sprint("stock", i))
		w.release(t, urn, "v1", "v2", "v3", "v4")
		w.gray(t, urn, "a1", "v1", `"additional_version_weights":{"v2":20}`)
		f.functions = append(f.functions, fmt.Sprint("stock", i), urn, fmt.Sprint(w.project.ID, ":default:stock", i, ":v1"))
	}
	answers := pelt(t, w, "", f.request)
	answers.occur(t, http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusForbidden, http.StatusNotFound, http.StatusConflict)
}

// aliasFuzz makes requests about what is there, and about what is not.
type aliasFuzz struct {
	*world
	functions []string
}

// request is a call as it should be.
func (f *aliasFuzz) request(m *bodyMutator) (method, target string, body any) {
	function := f.world.functions("/" + m.pick(f.functions...))
	alias := function + "/aliases/" + m.pick("a1", "a1", "!a2", "%00", "%ff", "a%2Fb")
	own := f.ownFunction(m.pick(f.functions...), "/aliases/"+m.pick("a1", "a1", "a2", "%00"))
	switch m.random.IntN(20) {
	case 0:
		return "POST", f.world.functions(""), m.function()
	case 1, 2, 3, 4:
		return "PUT", function + m.pick("/code", "/config"), m.function()
	case 15, 16, 17:
		return "POST", function + "/versions", map[string]any{"version": m.pick("v1", "v2", "v3", "v4", "v5"), "description": m.pick("", "二部"), "digest": ""}
	case 18:
		version := m.pick("v3", "v4", "v5", "latest", "!a2", "%00", "%ff", "v%0a1")
		return "DELETE", f.world.functions(fmt.Sprintf("/%s:default:stock%d:%s", f.project.ID, m.random.IntN(3), version)), nil
	case 5, 6, 7:
		return "POST", function + "/aliases", m.alias(m.pick("a1", "a2", "a3"))
	case 8, 9, 10:
		return "PUT", alias, m.alias("a1")
	case 11:
		return m.pick("GET", "GET", "DELETE"), function + "/aliases/" + m.pick("a2", "a3", "%00", "%ff"), nil
	case 12:
		headers := map[string]any{m.pick("X-Team", "a b", "\r\n", "Cookie"): m.pick("qa", "a=b; c", "\x00"), "X": []any{"1", "2"}}
		return "POST", own + "/decide", map[string]any{"headers": headers, "simulate": m.random.IntN(100)}
	case 13:
		return "PUT", own + "/sticky", map[string]any{"sticky": map[string]any{"type": m.pick("header", "Cookie"), "param": m.pick("X-User", "a")}}
	case 14:
		return f.ramp(m, own)
	}
	query := "?" + m.pick("marker", "maxitems", "max_items", "func_name", "package_name") + "=" + m.pick("1", "-1", "2147483647", "%00", "%ff", "%zz", "'", "%25", "💥", "*", "stock")
	return "GET", m.pick(f.world.functions(query), function+"/versions"+query, function+"/config", function+"/aliases", own, own+"/ramps"), nil
}

func (f *aliasFuzz) ramp(m *bodyMutator, own string) (method, target string, body any) {
	switch m.random.IntN(4) {
	case 0:
		return "POST", own + m.pick("/promote", "/abort"), nil
	case 1:
		return "POST", own + "/ramps/steer", map[string]any{"do": m.pick("next", "back", "pause", "resume"), "at": m.random.IntN(2)}
	case 2:
		return "PUT", f.ownFunction("stock0", "/versions/"+m.pick("v2", "latest", "%00")+"/upstream"), map[string]any{"upstream": m.pick("", "http://127.0.0.1:9")}
	}
	steps := []any{map[string]any{"percent": m.random.IntN(5), "hold": m.pick("", "1h")}, map[string]any{"percent": 100}}
	return "POST", own + "/ramps", map[string]any{"additional": m.pick("v2", "v3"), "steps": steps, "promote": true}
}

func (m *bodyMutator) function() any {
	return map[string]any{
		"func_name": fmt.Sprint("fuzz", m.random.IntN(1e6)), "package": m.pick("default", "tools"), "runtime": m.pick("Python3.9", "http"),
		"timeout": m.random.IntN(1e6), "handler": m.pick("index.handler", "-"), "memory_size": 128, "code_type": m.pick("inline", "zip", "obs"),
		"code_url": "https://obs.example.com/a.zip", "func_code": map[string]any{"file": m.pick("", "YQ==", fmt.Sprintf("%08d", m.random.IntN(1e8)))},
		"func_vpc": map[string]any{"vpc_id": "v"}, "dependencies": []any{"d"}, "strategy_config": map[string]any{"concurrency": m.random.IntN(3) - 1},
		"user_data": m.pick("", `{"A":"b"}`), "description": "x", "upstream": m.pick("", "http://127.0.0.1:9"),
	}
}

func (m *bodyMutator) alias(name string) any {
	body := map[string]any{"name": name, "version": m.pick("v1", "v3", "v4", "latest"), "description": m.pick("", "二部")}
	additional := m.pick("v2", "v3", "v5")
	switch m.random.IntN(4) {
	case 0, 1:
		body["additional_version_weights"] = map[string]any{additional: json.Number(m.pick("0", "50", "100", "1e1", "101", "-0", "12.5"))}
	case 2:
		rule := map[string]any{"rule_type": m.pick("Header", "cookie"), "param": "x", "op": m.pick("=", "in"), "value": m.pick("a", "a,b", ",")}
		body["additional_version_strategy"] = map[string]any{additional: map[string]any{"combine_type": m.pick("and", "or"), "rules": []any{rule, rule}}}
	}
	return body
}
