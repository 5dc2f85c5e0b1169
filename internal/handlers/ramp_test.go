package handlers_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/embedded"
)

// ramped starts a ramp of the alias to v2: pairs are percents and holds.
func (s *site) ramped(alias api.Alias, promote bool, pairs ...string) api.Ramp {
	s.t.Helper()
	d := api.RampDraft{Additional: "v2", Promote: promote}
	for i := 0; i < len(pairs); i += 2 {
		d.Steps = append(d.Steps, api.RampStepDraft{Percent: pairs[i], Hold: pairs[i+1]})
	}
	ramp, err := s.service.StartRamp(s.t.Context(), s.scope(), alias.ID, d, 0)
	require.NoError(s.t, err)
	return ramp
}

// stored is the alias as it is now.
func (s *site) stored(alias api.Alias) api.Alias {
	s.t.Helper()
	now, err := s.service.Alias(s.t.Context(), s.scope(), alias.ID)
	require.NoError(s.t, err)
	return now
}

// plan is what the form of a ramp to v2 sends: pairs are percents and holds.
func plan(pairs ...string) url.Values {
	v := url.Values{"additional": {"v2"}, "promote": {"true"}}
	for i := 0; i < len(pairs); i += 2 {
		row := "steps." + string(rune('0'+i/2)) + "."
		v.Set(row+"percent", pairs[i])
		v.Set(row+"hold", pairs[i+1])
	}
	return v
}

func TestRampIsPlanned(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(api.AliasDraft{})
	path := s.aliasPath(alias) + "/ramp"
	p := s.get(path).requireStatus(http.StatusOK)
	require.Equal(t, path+"/new", p.Find("#ramp a.btn").AttrOr("href", ""))

	p = s.get(path + "/new").requireStatus(http.StatusOK)
	require.Equal(t, "gentle", p.Find("[name=preset][checked]").AttrOr("value", ""))
	require.Equal(t, 5, p.Find("#steps > .row").Length())
	require.Equal(t, []string{"", "v3", "v2"}, p.Find("#additional option").Map(valueOf), "neither the main version nor the latest")
	require.Equal(t, []string{"", "1m0s", "5m0s", "15m0s", "30m0s", "1h0m0s", "6h0m0s", "24h0m0s"}, p.Find("#steps-0-hold option").Map(valueOf))

	t.Run("a ready-made plan fills in the steps", func(t *testing.T) {
		sent := plan("1", "15m0s")
		sent.Set("preset", "quick")
		for _, headers := range [][]header{nil, fragment("ramp-form")} {
			p := s.post(path+"/edit", sent, headers...).requireStatus(http.StatusOK)
			require.Equal(t, []string{"10", "50", "100"}, p.Find("[name$=percent]").Map(valueOf))
			require.Equal(t, "v2", p.value("additional"))
		}
	})
	t.Run("other steps are a plan of one's own, and are kept", func(t *testing.T) {
		sent := plan("3", "")
		sent.Set("op", "add:steps")
		p := s.post(path+"/edit", sent, fragment("ramp-form")...).requireStatus(http.StatusOK)
		require.Equal(t, "own", p.Find("[name=preset][checked]").AttrOr("value", ""))
		require.Equal(t, 2, p.Find("#steps > .row").Length())
		require.Equal(t, "3", p.value("steps.0.percent"))
	})
	t.Run("a field is judged as it is left", func(t *testing.T) {
		p := s.post(path+"/validate", plan("50", "", "20", "", "", ""), fragment("field-steps")...).requireStatus(http.StatusOK)
		require.Contains(t, p.text("#steps-1-percent-error"), "more than 50")
		require.Zero(t, p.Find("#steps-2-percent-error").Length(), "what is not typed yet is not wrong yet")
	})
	t.Run("what is wrong is said at its field, and nothing typed is lost", func(t *testing.T) {
		sent := plan("101", "", "x", "never")
		sent.Set("additional", "v1")
		p := s.post(path, sent).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#additional-error"), "main version already")
		for _, id := range []string{"#steps-0-percent-error", "#steps-1-percent-error", "#steps-1-hold-error"} {
			require.NotEmpty(t, p.text(id))
		}
		require.Equal(t, "x", p.value("steps.1.percent"))
	})
}

