package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/routing"
)

// pointed stores a function with the versions v1, v2 and v3, and an alias of it
// that leads to v1 unless the draft says else.
func (s *site) pointed(d api.AliasDraft) api.Alias {
	s.t.Helper()
	function, err := s.service.CreateFunction(s.t.Context(), s.scope(), apitest.FunctionDraft("orders"))
	require.NoError(s.t, err)
	for n := 1; n <= 3; n++ {
		name := fmt.Sprintf("v%d", n)
		_, err := s.service.SetUpstream(s.t.Context(), s.scope(), function.ID, api.LatestVersion, "http://example.com/"+name)
		require.NoError(s.t, err)
		_, err = s.service.PublishVersion(s.t.Context(), s.scope(), function.ID, api.VersionDraft{Name: name})
		require.NoError(s.t, err)
	}
	d.Name = "prod"
	if d.Version == "" {
		d.Version = "v1"
	}
	alias, err := s.service.CreateAlias(s.t.Context(), s.scope(), function.ID, d)
	require.NoError(s.t, err)
	return alias
}

// led makes an alias lead elsewhere, as somebody else would.
func (s *site) led(alias api.Alias, d api.AliasDraft) api.Alias {
	s.t.Helper()
	updated, err := s.service.UpdateAlias(s.t.Context(), s.scope(), alias.ID, d, 0)
	require.NoError(s.t, err)
	return updated
}

func (s *site) aliasPath(a api.Alias) string { return "/p/" + s.project.ID + "/aliases/" + a.ID }

// byWeight is a draft that leads to v1, and with that weight to v2.
func byWeight(weight string) api.AliasDraft {
	return api.AliasDraft{Version: "v1", Weights: []api.WeightDraft{{Version: "v2", Weight: weight}}}
}

// byRules is a draft that leads testers of two teams to v2.
func byRules() api.AliasDraft {
	return api.AliasDraft{Version: "v1", Strategies: []api.StrategyDraft{{Version: "v2", Combine: routing.And, Rules: []routing.Rule{
		{Type: "Header", Param: "X-Tester", Op: routing.Equal, Value: "yes"},
		{Type: "cookie", Param: "team", Op: routing.In, Value: "qa,ops"},
	}}}}
}

