package handlers

import (
	"net/http"
	"path"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// home leads to the project of this region, or to the first one.
func (p *pages) home(c echo.Context) error {
	projects, err := p.Identity.Projects(c.Request().Context(), currentSession(c).User)
	if err != nil {
		return err
	}
	if len(projects) == 0 {
		return p.noProject(c)
	}
	here := projects[0]
	for _, other := range projects {
		if other.Name == p.Region {
			here = other
		}
	}
	return c.Redirect(http.StatusSeeOther, "/p/"+here.ID)
}

// noProject tells somebody whom to ask for a project.
func (p *pages) noProject(c echo.Context) error {
	names, err := p.Identity.Administrators(c.Request().Context())
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.NoProject(p.frame(c, "projects.none_title"), names))
}

// overview shows what needs looking after, what there is of each kind, and what
// changed last. Each part costs what it shows, or one page of a list, whatever there is.
func (p *pages) overview(c echo.Context) error {
	ctx, scope := c.Request().Context(), p.scope(c)
	changes, err := p.Service.Changes(ctx, scope, "", "", "", shownChanges)
	if err != nil {
		return err
	}
	view := templates.OverviewView{
		NewLink: linksPath(c) + "/new", Changes: changes, HrefOf: hrefOf(c), Base: "/p/" + project(c).ID,
		Place: func(kind api.Kind, id, parent string) string { return placeOf(c, kind, id, parent) },
	}
	if view.Attention, err = p.Service.Attention(ctx, scope, templates.ShownConcerns+1); err != nil {
		return err
	}
	if view.ForMe, view.Mine, err = p.openRequests(c); err != nil {
		return err
	}
	for _, section := range templates.Sections {
		card := templates.KindCard{Section: section, Href: sectionPath(c, section)}
		if err := p.fillCard(c, &card); err != nil {
			return err
		}
		view.Cards = append(view.Cards, card)
	}
	view.Empty = !slices.ContainsFunc(view.Cards, func(card templates.KindCard) bool { return card.Some })
	return p.render(c, http.StatusOK, templates.Overview(p.frame(c, "nav.overview"), view))
}

// openRequests are those that wait for the reader, and his own.
func (p *pages) openRequests(c echo.Context) (forMe, mine []api.Request, err error) {
	if p.Requests == nil {
		return nil, nil, nil
	}
	ctx, s := c.Request().Context(), p.scope(c)
	q := api.RequestQuery{State: api.RequestOpen, ForMe: true, Limit: templates.ShownConcerns + 1}
	waiting, err := p.Requests.ListRequests(ctx, s, q)
	if err != nil {
		return nil, nil, err
	}
	q.ForMe, q.Mine = false, true
	own, err := p.Requests.ListRequests(ctx, s, q)
	return waiting.Items, own.Items, err
}

// fillCard says what there is of a kind.
func (p *pages) fillCard(c echo.Context, card *templates.KindCard) error {
	switch card.Section {
	case templates.SectionLinks:
		return p.linkCard(c, card)
	case templates.SectionConnections:
		return p.connectionCard(c, card)
	case templates.SectionAliases:
		return p.aliasCard(c, card)
	case templates.SectionWhitelist:
		return p.whitelistCard(c, card)
	}
	return p.replicationCard(c, card)
}

// counted is how far the overview counts: a card says "more than 50" rather
// than counting all.
const counted = 50

func (p *pages) linkCard(c echo.Context, card *templates.KindCard) error {
	page, err := p.Service.ListLinks(c.Request().Context(), p.scope(c), api.LinkQuery{Limit: counted})
	card.Figure = figure(c, page, "overview.links", "overview.more_links")
	card.Some = len(page.Items) > 0
	return err
}

// connectionCard also says how many could not be created.
func (p *pages) connectionCard(c echo.Context, card *templates.KindCard) error {
	ctx, s := c.Request().Context(), p.scope(c)
	page, err := p.Service.ListConnections(ctx, s, api.ConnectionQuery{Limit: counted})
	if err != nil {
		return err
	}
	card.Figure, card.Some = figure(c, page, "overview.connections", "overview.more_connections"), len(page.Items) > 0
	failed, err := p.Service.ListConnections(ctx, s, api.ConnectionQuery{States: []api.ConnectionState{api.ConnectionFailed}, Limit: counted})
	if len(failed.Items) > 0 {
		card.Notes = append(card.Notes, templates.CardNote{Status: api.Failed, Text: figure(c, failed, "overview.failed", "overview.more_failed")})
	}
	return err
}

