package handlers_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/web/templates/form"
)

func TestAnAliasIsLookedOverBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	orders := s.register("orders", "v1", "v2")
	typed := typedAlias(orders.ID, "shift", "weight", "weight", "25", "sticky.type", "cookie", "sticky.param", "sid", "request", "X-A: 1")
	p := s.post(s.aliases()+"/review", typed).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".impact"), "No request changes its version")
	require.JSONEq(t, `{"name":"prod","version":"v1","description":"for\nall","additional_version_weights":{"v2":25}}`, p.Find("#alias-json").Text())
	require.Contains(t, p.text(".review-json"), "POST /v2/"+s.project.ID+"/fgs/functions/urn:fss:local-1:"+s.project.ID+":function:default:orders/aliases")
	require.Contains(t, p.text(".review-json"), "no field for keeping callers")
	require.Contains(t, p.text(".sentences"), "25 of 100 requests go to v2")
	require.Empty(t, s.get(s.aliases()).names(), "nothing is saved yet")

	t.Run("the way back keeps everything", func(t *testing.T) {
		require.Equal(t, s.aliases()+"/edit", p.Find("#alias-back").AttrOr("formaction", ""))
		back := s.post(s.aliases()+"/edit", fields(p, "#alias-form")).requireStatus(http.StatusOK)
		for name, value := range map[string]string{"name": " prod ", "weight": "25", "version": "v1", "additional": "v2", "sticky.param": "sid"} {
			require.Equal(t, value, back.value(name), name)
		}
		require.Equal(t, "X-A: 1", back.Find("#trial-request").Text())
		require.Equal(t, "for\nall", back.Find("#description").Text())
		require.Equal(t, 1, back.Find("#shift-weight[checked]").Length())
		back = s.post(s.aliases()+"/edit", with(fields(p, "#alias-form"), "op", p.Find("#alias-back").AttrOr("value", "")))
		require.Equal(t, "name", back.Find("main [autofocus]").AttrOr("id", ""), "the keyboard is on the first field")
	})
	t.Run("and is a fragment that takes the place of the form", func(t *testing.T) {
		part := s.post(s.aliases()+"/review", typed, fragment("alias-form")...)
		require.False(t, part.whole())
		require.Equal(t, 1, part.Find("#alias-json").Length())
	})
	location := s.post(p.Find("#alias-form").AttrOr("action", ""), fields(p, "#alias-form")).requireStatus(http.StatusSeeOther).header.Get("Location")
	saved := s.get(location)
	require.Contains(t, saved.text(".flashes"), "prod was created")
	require.Contains(t, saved.text(".details"), "Cookie sid")
	alias := s.alias(location[len(s.aliases())+1:])
	require.Equal(t, routing.Route{Main: "v1", Additional: "v2", Weight: 25, Sticky: routing.Source{Type: "cookie", Param: "sid"}, Salt: "default:orders!prod"}, alias.Route)
	require.Equal(t, "for\nall", alias.Description)
}

func TestWhatIsWrongWithAnAliasIsSaidAtItsField(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	orders := s.register("orders", "v1", "v2")
	s.point(orders.ID, "other", "v2", "")
	for name, c := range map[string]struct{ typed, path string }{
		"no name":                 {"name=", "name"},
		"a taken name":            {"name=other", "name"},
		"a version that is taken": {"version=v2&additional=v1&shift=weight", "version"},
		"no version":              {"version=", "version"},
		"an unknown version":      {"version=v9", "version"},
		"latest as additional":    {"shift=weight&additional=latest", "additional"},
		"main as additional":      {"shift=weight&additional=v1", "additional"},
		"no additional":           {"shift=rules&additional=&rules.0.param=X&rules.0.value=1", "additional"},
		"a weight of 101":         {"shift=weight&weight=101", "weight"},
		"no rules":                {"shift=rules", "rules"},
		"a rule without a value":  {"shift=rules&rules.0.param=X-A", "rules.0.value"},
		"a name with a line":      {"shift=rules&rules.0.param=X%0D%0AY&rules.0.value=1", "rules.0.param"},
		"an unknown condition":    {"shift=rules&rules.0.param=X&rules.0.op=~&rules.0.value=1", "rules.0.op"},
		"an unknown way to match": {"shift=rules&rules.0.param=X&rules.0.value=1&combine=xor", "combine"},
		"a sticky without a name": {"shift=weight&sticky.type=header", "sticky.param"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes, err := url.ParseQuery(c.typed)
			require.NoError(t, err)
			typed := typedAlias(orders.ID)
			for field, value := range changes {
				typed[field] = value
			}
			for _, path := range []string{"/review", ""} {
				p := s.post(s.aliases()+path, typed).requireStatus(http.StatusUnprocessableEntity)
				id := form.ID(c.path)
				require.NotEmpty(t, p.text("#"+id+"-error"), "at %s", c.path)
				require.Equal(t, "#"+id, p.Find("#alias-form-problems a").First().AttrOr("href", ""))
				require.Equal(t, typed.Get("weight"), p.value("weight"), "nothing is lost")
			}
		})
	}
	t.Run("a rule after an empty row is pinned to its own row", func(t *testing.T) {
		t.Parallel()
		p := s.post(s.aliases()+"/review", typedAlias(orders.ID, "shift", "rules", "rules.1.type", "header", "rules.1.param", "X", "rules.1.op", "=", "rules.1.value", "")).
			requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#rules-1-value-error"))
	})
	t.Run("21 rules", func(t *testing.T) {
		t.Parallel()
		typed := typedAlias(orders.ID, "shift", "rules")
		for n := range 21 {
			row := "rules." + strconv.Itoa(n)
			typed.Set(row+".type", "header")
			typed.Set(row+".param", "X")
			typed.Set(row+".op", "=")
			typed.Set(row+".value", "1")
		}
		require.NotEmpty(t, s.post(s.aliases()+"/review", typed).requireStatus(http.StatusUnprocessableEntity).text("#rules-error"))
	})
}

