package wire

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// ownFunction is the path of what the dialect lacks of a function.
func (w *world) ownFunction(urn, rest string) string {
	return "/switchboard/v1/projects/" + w.project.ID + "/functions/" + urn + rest
}

func TestTryARequestOnAnAlias(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "plain", "v1", "")
	w.gray(t, urn, "weighed", "v2", `"additional_version_weights":{"v4":30}`)
	w.gray(t, urn, "ruled", "v3", `"additional_version_strategy":{"v4":{"combine_type":"or","rules":[`+
		`{"rule_type":"header","param":"x-team","op":"in","value":"qa,ops"},{"rule_type":"cookie","param":"tester","op":"=","value":"yes"}]}}`)
	decide := func(alias, body string) decisionJSON {
		d := read[decisionJSON](t, w.send("POST", w.ownFunction("hello", "/aliases/"+alias+"/decide"), body), http.StatusOK)
		require.NotEmpty(t, d.Words)
		return d
	}

	d := decide("plain", `{"headers":{},"simulate":10}`)
	require.Equal(t, decisionJSON{Version: "v1", Reason: routing.ByMain, Words: d.Words, Tally: &tallyJSON{10, 10, 0}}, d)

	d = decide("weighed", `{"simulate":100000}`)
	require.Equal(t, routing.ByWeight, d.Reason)
	require.Equal(t, *d.Draw <= 30, d.Additional)
	require.Equal(t, 100_000, d.Tally.Main+d.Tally.Additional)
	require.InDelta(t, 30_000, d.Tally.Additional, 1_500, "ten standard deviations")

	d = decide("ruled", `{"headers":{"X-Team":["dev","qa"],"Cookie":"a=b; tester=no"}}`)
	require.Equal(t, decisionJSON{
		Version: "v4", Additional: true, Reason: routing.ByRules, Words: d.Words, Rules: []outcomeJSON{{true, true}, {false, true}},
	}, d)
	d = decide("!ruled", `{"headers":{"x-TEAM":"dev"},"simulate":7}`)
	require.Equal(t, []outcomeJSON{{false, true}, {false, false}}, d.Rules)
	require.Equal(t, &tallyJSON{7, 7, 0}, d.Tally)
	chinese := w.send("POST", w.ownFunction("hello", "/aliases/ruled/decide"), `{}`, header{"X-Language", "zh-cn"})
	require.Regexp(t, `\p{Han}`, chinese.Body.String())

	for body, path := range map[string]string{
		``: "", `{"headers":["a"]}`: "", `{"headers":{"a":1}}`: "", `{"simulate":"9"}`: "",
		`{"simulate":-1}`: "simulate", `{"simulate":1000001}`: "simulate",
	} {
		rec := w.send("POST", w.ownFunction("hello", "/aliases/plain/decide"), body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
		require.Contains(t, rec.Body.String(), `"code":"invalid"`)
		require.Contains(t, rec.Body.String(), path)
	}
	require.Equal(t, http.StatusNotFound, w.send("POST", w.ownFunction("hello", "/aliases/none/decide"), `{}`).Code)
	require.Equal(t, http.StatusBadRequest, w.send("POST", w.ownFunction("a:b:c:d:e", "/aliases/none/decide"), `{}`).Code)
}

func TestPromoteAndAbort(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v1", `"additional_version_weights":{"v4":30}`)
	w.gray(t, urn, "other", "v2", `"additional_version_weights":{"v3":30}`)

	shown := read[ownAliasJSON](t, w.send("GET", w.ownFunction(urn, "/aliases/gray"), ""), http.StatusOK)
	require.Equal(t, routing.Route{Main: "v1", Additional: "v4", Weight: 30}, shown.Route)
	require.Equal(t, "ada", shown.By)
	require.NotEmpty(t, shown.Words)

	promoted := read[ownAliasJSON](t, w.send("POST", w.ownFunction(urn, "/aliases/gray/promote"), ""), http.StatusOK)
	require.Equal(t, routing.Route{Main: "v4"}, promoted.Route)
	require.Equal(t, http.StatusBadRequest, w.send("POST", w.ownFunction(urn, "/aliases/gray/promote"), "").Code)

	for range 2 {
		aborted := read[ownAliasJSON](t, w.send("POST", w.ownFunction(urn, "/aliases/other/abort"), ""), http.StatusOK)
		require.Equal(t, routing.Route{Main: "v2"}, aborted.Route)
	}
	require.Equal(t, http.StatusNotFound, w.send("POST", w.ownFunction(urn, "/aliases/none/abort"), "").Code)
}

