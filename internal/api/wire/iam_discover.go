package wire

import (
	"cmp"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// showCatalog answers GET /v3/auth/catalog.
func (s *server) showCatalog(c echo.Context, who caller) error {
	project, err := s.projectOf(c, who)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Catalog []serviceRef `json:"catalog"`
		Links   listRef      `json:"links"`
	}{s.catalog(c, project), listAt(c)})
}

// projectOf is the project that a credential opens by itself. A key that opens
// several stands for the one that the client names, or for the region's.
func (s *server) projectOf(c echo.Context, who caller) (*identity.Project, error) {
	if who.token != nil {
		return who.token.Project, nil
	}
	ctx := c.Request().Context()
	var project identity.Project
	var err error
	if id := cmp.Or(who.key.Project, c.Request().Header.Get(headerProject)); id != "" {
		project, err = s.Identity.Project(ctx, who.user, id)
	} else {
		project, err = s.Identity.ProjectByName(ctx, who.user, s.Region)
	}
	if api.CodeOf(err) == api.NotFound {
		return nil, nil
	}
	return &project, err
}

// catalog lists the services that are here, at the address that the client
// called. Global services have the region "*"; those of a project are listed
// for one.
func (s *server) catalog(c echo.Context, project *identity.Project) []serviceRef {
	base := baseURL(c)
	all := []serviceRef{
		service("iam", "iam", "*", base+"/v3"),
		service("keystone", "identity", "*", base+"/v3"),
	}
	if project != nil {
		region := cmp.Or(project.Region, s.Region)
		all = append(all,
			service("cdm", "cdm", region, base+"/v1.1/"+project.ID),
			service("dli", "dli", region, base+"/v1.0/"+project.ID),
			service("vpcep", "vpcep", region, base+"/v1/"+project.ID),
			service("functiongraph", "functiongraph", region, base+"/v2/"+project.ID),
			service("csbs", "data-protect", region, base+"/v1/"+project.ID),
		)
	}
	return all
}

func service(name, kind, region, url string) serviceRef {
	return serviceRef{ID: kind, Name: name, Type: kind, Endpoints: []endpointRef{
		{ID: kind + "-public", Interface: "public", Region: region, RegionID: region, URL: url},
	}}
}

// baseURL is the address that the client called.
func baseURL(c echo.Context) string {
	r := c.Request()
	// Only a trusted proxy's word gets here (cmd/console/proxy.go).
	if r.TLS != nil || r.Header.Get(echo.HeaderXForwardedProto) == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// versionJSON is a version of the identity API.
type versionJSON struct {
	ID      string    `json:"id"`
	Status  string    `json:"status"`
	Updated string    `json:"updated"`
	Links   []linkRef `json:"links"`
}

type linkRef struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

func identityVersion(c echo.Context) versionJSON {
	return versionJSON{"v3.6", "stable", "2016-04-04T00:00:00Z", []linkRef{{"self", baseURL(c) + "/v3/"}}}
}

// versions answers GET /: OpenStack clients look for the identity API here.
func (s *server) versions(c echo.Context) error {
	type values struct {
		Values []versionJSON `json:"values"`
	}
	return answer(c, http.StatusOK, struct {
		Versions values `json:"versions"`
	}{values{[]versionJSON{identityVersion(c)}}})
}

// version answers GET /v3 and /v3/.
func (s *server) version(c echo.Context) error {
	return answer(c, http.StatusOK, struct {
		Version versionJSON `json:"version"`
	}{identityVersion(c)})
}
