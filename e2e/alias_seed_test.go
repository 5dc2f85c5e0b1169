package e2e

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/dom"
	"github.com/stretchr/testify/require"
)

// register makes a function that speaks HTTP, with versions that have upstreams of
// their own, at which nobody answers.
func (c *caller) register(name string, versions ...string) {
	c.t.Helper()
	upstream := func(version string) string { return "http://127.0.0.1:9/" + name + "/" + version }
	c.ask(http.MethodPost, strings.TrimSuffix(c.functions(""), "/"), http.StatusOK, map[string]any{
		"func_name": name, "package": "default", "runtime": "http", "timeout": 30, "handler": "-", "memory_size": 128,
		"code_type": "inline", "func_code": map[string]any{"file": ""},
	}, nil)
	for _, version := range versions {
		c.ask(http.MethodPut, c.ownFunctions(name+"/versions/latest/upstream"), http.StatusOK, map[string]any{"upstream": upstream(version)}, nil)
		c.ask(http.MethodPost, c.functions(name+"/versions"), http.StatusOK, map[string]any{"version": version, "description": "About " + version}, nil)
	}
}

// grayBody is a part of the body of an alias.
type grayBody map[string]any

// byWeight shifts a share of the requests to a version.
func byWeight(version string, percent int) grayBody {
	return grayBody{"additional_version_weights": map[string]any{version: percent}}
}

// byRules shifts requests to a version that satisfy all of the rules, each of
// which is written "Header X-Team in qa,dev".
func byRules(version string, rules ...string) grayBody {
	all := make([]map[string]any, len(rules))
	for i, rule := range rules {
		parts := strings.SplitN(rule, " ", 4)
		all[i] = map[string]any{"rule_type": parts[0], "param": parts[1], "op": parts[2], "value": parts[3]}
	}
	return grayBody{"additional_version_strategy": map[string]any{version: map[string]any{"combine_type": "and", "rules": all}}}
}

// alias makes an alias, and returns the path of its page.
func (c *caller) alias(function, name, version string, gray grayBody) string {
	c.t.Helper()
	body := map[string]any{"name": name, "version": version}
	for key, value := range gray {
		body[key] = value
	}
	c.ask(http.MethodPost, c.functions(function+"/aliases"), http.StatusOK, body, nil)
	var made struct{ ID string }
	c.ask(http.MethodGet, c.ownFunctions(function+"/aliases/"+name), http.StatusOK, nil, &made)
	return "/p/" + c.project + "/aliases/" + made.ID
}

// aliased is an alias as programs see it, without the time of its last change.
func (c *caller) aliased(function, name string) map[string]any {
	c.t.Helper()
	var alias map[string]any
	c.ask(http.MethodGet, c.functions(function+"/aliases/"+name), http.StatusOK, nil, &alias)
	delete(alias, "last_modified")
	return alias
}

// requireRoute requires that an alias leads to a version, and gives another one a
// share; none if that is "".
func (c *caller) requireRoute(function, name, main, additional string, percent int) {
	c.t.Helper()
	alias := c.aliased(function, name)
	require.Equal(c.t, main, alias["version"])
	require.NotContains(c.t, alias, "additional_version_strategy")
	if additional == "" {
		require.NotContains(c.t, alias, "additional_version_weights")
		return
	}
	require.Equal(c.t, map[string]any{additional: float64(percent)}, alias["additional_version_weights"])
}

// reviewed is the request that the page shows before it is sent: what, where to,
// and the text of its body.
func (w *tab) reviewed() (method, path, body string) {
	w.t.Helper()
	w.query("#alias-json")
	method, path, _ = strings.Cut(w.eval(`document.querySelector(".review-json .section-help").textContent`), " ")
	return method, path, w.eval(`document.querySelector("#alias-json").textContent`)
}

// requireReviewed requires that an alias is what the page has shown before it was
// saved, and that a program that sends the same changes nothing.
func (c *caller) requireReviewed(function, name, path, body string) {
	c.t.Helper()
	stored := c.aliased(function, name)
	var said map[string]any
	require.NoError(c.t, json.Unmarshal([]byte(body), &said))
	for key, value := range said {
		require.Equal(c.t, value, stored[key], "%s is shown, but not stored", key)
	}
	for _, key := range []string{"version", "additional_version_weights", "additional_version_strategy"} {
		require.Equal(c.t, stored[key], said[key], "%s is stored, but was not shown", key)
	}
	if !strings.HasSuffix(path, "/"+name) {
		path += "/" + name
	}
	c.ask(http.MethodPut, path, http.StatusOK, json.RawMessage(body), nil)
	require.Equal(c.t, stored, c.aliased(function, name))
}

// pick picks an option of a drop-down that does not redraw the form. What was
// typed before is judged first.
func (w *tab) pick(label, option string) {
	w.t.Helper()
	box := w.find("combobox", label)
	devtools(w, dom.Focus, dom.FocusParams{BackendNodeID: box})
	w.swapped()
	require.Equal(w.t, "picked", on[string](w, w.find("combobox", label), `
		const option = [...this.options].find((o) => o.label === `+strconv.Quote(option)+`);
		if (!option || option.disabled) return [...this.options].map((o) => o.label).join(", ");
		this.value = option.value;
		this.dispatchEvent(new Event("change", {bubbles: true}));
		return "picked";`), "%s: %s", label, option)
	w.swapped()
}

// fillCell types into an input of a row, which comes again whenever another one of
// the rows is judged.
func (w *tab) fillCell(label, text string) {
	w.t.Helper()
	w.fill(label, text)
	w.swapped()
}

// swapped waits until what the server has answered stands on the page: while
// something is pressed, answers wait.
func (w *tab) swapped() {
	w.t.Helper()
	eventually(w.t, "the answers to be on the page", func() (string, bool) {
		busy := w.eval(`document.querySelectorAll(".htmx-request, .htmx-swapping, .htmx-settling").length`)
		return busy, busy == "0"
	})
}

// greyed are the options of a drop-down that cannot be picked.
func (w *tab) greyed(label string) string {
	w.t.Helper()
	return on[string](w, w.find("combobox", label), `return [...this.options].filter((o) => o.disabled).map((o) => o.label).join("; ")`)
}

// picked is the option that a drop-down shows.
func (w *tab) picked(label string) string {
	w.t.Helper()
	return on[string](w, w.find("combobox", label), `return this.selectedOptions[0]?.label ?? ""`)
}

// card chooses one of a few choices that are all in sight.
func (w *tab) card(name, value string) {
	w.t.Helper()
	w.clickOn("#" + name + "-" + value)
	w.swapped()
}

// ruleCell is the label of an input of the editor of rules.
func ruleCell(row int, column string) string {
	return "Rules, row " + strconv.Itoa(row) + ": " + column
}