// aliasCard also says which ramps wait for somebody. Before the first alias it
// tells of the functions that aliases can lead to.
func (p *pages) aliasCard(c echo.Context, card *templates.KindCard) error {
	ctx, s := c.Request().Context(), p.scope(c)
	page, err := p.Service.ListAliases(ctx, s, api.AliasQuery{Limit: counted})
	if err != nil {
		return err
	}
	card.Figure, card.Some = figure(c, page, "overview.aliases", "overview.more_aliases"), len(page.Items) > 0
	paused := 0
	for i := range page.Items {
		if r := page.Items[i].Ramp; r != nil && r.State == api.RampPaused {
			paused++
		}
	}
	note(c, card, paused, api.Warned, "overview.paused")
	if card.Some {
		return nil
	}
	functions, err := p.Service.ListFunctions(ctx, s, api.FunctionQuery{Limit: counted})
	if len(functions.Items) > 0 {
		card.Figure, card.Some = figure(c, functions, "overview.functions", "overview.more_functions"), true
	}
	return err
}

// whitelistCard also says what ends soon and what is open to everybody.
func (p *pages) whitelistCard(c echo.Context, card *templates.KindCard) error {
	page, err := p.Service.ListEndpointServices(c.Request().Context(), p.scope(c), api.EndpointServiceQuery{Limit: counted})
	if err != nil {
		return err
	}
	card.Figure, card.Some = figure(c, page, "overview.services", "overview.more_services"), len(page.Items) > 0
	expiring, open := 0, 0
	for i := range page.Items {
		expiring += page.Items[i].Expiring
		if page.Items[i].Everyone != nil {
			open++
		}
	}
	note(c, card, open, api.Failed, "overview.open")
	note(c, card, expiring, api.Warned, "overview.expiring")
	return nil
}

// replicationCard also says which policies lag behind their destinations, and
// what is being copied now.
func (p *pages) replicationCard(c echo.Context, card *templates.KindCard) error {
	ctx, s := c.Request().Context(), p.scope(c)
	page, err := p.Service.ListPolicies(ctx, s, api.PolicyQuery{Limit: counted})
	if err != nil {
		return err
	}
	card.Figure, card.Some = figure(c, page, "overview.policies", "overview.more_policies"), len(page.Items) > 0
	runs, err := p.Service.ReplicationRuns(ctx, s, api.RunQuery{Open: true, Limit: counted})
	if err != nil {
		return err
	}
	behind, err := p.Service.BehindPolicies(ctx, s, counted)
	note(c, card, behind, api.Warned, "overview.behind")
	note(c, card, len(runs.Items), api.Passed, "overview.replicating")
	return err
}

// note adds how many things need looking after, unless there are none.
func note(c echo.Context, card *templates.KindCard, n int, status api.Status, key string) {
	if n > 0 {
		card.Notes = append(card.Notes, templates.CardNote{Status: status, Text: locale.T(localised(c), key, "count", n)})
	}
}

// figure says how many things a page of a list has, or that there are more.
func figure[T any](c echo.Context, page api.Page[T], some, more string) string {
	if page.Next != "" {
		some = more
	}
	return locale.T(localised(c), some, "count", len(page.Items))
}

func sectionPath(c echo.Context, section string) string { return "/p/" + project(c).ID + "/" + section }

// hrefOf leads to what a change was about. What was deleted later answers that
// it is gone.
func hrefOf(c echo.Context) func(api.Change) string {
	return func(change api.Change) string {
		kept := change.Kind == api.KindConnection || change.Kind == api.KindQueue || change.Kind == api.KindPermission
		if change.ObjectID == "" && change.Kind != api.KindQueue || change.Action == "delete" && !kept {
			return ""
		}
		if change.Kind == api.KindPermission { // told of by the service
			return placeOf(c, api.KindEndpointService, change.ObjectID, "")
		}
		return placeOf(c, change.Kind, change.ObjectID, "")
	}
}

// listOf is the list that things of a kind stand in, empty if they have no pages.
func listOf(c echo.Context, kind api.Kind) string {
	if at := placeOf(c, kind, "id", ""); at != "" {
		return path.Dir(at)
	}
	return ""
}

// placeOf is the page of a thing, empty if it has none; parent is what it is a part of.
func placeOf(c echo.Context, kind api.Kind, id, parent string) string {
	switch kind {
	case api.KindLink:
		return linksPath(c) + "/" + id
	case api.KindConnection:
		return connectionPath(c, id) // deleted ones, too: they can be created again
	case api.KindQueue:
		return queuesPath(c)
	case api.KindRequest:
		return requestsPath(c) + "/" + id
	case api.KindFunction:
		return functionsPath(c) + "/" + id
	case api.KindAlias:
		return aliasesPath(c) + "/" + id
	case api.KindPolicy:
		return replicationPath(c) + "/" + id
	case api.KindReplication:
		return replicationPath(c) + "/" + templates.RunsTab + "/" + id
	case api.KindRegion:
		return regionPath(c, id)
	case api.KindBackup:
		return backupPath(c, id)
	case api.KindEndpointService:
		return whitelistPath(c) + "/" + id
	case api.KindPermission:
		return whitelistPath(c) + "/" + parent + "/entries/" + id
	}
	return ""
}

func (p *pages) kit(c echo.Context) error {
	return p.render(c, http.StatusOK, templates.Kit(p.frame(c, "kit.title")))
}
