package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// promoteAlias makes the additional version that was seen the main one.
func (p *pages) promoteAlias(c echo.Context) error {
	return p.leaveGray(c, p.Service.PromoteAlias, "ramp.promoted_flash")
}

// abortAlias sends everything to the main version that was seen again.
func (p *pages) abortAlias(c echo.Context) error {
	return p.leaveGray(c, p.Service.AbortAlias, "ramp.aborted_flash")
}

// leaveGray ends the gray release whose two versions the form names: a step that
// a ramp took meanwhile does not matter, another release does.
func (p *pages) leaveGray(c echo.Context, leave func(ctx context.Context, s api.Scope, id string, version int64) (api.Alias, error), done string) error {
	view, err := p.aliasView(c)
	if err != nil {
		return err
	}
	alias := &view.Alias
	main, additional := c.FormValue("main"), c.FormValue("additional")
	if alias.Route.Main != main || alias.Route.Additional != additional || additional == "" {
		return p.goneGray(c, view, api.M("ramp.gone", "by", api.By(alias.Updated.By)))
	}
	left, err := leave(c.Request().Context(), p.scope(c), alias.ID, alias.Version)
	if e := domainError(err); err != nil && (e.Code == api.Conflict || e.Code == api.Invalid) {
		return p.goneGray(c, view, refusal(e))
	}
	if err != nil {
		return err
	}
	p.flash(c, api.M(done, "name", alias.Name, "main", left.Route.Main, "version", additional))
	return redirect(c, view.Path())
}

// goneGray says on the alias's page why its gray release was not ended.
func (p *pages) goneGray(c echo.Context, view templates.AliasView, why api.Message) error {
	p.flashKind(c, templates.Warning, why)
	return redirect(c, view.Path())
}

// refusal is what an error says first: what is wrong with the first field, if
// there is one.
func refusal(e *api.Error) api.Message {
	if len(e.Problems) > 0 {
		return e.Problems[0].Message
	}
	return e.Message
}
