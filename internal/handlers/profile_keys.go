package handlers

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// credentialRoutes are what people give to programs: access keys and API tokens.
func (p *pages) credentialRoutes(profile *echo.Group) {
	keys := profile.Group(templates.ProfileKeys)
	keys.GET("", p.listKeys)
	keys.GET("/new", p.showing(p.keySheet))
	keys.POST("", p.createKey)
	keys.POST("/edit", p.redrawing(p.keySheet))
	keys.GET("/:access/delete", p.confirmDeleteKey)
	keys.POST("/:access/delete", p.deleteKey)

	tokens := profile.Group(templates.ProfileTokens)
	tokens.GET("", p.listTokens)
	tokens.GET("/new", p.showing(p.tokenSheet))
	tokens.POST("", p.createToken)
	tokens.POST("/edit", p.redrawing(p.tokenSheet))
	tokens.GET("/:id/delete", p.confirmRevokeToken)
	tokens.POST("/:id/delete", p.revokeToken)
}

func keysPath() string   { return templates.ProfilePath + templates.ProfileKeys }
func tokensPath() string { return templates.ProfilePath + templates.ProfileTokens }

func (p *pages) listKeys(c echo.Context) error {
	profile, err := p.profile(c)
	if err != nil {
		return err
	}
	keys, err := p.Identity.Keys(c.Request().Context(), p.actor(c))
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.ProfileKeysPage(p.frame(c, "profile.title"), templates.KeysView{ProfileView: profile, Keys: keys}))
}

// credentialSheet is the form of a new credential, which can be for one of the
// reader's projects only.
func (p *pages) credentialSheet(c echo.Context, title, create, path string, draw func([]identity.Project) form.Form) (*sheet, error) {
	projects, err := p.Identity.Projects(c.Request().Context(), currentSession(c).User)
	ctx := localised(c)
	sh := &sheet{title: title, page: path + "/new", SheetView: templates.SheetView{
		Crumbs: []templates.Crumb{{Label: locale.T(ctx, "profile.title"), Href: path}}, Form: draw(projects),
		Save: locale.T(ctx, create), Busy: locale.T(ctx, "people.saving"), Back: path,
	}}
	onceOnly(&sh.Form)
	return sh, err
}

func (p *pages) keySheet(c echo.Context) (*sheet, error) {
	return p.credentialSheet(c, "profile.new_key", "profile.create_key", keysPath(), func(projects []identity.Project) form.Form {
		return templates.KeyForm(localised(c), projects)
	})
}

// createKey makes an access key and shows its secret, once.
func (p *pages) createKey(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	if p.sentAgain(c) {
		return p.shownAlready(c, keysPath())
	}
	only, err := p.chosenProject(c, values.Get("project"))
	var key identity.AccessKey
	if err == nil {
		key, err = p.Identity.CreateKey(c.Request().Context(), p.actor(c), currentSession(c).User, only, strings.TrimSpace(values.Get("name")))
	}
	if err != nil {
		return p.refuseSheet(c, p.keySheet, values, err)
	}
	ctx := localised(c)
	return p.showOnce(c, "profile.key_made", templates.OnceView{
		Lead: locale.T(ctx, "profile.key_made_lead"), Button: locale.T(ctx, "profile.to_profile"), Back: keysPath(),
		Items: []templates.OnceItem{
			{ID: "access", Label: locale.T(ctx, "profile.access"), Text: key.Access},
			{ID: "secret", Label: locale.T(ctx, "profile.secret"), Text: key.Secret.Reveal()},
		},
	})
}

// shownAlready leads to the credentials, where the one that was made stands.
func (p *pages) shownAlready(c echo.Context, path string) error {
	p.flashKind(c, templates.Warning, api.M("profile.shown_already"))
	return redirect(c, path)
}

// chosenProject is the only one that a key is for, nil for all of the reader's.
func (p *pages) chosenProject(c echo.Context, id string) (*identity.Project, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // no project is a choice
	}
	found, err := p.Identity.Project(c.Request().Context(), currentSession(c).User, id)
	if e := domainError(err); err != nil && e.Code == api.NotFound {
		return nil, api.Refuse([]api.Problem{{Path: "project", Message: e.Message}})
	}
	return &found, err
}

