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
	line := templates.RegionLine{Section: f.Section, Of: c.Param("id"), Refresh: "/p/" + s.Project + "/refresh"}
	if err := p.age(c, &line.RegionAge, s, kinds, line.Of); err != nil {
		p.Log.Error("freshness", "error", err, "request_id", requestID(c))
		return
	}
	if !line.Told() {
		return
	}
	if id := line.Of; id != "" {
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

// age adds how old that is what a project shows of some kinds, and what some objects have
// of them.
func (p *pages) age(c echo.Context, age *templates.RegionAge, s api.Scope, kinds []api.Kind, objects ...string) error {
	for _, kind := range kinds {
		for _, of := range append(objects, "") {
			fresh, err := p.Backends.Freshness(c.Request().Context(), s, kind, of)
			if err != nil {
				return err
			}
			age.Take(fresh)
		}
	}
	return nil
}

// refreshRegion reads a section's kinds from the region again, and what an object of it
// has of them, if that was ever read.
func (p *pages) refreshRegion(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	kinds := kindsOf[c.FormValue("section")]
	if len(kinds) == 0 || p.Backends == nil {
		return api.Errorf(api.NotFound, "error.not_found")
	}
	for _, kind := range kinds {
		for _, of := range []string{"", c.FormValue("of")} {
			if seen, err := p.Backends.Freshness(ctx, s, kind, of); err != nil || of != "" && seen.Tried.IsZero() {
				continue
			}
			if _, err := p.Backends.Refresh(ctx, s, kind, of); err != nil {
				return err
			}
		}
	}
	return redirect(c, safeNext(c.FormValue("next")))
}