func TestWhichVersionWouldThisRequestGet(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.aliasPath(s.pointed(byRules())) + "/try"
	require.Zero(t, s.get(path).requireStatus(http.StatusOK).Find("#trial-answer").Length())

	for name, request := range map[string]string{
		"lines":    "X-Tester: yes\nCookie: a=b; team=qa",
		"curl":     `curl https://example.com/ -H 'x-tester: yes' -b "team=ops"`,
		"raw HTTP": "GET / HTTP/1.1\r\nHost: example.com\r\nX-Tester: yes\r\nCookie: team=qa\r\n\r\n",
	} {
		t.Run("the rules are met, pasted as "+name, func(t *testing.T) {
			p := s.post(path, url.Values{"request": {request}, "count": {"500"}}).requireStatus(http.StatusOK)
			require.Equal(t, "v2", p.text(".trial-verdict"))
			require.Equal(t, 3, p.Find(".trial-reasons li").Length(), "what decided, and each rule")
			require.Contains(t, p.text(".trial-expected"), "all 500 simulated requests like this one get v2")
			require.Equal(t, strings.Fields(request), strings.Fields(p.Find("#trial-request").Text()), "what was pasted is still there")
		})
	}
	t.Run("one rule is not met, and it is said which", func(t *testing.T) {
		p := s.post(path, url.Values{"request": {"X-Tester: yes"}, "count": {"10"}})
		require.Equal(t, "v1", p.text(".trial-verdict"))
		require.Contains(t, p.text(".trial-reasons li:nth-child(3)"), "team")
	})
	t.Run("a request without headers is one, too", func(t *testing.T) {
		require.Equal(t, "v1", s.post(path, url.Values{"count": {"10"}}).requireStatus(http.StatusOK).text(".trial-verdict"))
	})
	t.Run("the answer is a part of the page", func(t *testing.T) {
		p := s.post(path, url.Values{"request": {"X-Tester: yes"}, "count": {"10"}}, fragment("trial")...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		require.Equal(t, "v1", p.text(".trial-verdict"))
	})
	t.Run("what cannot be read is said at its field, and nothing typed is lost", func(t *testing.T) {
		for _, headers := range [][]header{nil, fragment("trial")} {
			p := s.post(path, url.Values{"request": {"no header <b>"}, "count": {"1000001"}}, headers...).requireStatus(http.StatusUnprocessableEntity)
			require.NotEmpty(t, p.text("#trial-request-error"))
			require.Contains(t, p.text("#trial-count-error"), "from 1 to 1,000,000.")
			require.Equal(t, "no header <b>", p.Find("#trial-request").Text())
			require.Equal(t, "1000001", p.value("count"))
			require.Zero(t, p.Find("#trial-answer").Length())
		}
		for _, count := range []string{"0", "-1", "1.5", "many"} {
			require.NotEmpty(t, s.post(path, url.Values{"count": {count}}).text("#trial-count-error"), count)
		}
	})
	t.Run("nothing of it is stored or logged", func(t *testing.T) {
		s.post(path, url.Values{"request": {"X-Canary: yellow-bird"}, "count": {"10"}}).requireStatus(http.StatusOK)
		require.NotContains(t, s.log.String(), "yellow-bird")
		changes, err := s.service.Changes(t.Context(), s.scope(), "", "", "", 100)
		require.NoError(t, err)
		for _, c := range changes {
			require.NotContains(t, string(c.After), "yellow-bird")
		}
	})
}

func TestTrialByWeight(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("20"))
	path := s.aliasPath(alias) + "/try"
	try := func(request string) *page {
		return s.post(path, url.Values{"request": {request}, "count": {"10000"}}).requireStatus(http.StatusOK)
	}
	t.Run("a single request is a matter of chance, and both versions are named", func(t *testing.T) {
		p := try("X-Tester: yes")
		require.Equal(t, "v1 (80 %) or v2 (20 %), by chance", p.text(".trial-verdict"))
		require.Contains(t, p.text(".trial-reasons"), "matter of chance")
	})
	t.Run("the simulated split stands beside the configured one", func(t *testing.T) {
		p := try("")
		require.Equal(t, 2, p.Find(".trial-split tbody tr").Length())
		cells := cells(p, ".trial-split tbody tr:nth-child(2)")
		require.Equal(t, []string{"v2", "20 %"}, cells[:2])
		require.Regexp(t, `^\d\d\.\d\d % \d,\d{3}$`, cells[2])
		require.Regexp(t, `^[+−]?\d\.\d\d points$`, cells[3])
		require.Contains(t, p.text(".trial-expected"), "between 18.98 % and 21.04 %", "the binomial bounds of 99 in 100")
	})
	t.Run("with a key it is certain", func(t *testing.T) {
		d := byWeight("20")
		d.Sticky = &routing.Source{Type: routing.Header, Param: "X-User"}
		s.led(alias, d)
		p := try("X-User: ada")
		verdict := p.text(".trial-verdict")
		require.Contains(t, []string{"v1", "v2"}, verdict)
		require.Equal(t, verdict, try("X-User: ada").text(".trial-verdict"), "and stays so")
		require.Equal(t, 1, p.Find(".trial-split").Length(), "other callers are drawn otherwise")
		require.Contains(t, try("X-Other: ada").text(".trial-verdict"), "by chance", "without the key it is not")
	})
	t.Run("none and all are certain", func(t *testing.T) {
		for weight, want := range map[string]string{"0": "v1", "100": "v2"} {
			s.led(alias, byWeight(weight))
			require.Equal(t, want, try("X-Tester: yes").text(".trial-verdict"))
		}
	})
}

func TestDraftBesideLive(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.aliasPath(s.pointed(byRules()))
	sent := fields(s.get(path+"/edit").requireStatus(http.StatusOK), "#alias-form")
	sent.Set("request", "X-Tester: yes")
	sent.Set("combine", "or")
	p := s.post("/p/"+s.project.ID+"/aliases/try", sent, fragment("trial")...).requireStatus(http.StatusOK)
	require.Equal(t, 2, p.Find(".trial-side.trial-differs").Length(), "both are highlighted")
	require.Contains(t, p.text(".notice"), "Live: v1. Draft: v2.")
	sent.Set("combine", "and")
	p = s.post("/p/"+s.project.ID+"/aliases/try", sent, fragment("trial")...)
	require.Equal(t, 2, p.Find(".trial-side").Length())
	require.Zero(t, p.Find(".trial-differs").Length())
}

