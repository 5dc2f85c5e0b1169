package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// Programs is the wire API, for the page on which its calls can be tried.
type Programs struct {
	// Document is its OpenAPI document in a language.
	Document func(lang string) []byte
	// Serve answers a call of somebody in a project, with the role that he has there.
	Serve func(w http.ResponseWriter, r *http.Request, user identity.User, project identity.Project)
	// Code writes a call in one of the languages of Samples, for a server at that
	// address.
	Code func(call ProgramCall, language, project, server string) (string, error)
}

// ProgramCall is a call as it is filled in.
type ProgramCall struct {
	Operation string // its id
	Params    map[string]string
	Query     url.Values
	Header    map[string]string
	Hidden    []string // the headers whose values are secrets
	Body      string   // has ${name} for texts that are secrets; it may be no JSON yet
}

// explorerRoutes are the pages of the API explorer. What may be called is for the
// services to say.
func (p *pages) explorerRoutes(project *echo.Group) {
	if p.Programs.Serve == nil || p.Programs.Document == nil {
		return
	}
	explorer := project.Group("/" + templates.SectionAPI)
	explorer.GET("", p.listOperations)
	explorer.GET("/:operation", p.showOperation)
	explorer.POST("/:operation", p.tryOperation)
	explorer.POST("/:operation/edit", p.redrawCall)
}

func explorerPath(c echo.Context) string { return sectionPath(c, templates.SectionAPI) }

// listOperations shows all operations, or those that have the words of ?q=.
func (p *pages) listOperations(c echo.Context) error {
	document := p.documents[locale.Lang(localised(c))]()
	view := templates.ExplorerView{Base: explorerPath(c), Search: c.QueryParam("q")}
	for _, tag := range document.Tags {
		group := templates.ExplorerGroup{Name: tag.Name, Label: tag.Description}
		for _, o := range document.operations(tag.Name, view.Search) {
			group.Operations = append(group.Operations, templates.ExplorerOperation{ID: o.ID, Summary: o.Summary, Method: o.method, Path: o.path})
		}
		if len(group.Operations) > 0 {
			view.Groups = append(view.Groups, group)
			view.Count += len(group.Operations)
		}
	}
	return p.render(c, http.StatusOK, templates.Explorer(p.frame(c, "explorer.title"), view))
}

func (p *pages) showOperation(c echo.Context) error {
	k, err := p.newCall(c, nil)
	if err != nil {
		return err
	}
	return p.renderCall(c, http.StatusOK, k, nil)
}

// redrawCall shows the call that stands in the form, and its code. It sends nothing.
func (p *pages) redrawCall(c echo.Context) error {
	k, err := p.readCall(c)
	if err != nil {
		return err
	}
	if !k.gone { // which has to be said
		k.problems = nil
	}
	return p.renderCall(c, http.StatusOK, k, nil)
}

// tryOperation makes the call that stands in the form. Whatever the answer is, the
// page is fine.
func (p *pages) tryOperation(c echo.Context) error {
	k, err := p.readCall(c)
	if err != nil {
		return err
	}
	if len(k.problems) > 0 {
		return p.renderCall(c, http.StatusUnprocessableEntity, k, nil)
	}
	return p.renderCall(c, http.StatusOK, k, p.sendCall(c, k))
}

func (p *pages) renderCall(c echo.Context, status int, k *call, answer *templates.ExplorerAnswer) error {
	o := k.operation
	view := templates.ExplorerCallView{
		Base: explorerPath(c), Answer: answer,
		Operation: templates.ExplorerOperation{ID: o.ID, Summary: o.Summary, Method: o.method, Path: o.path},
	}
	k.values.Del(callConfirm) // each time anew
	view.Form = p.callForm(c, k)
	code, err := p.callCode(c, k)
	if err != nil {
		return err
	}
	view.Form.Below = templates.ExplorerResult(answer, code)
	frame := p.namedFrame(c, o.ID)
	frame.Path = view.Form.Action
	return p.render(c, status, templates.ExplorerCall(frame, view))
}
