package wire

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// testLink answers POST …/links/{id}/test: the check of a saved link with its
// stored secrets, which its history keeps. A check that fails is an answer,
// too.
func (s *server) testLink(c echo.Context, scope api.Scope) error {
	check, err := s.Service.CheckLink(c.Request().Context(), scope, param(c, "id"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, &check)
}

// checkJSON is one check in a link's history.
type checkJSON struct {
	ID      string    `json:"id"`
	By      string    `json:"by,omitempty"`
	Way     api.Way   `json:"way"`
	Changed bool      `json:"changed,omitempty"` // failed for another reason than the one before
	Check   api.Check `json:"check"`
}

// listChecks answers GET …/links/{id}/checks?limit=&cursor=: newest first.
func (s *server) listChecks(c echo.Context, scope api.Scope) error {
	limit, _ := strconv.Atoi(c.QueryParam("limit")) // 0 is the default
	page, err := s.Service.LinkChecks(c.Request().Context(), scope, param(c, "id"), c.QueryParam("cursor"), limit)
	if err != nil {
		return err
	}
	body := struct {
		Checks []checkJSON `json:"checks"`
		Next   string      `json:"next,omitempty"`
	}{make([]checkJSON, len(page.Items)), page.Next}
	for i, item := range page.Items {
		body.Checks[i] = checkJSON{item.ID, item.By, item.Way, item.Changed, item.Check}
	}
	return answer(c, http.StatusOK, &body)
}

// episodeJSON is a time in which a link did not answer.
type episodeJSON struct {
	ID       string       `json:"id"`
	Began    time.Time    `json:"began"`
	Last     time.Time    `json:"last"`
	Ended    time.Time    `json:"ended,omitzero"`
	Failures int          `json:"failures"`
	Reasons  []reasonJSON `json:"reasons"`
}

type reasonJSON struct {
	At      time.Time    `json:"at"`
	Count   int          `json:"count"`
	Step    api.StepName `json:"step"`
	Path    string       `json:"path,omitempty"`
	Message string       `json:"message"`
	Detail  string       `json:"detail,omitempty"`
}

const shownEpisodes = 50

// listEpisodes answers GET …/links/{id}/episodes: newest first.
func (s *server) listEpisodes(c echo.Context, scope api.Scope) error {
	episodes, err := s.Service.LinkEpisodes(c.Request().Context(), scope, param(c, "id"), shownEpisodes)
	if err != nil {
		return err
	}
	body := struct {
		Episodes []episodeJSON `json:"episodes"`
	}{make([]episodeJSON, len(episodes))}
	for i, e := range episodes {
		out := episodeJSON{e.ID, e.Began, e.Last, e.Ended, e.Failures, make([]reasonJSON, len(e.Reasons))}
		for k, r := range e.Reasons {
			out.Reasons[k] = reasonJSON{r.At, r.Count, r.Step.Name, r.Step.Path, say(c, r.Step.Message), r.Step.Detail}
		}
		body.Episodes[i] = out
	}
	return answer(c, http.StatusOK, &body)
}

// scheduleLink answers PUT …/links/{id}/schedule {"every": "1h"}; "0" is off.
func (s *server) scheduleLink(c echo.Context, scope api.Scope) error {
	var body struct {
		Every string `json:"every"`
	}
	if err := readExtension(c, &body); err != nil {
		return err
	}
	every, err := time.ParseDuration(body.Every)
	if err != nil {
		every = -1 // which the service refuses, in its own words
	}
	if err := s.Service.ScheduleLink(c.Request().Context(), scope, param(c, "id"), every); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}

// enableLink answers PUT …/links/{id}/enabled {"enabled": true}.
func (s *server) enableLink(c echo.Context, scope api.Scope) error {
	var body struct {
		Enabled *bool `json:"enabled"`
	}
	if err := readExtension(c, &body); err != nil {
		return err
	}
	if body.Enabled == nil {
		return api.Errorf(api.Invalid, "wire.body_type", "field", "enabled", "want", "boolean")
	}
	if err := s.Service.EnableLink(c.Request().Context(), scope, param(c, "id"), *body.Enabled); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}

func readExtension(c echo.Context, body any) error {
	text, err := readBody(c, maxBody)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, body); err != nil {
		return malformed(err)
	}
	return nil
}

// exportLinks answers GET …/links/export?q=&connector=: a file that importLinks
// and, link by link, the create call read. If nothing is found its list is empty.
func (s *server) exportLinks(c echo.Context, scope api.Scope) error {
	links, err := s.Service.ExportLinks(c.Request().Context(), scope, api.Selection{Query: &api.LinkQuery{
		Search: c.QueryParam("q"), Connector: c.QueryParam("connector"), Cluster: c.QueryParam("cluster"),
	}})
	if e, ok := errors.AsType[*api.Error](err); err != nil && (!ok || e.Message.Key != "bulk.nothing_selected") {
		return err
	}
	text, err := WriteLinks(links)
	if err != nil {
		return err
	}
	return answerBytes(c, http.StatusOK, text)
}

// planJSON is one link of an import: what would happen, or what did.
type planJSON struct {
	Name     string             `json:"name"`
	Cluster  string             `json:"cluster"`
	Verdict  api.ImportVerdict  `json:"verdict"`
	Problems []extensionProblem `json:"problems,omitempty"`
	Missing  []string           `json:"missing_secrets,omitempty"`
	Changes  []string           `json:"changes,omitempty"` // paths
	ID       string             `json:"id,omitempty"`
	Done     bool               `json:"done"`
	Refused  string             `json:"refused,omitempty"`
}

// importLinks answers POST …/links/import?cluster=&apply=true: without apply it
// only says what would happen; with it, it stores every link that is ready.
func (s *server) importLinks(c echo.Context, scope api.Scope) error {
	text, err := readBody(c, bodyLimit(c))
	if err != nil {
		return err
	}
	cluster := c.QueryParam("cluster")
	if cluster == "" {
		cluster = api.DefaultCluster
	}
	drafts, err := ReadLinks(text, cluster)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	rows, err := api.PlanImport(ctx, s.Service, scope, drafts)
	if err != nil {
		return err
	}
	body := struct {
		Links []planJSON `json:"links"`
	}{make([]planJSON, len(rows))}
	for i := range rows {
		body.Links[i] = encodePlan(c, &rows[i])
	}
	if strings.EqualFold(c.QueryParam("apply"), "true") {
		outcomes, err := api.ApplyImport(ctx, s.Service, scope, rows)
		if err != nil {
			return err
		}
		tellOutcomes(c, body.Links, rows, outcomes)
	}
	return answer(c, http.StatusOK, &body)
}

func encodePlan(c echo.Context, r *api.ImportRow) planJSON {
	out := planJSON{Name: r.Draft.Name, Cluster: r.Draft.Cluster, Verdict: r.Verdict, Missing: r.Missing, ID: r.Draft.ID}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, extensionProblem{p.Path, say(c, p.Message)})
	}
	for _, d := range r.Changes {
		out.Changes = append(out.Changes, d.Path)
	}
	return out
}

// tellOutcomes adds to the plan what became of the rows that were ready.
func tellOutcomes(c echo.Context, plan []planJSON, rows []api.ImportRow, outcomes []api.Outcome) {
	next := 0
	for i := range rows {
		if !rows[i].Ready() {
			continue
		}
		o := outcomes[next]
		next++
		if o.Err != nil {
			plan[i].Refused = say(c, o.Err.Message)
			continue
		}
		plan[i].Done, plan[i].ID = true, o.ID
	}
}