func TestADraftOfANewAliasKnowsWhatItsKeysDraw(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	orders := s.register("orders", "v1", "v2")
	try := func(name, user string, status int) string {
		typed := typedAlias(orders.ID, "shift", "weight", "weight", "25", "sticky.type", "header", "sticky.param", "X-User", "request", "X-User: "+user, "name", name)
		return s.post(s.aliases()+"/try", typed, fragment("trial")...).requireStatus(status).text(".trial-verdict")
	}
	require.Equal(t, "v2", try("prod", "eve", http.StatusOK), "eve draws 12 of default:orders!prod")
	require.Equal(t, "v1", try("prod", "ada", http.StatusOK), "ada draws 35")
	require.Contains(t, try("", "eve", http.StatusUnprocessableEntity), "by chance", "the name is a part of the draw")
}

// cells are the texts of a table's row.
func cells(p *page, row string) []string {
	var texts []string
	for _, cell := range p.Find(row).First().Children().EachIter() {
		texts = append(texts, strings.Join(strings.Fields(cell.Text()), " "))
	}
	return texts
}

func TestManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byRules())
	path := s.aliasPath(alias) + "/try/file"
	require.Equal(t, path, s.get(s.aliasPath(alias)+"/try").Find("#trials form").AttrOr("action", ""))
	list := "# testers\n" +
		"X-Tester: yes | Cookie: team=qa\n" +
		`{"X-Tester": "=HYPERLINK(1)"}` + "\n" +
		"=cmd|' /C calc'!A0\n" +
		"curl -H 'X-Tester: yes' -b team=ops https://example.com/\n"

	for way, p := range map[string]*page{
		"pasted":        s.sendFile(path, url.Values{"requests": {list}}, ""),
		"as a file":     s.sendFile(path, nil, list),
		"as a fragment": s.post(path, url.Values{"requests": {list}}, fragment("trials")...),
	} {
		t.Run("line by line, "+way, func(t *testing.T) {
			p.requireStatus(http.StatusOK)
			require.Equal(t, 4, p.Find("tbody tr").Length())
			require.Equal(t, []string{"2", "X-Tester: yes | Cookie: team=qa", "v2"}, cells(p, "tbody tr:nth-child(1)")[:3], "the number is that of the line")
			require.Contains(t, p.text("tbody tr:nth-child(3)"), "Not readable")
			require.Equal(t, "To v1 1 To v2 2 Not readable 1", p.text(".trial-totals"))
			require.Equal(t, list, strings.ReplaceAll(p.Find("#trial-requests").Text(), "\r", ""))
		})
	}
	t.Run("as a table to keep, in which nothing is run", func(t *testing.T) {
		asked := s.post(path, url.Values{"requests": {list}})
		require.Equal(t, path, asked.Find("#trials-csv").AttrOr("action", ""))
		p := s.post(path, fields(asked, "#trials-csv")).requireStatus(http.StatusOK)
		require.Equal(t, `attachment; filename="requests-prod.csv"`, p.header.Get("Content-Disposition"))
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.html, "\ufeff"))).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 5)
		require.Equal(t, []string{"Line", "Request", "Version", "Why"}, rows[0])
		require.Equal(t, "v2", rows[1][2])
		require.True(t, strings.HasPrefix(rows[3][1], "'="), rows[3][1])
	})
	t.Run("a list that cannot be read is refused with what was typed", func(t *testing.T) {
		for _, text := range []string{"# nothing\n", strings.Repeat("X-A: b\n", api.MaxTrials+1)} {
			p := s.post(path, url.Values{"requests": {text}}).requireStatus(http.StatusUnprocessableEntity)
			require.NotEmpty(t, p.text("#trial-requests-error"))
			require.Equal(t, text, p.Find("#trial-requests").Text())
			require.Zero(t, p.Find("tbody tr").Length())
		}
		p := s.sendFile(path, nil, "X-A: \xff").requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#trial-requests-error"))
	})
	t.Run("chance is counted apart", func(t *testing.T) {
		s.led(alias, byWeight("20"))
		p := s.post(path, url.Values{"requests": {list}})
		require.Equal(t, "To v1 0 To v2 0 By chance 3 Not readable 1", p.text(".trial-totals"))
		s.led(alias, byWeight("100"))
		p = s.post(path, url.Values{"requests": {list}})
		require.Equal(t, "To v1 0 To v2 3 Not readable 1", p.text(".trial-totals"), "where it decides nothing")
	})
}
