package handlers

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// tryRequests says line by line which version each request of a list gets: as a
// page, or as a table to keep. Nothing of the list is kept here.
func (p *pages) tryRequests(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	if _, err := formValues(c); err != nil {
		return err
	}
	many, err := readTrials(c, &alias.Alias.Route)
	if err != nil {
		return err
	}
	if len(many.Problems) == 0 && c.FormValue(templates.TrialsCSV) == "true" {
		attach(c, "requests-"+alias.Alias.Name+".csv", "text/csv; charset=utf-8")
		return writeTrials(c, many)
	}
	status := http.StatusOK
	if len(many.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.renderTrial(c, status, templates.TrialPageView{AliasView: alias, Trial: typedTrial(c), Many: many})
}

// readTrials reads what was pasted or, if there is one, the file, and decides
// about each line.
func readTrials(c echo.Context, route *routing.Route) (templates.TrialsView, error) {
	v := templates.TrialsView{Text: c.FormValue(templates.TrialsText), Route: route}
	file, err := uploadedText(c, templates.TrialsFile)
	if err != nil {
		return v, err
	}
	if file != "" {
		v.Text = file
	}
	if !utf8.ValidString(v.Text) {
		v.Text = ""
		v.Problems = []api.Problem{{Path: templates.TrialsText, Message: api.M("lines.file_not_utf8")}}
		return v, nil
	}
	requests, err := api.ReadTrials(v.Text)
	if v.Problems, err = problemsOf(err); err != nil || v.Problems != nil {
		return v, err
	}
	v.Rows = make([]templates.TrialRow, len(requests))
	for i := range requests {
		row := &v.Rows[i]
		row.Request = requests[i]
		if row.Request.Error.IsZero() {
			row.Decision = routing.Decide(route, &routing.Request{Header: row.Request.Header, Draw: routing.Random(), Explain: true})
		}
		v.Totals.Count(route, row)
	}
	return v, nil
}

// writeTrials writes the table as CSV, like that of the page.
func writeTrials(c echo.Context, v templates.TrialsView) error {
	if _, err := c.Response().Write([]byte("\ufeff")); err != nil {
		return err
	}
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	ctx := localised(c)
	var head []string
	for _, key := range []string{"trials.line", "trial.request", "trial.version", "trials.why"} {
		head = append(head, locale.T(ctx, key))
	}
	_ = w.Write(head) // Error tells
	for i := range v.Rows {
		row := &v.Rows[i]
		_ = w.Write(api.Harmless(
			strconv.Itoa(row.Request.Line), row.Request.Text, row.Verdict(ctx, v.Route), strings.Join(row.Reasons(ctx, v.Route), " "),
		))
	}
	w.Flush()
	return w.Error()
}
