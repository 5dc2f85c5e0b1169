package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// hookSecret is the path of the signing secret.
const hookSecret = "secret"

func (p *pages) showHook(c echo.Context) error {
	hook, err := p.Service.Hook(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	return p.renderHook(c, http.StatusOK, p.hookForm(c, hook, hookValues(hook)), templates.HookView{Hook: hook})
}

// hookValues fills the form from the stored hook; a new one is enabled.
func hookValues(h api.Hook) url.Values {
	v := url.Values{"url": {h.URL}}
	if h.Enabled || h.URL == "" {
		v.Set("enabled", "true")
	}
	return v
}

func (p *pages) hookForm(c echo.Context, h api.Hook, v url.Values) *form.Form {
	f := templates.HookForm(localised(c), linksPath(c), h)
	f.Values = v
	return f
}

func (p *pages) renderHook(c echo.Context, status int, f *form.Form, view templates.HookView) error {
	view.Base, view.Form = linksPath(c), f
	if err := p.sample(c, f, api.SetHook{Draft: p.hookDraft(c, view.Hook, f.Values)}); err != nil {
		return err
	}
	frame := p.frame(c, "watch.alerts")
	frame.Path = linksPath(c) + "/alerts"
	return p.render(c, status, templates.HookPage(frame, view))
}

// readHook reads the posted form. A typed secret comes back sealed.
func (p *pages) readHook(c echo.Context, stored api.Hook) (api.HookDraft, *form.Form, error) {
	values, err := formValues(c)
	if err != nil {
		return api.HookDraft{}, nil, err
	}
	d, f := p.hookDraft(c, stored, values), p.hookForm(c, stored, values)
	if !d.Secret.IsZero() {
		f.Sections[0].Fields[1].Held = p.hold(c, hookSecret, d.Secret.Reveal())
	}
	return d, f, nil
}

// hookDraft is what the form describes.
func (p *pages) hookDraft(c echo.Context, stored api.Hook, values url.Values) api.HookDraft {
	return api.HookDraft{
		URL: strings.TrimSpace(values.Get("url")), Enabled: values.Get("enabled") == "true",
		Secret: api.NewSecret(p.typedSecret(c, values, hookSecret, stored.Secret)), Version: readVersion(values.Get("version")),
	}
}

func (p *pages) saveHook(c echo.Context) error {
	hook, err := p.Service.Hook(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	d, f, err := p.readHook(c, hook)
	if err != nil {
		return err
	}
	if d.URL != "" && hook.Secret && d.Secret.IsZero() && c.FormValue(hookSecret+".mode") == form.Replace {
		err = api.Refuse([]api.Problem{{Path: hookSecret, Message: api.M("alerts.secret_empty")}})
	} else {
		err = p.Service.SetHook(c.Request().Context(), p.scope(c), d)
	}
	if err == nil {
		done := "alerts.saved"
		if d.URL == "" {
			done = "alerts.removed"
		}
		p.flashUndo(c, api.M(done))
		return redirect(c, linksPath(c)+"/alerts")
	}
	e := domainError(err)
	switch {
	case len(e.Problems) > 0:
		f.Problems = e.Problems
	case e.Code == api.Conflict:
		// Saving again replaces it: the form carries the version that is seen now.
		f.Problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	f.Refused = true
	return p.renderHook(c, http.StatusUnprocessableEntity, f, templates.HookView{Hook: hook})
}

// redrawHook shows the form again as it was typed, in another language or theme.
func (p *pages) redrawHook(c echo.Context) error {
	hook, err := p.Service.Hook(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	if choosesPreferences(c) {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	_, f, err := p.readHook(c, hook)
	if err != nil {
		return err
	}
	f.Unsaved = true
	return p.renderHook(c, http.StatusOK, f, templates.HookView{Hook: hook})
}

// testHook sends a test event to the stored hook and tells how it went.
func (p *pages) testHook(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	err := p.Service.TestHook(ctx, s)
	refused := api.CodeOf(err) == api.Invalid // told by the hook itself
	if err != nil && !refused {
		return err
	}
	hook, err := p.Service.Hook(ctx, s)
	if err != nil {
		return err
	}
	if isHTMX(c.Request()) {
		return p.renderHook(c, http.StatusOK, p.hookForm(c, hook, hookValues(hook)), templates.HookView{Hook: hook, Tested: true})
	}
	if refused {
		p.flashKind(c, templates.Failure, api.M("alerts.flash_refused", "why", hook.LastError))
	} else {
		p.flash(c, api.M("alerts.flash_taken"))
	}
	return redirect(c, linksPath(c)+"/alerts")
}
