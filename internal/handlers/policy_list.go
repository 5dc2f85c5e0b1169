package handlers

import (
	"context"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func (p *pages) listPolicies(c echo.Context) error {
	view := templates.PolicyListView{
		Base: replicationPath(c), Query: policyQuery(c.QueryParams()), Ticked: c.QueryParam("tick") == "page",
	}
	page, err := p.Service.ListPolicies(c.Request().Context(), p.scope(c), view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	return p.renderList(c, "policies", templates.PolicyList(p.frame(c, "policies.title"), view))
}

// policyQuery reads a list's state from the URL; what makes no sense there is
// left out.
func policyQuery(v url.Values) api.PolicyQuery {
	q := api.PolicyQuery{Search: v.Get("q"), Cursor: v.Get("cursor")}
	q.Sort, q.Desc = sorting(v, api.PolicySorts)
	return q
}

// backUpPolicies begins to back up what the selected policies protect.
func (p *pages) backUpPolicies(c echo.Context) error {
	d := deed{title: "policies.back_up_many_title", done: "policies.backup_begun", one: "policies.backing_up_flash", final: true}
	return p.policyShelf().toMany(c, d, func(ctx context.Context, s api.Scope, policy *api.Policy) error {
		_, err := p.Service.StartCheckpoint(ctx, s, api.CheckpointDraft{Policy: policy.ID})
		return err
	})
}

func (p *pages) enablePolicies(c echo.Context) error {
	d := deed{title: "policies.enable_many_title", done: "bulk.enabled", one: "policies.now_enabled"}
	return p.policyShelf().toMany(c, d, func(ctx context.Context, s api.Scope, policy *api.Policy) error {
		return p.Service.EnablePolicy(ctx, s, policy.ID, true)
	})
}

func (p *pages) codeOfPolicies(c echo.Context) error {
	labels := []string{"policies.back_up", "bulk.enable", "bulk.disable", "bulk.delete"}
	return p.policyShelf().showCode(c, labels, func(policy *api.Policy) []api.Deed {
		return []api.Deed{
			api.StartCheckpoint{Draft: api.CheckpointDraft{Policy: policy.ID}}, api.EnablePolicy{ID: policy.ID, Enabled: true},
			api.EnablePolicy{ID: policy.ID}, api.DeletePolicy{ID: policy.ID, Version: policy.Version},
		}
	})
}

func (p *pages) disablePolicies(c echo.Context) error {
	d := deed{title: "policies.disable_many_title", done: "bulk.disabled", one: "policies.now_disabled"}
	return p.policyShelf().toMany(c, d, func(ctx context.Context, s api.Scope, policy *api.Policy) error {
		return p.Service.EnablePolicy(ctx, s, policy.ID, false)
	})
}

// confirmDeletePolicies asks before the selected policies are removed, and says
// of each what it protects.
func (p *pages) confirmDeletePolicies(c echo.Context) error {
	ctx := localised(c)
	return p.policyShelf().confirmDelete(c, "policies.delete_many_title", func(found []api.Policy) templates.DeleteView {
		view := templates.DeleteView{
			Text:         locale.T(ctx, "policies.delete_many_text", "count", len(found)),
			Button:       locale.T(ctx, "policies.delete_many_button", "count", len(found)),
			Consequences: []string{locale.T(ctx, "policies.delete_schedules"), locale.T(ctx, "policies.delete_backups")},
		}
		for i := range found {
			policy := &found[i]
			view.Items = append(view.Items, templates.DeleteItem{
				ID: policy.ID, Name: policy.Name, Note: templates.PolicyNote(ctx, policy), Version: policy.Version,
			})
		}
		return view
	}, func(policy *api.Policy) api.Deed { return api.DeletePolicy{ID: policy.ID, Version: policy.Version} })
}

// deletePolicies removes what was named on the page before, each only if it is
// still what it was then.
func (p *pages) deletePolicies(c echo.Context) error {
	d := deed{title: "policies.delete_many_title", done: "bulk.deleted", one: "policies.deleted", gone: true}
	return p.policyShelf().toMany(c, d, func(ctx context.Context, s api.Scope, policy *api.Policy) error {
		return p.Service.DeletePolicy(ctx, s, policy.ID, readVersion(c.FormValue("version."+policy.ID)))
	})
}
