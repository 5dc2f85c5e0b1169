package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/identity/oidc"
	"switchboard/internal/handlers"
)

// envOpenIDSecret is the secret of the client at the OpenID provider. It has no flag:
// everybody on the machine can read those.
const envOpenIDSecret = envPrefix + "OIDC_SECRET"

// signingIn is what the flags say of signing in at an OpenID provider.
type signingIn struct {
	oidc.Config

	adminGroup string // the value of the group claim that makes administrators
	publicURL  string
}

func signingInFlags(flags *flag.FlagSet) *signingIn {
	o := &signingIn{Config: oidc.Config{Scopes: oidc.DefaultScopes}}
	flags.StringVar(&o.Issuer, "oidc-issuer", "", "")
	flags.StringVar(&o.ClientID, "oidc-client-id", "", "")
	flags.Func("oidc-scopes", "", func(text string) error {
		o.Scopes = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	})
	flags.StringVar(&o.GroupsClaim, "oidc-groups-claim", oidc.DefaultGroupsClaim, "")
	flags.StringVar(&o.NameClaim, "oidc-name-claim", oidc.DefaultNameClaim, "")
	flags.StringVar(&o.Label, "oidc-label", oidc.DefaultLabel, "")
	flags.StringVar(&o.adminGroup, "oidc-admin-group", "", "")
	flags.Func("public-url", "", func(text string) (err error) {
		o.publicURL, err = parsePublicURL(text)
		return err
	})
	return o
}

// parsePublicURL reads the address of the console itself, without a path.
func parsePublicURL(text string) (string, error) {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.String() != u.Scheme+"://"+u.Host {
		return "", errors.New("use an address such as https://console.example.com, without a path")
	}
	return u.String(), nil
}

// openID makes the client of the provider that the flags name, nil if they name none.
// The provider may be down: it is asked when somebody wants to sign in.
func (p *program) openID(ctx context.Context, all *parts, o *signingIn) (handlers.OpenID, error) {
	if o.Issuer == "" && o.ClientID == "" {
		return nil, nil
	}
	o.Secret = api.NewSecret(p.getenv(envOpenIDSecret))
	provider, err := oidc.New(o.Config)
	if err != nil {
		return nil, fmt.Errorf("--oidc-issuer and --oidc-client-id: %w", err)
	}
	if o.adminGroup != "" {
		if err := p.ensureAdminGroup(ctx, all.Identity, o.adminGroup); err != nil {
			return nil, fmt.Errorf("--oidc-admin-group: %w", err)
		}
	}
	return provider, nil
}

// ensureAdminGroup makes sure that there is a group of administrators which the
// provider fills. Another process may do the same at the same time.
func (p *program) ensureAdminGroup(ctx context.Context, people *identity.Service, claim string) error {
	groups, err := people.Groups(ctx, p.actor())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(groups, func(g identity.Group) bool { return g.Claim == claim })
	switch {
	case at < 0:
		_, err = people.CreateGroup(ctx, p.actor(), identity.Group{Name: claim, Claim: claim, Administrator: true})
		err = ignore(api.Conflict, err)
	case !groups[at].Administrator:
		groups[at].Administrator = true
		_, err = people.UpdateGroup(ctx, p.actor(), groups[at])
	}
	return err
}
