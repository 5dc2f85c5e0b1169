package wire

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api/identity"
)

// projectJSON is a project as IAM lists it (spec/iam.md §5).
type projectJSON struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	DomainID    string  `json:"domain_id"`
	ParentID    string  `json:"parent_id"`
	Description string  `json:"description"`
	Enabled     bool    `json:"enabled"`
	IsDomain    bool    `json:"is_domain"`
	Links       selfRef `json:"links"`
}

type selfRef struct {
	Self string `json:"self"`
}

// listRef is how IAM refers to a list and the pages beside it.
type listRef struct {
	Self     string  `json:"self"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
}

func listAt(c echo.Context) listRef { return listRef{Self: baseURL(c) + c.Request().RequestURI} }

// listProjects answers GET /v3/projects and /v3/auth/projects. SDKs look a
// project up by the region's name and want exactly one.
func (s *server) listProjects(c echo.Context, who caller) error {
	projects, err := s.Identity.Projects(c.Request().Context(), who.user)
	if err != nil {
		return err
	}
	projects = slices.DeleteFunc(projects, func(p identity.Project) bool {
		return who.only() != "" && who.only() != p.ID || !wanted(c, p)
	})
	from, to, ok := window(c, len(projects))
	if !ok {
		return keystone(http.StatusBadRequest, "page and per_page go together and are numbers from 1, per_page up to 5000")
	}
	out := struct {
		Projects []projectJSON `json:"projects"`
		Links    listRef       `json:"links"`
	}{[]projectJSON{}, listAt(c)}
	for _, p := range projects[from:to] {
		out.Projects = append(out.Projects, projectJSON{
			ID: p.ID, Name: p.Name, DomainID: p.Account.ID, ParentID: p.Account.ID, Enabled: true,
			Links: selfRef{baseURL(c) + "/v3/projects/" + p.ID},
		})
	}
	return answer(c, http.StatusOK, out)
}

// wanted applies the filters of the query. All our projects are enabled and
// none is a domain.
func wanted(c echo.Context, p identity.Project) bool {
	is := func(filter, value string) bool {
		text := c.QueryParam(filter)
		return text == "" || text == value
	}
	return is("name", p.Name) && is("domain_id", p.Account.ID) && is("parent_id", p.Account.ID) &&
		is("enabled", "true") && is("is_domain", "false")
}

// window is the part of n items that page and per_page ask for.
func window(c echo.Context, n int) (from, to int, ok bool) {
	const most = 5000
	page, per := c.QueryParam("page"), c.QueryParam("per_page")
	if page == "" && per == "" {
		return 0, n, true
	}
	number, err := strconv.Atoi(page)
	size, err2 := strconv.Atoi(per)
	if err != nil || err2 != nil || number < 1 || size < 1 || size > most {
		return 0, 0, false
	}
	from = min((min(number, n+1)-1)*size, n)
	return from, min(from+size, n), true
}

type domainJSON struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Enabled     bool    `json:"enabled"`
	Links       selfRef `json:"links"`
}

// listDomains answers GET /v3/auth/domains: the caller's account.
func (s *server) listDomains(c echo.Context, who caller) error {
	account := who.user.Account
	out := struct {
		Domains []domainJSON `json:"domains"`
		Links   listRef      `json:"links"`
	}{[]domainJSON{}, listAt(c)}
	if name := c.QueryParam("name"); name == "" || name == account.Name {
		out.Domains = append(out.Domains, domainJSON{
			ID: account.ID, Name: account.Name, Enabled: true, Links: selfRef{baseURL(c) + "/v3/domains/" + account.ID},
		})
	}
	return answer(c, http.StatusOK, out)
}