func (p *pages) confirmDeleteKey(c echo.Context) error {
	ctx, access := localised(c), c.Param("access")
	return p.askFirst(c, "profile.delete_key_title", templates.Confirm{
		Text: locale.T(ctx, "profile.delete_key_text", "access", access), Button: locale.T(ctx, "profile.delete_key"),
		Consequences: []string{locale.T(ctx, "profile.delete_key_programs"), locale.T(ctx, "profile.delete_for_ever")},
		Action:       keysPath() + "/" + access + "/delete", Cancel: keysPath(),
	}, nil)
}

func (p *pages) deleteKey(c echo.Context) error {
	if err := p.Identity.DeleteKey(c.Request().Context(), p.actor(c), c.Param("access")); err != nil {
		return err
	}
	p.flash(c, api.M("profile.key_deleted"))
	return redirect(c, keysPath())
}

func (p *pages) listTokens(c echo.Context) error {
	profile, err := p.profile(c)
	if err != nil {
		return err
	}
	tokens, err := p.Identity.APITokens(c.Request().Context(), p.actor(c))
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.ProfileTokensPage(p.frame(c, "profile.title"), templates.TokensView{ProfileView: profile, Tokens: tokens}))
}

func (p *pages) tokenSheet(c echo.Context) (*sheet, error) {
	return p.credentialSheet(c, "profile.new_token", "profile.create_token", tokensPath(), func(projects []identity.Project) form.Form {
		return templates.TokenForm(localised(c), projects)
	})
}

// createToken makes an API token and shows it, once.
func (p *pages) createToken(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	if p.sentAgain(c) {
		return p.shownAlready(c, tokensPath())
	}
	days, err := strconv.Atoi(values.Get("life"))
	if err != nil || days < 0 || days > int(identity.MaxTokenLife.Hours()) {
		days = 0 // which is refused
	}
	life := time.Duration(days) * 24 * time.Hour
	text, made, err := p.Identity.CreateAPIToken(c.Request().Context(), p.actor(c), strings.TrimSpace(values.Get("name")), values.Get("project"), life)
	if err != nil {
		return p.refuseSheet(c, p.tokenSheet, values, err)
	}
	ctx := localised(c)
	return p.showOnce(c, "profile.token_made", templates.OnceView{
		Lead:   locale.T(ctx, "profile.token_made_lead", "until", locale.Time(made.Expires)),
		Button: locale.T(ctx, "profile.to_profile"), Back: tokensPath(),
		Items: []templates.OnceItem{{ID: "token", Label: locale.T(ctx, "profile.token"), Text: text}},
		Notes: []string{locale.T(ctx, "profile.token_use")},
	})
}

func (p *pages) confirmRevokeToken(c echo.Context) error {
	ctx := localised(c)
	tokens, err := p.Identity.APITokens(c.Request().Context(), p.actor(c))
	if err != nil {
		return err
	}
	for i := range tokens {
		if tokens[i].ID == c.Param("id") {
			return p.askFirst(c, "profile.revoke_title", templates.Confirm{
				Text: locale.T(ctx, "profile.revoke_text", "name", tokens[i].Name), Button: locale.T(ctx, "profile.revoke"),
				Consequences: []string{locale.T(ctx, "profile.revoke_programs"), locale.T(ctx, "profile.delete_for_ever")},
				Action:       tokensPath() + "/" + tokens[i].ID + "/delete", Cancel: tokensPath(),
			}, nil)
		}
	}
	return api.Errorf(api.NotFound, "identity.api_token_not_found")
}

func (p *pages) revokeToken(c echo.Context) error {
	if err := p.Identity.RevokeAPIToken(c.Request().Context(), p.actor(c), c.Param("id")); err != nil {
		return err
	}
	p.flash(c, api.M("profile.token_revoked"))
	return redirect(c, tokensPath())
}
