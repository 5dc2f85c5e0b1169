package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hostile is a text that would act if a page, a script or a stylesheet took it for
// its own. Placed where it acts, it says so in the page's title.
func hostile(where string) string {
	return fmt.Sprintf(`</script></textarea>"'><img src=x onerror="document.title='%[1]s'"><script>document.title='%[1]s'</script>{{%[1]s}}`, where)
}

// What people write into functions and aliases is shown as they wrote it, and does
// nothing, whichever page it comes to.
func TestWhatIsTypedIntoAliasesNeverActs(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "hostile", func(j *journey) {
		pages := j.seedHostile()
		for path, shown := range pages {
			j.visit(path)
			j.whole()
			for _, where := range strings.Fields(shown) {
				require.Contains(j.t, j.everything(), hostile(where), path)
			}
			j.requireHarmless(path)
		}
		j.typeHostile(j.p.enter(j.t).functionPath(j.home, "orders"))
	})
}

// typeHostile types hostile text into the forms, which say it back.
func (j *journey) typeHostile(function string) {
	j.t.Helper()
	j.visit(j.home + "/aliases/new?function=" + function[strings.LastIndex(function, "/")+1:])
	j.fill("Name", hostile("name"))
	j.fill("Description", hostile("description"))
	j.card("shift", "rules")
	j.fillCell(ruleCell(1, "Name"), hostile("param"))
	j.pick(ruleCell(1, "Condition"), "in (one of)")
	j.fillCell(ruleCell(1, "Value"), hostile("one")+","+hostile("two"))
	j.fill("Request", hostile("request")+": x")
	j.submit("button", "Try the request")
	j.requireHarmless("a refused draft")
	j.fill("Name", "beta")
	j.fillCell(ruleCell(1, "Name"), "X-Team")
	j.fill("Request", "X-Team: "+hostile("one"))
	j.submit("button", "Try the request")
	j.sees("Rule 1 is satisfied")
	j.requireHarmless("a tried draft")
	j.submit("button", "Remove "+hostile("two"))
	require.Equal(j.t, hostile("one"), j.value(ruleCell(1, "Value")), "a value in a button is a value")
	j.submit("button", "Review")
	j.find("heading", "What alias beta will be")
	_, _, body := j.reviewed()
	var said map[string]any
	require.NoError(j.t, json.Unmarshal([]byte(body), &said))
	require.Equal(j.t, hostile("description"), said["description"])
	j.requireHarmless("what was looked over")
	j.photograph("hostile-review")
	j.click("button", "Create alias")
	j.sees("Alias beta was created.")

	j.click("link", "Try")
	j.paste("Requests", hostile("line")+"\nX-Team: "+hostile("one")+" | Cookie: a=b\n{"+quoted(hostile("key"))+": 1}")
	j.submit("button", "Try all lines")
	j.sees("What each request gets")
	j.requireHarmless("lines that were tried")
}

// seedHostile puts hostile text into whatever takes text, and returns the paths of
// the pages with what is to be seen on them.
func (j *journey) seedHostile() map[string]string {
	j.t.Helper()
	c := j.c
	c.register("orders", "v1", "v2")
	c.ask(http.MethodPut, c.functions("orders/config"), http.StatusOK, map[string]any{
		"func_name": "orders", "runtime": "http", "timeout": 30, "handler": "-", "memory_size": 128, "description": hostile("function"),
		"user_data": `{"stage":` + quoted(hostile("data")) + `}`,
	}, nil)
	c.ask(http.MethodPut, c.ownFunctions("orders/versions/latest/upstream"), http.StatusOK, map[string]any{"upstream": "http://127.0.0.1:9/?q=<script>upstream</script>"}, nil)
	c.ask(http.MethodPost, c.functions("orders/versions"), http.StatusOK, map[string]any{"version": "v3", "description": hostile("version")}, nil)
	rules := byRules("v2", "header X-Team in "+hostile("item")+", qa", "cookie stage = "+hostile("cookie"))
	rules["description"] = hostile("alias")
	alias := c.alias("orders", "prod", "v1", rules)
	other := byRules("v2", "header X-Team in "+hostile("item")+", qa")
	other["version"], other["description"] = "v1", hostile("later")
	c.ask(http.MethodPut, c.functions("orders/aliases/prod"), http.StatusOK, other, nil)
	v := j.p.enter(j.t)
	function := v.functionPath(j.home, "orders")
	first := strings.SplitN(v.get(alias+"/history").body, alias+"/history/", 2)
	require.Len(j.t, first, 2)
	past := alias + "/history/" + first[1][:strings.IndexAny(first[1], `"`)]
	return map[string]string{
		j.home: "", j.home + "/aliases": "later", j.home + "/aliases/functions": "function", function: "function version",
		function + "/settings": "function", function + "/edit": "function", function + "/versions/v3": "version", function + "/history": "",
		function + "/aliases": "later", function + "/delete": "", alias: "later item", alias + "/edit": "later item",
		alias + "/history": "alias later cookie", past: "alias later cookie", alias + "/delete": "", alias + "/try": "", alias + "/ramp/new": "",
	}
}

// functionPath is where the console shows the function of that name.
func (v *visitor) functionPath(project, name string) string {
	v.t.Helper()
	list := v.get(project + "/aliases/functions?q=" + name).body
	found := regexp.MustCompile(`href="(` + project + `/aliases/functions/[0-9a-f-]{36})"`).FindStringSubmatch(list)
	require.NotNil(v.t, found, list)
	return found[1]
}

func quoted(text string) string {
	all, _ := json.Marshal(text)
	return string(all)
}

// everything is what can be read on the page, in its inputs, too.
func (w *tab) everything() string {
	w.t.Helper()
	return w.eval(`document.body.textContent + [...document.querySelectorAll("input, textarea")].map((e) => e.value).join("\n")`)
}

// requireHarmless requires that nothing that was typed has become part of the page.
func (w *tab) requireHarmless(what string) {
	w.t.Helper()
	require.Equal(w.t, "0", w.eval(`document.querySelectorAll("img[src=x], script:not([src])").length`), what)
	require.Contains(w.t, w.eval("document.title"), "Switchboard", what)
}
