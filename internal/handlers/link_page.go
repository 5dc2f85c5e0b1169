package handlers

import (
	"context"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// saveLink is CreateLink or UpdateLink.
type saveLink func(context.Context, api.Scope, api.LinkDraft, api.Depth) (api.Link, error)

// formState is what a rendering of the link's form shows beside what was typed.
type formState struct {
	problems []api.Problem
	refused  bool     // somebody tried to submit
	only     string   // the element whose field alone was judged, or ""
	beside   []string // fields that are sent along with it
	focus    string
	unsaved  bool // what was typed came along from another page
	check    *api.Check
	anyway   bool // offer to save in spite of the check
	changed  *templates.LinkChanged
	pasted   *templates.Pasted
}

// showLinkForm renders the form's page.
func (p *pages) showLinkForm(c echo.Context, status int, lf *linkForm, state formState) error {
	if err := p.offerClusters(c, lf); err != nil {
		return err
	}
	f := lf.form(c)
	f.Problems = state.problems
	f.Refused, f.Focus, f.Unsaved = state.refused, state.focus, state.unsaved
	var beside []any
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(append(state.beside, path)...)
		f.Beside = state.beside
		for _, path := range state.beside {
			beside = append(beside, form.FieldID(path))
		}
	}
	view := templates.LinkFormView{
		Form: f, Connector: lf.conn, Base: linksPath(c),
		Check: state.check, Anyway: state.anyway, Changed: state.changed, Pasted: state.pasted,
	}
	title := "link.new_title"
	if lf.base != nil {
		view.Link, title = lf.base, "link.clone_title"
	}
	if lf.draft.ID != "" {
		title, view.Editing = "link.edit_title", true
	}
	if err := p.sample(c, f, lf.deed()); err != nil {
		return err
	}
	frame := p.frame(c, title)
	frame.Path = lf.page(c)
	return p.render(c, status, templates.LinkForm(frame, view), beside...)
}

// deed is what saving the form does.
func (lf *linkForm) deed() api.Deed {
	if lf.draft.ID != "" {
		return api.UpdateLink{Draft: lf.draft}
	}
	return api.CreateLink{Draft: lf.draft}
}

// page is the address of the form; what it is posted to has no page of its own.
func (lf *linkForm) page(c echo.Context) string {
	switch {
	case lf.draft.ID != "":
		return linksPath(c) + "/" + lf.draft.ID + "/edit"
	case lf.draft.From != "":
		return linksPath(c) + "/new?from=" + lf.draft.From
	}
	return linksPath(c) + "/new?connector=" + lf.tile().Slug
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
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return -1 // which nothing has: it is no way around the question who changed it
	}
	return n
}

// secretsTurned lists the stored secrets that have to be typed again because of
// the field that was just left (S11), and those that need not any more because
// it was put back. One that was typed is left alone.
func (lf *linkForm) secretsTurned(target string, problems []api.Problem) []string {
	var turned []string
	for i := range lf.conn.Inputs {
		path := lf.conn.Inputs[i].Name
		if _, typed := lf.draft.Secrets[path]; typed || !lf.stored(path) || !lf.decidesSecrets(target) {
			continue
		}
		asked := slices.ContainsFunc(problems, func(p api.Problem) bool { return p.Path == path })
		if asked != (lf.values.Get(path+".mode") == form.Again) {
			turned = append(turned, path)
		}
	}
	return turned
}

// decidesSecrets reports whether the element is the field of an input that
// says where secrets are sent.
func (lf *linkForm) decidesSecrets(target string) bool {
	return slices.ContainsFunc(lf.conn.Inputs, func(in connector.Input) bool {
		return in.Endpoint && form.FieldID(in.Name) == target
	})
}
