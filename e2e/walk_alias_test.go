package e2e

import (
	"net/http"
	"path"
	"strings"

	"github.com/stretchr/testify/require"
)

// Names and values of the lengths that people do give.
const (
	longFunction = "a_function_with_a_name_of_a_length_that_people_do_give_them"
	longAlias    = "an-alias-with-a-name-of-a-length-that-people-do-give-to-them"
	longVersion  = "v2026.11.22-0123456789abcdef0123456789abc"
)

// aliases leads through the pages of functions and of their aliases.
func (k *walk) aliases() {
	k.t.Helper()
	k.visit(k.home + "/aliases")
	k.look("no aliases")
	function := k.functions()
	k.aliasForms(function)
	prod := k.c.alias(longFunction, "prod", "v1", byWeight(longVersion, 5))
	k.benches(prod)
	k.editedAliases(prod)
	k.ramps(prod)
	k.pastAliases(prod)
	for what, at := range map[string]string{
		"the aliases of a function": function + "/aliases", "the settings of a function": function + "/settings", "the history of a function": function + "/history",
		"the form of a function": function + "/edit", "the deletion of a function": function + "/delete", "a version": function + "/versions/" + longVersion,
		"the deletion of a version": function + "/versions/v1/delete", "functions": k.home + "/aliases/functions",
		"only the aliases of a function": k.home + "/aliases?function=" + path.Base(function), "aliases that shift traffic": k.home + "/aliases?gray=true",
		"the function of a new alias": k.home + "/aliases/new", "the deletion of an alias": prod + "/delete",
	} {
		k.visit(at)
		k.look(what)
	}
	k.visit(k.home + "/aliases")
	k.look("aliases")
	k.clickOn("[data-tick-all]")
	k.clickOn(".bulk-bar button[formaction$='/delete']")
	k.query(".confirm")
	k.look("the deletion of aliases")
}

// aliasForms leads through the form of a new alias, up to one with rules.
func (k *walk) aliasForms(function string) {
	k.t.Helper()
	k.visit(k.home + "/aliases/new?function=" + path.Base(function))
	k.look("a new alias")
	k.submitOn("#alias-review")
	k.query("[aria-invalid=true]")
	k.look("a refused alias")
	k.fillIn("#name", longAlias)
	k.card("shift", "weight")
	k.fillIn("#weight", "12.5")
	k.submitOn("#alias-review")
	k.query("#weight[aria-invalid=true]")
	k.look("a refused share")
	k.submitOn("#weight-25")
	k.look("an alias by weight")
	k.card("shift", "rules")
	k.submitOn("#rules-add")
	k.submitOn("#alias-review")
	k.query("#rules-error")
	k.look("an alias without its rules")
	for id, text := range map[string]string{
		"#rules-0-param": "X-A-Header-With-A-Name-Of-Some-Length", "#rules-0-value": strings.Repeat("0123456789", 20),
		"#rules-1-param": "x-a-header-with-a-name-of-some-length", "#rules-1-value": strings.Repeat("0123456789", 20),
	} {
		k.fillIn(id, text)
		k.swapped()
	}
	k.submitOn("#rules-add")
	k.query(".field-advice")
	k.look("an alias with a rule too many")
	k.submitOn("#rules-1-remove")
	k.submitOn("#trial-go")
	k.query("#trial-answer")
	k.look("a draft that was tried")
	k.submitOn("#alias-review")
	k.query("#alias-json")
	k.look("a new alias before it is saved")
	k.clickOn("#alias-save")
	k.query("#alias-urn")
	k.look("an alias by rules")
}

// benches tries requests on an alias.
func (k *walk) benches(alias string) {
	k.t.Helper()
	k.visit(alias)
	k.look("an alias that shifts traffic")
	k.submitOn("#trial-go")
	k.query(".trial-split")
	k.look("a simulation")
	k.visit(alias + "/try")
	k.look("the bench")
	k.fillIn("#trial-count", "0")
	k.submitOn("#trial-go")
	k.query("[aria-invalid=true]")
	k.look("a refused request")
	k.submitOn("#trials-go")
	k.query("#trial-requests[aria-invalid=true]")
	k.look("no requests")
	k.clickOn("#trial-requests")
	k.insert("X-Team: qa\n=\ncurl -H 'X-Team: " + strings.Repeat("0123456789", 12) + "' https://orders.example.com/")
	k.submitOn("#trials-go")
	k.query("#trials-download")
	k.look("requests that were tried")
}

// editedAliases changes an alias that somebody else changes, too.
func (k *walk) editedAliases(alias string) {
	k.t.Helper()
	k.visit(alias + "/edit")
	k.look("the form of an alias")
	k.fillIn("#weight", "50")
	k.c.ask(http.MethodPut, k.c.functions(longFunction+"/aliases/prod"), http.StatusOK, map[string]any{
		"version": "v1", "description": "Changed meanwhile", "additional_version_weights": map[string]any{longVersion: 7},
	}, nil)
	k.submitOn("#alias-review")
	k.query(".diff")
	k.look("an alias that was changed meanwhile")
	k.submitOn("#trial-go")
	k.query("#trial-answer .notice")
	k.look("a draft that differs")
	k.submitOn("#alias-review")
	k.query("#alias-json")
	k.look("an alias before it is changed")
}

// ramps leads an alias through a ramp.
func (k *walk) ramps(alias string) {
	k.t.Helper()
	k.visit(alias + "/ramp")
	k.look("no ramp")
	k.visit(alias + "/ramp/new")
	k.look("the plan of a ramp")
	k.fillIn("#steps-1-percent", "0")
	k.swapped()
	k.submitOn("#ramp-check")
	k.query("[aria-invalid=true]")
	k.look("a refused plan")
	k.answered(func() { k.clickOn("#preset-slow") })
	k.submitOn("#ramp-check")
	k.query("#ramp-start")
	k.look("a ramp before it begins")
	k.clickOn("#ramp-start")
	k.query("#ramp-next")
	k.look("a ramp under way")
	steer := k.c.ownFunctions(longFunction + "/aliases/prod/ramps/steer")
	k.c.ask(http.MethodPost, steer, http.StatusOK, map[string]any{"do": "next", "at": 0}, nil)
	k.c.ask(http.MethodPost, steer, http.StatusOK, map[string]any{"do": "pause", "at": 1}, nil)
	k.query("#ramp-hold[value=resume]")
	k.look("a paused ramp")
	for what, at := range map[string]string{
		"an alias with a ramp": alias, "aliases with a ramp": k.home + "/aliases", "the overview with a ramp": k.home, "the deletion of an alias with a ramp": alias + "/delete",
	} {
		k.visit(at)
		k.look(what)
	}
	k.c.ask(http.MethodPost, k.c.ownFunctions(longFunction+"/aliases/prod/promote"), http.StatusOK, map[string]any{}, nil)
	k.visit(alias + "/ramp")
	k.look("a ramp that is over")
}

// pastAliases looks back at an alias.
func (k *walk) pastAliases(alias string) {
	k.t.Helper()
	k.visit(alias + "/history")
	k.look("the history of an alias")
	first := "li:has(.change-create) .change-back"
	k.clickOn(first)
	k.query("#past-save")
	k.look("a state to be brought back")
	// The main version of then is that of another alias now.
	k.c.alias(longFunction, "takes-v1", "v1", nil)
	k.visit(alias + "/history")
	k.clickOn(first)
	k.query("#past-problems")
	require.Empty(k.t, k.eval(`document.querySelector("#past-save")?.id ?? ""`))
	k.look("a state that cannot be brought back")
}