func TestHowManyRequestsAChangeMoves(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("20"))
	path := s.aliasPath(alias)
	review := func(t *testing.T, pairs ...string) *page {
		t.Helper()
		typed := fields(s.get(path+"/edit"), "#alias-form")
		for i := 0; i+1 < len(pairs); i += 2 {
			typed.Set(pairs[i], pairs[i+1])
		}
		return s.post(s.aliases()+"/review", typed).requireStatus(http.StatusOK)
	}
	t.Run("nothing", func(t *testing.T) {
		require.Contains(t, review(t).text(".impact"), "this is what is live already")
	})
	t.Run("the description only", func(t *testing.T) {
		p := review(t, "description", "x")
		require.Contains(t, p.text(".impact"), "No request changes its version.")
		require.Contains(t, p.text(".change-values"), "Description")
	})
	t.Run("the weight", func(t *testing.T) {
		p := review(t, "weight", "55")
		require.Contains(t, p.text(".impact"), "35 of 100 requests change their version.")
		require.Contains(t, p.text(".change-values"), "20 % → to 55 %")
		require.Equal(t, 2, p.Find(".impact-sides .split").Length(), "before and after")
		require.JSONEq(t, `{"version":"v1","description":"","additional_version_weights":{"v2":55}}`, p.Find("#alias-json").Text())
		require.Contains(t, p.text(".review-json"), "PUT /v2/")
		require.Contains(t, p.text(".review-json"), "/aliases/prod")
	})
	t.Run("the main version and the additional one change places", func(t *testing.T) {
		require.Contains(t, review(t, "version", "v2", "additional", "v1", "weight", "80").text(".impact"), "No request changes its version.")
		require.Contains(t, review(t, "version", "v3").text(".impact"), "80 of 100")
	})
	t.Run("off", func(t *testing.T) {
		require.Contains(t, review(t, "shift", "off").text(".impact"), "20 of 100")
	})
	t.Run("drawn by a key", func(t *testing.T) {
		require.Contains(t, review(t, "sticky.type", "header", "sticky.param", "X-User").text(".impact"), "drawn anew")
	})
	t.Run("rules", func(t *testing.T) {
		require.Contains(t, review(t, "shift", "rules", "rules.0.param", "X", "rules.0.value", "1").text(".impact"), "depends on what they carry")
		require.Contains(t, review(t, "shift", "rules", "version", "v3", "rules.0.param", "X", "rules.0.value", "1").text(".impact"), "from v1 to v3")
	})
	t.Run("a ramp under way ends, if requests are led elsewhere", func(t *testing.T) {
		_, err := s.service.StartRamp(t.Context(), s.scope(), alias.ID, api.RampDraft{Additional: "v2", Steps: []api.RampStepDraft{{Percent: "5"}}}, 0)
		require.NoError(t, err)
		require.Contains(t, review(t, "weight", "55").text(".impact"), "Saving this ends it")
		require.NotContains(t, review(t, "description", "x").text(".impact"), "Saving this ends it")
	})
}

func TestChangedRulesAreLookedOverOneByOne(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byRules())
	typed := fields(s.get(s.aliasPath(alias)+"/edit"), "#alias-form")
	for name, value := range map[string]string{
		"rules.0.param": "X-New", "rules.2.type": "header", "rules.2.param": "X-New", "rules.2.op": "=", "rules.2.value": "yes",
	} {
		typed.Set(name, value)
	}
	p := s.post(s.aliases()+"/review", typed).requireStatus(http.StatusOK)
	var lines []string
	for _, line := range p.Find(".change-values li").EachIter() {
		lines = append(lines, strings.Join(strings.Fields(line.Text()), " "))
	}
	require.Equal(t, []string{
		"1. Header X-New = yes (added)", "2. Cookie team in qa,ops (kept)", "3. Header X-New = yes (added)", "Header X-Tester = yes (removed)",
	}, lines)
	require.Contains(t, p.text(".notice-warning"), "Rule 3: ", "what is odd is not lost on the way")
	require.Zero(t, p.Find(".impact-sides").Length(), "two equal pictures say nothing")
}