func TestRampOfWhatIsLiveBeginsAboveIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("31"))
	path := s.aliasPath(alias) + "/ramp"
	p := s.get(path + "/new").requireStatus(http.StatusOK)
	require.Equal(t, "v2", p.Find("#additional option[selected]").AttrOr("value", ""))
	require.Equal(t, []string{"50", "100"}, p.Find("[name$=percent]").Map(valueOf))
	require.Equal(t, "gentle", p.Find("[name=preset][checked]").AttrOr("value", ""))
	require.Contains(t, p.text("#field-preset"), "50, 100 % every 15 minutes")
	require.Zero(t, s.post(path, plan("50", "1h", "100", "")).requireStatus(http.StatusOK).Find("#ramp-drop").Length())

	t.Run("but not that of another version", func(t *testing.T) {
		sent := plan("1", "15m0s")
		sent.Set("additional", "v3")
		sent.Set("preset", "quick")
		p := s.post(path+"/edit", sent).requireStatus(http.StatusOK)
		require.Equal(t, []string{"10", "50", "100"}, p.Find("[name$=percent]").Map(valueOf))
		require.Contains(t, p.text("#field-preset"), "1, 5, 25, 50, 100 % every 15 minutes")
	})
	t.Run("where everything is live, a plan is not empty", func(t *testing.T) {
		s.led(alias, byWeight("100"))
		require.Equal(t, []string{"1", "5", "25", "50", "100"}, s.get(path+"/new").Find("[name$=percent]").Map(valueOf))
	})
}

func TestRampOfTheOnlyVersionThereIs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(api.AliasDraft{})
	path := s.aliasPath(alias) + "/ramp/new"
	require.Empty(t, s.get(path).Find("#additional option[selected]").AttrOr("value", ""), "there are two")
	require.NoError(t, s.service.DeleteVersion(t.Context(), s.scope(), alias.Function.ID, "v3", api.Confirmation{}))
	require.Equal(t, "v2", s.get(path).Find("#additional option[selected]").AttrOr("value", ""))
}

func TestRampInTheHistory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("5"))
	s.ramped(alias, false, "10", "1h", "50", "")
	require.NoError(t, s.service.(*embedded.Plane).CatchUp(t.Context(), time.Now().Add(61*time.Minute)))
	p := s.get(s.aliasPath(alias) + "/history").requireStatus(http.StatusOK)

	taken := p.text(".changes > li:nth-child(1)")
	require.Contains(t, taken, "Alias: ramp taken a step forward")
	require.Contains(t, taken, "grace, by the console itself")
	require.Contains(t, taken, "Step 2 of 2")
	made := p.text(".changes > li:nth-child(3)")
	for _, text := range []string{"Alias created", "Main versionv1", "Additional versionv2", "5 %"} {
		require.Contains(t, made, text, "what can be brought back is shown")
	}
}

func TestRampIsStarted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("50"))
	path := s.aliasPath(alias) + "/ramp"
	p := s.post(path, plan("10", "15m0s", "50", "", "100", "1h0m0s")).requireStatus(http.StatusOK)
	require.Nil(t, s.stored(alias).Ramp, "nothing begins before the yes")
	t.Run("the question tells when what will happen", func(t *testing.T) {
		require.Contains(t, p.text(".confirm"), "50 of 100 requests go to v2", "what is live")
		require.Contains(t, p.text(".consequences"), "takes the place of the gray release that is live now")
		require.Equal(t, 4, p.Find(".ramp-mark").Length())
		require.Contains(t, p.text("#ramp-drop"), "v2 gets 50 % of the requests now. The ramp begins with less: its share drops to 10 % at once.")
		begin, err := time.Parse(time.RFC3339, p.Find(".ramp-mark:nth-child(1) time").AttrOr("datetime", ""))
		require.NoError(t, err)
		second, err := time.Parse(time.RFC3339, p.Find(".ramp-mark:nth-child(2) time").AttrOr("datetime", ""))
		require.NoError(t, err)
		require.WithinDuration(t, begin.Add(15*time.Minute), second, 2*time.Second)
		require.Zero(t, p.Find(".ramp-mark:nth-child(3) time").Length(), "nobody knows when somebody says so")
		require.Contains(t, p.text(".ramp-promote"), "v2 becomes the main version")
	})
	t.Run("a plan can be changed after it was seen", func(t *testing.T) {
		back := s.post(path+"/edit", fields(p, ".confirm form")).requireStatus(http.StatusOK)
		require.Equal(t, []string{"10", "50", "100"}, back.Find("[name$=percent]").Map(valueOf))
		require.Equal(t, 1, back.Find("#promote[checked]").Length())
	})
	t.Run("who starts what was changed meanwhile looks at it again", func(t *testing.T) {
		s.led(alias, byWeight("60"))
		p = s.post(path, with(fields(p, ".confirm form"), "confirm", "true")).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), "grace changed the alias meanwhile")
		require.Contains(t, p.text(".confirm"), "60 of 100 requests go to v2")
		require.Nil(t, s.stored(alias).Ramp)
	})
	t.Run("nothing that was not judged is started", func(t *testing.T) {
		for _, sent := range []url.Values{plan(), plan("1000", "", "5", "x")} {
			for _, version := range []string{"", "1", "x"} {
				p := s.post(path, with(with(sent, "confirm", "true"), "version", version)).requireStatus(http.StatusUnprocessableEntity)
				require.NotZero(t, p.Find("#ramp-form .field-error").Length())
			}
		}
	})
	s.post(path, with(fields(p, ".confirm form"), "confirm", "true")).requireRedirect(path)
	require.Equal(t, 10, s.stored(alias).Route.Weight)
	p = s.get(path)
	require.Contains(t, p.text(".flashes"), "v2 gets 10 %")
	require.Equal(t, "10 %", p.text(".ramp-current strong"))
	require.Contains(t, p.text(".ramp-next"), "50 % at ")
	require.NotZero(t, p.Find("noscript meta[http-equiv=refresh], noscript").Length())
	t.Run("there is one at a time", func(t *testing.T) {
		s.get(path + "/new").requireRedirect(path)
		p := s.post(path, with(plan("10", ""), "confirm", "true")).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), "under way")
		require.Equal(t, "10", p.value("steps.0.percent"))
	})
}

