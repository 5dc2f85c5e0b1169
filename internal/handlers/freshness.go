package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// kindsOf are what pages of a section show, by the word after the project.
var kindsOf = map[string][]api.Kind{
	templates.SectionLinks:       {api.KindLink},
	templates.SectionConnections: {api.KindConnection},
	templates.SectionAliases:     {api.KindFunction, api.KindAlias},
	templates.SectionWhitelist:   {api.KindEndpointService, api.KindPermission, api.KindEndpoint},
	templates.SectionReplication: {api.KindPolicy, api.KindBackup, api.KindReplication},
}

// tellFreshness says on the pages of a project in a region how old that is what they
// show, and what the region did not keep of what they are about. A page is shown without
// that if it is not known.
func (p *pages) tellFreshness(c echo.Context, f *templates.Frame) {
	kinds := kindsOf[f.Section]
	if f.Cloud == "" || len(kinds) == 0 {
		return
	}
	ctx, s := c.Request().Context(), p.scope(c)
	line := templates.RegionLine{Section: f.Section, Refresh: "/p/" + s.Project + "/refresh"}
	for _, kind := range kinds {
		for _, of := range []string{"", c.Param("id")} {
			fresh, err := p.Backends.Freshness(ctx, s, kind, of)
			if err != nil {
				p.Log.Error("freshness", "error", err, "request_id", requestID(c))
				return
			}
			line.Take(fresh)
		}
	}
	if !line.Told() {
		return
	}
	if id := c.Param("id"); id != "" {
		for _, kind := range kinds {
			paths, err := p.Backends.NotKept(ctx, s, kind, id)
			if err != nil {
				p.Log.Error("what a region did not keep", "error", err, "request_id", requestID(c))
			}
			line.NotKept = append(line.NotKept, paths...)
		}
	}
	f.Region = &line
}

// refreshRegion reads a section's kinds from the region again.
func (p *pages) refreshRegion(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	kinds := kindsOf[c.FormValue("section")]
	if len(kinds) == 0 || p.Backends == nil {
		return api.Errorf(api.NotFound, "error.not_found")
	}
	for _, kind := range kinds {
		if _, err := p.Backends.Refresh(ctx, s, kind, ""); err != nil {
			return err
		}
	}
	return redirect(c, safeNext(c.FormValue("next")))
}
