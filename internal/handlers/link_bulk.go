package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// bulkDeed is something that is done to many links, and the messages that
// tell of it.
type bulkDeed struct {
	do    func(ctx context.Context, s api.Scope, l *api.Link) error
	title string // of the page that tells what became of each
	done  string // of what a link is now: "Enabled"
	one   string // of what is said about a single link that was meant
}

func (p *pages) enableLinks(c echo.Context) error {
	return p.toMany(c, bulkDeed{title: "bulk.enable_title", done: "bulk.enabled", one: "bulk.one_enabled",
		do: func(ctx context.Context, s api.Scope, l *api.Link) error {
			return p.Service.EnableLink(ctx, s, l.ID, true)
		}})
}

func (p *pages) disableLinks(c echo.Context) error {
	return p.toMany(c, bulkDeed{title: "bulk.disable_title", done: "bulk.disabled", one: "bulk.one_disabled",
		do: func(ctx context.Context, s api.Scope, l *api.Link) error {
			return p.Service.EnableLink(ctx, s, l.ID, false)
		}})
}

func (p *pages) scheduleLinks(c echo.Context) error {
	every := readInterval(c.FormValue("every"))
	return p.toMany(c, bulkDeed{title: "bulk.schedule_title", done: "bulk.scheduled", one: "watch.scheduled",
		do: func(ctx context.Context, s api.Scope, l *api.Link) error {
			return p.Service.ScheduleLink(ctx, s, l.ID, every)
		}})
}

// confirmDeleteLinks asks before the selected links are removed, and names them.
func (p *pages) confirmDeleteLinks(c echo.Context) error {
	sel, err := selection(c)
	if err != nil {
		return err
	}
	links, err := api.Selected(c.Request().Context(), p.Service, p.scope(c), sel)
	if err != nil {
		return p.refuseSelection(c, err)
	}
	frame := p.frame(c, "bulk.delete_title")
	frame.Path = backPath(c)
	view := templates.LinksDeleteView{Base: linksPath(c), Back: backPath(c), Links: links}
	return p.render(c, http.StatusOK, templates.LinksDelete(frame, view))
}

// deleteLinks removes what was named on the page before, each only if it is
// still what it was then.
func (p *pages) deleteLinks(c echo.Context) error {
	return p.toMany(c, bulkDeed{title: "bulk.delete_title", done: "bulk.deleted", one: "bulk.one_deleted",
		do: func(ctx context.Context, s api.Scope, l *api.Link) error {
			return p.Service.DeleteLink(ctx, s, l.ID, readVersion(c.FormValue("version."+l.ID)))
		}})
}

// toMany does something to every selected link and tells what became of each.
func (p *pages) toMany(c echo.Context, deed bulkDeed) error {
	sel, err := selection(c)
	if err != nil {
		return err
	}
	s := p.scope(c)
	outcomes, err := api.EachLink(c.Request().Context(), p.Service, s, sel, func(ctx context.Context, l *api.Link) error {
		return deed.do(ctx, s, l)
	})
	if err != nil {
		return p.refuseSelection(c, err)
	}
	if c.FormValue("only") != "" && outcomes[0].Err == nil {
		p.flash(c, api.M(deed.one, "name", outcomes[0].Name))
		return redirect(c, backPath(c))
	}
	frame := p.frame(c, deed.title)
	frame.Path = backPath(c)
	view := templates.LinkOutcomeView{
		Base: linksPath(c), Back: backPath(c), Done: locale.T(localised(c), deed.done), Deleted: deed.done == "bulk.deleted", Rows: outcomes,
	}
	return p.render(c, http.StatusOK, templates.LinkOutcome(frame, view))
}

// refuseSelection leads back to the page where the links are ticked, which says
// what is wrong with them: none, or too many.
func (p *pages) refuseSelection(c echo.Context, err error) error {
	e := domainError(err)
	if e.Code != api.Invalid && e.Code != api.Limit {
		return err
	}
	message := e.Message
	if c.FormValue("id") == "" && c.FormValue("only") == "" && c.FormValue("all") == "" {
		message = api.M("bulk.none_ticked")
	}
	p.flashKind(c, templates.Warning, message)
	return redirect(c, backPath(c))
}
