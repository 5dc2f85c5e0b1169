package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// renewPermissions sets anew when the selected entries end.
func (p *pages) renewPermissions(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	text := c.FormValue("expires")
	if text == "until" {
		text = c.FormValue("until")
	}
	now := time.Now()
	if _, ok := api.ReadRenewal(text, time.Time{}, now); !ok || text == "" {
		p.flashKind(c, templates.Warning, api.M("whitelist.choose_date"))
		return redirect(c, backTo(c, view.Path()))
	}
	d := deed{title: "whitelist.renew_title", done: "whitelist.renewed_badge", one: "whitelist.renewed_one"}
	return p.permissionShelf(view).toMany(c, d, func(ctx context.Context, s api.Scope, entry *api.Permission) error {
		until, _ := api.ReadRenewal(text, entry.Expires, now)
		_, err := p.Service.ChangePermission(ctx, s, view.Service.ID, entry.ID, api.PermissionChange{Expires: &until})
		return err
	})
}

// codeOfPermissions shows as code what the renewals are, as they stand in the menu.
func (p *pages) codeOfPermissions(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	var labels []string
	for _, r := range templates.Renewals {
		labels = append(labels, r.Key)
	}
	now := time.Now()
	return p.permissionShelf(view).showCode(c, labels, func(entry *api.Permission) (deeds []api.Deed) {
		for _, r := range templates.Renewals {
			until, _ := api.ReadRenewal(r.Value, entry.Expires, now)
			deeds = append(deeds, api.ChangePermission{Service: view.Service.ID, ID: entry.ID, Change: api.PermissionChange{Expires: &until}})
		}
		return deeds
	})
}
