package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// typedAlias is what the form of a new alias of a function sends.
func typedAlias(function string, pairs ...string) url.Values {
	v := url.Values{
		"function": {function}, "name": {" prod "}, "description": {"for\r\nall"}, "version": {"v1"}, "shift": {"off"},
		"additional": {"v2"}, "weight": {"10"}, "combine": {"and"}, "sticky.type": {""}, "sticky.param": {""},
		"rules.0.type": {"header"}, "rules.0.param": {""}, "rules.0.op": {"="}, "rules.0.value": {""},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestTheFunctionOfANewAliasIsChosenFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Equal(t, s.functions()+"/new", s.get(s.aliases()+"/new").Find(".empty .btn-primary").AttrOr("href", ""))
	versions := strings.Fields("v1 v2 v3 v4 v5 v6 v7 v8 v9")
	full, free := s.register("full", versions...), s.register("free", "v1")
	for _, version := range append(versions, "latest") {
		s.point(full.ID, "to-"+version, version, "")
	}
	p := s.get(s.aliases() + "/new").requireStatus(http.StatusOK)
	require.Equal(t, s.aliases()+"/new?function="+free.ID, p.Find("tbody a.row-link").AttrOr("href", ""))
	require.Contains(t, p.text("tbody"), "It has 10 aliases", "and says why not")
	require.NotContains(t, s.get(s.aliases()+"/new?q=fre").html, "full")
	s.get(s.aliases() + "/new?function=unknown").requireStatus(http.StatusNotFound)

	p = s.post(s.aliases()+"/review", typedAlias(full.ID, "name", "eleventh")).requireStatus(http.StatusUnprocessableEntity)
	require.NotEmpty(t, p.text("#alias-form-problems"))
}

func TestWhatCannotBeChosenIsGreyedWithTheReason(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	orders := s.register("orders", "v1", "v2")
	s.point(orders.ID, "prod", "v2", "")
	p := s.get(s.aliases() + "/new?function=" + orders.ID).requireStatus(http.StatusOK)
	off := func(p *page, field, value string) string {
		option := p.Find("#" + field + ` option[value="` + value + `"]`)
		_, disabled := option.Attr("disabled")
		require.Equal(t, disabled, strings.Contains(option.Text(), "("), "a reason if it is off, none else")
		return option.Text()
	}
	require.Equal(t, "v1", p.value("version"), "the newest that no alias leads to")
	require.Contains(t, off(p, "version", "v2"), "main version of prod")
	require.Equal(t, "v1", off(p, "version", "v1"))
	require.Contains(t, off(p, "additional", "latest"), "can change at any time")
	require.Contains(t, off(p, "additional", "v1"), "is the main version")
	require.Equal(t, "v2", off(p, "additional", "v2"), "the main version of another alias is fine")
	require.Contains(t, p.text(`.choice-card:has([value=rules])`), "does not speak HTTP itself")

	t.Run("and what is chosen already stays", func(t *testing.T) {
		p := s.post(s.aliases()+"/edit", typedAlias(orders.ID, "version", "v2", "additional", "v2"))
		require.Equal(t, "v2", p.value("version"))
		require.Equal(t, "v2", p.value("additional"))
		require.Zero(t, p.Find("select option[selected][disabled]").Length(), "a browser would not send it")
	})
	t.Run("without a version to shift to, neither way can be chosen", func(t *testing.T) {
		young := s.register("young", "v1")
		p := s.get(s.aliases() + "/new?function=" + young.ID)
		for _, way := range []string{"weight", "rules"} {
			require.Equal(t, 1, p.Find("#shift-"+way+"[disabled]").Length())
			require.Contains(t, p.text(".choice-card:has(#shift-"+way+")"), "no version to shift to")
		}
		p = s.post(s.aliases()+"/validate", typedAlias(young.ID, "version", "latest"), fragment("field-version")...)
		require.Zero(t, p.Find("#shift-weight[disabled]").Length(), "until another main version is chosen")
	})
	t.Run("a function that speaks HTTP needs no warning", func(t *testing.T) {
		fn := s.function(orders.ID)
		_, err := s.service.UpdateFunction(t.Context(), s.scope(), fn.ID, api.FunctionDraft{Config: api.FunctionConfig{
			Runtime: api.RuntimeHTTP, Handler: "-", Timeout: fn.Latest.Config.Timeout, MemoryMB: 128,
		}, Code: fn.Latest.Code}, 0)
		require.NoError(t, err)
		require.NotContains(t, s.get(s.aliases()+"/new?function="+fn.ID).html, "does not speak HTTP itself")
	})
}

func TestEverythingWorksWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	orders := s.register("orders", "v1", "v2")
	typed := typedAlias(orders.ID, "shift", "weight", "weight", "33", "name", "kept <b>")

	t.Run("the number is sent, and never the slider", func(t *testing.T) {
		p := s.post(s.aliases()+"/edit", typed)
		require.Equal(t, 1, p.Find("[name=weight]").Length())
		slider := p.Find("#weight-slider")
		require.Equal(t, "33", slider.AttrOr("value", ""))
		_, named := slider.Attr("name")
		require.False(t, named)
		require.Equal(t, "67", p.text("#weight-rest"))
		require.Equal(t, "M0 0h33v1H0z", p.Find(".share .split path").AttrOr("d", ""))
	})
	t.Run("what is no share is kept as it was typed", func(t *testing.T) {
		p := s.post(s.aliases()+"/edit", typedAlias(orders.ID, "weight", "12.5"))
		require.Equal(t, "12.5", p.value("weight"))
		require.Equal(t, "?", p.text("#weight-rest"))
	})
	t.Run("presets are buttons", func(t *testing.T) {
		var presets []string
		for _, b := range s.post(s.aliases()+"/edit", typed).Find(".share-presets button").EachIter() {
			require.Equal(t, s.aliases()+"/edit", b.AttrOr("formaction", ""))
			presets = append(presets, b.AttrOr("value", ""))
		}
		require.Equal(t, strings.Fields("set:weight=1 set:weight=5 set:weight=10 set:weight=25 set:weight=50 set:weight=100"), presets)
		typed := typedAlias(orders.ID, "name", "kept <b>", "shift", "weight", "op", "set:weight=50")
		p := s.post(s.aliases()+"/edit", typed).requireStatus(http.StatusOK)
		require.Equal(t, "50", p.value("weight"))
		require.Equal(t, "kept <b>", p.value("name"))
		require.Contains(t, p.text("#alias-words"), "50 of 100")
	})
	t.Run("rules are added, moved and removed without losing what was typed", func(t *testing.T) {
		typed := typedAlias(orders.ID, "shift", "rules", "name", "kept", "rules.0.param", "X-A", "rules.0.value", "1",
			"rules.1.type", "cookie", "rules.1.param", "b", "rules.1.op", "in", "rules.1.value", "2, 3 ,,4")
		edit := func(op string) *page {
			typed.Set("op", op)
			p := s.post(s.aliases()+"/edit", typed).requireStatus(http.StatusOK)
			require.Equal(t, "kept", p.value("name"))
			return p
		}
		p := edit("add:rules")
		require.Equal(t, 3, p.Find("#rules > .row").Length())
		require.Equal(t, "2, 3 ,,4", p.value("rules.1.value"))
		_, focused := p.Find("#rules-2-type").Attr("autofocus")
		require.True(t, focused)
		p = edit("up:rules.1")
		require.Equal(t, []string{"b", "X-A"}, []string{p.value("rules.0.param"), p.value("rules.1.param")})
		require.Equal(t, []string{"cookie", "header"}, []string{p.value("rules.0.type"), p.value("rules.1.type")})
		require.Equal(t, "rules-0-down", p.Find("[autofocus]").AttrOr("id", ""), "the focus moves along, and can go back from the end")
		require.Equal(t, p.value("rules.0.param"), edit("down:rules.0").value("rules.0.param"))
		p = edit("remove:rules.0")
		require.Equal(t, 1, p.Find("#rules > .row").Length())
		require.Equal(t, "b", p.value("rules.0.param"))

		p = edit("")
		require.Equal(t, []string{"2", "3", "4"}, chips(p, "#rules-1"), "what is listed, in chips")
		op := p.Find("#rules-1 .chip-remove").Eq(1).AttrOr("value", "")
		p = edit(op)
		require.Equal(t, "2, 4", p.value("rules.1.value"), "and each can be taken out")
		require.Empty(t, chips(p, "#rules-0"), "a rule with = has one value")
	})
	t.Run("rules have the numbers that sentences about them use", func(t *testing.T) {
		p := s.post(s.aliases()+"/edit", typedAlias(orders.ID, "shift", "rules", "rules.1.type", "header", "rules.1.op", "=", "rules.1.param", "X-A", "rules.1.value", "1",
			"rules.2.type", "header", "rules.2.op", "=", "rules.2.param", "X-B", "rules.2.value", "2"))
		require.Empty(t, p.text("#rules-0 .row-number"), "an empty row is no rule")
		require.Equal(t, []string{"1", "2"}, []string{p.text("#rules-1 .row-number"), p.text("#rules-2 .row-number")})
		require.Contains(t, p.text("#alias-words"), "Rule 2: header X-B")
	})
	t.Run("what will happen is told although the name is missing", func(t *testing.T) {
		require.Contains(t, s.get(s.aliases()+"/new?function="+orders.ID).text("#alias-words"), "All requests go to v2.")
	})
	t.Run("the way to share is chosen without a request, and the others keep what was typed", func(t *testing.T) {
		p := s.post(s.aliases()+"/edit", typedAlias(orders.ID, "shift", "off", "weight", "7", "rules.0.param", "X-A"))
		require.Equal(t, "7", p.value("weight"))
		require.Equal(t, "X-A", p.value("rules.0.param"))
		require.Contains(t, p.text("#alias-words"), "All requests go to v1.")
	})
}

