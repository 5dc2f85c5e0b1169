package wire

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api/identity"
)

// tokenJSON is a token as IAM describes it.
type tokenJSON struct {
	Token struct {
		Methods   []string     `json:"methods"`
		IssuedAt  string       `json:"issued_at"`
		ExpiresAt string       `json:"expires_at"`
		User      tokenUser    `json:"user"`
		Project   *projectRef  `json:"project,omitempty"`
		Domain    *ref         `json:"domain,omitempty"`
		Roles     []ref        `json:"roles"`
		Catalog   []serviceRef `json:"catalog"`
	} `json:"token"`
}

type ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type tokenUser struct {
	ref
	PasswordExpiresAt string `json:"password_expires_at"` // empty: never
	Domain            ref    `json:"domain"`
}

type projectRef struct {
	ref
	Domain ref `json:"domain"`
}

// serviceRef is a line of the catalogue of services. Some clients find their
// endpoints here.
type serviceRef struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Type      string        `json:"type"`
	Endpoints []endpointRef `json:"endpoints"`
}

type endpointRef struct {
	ID        string `json:"id"`
	Interface string `json:"interface"`
	Region    string `json:"region"`
	RegionID  string `json:"region_id"`
	URL       string `json:"url"`
}

func (s *server) encodeToken(c echo.Context, t identity.Token) *tokenJSON {
	account := ref(t.User.Account)
	var out tokenJSON
	token := &out.Token
	token.Methods = []string{"password"}
	token.IssuedAt = t.Issued.UTC().Format(timeForm)
	token.ExpiresAt = t.Expires.UTC().Format(timeForm)
	token.User = tokenUser{ref: ref{t.User.ID, t.User.Name}, Domain: account}
	token.Roles = []ref{{"0", "te_admin"}}
	token.Catalog = []serviceRef{}
	if t.Project != nil {
		token.Project = &projectRef{ref{t.Project.ID, t.Project.Name}, account}
	} else {
		token.Domain = &account
	}
	if c.QueryParam("nocatalog") == "" {
		token.Catalog = s.catalog(c, t.Project)
	}
	return &out
}
