package handlers

import (
	"context"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

func (p *pages) viewRoutes(views *echo.Group) {
	views.POST("", p.saveView)
	views.POST("/:id", p.renameView)
	views.POST("/:id/delete", p.deleteView)
}

const viewsKey = "views"

// renderList answers with the page of a list, which is named as its collection is,
// and the reader's views of it.
func (p *pages) renderList(c echo.Context, list string, page templ.Component) error {
	if p.Views != nil {
		found, err := p.Views.Views(c.Request().Context(), p.scope(c), list)
		if err != nil {
			return err
		}
		c.Set(viewsKey, templates.SavedViews{List: list, Path: sectionPath(c, "views"), Views: found})
	}
	return p.render(c, http.StatusOK, page)
}

// withViews adds the views of the list that is shown to the context of its page.
func withViews(ctx context.Context, c echo.Context) context.Context {
	if saved, ok := c.Get(viewsKey).(templates.SavedViews); ok {
		return templates.WithViews(ctx, saved)
	}
	return ctx
}

func (p *pages) saveView(c echo.Context) error {
	view, err := p.Views.SaveView(c.Request().Context(), p.scope(c), c.FormValue("list"), c.FormValue("name"), c.FormValue("query"))
	return p.viewChanged(c, "views.saved", view, err)
}

func (p *pages) renameView(c echo.Context) error {
	view, err := p.Views.RenameView(c.Request().Context(), p.scope(c), c.Param("id"), c.FormValue("name"))
	return p.viewChanged(c, "views.renamed", view, err)
}

func (p *pages) deleteView(c echo.Context) error {
	err := p.Views.DeleteView(c.Request().Context(), p.scope(c), c.Param("id"))
	return p.viewChanged(c, "views.deleted", api.View{}, err)
}

// viewChanged leads back to the list, and says what was done or what is wrong.
func (p *pages) viewChanged(c echo.Context, done string, view api.View, err error) error {
	switch api.CodeOf(err) {
	case "":
		p.flash(c, api.M(done, "name", view.Name))
	case api.Invalid, api.Conflict, api.Limit:
		p.flashKind(c, templates.Warning, domainError(err).Message)
	default:
		return err
	}
	return redirect(c, backTo(c, "/p/"+project(c).ID))
}