// valueOf is what an input or an option would send.
func valueOf(_ int, in *goquery.Selection) string { return in.AttrOr("value", "") }

// with are the values and one more.
func with(v url.Values, name, value string) url.Values {
	v.Set(name, value)
	return v
}

func TestRampIsSteered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(api.AliasDraft{})
	s.ramped(alias, false, "10", "1h", "50", "1h", "100", "1h")
	path := s.aliasPath(alias) + "/ramp"
	press := func(p *page, deed string, headers ...header) *page {
		sent := url.Values{"at": {p.Find("[name=at]").AttrOr("value", "")}, "do": {deed}}
		require.Equal(t, 1, p.Find("button[name=do][value="+deed+"]").Length(), deed)
		return s.post(path+"/steer", sent, headers...)
	}
	seen := s.get(path)
	require.Zero(t, seen.Find("button[value=back]").Length(), "there is no step before the first")

	press(seen, "next").requireRedirect(path)
	require.Equal(t, 50, s.stored(alias).Route.Weight)
	t.Run("two presses of the same button take one step", func(t *testing.T) {
		press(seen, "next").requireRedirect(path)
		require.Equal(t, 50, s.stored(alias).Route.Weight)
		require.Contains(t, s.get(path).text(".flashes"), "at step 2 by now")
		p := press(seen, "next", fragment("ramp")...).requireStatus(http.StatusOK)
		require.Contains(t, p.text("[role=alert]"), "at step 2 by now")
		require.Equal(t, "50 %", p.text(".ramp-current strong"))
	})
	t.Run("each press answers with the ramp as it is then", func(t *testing.T) {
		p := press(s.get(path), "pause", fragment("ramp")...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		require.Contains(t, p.text("h2"), "Paused at step 2 of 3")
		require.Zero(t, p.Find(".ramp-next").Length())
		require.Equal(t, "resume", p.Find("#ramp-hold").AttrOr("value", ""), "in the place of the other, so that the keyboard stays")
		p = press(p, "resume", fragment("ramp")...)
		require.Contains(t, p.text(".ramp-next"), "100 % at ")
		p = press(p, "next", fragment("ramp")...)
		require.Contains(t, p.text("h2"), "All 3 steps are taken")
		require.Equal(t, "Waiting for you", p.text(".badge"))
		require.Zero(t, p.Find("button[value=pause]").Length(), "nothing goes on by itself")
		require.Equal(t, "Waiting for you, step 3 of 3", s.get("/p/"+s.project.ID+"/aliases").text(".badge"))
		p = press(p, "back", fragment("ramp")...)
		require.Contains(t, p.text("h2"), "Paused at step 2 of 3", "a step back does not run on by itself")
	})
	t.Run("nonsense does nothing", func(t *testing.T) {
		p := s.post(path+"/steer", url.Values{"at": {"x"}, "do": {"next"}}, fragment("ramp")...)
		require.NotEmpty(t, p.text("[role=alert]"))
		p = s.post(path+"/steer", url.Values{"at": {"1"}, "do": {"explode"}}, fragment("ramp")...)
		require.NotEmpty(t, p.text("[role=alert]"))
		require.Equal(t, 50, s.stored(alias).Route.Weight)
	})
}