func TestTheFormTellsOfARampUnderWay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("20"))
	require.Zero(t, s.get(s.aliasPath(alias)+"/edit").Find("#alias-ramping").Length())
	_, err := s.service.StartRamp(t.Context(), s.scope(), alias.ID, api.RampDraft{Additional: "v2", Steps: []api.RampStepDraft{{Percent: "5"}}}, 0)
	require.NoError(t, err)
	p := s.get(s.aliasPath(alias) + "/edit")
	require.Contains(t, p.text("#alias-ramping"), "5 %")
	require.Equal(t, s.aliasPath(alias)+"/ramp", p.Find("#alias-ramping a").AttrOr("href", ""))
}

func TestWhoSavesAnAliasSecondIsTold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("20"))
	path := s.aliasPath(alias)
	typed := fields(s.get(path+"/edit"), "#alias-form")
	typed.Set("weight", "30")
	reviewed := fields(s.post(s.aliases()+"/review", typed), "#alias-form")
	theirs := byWeight("40")
	theirs.Description = new("theirs")
	s.led(alias, theirs)

	for name, answer := range map[string]*page{
		"before it is looked over": s.post(s.aliases()+"/review", typed),
		"and before it is saved":   s.post(path, reviewed),
	} {
		t.Run(name, func(t *testing.T) {
			answer.requireStatus(http.StatusUnprocessableEntity)
			require.Contains(t, answer.text("[role=alert]"), "grace changed this alias")
			require.Contains(t, answer.text(".diff"), "30 %")
			require.Contains(t, answer.text(".diff"), "40 %")
			require.NotContains(t, answer.text(".diff"), "Main version", "only what differs")
			require.NotContains(t, answer.text(".diff"), "Description", "only what both changed")
			require.Contains(t, answer.text("[role=alert]"), "as saved now: Description.")
			require.Equal(t, "theirs", answer.Find("#description").Text(), "what was left alone is as it was saved")
			require.Equal(t, 1, answer.Find("[role=alert] time").Length(), "and when that was")
			require.Equal(t, "30", answer.value("weight"), "what was typed is kept")
			require.Equal(t, path+"/edit", answer.Find("[role=alert] a").AttrOr("href", ""), "theirs can be taken instead")
		})
	}
	require.Equal(t, 40, s.alias(alias.ID).Route.Weight)

	t.Run("to save again replaces it", func(t *testing.T) {
		again := fields(s.post(s.aliases()+"/review", typed), "#alias-form")
		p := s.post(s.aliases()+"/review", again).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".change-values"), "40 % → to 30 %")
		s.post(path, fields(p, "#alias-form")).requireRedirect(path)
		require.Equal(t, 30, s.alias(alias.ID).Route.Weight)
		require.Equal(t, "theirs", s.alias(alias.ID).Description, "which was not typed over")
	})
	t.Run("there is nothing to choose where nobody changed the same", func(t *testing.T) {
		typed := fields(s.get(path+"/edit"), "#alias-form")
		typed.Set("description", "mine")
		s.led(alias, api.AliasDraft{Version: "v2", Description: new("theirs")})
		p := s.post(s.aliases()+"/review", typed).requireStatus(http.StatusUnprocessableEntity)
		require.Zero(t, p.Find(".diff").Length())
		require.Contains(t, p.text("[role=alert]"), "nobody else changed it")
		require.Equal(t, "mine", p.Find("#description").Text())
		require.Equal(t, 1, p.Find("#shift-off[checked]").Length())
		p = s.post(s.aliases()+"/review", fields(p, "#alias-form")).requireStatus(http.StatusOK)
		require.JSONEq(t, `{"version":"v2","description":"mine"}`, p.Find("#alias-json").Text())
	})
	t.Run("what both changed shows what is empty", func(t *testing.T) {
		typed := fields(s.get(path+"/edit"), "#alias-form")
		typed.Set("description", "")
		s.led(alias, api.AliasDraft{Version: "v2", Description: new("theirs again")})
		require.Regexp(t, "nothing ?theirs again", s.post(s.aliases()+"/review", typed).text(".diff"), "what is empty is said to be")
	})
	t.Run("what does not say with what it began is wholly shown", func(t *testing.T) {
		typed := fields(s.get(path+"/edit"), "#alias-form")
		typed.Del("base")
		typed.Set("record", "1")
		typed.Set("version", "v3")
		p := s.post(s.aliases()+"/review", typed).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text(".diff"), "Main version")
		require.Equal(t, "v3", p.Find("#version option[selected]").AttrOr("value", ""))
	})
}
