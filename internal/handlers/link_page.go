package handlers

import (
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/web/templates"
)

// saveLink is CreateLink or UpdateLink.
type saveLink func(context.Context, api.Scope, api.LinkDraft, api.Depth) (api.Link, error)

// formState is what a rendering of the link's form shows beside what was typed.
type formState struct {
	problems []api.Problem
	refused  bool   // somebody tried to submit
	only     string // the element whose field alone was judged, or ""
	focus    string
	check    *api.Check
	anyway   bool // offer to save in spite of the check
	changed  *templates.LinkChanged
}

// showLinkForm renders the form's page.
func (p *pages) showLinkForm(c echo.Context, status int, lf *linkForm, state formState) error {
	f := lf.form(c)
	f.Problems = state.problems
	f.Refused, f.Focus = state.refused, state.focus
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
	}
	view := templates.LinkFormView{
		Form: f, Connector: lf.conn, Tile: lf.conn.TileOf(lf.inputs()), Base: linksPath(c),
		Check: state.check, Anyway: state.anyway, Changed: state.changed,
	}
	title := "link.new_title"
	if lf.base != nil {
		view.Link, title = lf.base, "link.clone_title"
	}
	if lf.draft.ID != "" {
		title, view.Editing = "link.edit_title", true
	}
	frame := p.frame(c, title)
	frame.Path = lf.page(c, view.Tile)
	return p.render(c, status, templates.LinkForm(frame, view))
}

// page is the address of the form; what it is posted to has no page of its own.
func (lf *linkForm) page(c echo.Context, tile *connector.Tile) string {
	switch {
	case lf.draft.ID != "":
		return linksPath(c) + "/" + lf.draft.ID + "/edit"
	case lf.draft.From != "":
		return linksPath(c) + "/new?from=" + lf.draft.From
	}
	return linksPath(c) + "/new?connector=" + tile.Slug
}

// problemsOf takes the problems with a form out of err; any other error stays.
func problemsOf(err error) ([]api.Problem, error) {
	if err == nil {
		return nil, nil
	}
	if e := domainError(err); len(e.Problems) > 0 {
		return e.Problems, nil
	}
	return nil, err
}

// checkProblems pins a failed check to the input that is to blame.
func checkProblems(check *api.Check) []api.Problem {
	if step := check.Failure(); step != nil && step.Path != "" {
		return []api.Problem{{Path: step.Path, Message: step.Message}}
	}
	return nil
}

// readVersion reads the version a page carried; none means any.
func readVersion(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // 0 if it is none
	return n
}
