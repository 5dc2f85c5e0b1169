package oidc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	oidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// claims are what the provider says of somebody.
type claims map[string]any

// describe reads who somebody is: from the id token, and from the userinfo endpoint
// what that leaves out. Forbidden if the provider gives no name.
func (p *Provider) describe(ctx context.Context, m *metadata, id *oidc.IDToken, token *oauth2.Token) (identity.External, error) {
	said := claims{}
	if err := id.Claims((*map[string]any)(&said)); err != nil {
		return identity.External{}, refused(api.Unauthorised, "oidc.not_believed", err, "provider", p.Label)
	}
	if !p.complete(said) && m.UserInfoEndpoint() != "" {
		if err := p.ask(ctx, m, id, token, said); err != nil {
			return identity.External{}, err
		}
	}
	if p.GroupsClaim != "" && said.elsewhere(p.GroupsClaim) {
		return identity.External{}, refused(api.Forbidden, "oidc.groups_elsewhere", nil, "provider", p.Label, "claim", p.GroupsClaim)
	}
	who := identity.External{Issuer: id.Issuer, Subject: id.Subject, Email: said.email(), Groups: []string{}}
	if p.GroupsClaim != "" {
		who.Groups = said.list(p.GroupsClaim)
	}
	if who.Name = cmp.Or(said.text(p.NameClaim), who.Email); who.Name == "" {
		return identity.External{}, refused(api.Forbidden, "oidc.no_name", nil, "provider", p.Label, "claim", p.NameClaim)
	}
	who.FullName = cmp.Or(said.text("name"), strings.TrimSpace(said.text("given_name")+" "+said.text("family_name")))
	return who, nil
}

// complete reports whether nothing that is looked for is missing.
func (p *Provider) complete(c claims) bool {
	wanted := slices.DeleteFunc([]string{p.NameClaim, p.GroupsClaim, "email", "name"}, func(s string) bool { return s == "" })
	return !slices.ContainsFunc(wanted, func(name string) bool { return c.at(name) == nil })
}

// ask adds what the userinfo endpoint says and the id token does not. It must be of
// the same person (OpenID Connect Core 1.0 §5.3.2).
func (p *Provider) ask(ctx context.Context, m *metadata, id *oidc.IDToken, token *oauth2.Token, said claims) error {
	if !trusted(withoutQuery(m.UserInfoEndpoint())) {
		return nil
	}
	info, err := m.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return refused(api.Unavailable, "oidc.down", fmt.Errorf("userinfo: %w", err), "provider", p.Label)
	}
	more := claims{}
	if err := info.Claims((*map[string]any)(&more)); err != nil || info.Subject != id.Subject {
		err = cmp.Or(err, errors.New("userinfo: of somebody else"))
		return refused(api.Unauthorised, "oidc.not_believed", err, "provider", p.Label)
	}
	maps.DeleteFunc(more, func(name string, _ any) bool { return said[name] != nil })
	maps.Copy(said, more)
	return nil
}

// at returns the claim of a name, or what stands inside of others at a path with
// dots. Names have dots, too: https://example.com/groups.
func (c claims) at(path string) any {
	if value, found := c[path]; found {
		return value
	}
	for i, letter := range path {
		if letter != '.' {
			continue
		}
		inner, _ := c[path[:i]].(map[string]any)
		if value := claims(inner).at(path[i+1:]); value != nil {
			return value
		}
	}
	return nil
}

func (c claims) text(path string) string {
	text, _ := c.at(path).(string)
	return strings.TrimSpace(text)
}

// list returns the texts of a claim that is a list of them, or one; nil if there is no
// such claim, or it is neither.
func (c claims) list(path string) []string {
	all := []string{}
	switch said := c.at(path).(type) {
	case string:
		return slices.DeleteFunc(append(all, strings.TrimSpace(said)), func(s string) bool { return s == "" })
	case []any:
		for _, value := range said {
			if text, ok := value.(string); ok && text != "" {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// email is the address, if the provider made sure that it is the person's. Some say
// so by a text.
func (c claims) email() string {
	if verified := c["email_verified"]; verified != true && verified != "true" {
		return ""
	}
	return c.text("email")
}

// elsewhere reports whether a claim was too long for the token and stands at another
// address (OpenID Connect Core 1.0 §5.6.2). To take that for no groups would take
// people's roles away.
func (c claims) elsewhere(path string) bool {
	names, _ := c["_claim_names"].(map[string]any)
	first, _, _ := strings.Cut(path, ".")
	return c.at(path) == nil && (names[path] != nil || names[first] != nil)
}

// withoutQuery is an endpoint's address as far as it says where it is; the query is
// the provider's own business.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.RawQuery = ""
	return u.String()
}
