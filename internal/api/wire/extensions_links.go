package wire

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// enableLink answers PUT …/links/{id}/enabled {"enabled": true}.
func (s *server) enableLink(c echo.Context, scope api.Scope) error {
	enabled, err := readEnabled(c)
	if err != nil {
		return err
	}
	if err := s.Service.EnableLink(c.Request().Context(), scope, param(c, "id"), enabled); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}

// enabledBody lets something work, or not.
type enabledBody struct {
	Enabled *bool `json:"enabled"`
}

// readEnabled reads {"enabled": true}.
func readEnabled(c echo.Context) (bool, error) {
	var body enabledBody
	if err := decodeBody(c, &body); err != nil {
		return false, err
	}
	if body.Enabled == nil { // not sent is not the same as off
		return false, api.Errorf(api.Invalid, "wire.body_type", "field", "enabled", "want", "boolean")
	}
	return *body.Enabled, nil
}

// exportLinks answers GET …/links/export?q=&connector=: a file that importLinks
// and, link by link, the create call read. If nothing is found its list is empty.
func (s *server) exportLinks(c echo.Context, scope api.Scope) error {
	links, err := s.Service.ExportLinks(c.Request().Context(), scope, api.Selection[api.LinkQuery]{Query: &api.LinkQuery{
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
