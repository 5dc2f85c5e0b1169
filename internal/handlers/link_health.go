package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// What a page of a link's health lists.
const (
	shownChecks   = 20
	shownEpisodes = 10
)

// checkLink tests a stored link and keeps the result. htmx gets the part it
// asked for: the row of a list, or the health on one of the link's pages.
func (p *pages) checkLink(c echo.Context) error {
	id := cmp.Or(c.Param("id"), c.FormValue("only")) // of a page, or of a row of the list
	check, err := p.Service.CheckLink(c.Request().Context(), p.scope(c), id)
	if err != nil {
		return err
	}
	switch target := wantedFragment(c.Request()); {
	case target == templates.LinkWatchID:
		return p.linkWatch(c, true)
	case target == templates.LinkHealthID:
		return p.linkDetail(c, true)
	case templates.LinkOfRow(target) == id:
		return p.linkRow(c, id)
	}
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), id)
	if err != nil {
		return err
	}
	p.flashCheck(c, link.Name, &check)
	return redirect(c, backPath(c))
}

// flashCheck tells on the next page how a test ended.
func (p *pages) flashCheck(c echo.Context, name string, check *api.Check) {
	kind, message := templates.Success, api.M("watch.checked_well", "name", name)
	switch check.Status {
	case api.Warned:
		kind, message = templates.Warning, api.M("watch.checked_warned", "name", name)
	case api.FormOnly, api.Skipped:
		kind, message = templates.Info, api.M("watch.checked_form", "name", name)
	}
	if step := check.Failure(); step != nil {
		kind = templates.Failure
		message = api.M("watch.checked_badly", "name", name, "step", api.M("step."+string(step.Name)), "why", step.Message)
	}
	p.flashKind(c, kind, message)
}

// linkRow renders the list with one link, whose row htmx replaces.
func (p *pages) linkRow(c echo.Context, id string) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), id)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	view := templates.LinkListView{
		Base: linksPath(c), Page: api.Page[api.Link]{Items: []api.Link{link}},
		Checked: id, Ticked: slices.Contains(values["id"], id),
	}
	return p.render(c, http.StatusOK, templates.LinkList(p.frame(c, "link.list_title"), view))
}

func (p *pages) showLinkHealth(c echo.Context) error { return p.linkWatch(c, false) }

func (p *pages) linkWatch(c echo.Context, checked bool) error {
	ctx, s, id := c.Request().Context(), p.scope(c), c.Param("id")
	link, err := p.Service.Link(ctx, s, id)
	if err != nil {
		return err
	}
	view := templates.LinkHealthView{
		LinkView: templates.LinkView{Base: linksPath(c), Link: link, Checked: checked}, Cursor: c.QueryParam("cursor"),
	}
	if view.Checks, err = p.Service.LinkChecks(ctx, s, id, view.Cursor, shownChecks); err != nil {
		return err
	}
	if view.Older, err = p.olderCheck(c, id, &view.Checks); err != nil {
		return err
	}
	if view.Episodes, err = p.Service.LinkEpisodes(ctx, s, id, shownEpisodes); err != nil {
		return err
	}
	frame := p.namedFrame(c, link.Name)
	if c.Request().Method == http.MethodPost {
		frame.Path = linksPath(c) + "/" + id + "/health"
	}
	return p.render(c, http.StatusOK, templates.LinkHealth(frame, view))
}

// olderCheck returns the check before the last one of a page, if that one
// failed for another reason, which is then shown beside it.
func (p *pages) olderCheck(c echo.Context, id string, page *api.Page[api.LinkCheck]) (*api.LinkCheck, error) {
	n := len(page.Items)
	if n == 0 || page.Next == "" || !page.Items[n-1].Changed {
		return nil, nil
	}
	older, err := p.Service.LinkChecks(c.Request().Context(), p.scope(c), id, page.Next, 1)
	if err != nil || len(older.Items) == 0 {
		return nil, err
	}
	return &older.Items[0], nil
}

// scheduleLink sets how often one link is checked.
func (p *pages) scheduleLink(c echo.Context) error {
	err := p.Service.ScheduleLink(c.Request().Context(), p.scope(c), c.Param("id"), readInterval(c.FormValue("every")))
	if err != nil {
		return err
	}
	p.flash(c, api.M("watch.scheduled"))
	return redirect(c, backPath(c))
}

// readInterval reads seconds; what is none is no interval either.
func readInterval(text string) time.Duration {
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 || seconds > int((24*time.Hour).Seconds()) {
		return -1
	}
	return time.Duration(seconds) * time.Second
}

// backPath is the page of this site that an action leads back to: the one that
// its form names, or the list.
func backPath(c echo.Context) string {
	if back := safeNext(c.FormValue("back")); back != "/" {
		return back
	}
	return linksPath(c)
}
