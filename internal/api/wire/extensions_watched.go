package wire

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// watchedRoutes serves what things of a kind have in common that are watched; a thing is
// what its operations call it.
func (s *server) watchedRoutes(e *echo.Echo, thing string, kind api.Kind) {
	of := func(h func(*server, echo.Context, api.Scope, api.Kind) error) echo.HandlerFunc {
		return family{s, extensionError}.inProject(func(c echo.Context, scope api.Scope) error { return h(s, c, scope, kind) })
	}
	serve(e, "Test"+thing, of((*server).recheck))
	serve(e, "List"+thing+"Checks", of((*server).listChecks))
	serve(e, "List"+thing+"Episodes", of((*server).listEpisodes))
	serve(e, "Schedule"+thing+"Checks", of((*server).schedule))
}

// recheck answers POST …/{id}/test: the check of what is stored, with its
// secrets, which its history keeps. A check that fails is an answer, too.
func (s *server) recheck(c echo.Context, scope api.Scope, kind api.Kind) error {
	check, err := s.Service.Recheck(c.Request().Context(), scope, kind, param(c, "id"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, &check)
}

// pastCheckJSON is one check in a history.
type pastCheckJSON struct {
	ID      string    `json:"id"`
	By      string    `json:"by,omitempty"`
	Way     api.Way   `json:"way"`
	Changed bool      `json:"changed,omitempty"` // failed for another reason than the one before
	Check   api.Check `json:"check"`
}

// listChecks answers GET …/{id}/checks?limit=&cursor=: newest first.
func (s *server) listChecks(c echo.Context, scope api.Scope, kind api.Kind) error {
	limit, _ := strconv.Atoi(c.QueryParam("limit")) // 0 is the default
	page, err := s.Service.PastChecks(c.Request().Context(), scope, kind, param(c, "id"), c.QueryParam("cursor"), limit)
	if err != nil {
		return err
	}
	body := struct {
		Checks []pastCheckJSON `json:"checks"`
		Next   string          `json:"next,omitempty"`
	}{make([]pastCheckJSON, len(page.Items)), page.Next}
	for i, item := range page.Items {
		body.Checks[i] = pastCheckJSON{item.ID, item.By, item.Way, item.Changed, item.Check}
	}
	return answer(c, http.StatusOK, &body)
}

// episodeJSON is a time in which something did not answer.
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

// listEpisodes answers GET …/{id}/episodes: newest first.
func (s *server) listEpisodes(c echo.Context, scope api.Scope, kind api.Kind) error {
	episodes, err := s.Service.Episodes(c.Request().Context(), scope, kind, param(c, "id"), shownEpisodes)
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

// schedule answers PUT …/{id}/schedule {"every": "1h"}; "0" is off.
func (s *server) schedule(c echo.Context, scope api.Scope, kind api.Kind) error {
	var body struct {
		Every string `json:"every"`
	}
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	every, err := time.ParseDuration(body.Every)
	if err != nil {
		every = -1 // which the service refuses, in its own words
	}
	if err := s.Service.Schedule(c.Request().Context(), scope, kind, param(c, "id"), every); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}