func TestStickyAliases(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v1", `"description":"Tills","additional_version_weights":{"v4":30}`)
	path := w.ownFunction(urn, "/aliases/gray/sticky")
	stuck := read[ownAliasJSON](t, w.send("PUT", path, `{"sticky":{"type":"header","param":"X-User"}}`), http.StatusOK)
	require.Equal(t, routing.Route{Main: "v1", Additional: "v4", Weight: 30, Sticky: routing.Source{Type: routing.Header, Param: "X-User"}}, stuck.Route)
	require.Equal(t, "Tills", stuck.Description)

	decide := func(user string) decisionJSON {
		body := fmt.Sprintf(`{"headers":{"X-User":%q}}`, user)
		return read[decisionJSON](t, w.send("POST", w.ownFunction(urn, "/aliases/gray/decide"), body), http.StatusOK)
	}
	for _, user := range []string{"ada", "bob", "eve"} {
		first := decide(user)
		require.Equal(t, routing.ByKey, first.Reason)
		require.Equal(t, first, decide(user))
	}

	require.Equal(t, map[string]int{"v4": 40}, read[aliasJSON](t, w.send("PUT", w.aliases(urn, "/gray"),
		`{"version":"v1","additional_version_weights":{"v4":40}}`), http.StatusOK).Weights)
	kept := read[ownAliasJSON](t, w.send("GET", w.ownFunction(urn, "/aliases/gray"), ""), http.StatusOK)
	require.Equal(t, "X-User", kept.Route.Sticky.Param, "the dialect does not know it, and leaves it alone")

	loose := read[ownAliasJSON](t, w.send("PUT", path, `{"sticky":{}}`), http.StatusOK)
	require.Zero(t, loose.Route.Sticky)
	for body, field := range map[string]string{
		`{}`: "sticky", `{"sticky":null}`: "sticky", `{"sticky":"x"}`: "sticky", `{"sticky":{"type":"header","param":"a b"}}`: "sticky.param",
		`{"sticky":{"type":"header","param":"host"}}`: "sticky.param",
	} {
		rec := w.send("PUT", path, body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
		require.Contains(t, rec.Body.String(), field)
	}
}

func TestRamps(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v1", "")
	path := w.ownFunction(urn, "/aliases/gray/ramps")
	require.JSONEq(t, `{"ramps":[]}`, w.send("GET", path, "").Body.String())

	started := read[rampJSON](t, w.send("POST", path, `{"additional":"v4","steps":[{"percent":5},{"percent":25,"hold":"15m"},{"percent":100}],"promote":true}`), http.StatusCreated)
	require.Equal(t, []rampStepJSON{{5, "0s"}, {25, "15m0s"}, {100, "0s"}}, started.Steps)
	require.Equal(t, api.RampRunning, started.State)
	require.True(t, started.Next.IsZero(), "it waits for somebody")
	require.Equal(t, "ada", started.By)
	require.True(t, started.Promote)
	require.Equal(t, map[string]int{"v4": 5}, read[aliasJSON](t, w.send("GET", w.aliases(urn, "/gray"), ""), http.StatusOK).Weights)

	steer := func(do string, at int) rampJSON {
		return read[rampJSON](t, w.send("POST", path+"/steer", fmt.Sprintf(`{"do":%q,"at":%d}`, do, at)), http.StatusOK)
	}
	next := steer("next", 0)
	require.Equal(t, 1, next.At)
	require.False(t, next.Next.IsZero())
	require.Equal(t, http.StatusConflict, w.send("POST", path+"/steer", `{"do":"next","at":0}`).Code, "somebody else pressed first")
	require.Equal(t, api.RampPaused, steer("pause", 1).State)
	require.Equal(t, api.RampRunning, steer("resume", 1).State)
	require.Equal(t, 0, steer("back", 1).At)
	require.Equal(t, http.StatusConflict, w.send("POST", path, `{"additional":"v4","steps":[{"percent":5}]}`).Code)

	shown := read[ownAliasJSON](t, w.send("GET", w.ownFunction(urn, "/aliases/gray"), ""), http.StatusOK)
	require.Equal(t, started.ID, shown.Ramp.ID)
	read[ownAliasJSON](t, w.send("POST", w.ownFunction(urn, "/aliases/gray/abort"), ""), http.StatusOK)
	ramps := read[struct{ Ramps []rampJSON }](t, w.send("GET", path, ""), http.StatusOK).Ramps
	require.Len(t, ramps, 1)
	require.Equal(t, api.RampAborted, ramps[0].State)
	require.Equal(t, "ada", ramps[0].EndedBy)
	require.Equal(t, http.StatusNotFound, w.send("POST", path+"/steer", `{"do":"next","at":0}`).Code)
}

func TestBadRamps(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v1", "")
	path := w.ownFunction(urn, "/aliases/gray/ramps")
	for body, field := range map[string]string{
		``:                    "",
		`{"additional":"v4"}`: "steps",
		`{"additional":"v4","steps":[{"percent":101}]}`:                "steps.0.percent",
		`{"additional":"v4","steps":[{"percent":5},{"percent":"50"}]}`: "steps.1.percent",
		`{"additional":"v4","steps":[{"percent":5,"hold":"soon"}]}`:    "steps.0.hold",
		`{"additional":"v4","steps":[{"hold":"15m"}]}`:                 "steps.0.percent",
		`{"additional":"latest","steps":[{"percent":5}]}`:              "additional",
		`{"additional":"v4","steps":{"percent":5}}`:                    "steps",
	} {
		rec := w.send("POST", path, body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
		require.Contains(t, rec.Body.String(), field, body)
	}
	require.Equal(t, http.StatusCreated, w.send("POST", path, `{"additional":"v4","steps":[{"percent":5}]}`).Code)
	for body, field := range map[string]string{`{"do":"next"}`: "at", `{"do":"jump","at":0}`: "", `{"do":1,"at":0}`: "do", ``: ""} {
		rec := w.send("POST", path+"/steer", body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body+rec.Body.String())
		require.Contains(t, rec.Body.String(), field, body)
	}
}

func TestSetTheUpstreamOfAVersion(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	path := w.ownFunction(urn, "/versions/v1/upstream")
	set := read[functionJSON](t, w.send("PUT", path, `{"upstream":"http://127.0.0.1:9/run"}`), http.StatusOK)
	require.Equal(t, "v1", set.Version)
	require.Equal(t, "http://127.0.0.1:9/run", set.Upstream)
	shown := read[functionJSON](t, w.send("GET", w.functions("/"+strings.Replace(urn, "latest", "v1", 1)+"/config"), ""), http.StatusOK)
	require.Equal(t, set, shown)
	require.Empty(t, read[functionJSON](t, w.send("PUT", path, `{"upstream":""}`), http.StatusOK).Upstream)

	for _, body := range []string{`{}`, `{"upstream":null}`, `{"upstream":1}`, `{"upstream":"ftp://x"}`, `{"upstream":"x"}`} {
		rec := w.send("PUT", path, body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
		require.Contains(t, rec.Body.String(), "upstream")
	}
	require.Equal(t, http.StatusNotFound, w.send("PUT", w.ownFunction(urn, "/versions/v9/upstream"), `{"upstream":""}`).Code)
}