// chips are the texts of the chips of a row.
func chips(p *page, row string) []string {
	var found []string
	for _, chip := range p.Find(row + " .chip").EachIter() {
		found = append(found, strings.TrimSpace(chip.Text()))
	}
	return found
}

func TestAFieldOfAnAliasIsJudgedAsItIsLeft(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	orders := s.register("orders", "v1", "v2")
	judge := func(field string, pairs ...string) *page {
		p := s.post(s.aliases()+"/validate", typedAlias(orders.ID, pairs...), fragment("field-"+field)...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		require.Equal(t, 1, p.Find("#field-"+field).Length())
		require.Equal(t, 1, p.Find("#alias-words[hx-swap-oob=true]").Length(), "what will happen comes along")
		return p
	}
	t.Run("the name", func(t *testing.T) {
		require.Contains(t, judge("name", "name", "-x").text("#name-error"), "Begin with a letter")
		require.Zero(t, judge("name", "name", strings.Repeat("a", 64)).Find("#name-error").Length(), "64 characters are taken, though 63 are told of")
		require.NotEmpty(t, judge("name", "name", strings.Repeat("a", 65)).text("#name-error"))
	})
	t.Run("a weight", func(t *testing.T) {
		for typed, want := range map[string]string{"101": "0 to 100", "-1": "0 to 100", "12.5": "whole number", "x": "whole number", "": "whole number"} {
			p := judge("weight", "shift", "weight", "weight", typed)
			require.Contains(t, p.text("#weight-error"), want, typed)
			require.Equal(t, typed, p.value("weight"))
			require.Contains(t, p.text("#alias-words"), "complete the fields")
		}
		require.Contains(t, judge("weight", "shift", "weight", "weight", "0").text("#alias-words"), "No request goes to v2 yet")
		require.Contains(t, judge("weight", "shift", "weight", "weight", "100").text("#alias-words"), "All requests go to v2, none to v1.")
	})
	t.Run("the main version brings along what depends on it", func(t *testing.T) {
		p := judge("version", "shift", "weight", "version", "v2")
		require.Contains(t, p.text("#additional-error"), "is the main version already")
		require.Equal(t, "true", p.Find("#field-additional").AttrOr("hx-swap-oob", ""))
		require.Contains(t, p.text("#field-weight .share-sides"), "v2")
		p = judge("version", "shift", "weight", "version", "v2", "additional", "")
		require.Zero(t, p.Find("#additional-error").Length(), "what nobody has come to yet is not wrong yet")
	})
	t.Run("rules, and what will happen", func(t *testing.T) {
		p := judge("rules", "shift", "rules", "rules.0.param", "X A", "rules.0.value", "")
		require.NotEmpty(t, p.text("#rules-0-param-error"))
		require.Zero(t, p.Find("#rules-0-value-error").Length(), "nobody has come to the value yet")
		p = judge("rules", "shift", "rules", "rules.1.type", "cookie", "rules.1.param", "team", "rules.1.op", "in", "rules.1.value", "qa,ops")
		require.Contains(t, p.text("#alias-words"), "Requests whose cookie team is one of")
		require.Contains(t, p.text("#alias-words"), "All others go to v1", "also what becomes of the others")
	})
	t.Run("a rule that can never decide is flagged at its row", func(t *testing.T) {
		p := judge("rules", "shift", "rules", "combine", "or", "rules.0.param", "X-A", "rules.0.value", "1",
			"rules.2.type", "header", "rules.2.param", "x-a", "rules.2.op", "=", "rules.2.value", "1")
		require.Zero(t, p.Find("#rules-0 .field-advice").Length())
		require.Contains(t, p.text("#rules-1 .field-advice"), "never decides")
		require.Contains(t, p.Find("#field-rules").AttrOr("data-announce", ""), "never decides")
	})
	t.Run("what keeps a caller on his version", func(t *testing.T) {
		p := judge("sticky-param", "shift", "weight", "sticky.type", "header", "sticky.param", "X User")
		require.NotEmpty(t, p.text("#sticky-param-error"))
		p = judge("sticky-param", "shift", "weight", "sticky.type", "header", "sticky.param", "X-User")
		require.Contains(t, p.text("#alias-words"), "always gets the same version")
	})
}

func TestTheBenchOfADraft(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("20"))
	typed := typedAlias("", "id", alias.ID, "shift", "rules", "rules.0.param", "X-Tester", "rules.0.value", "yes", "request", "X-Tester: yes", "count", "100")
	p := s.post(s.aliases()+"/try", typed).requireStatus(http.StatusOK)
	require.Equal(t, 2, p.Find("#trial .trial-side").Length(), "draft and live, side by side")
	require.Contains(t, p.text("#trial"), "Rule 1 is satisfied")
	require.Equal(t, "X-Tester", p.value("rules.0.param"), "the form is still there")
	p = s.post(s.aliases()+"/try", typed, fragment("trial")...)
	require.False(t, p.whole())

	typed.Set("additional", "")
	p = s.post(s.aliases()+"/try", typed).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#trial-request-error"), "does not say yet where requests go")
	require.NotEmpty(t, p.text("#additional-error"))
	require.Equal(t, "X-Tester: yes", p.Find("#trial-request").Text())

	fresh := typedAlias(alias.Function.ID, "version", "v2", "additional", "v3", "shift", "weight")
	require.Equal(t, 1, s.post(s.aliases()+"/try", fresh).Find("#trial .trial-side").Length(), "a new one has nothing live")
}

func TestSpellingsOfProgramsAreKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byRules())
	sent := fields(s.get(s.aliasPath(alias)+"/edit"), "#alias-form")
	sent.Set("description", "changed")
	s.post(s.aliasPath(alias), sent).requireRedirect(s.aliasPath(alias))
	stored := s.alias(alias.ID)
	require.Equal(t, "changed", stored.Description)
	require.Equal(t, []routing.SourceType{"Header", "cookie"}, []routing.SourceType{stored.Route.Rules[0].Type, stored.Route.Rules[1].Type})
}
