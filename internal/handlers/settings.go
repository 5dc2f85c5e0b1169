package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// Installation is what administrators see of the server.
type Installation = templates.Installation

// Setting is a flag that the server was started with.
type Setting = templates.Setting

// installationRoutes are the pages about the console itself, for administrators.
func (p *pages) installationRoutes(in *echo.Group) {
	settings := in.Group("/"+templates.SectionSettings, p.administrator)
	settings.GET("", p.showInstallation)
	settings.POST("/verify", p.verifyAudit)
	settings.POST("/retention", p.saveRetention)
}

func (p *pages) showInstallation(c echo.Context) error {
	return p.renderInstallation(c, http.StatusOK, templates.InstallationView{}, nil, nil)
}

// renderInstallation shows the page; with what was typed and why that was refused, if
// somebody tried to change something.
func (p *pages) renderInstallation(c echo.Context, status int, v templates.InstallationView, typed url.Values, refusal error) error {
	scope := api.Scope{Actor: p.actor(c)}
	if p.About == nil {
		return api.Errorf(api.NotFound, "error.not_found")
	}
	var err error
	if v.Installation, err = p.About(scope.Actor); err != nil {
		return err
	}
	days, err := p.Audit.AuditRetention(c.Request().Context(), scope)
	if err != nil {
		return err
	}
	v.Form = templates.RetentionForm(localised(c), days)
	if refusal != nil {
		if err := refuse(v.Form, typed, refusal); err != nil {
			return err
		}
	}
	frame := p.frame(c, "settings.title")
	frame.Path = "/" + templates.SectionSettings
	return p.render(c, status, templates.InstallationPage(frame, v))
}

// verifyAudit proves the chain of the audit log, and shows what came of it.
func (p *pages) verifyAudit(c echo.Context) error {
	proof, err := p.Audit.VerifyAudit(c.Request().Context(), api.Scope{Actor: p.actor(c)})
	if err != nil {
		return err
	}
	return p.renderInstallation(c, http.StatusOK, templates.InstallationView{Proof: &proof}, nil, nil)
}

func (p *pages) saveRetention(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	if err := p.Audit.SetAuditRetention(c.Request().Context(), api.Scope{Actor: p.actor(c)}, retentionDays(values)); err != nil {
		return p.renderInstallation(c, http.StatusUnprocessableEntity, templates.InstallationView{}, values, err)
	}
	p.flash(c, api.M("settings.retention_saved"))
	return redirect(c, "/"+templates.SectionSettings)
}

// retentionDays reads the form: an empty field is for ever, and what is no number is
// one that is refused.
func retentionDays(values url.Values) int {
	text := strings.TrimSpace(values.Get("days"))
	if text == "" {
		return 0
	}
	days, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return days
}