func TestGrayReleaseIsLeft(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(api.AliasDraft{})
	path := s.aliasPath(alias)
	press := func(p *page, deed string) *page {
		form := p.Find(`form[action="` + path + "/" + deed + `"]`)
		require.Equal(t, 1, form.Length(), deed)
		return s.post(path+"/"+deed, fields(p, `form[action="`+path+"/"+deed+`"]`))
	}
	t.Run("to the main version, with a ramp, whatever step that took meanwhile", func(t *testing.T) {
		s.ramped(alias, true, "10", "1h", "50", "1h")
		p := s.get(path + "/ramp")
		_, err := s.service.SteerRamp(t.Context(), s.scope(), alias.ID, api.RampNext, 0)
		require.NoError(t, err)
		press(p, "abort").requireRedirect(path)
		require.Empty(t, s.stored(alias).Route.Additional)
		require.Contains(t, s.get(path).text(".flashes"), "go to v1 again")
		past := s.get(path + "/ramp")
		require.Contains(t, past.text(".ramp-past"), "Stopped at 50 %")
		require.Equal(t, 2, past.Find(".ramp-past .ramp-done").Length())
		require.Zero(t, past.Find("[aria-current=step]").Length(), "nothing is under way")

		press(p, "abort").requireRedirect(path)
		require.Contains(t, s.get(path).text(".flashes"), "Nothing was done", "there is nothing left to abort")
	})
	t.Run("to the additional version", func(t *testing.T) {
		s.led(alias, byWeight("20"))
		p := s.get(path + "/ramp")
		press(p, "promote").requireRedirect(path)
		require.Equal(t, "v2", s.stored(alias).Route.Main)
		require.Contains(t, s.get(path).text(".flashes"), "v2 is now the main version of prod")
		require.Zero(t, s.get(path+"/ramp").Find("#alias-promote, #alias-abort").Length())
	})
	t.Run("but not that of somebody else", func(t *testing.T) {
		s.led(alias, byWeight("20"))
		p := s.get(path + "/ramp")
		d := byWeight("20")
		d.Weights[0].Version = "v3"
		s.led(alias, d)
		press(p, "promote").requireRedirect(path)
		require.Equal(t, "v1", s.stored(alias).Route.Main)
		require.Contains(t, s.get(path).text(".flashes"), "grace has led the alias elsewhere")
	})
	t.Run("a refusal is said in words", func(t *testing.T) {
		p := s.get(path + "/ramp")
		_, err := s.service.CreateAlias(t.Context(), s.scope(), alias.Function.ID, api.AliasDraft{Name: "other", Version: "v3"})
		require.NoError(t, err)
		press(p, "promote").requireRedirect(path)
		require.Contains(t, s.get(path).text(".flashes"), "other")
		require.Equal(t, "v1", s.stored(alias).Route.Main)
	})
	t.Run("what can only be refused is not offered, and it is said why", func(t *testing.T) {
		for _, page := range []string{path, path + "/ramp"} {
			p := s.get(page)
			require.Equal(t, 1, p.Find("button#alias-promote[disabled]:not(.btn-primary)").Length())
			require.Contains(t, p.text("#alias-promote-why"), "Version v3 is the main version of alias other already.")
			require.Equal(t, 1, p.Find("#alias-abort:not([disabled])").Length())
		}
		s.ramped(alias, false, "10", "") // of v2, which no alias leads to
		require.Equal(t, 1, s.get(path+"/ramp").Find("#alias-promote:not([disabled])").Length())
	})
}

func TestRampIsFollowed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(api.AliasDraft{})
	s.ramped(alias, true, "10", "1h", "50", "1h")
	path := s.aliasPath(alias) + "/ramp"
	require.Equal(t, path+"/events", s.get(path).Find("#ramp").AttrOr("sse-connect", ""))

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+path+"/events", nil)
	require.NoError(t, err)
	res, err := s.client.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	await := func(event, text string) {
		t.Helper()
		for now := ""; lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				now = name
			}
			if now == event && strings.Contains(lines.Text(), text) {
				return
			}
		}
		t.Fatalf("no %s with %s: %v", event, text, lines.Err())
	}
	await("state", "Step 1 of 2")
	require.NoError(t, s.service.(*embedded.Plane).CatchUp(t.Context(), time.Now().Add(61*time.Minute)))
	await("state", "Step 2 of 2")
	_, err = s.service.SteerRamp(t.Context(), s.scope(), alias.ID, api.RampPause, 1)
	require.NoError(t, err)
	await("state", "Paused at step 2 of 2") // although the alias leads where it did
	_, err = s.service.SteerRamp(t.Context(), s.scope(), alias.ID, api.RampResume, 1)
	require.NoError(t, err)
	await("state", "v2 becomes the main version")
	s.led(alias, api.AliasDraft{Version: "v3"})
	await("done", "Ended at 50 %")

	p := s.get(path)
	require.Contains(t, p.text(".ramp-past"), "grace led the alias elsewhere")
	require.Zero(t, p.Find("#ramp[sse-connect]").Length())
}
