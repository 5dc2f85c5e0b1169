package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

func (p *pages) showApprovals(c echo.Context) error {
	rules, err := p.Requests.ApprovalRules(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	return p.renderApprovals(c, http.StatusOK, templates.ApprovalValues(rules), false, nil)
}

// saveApprovals replaces the rules. Letting everybody in without a second person
// is asked about once more: the project's name has to be typed.
func (p *pages) saveApprovals(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	ctx, s := c.Request().Context(), p.scope(c)
	before, err := p.Requests.ApprovalRules(ctx, s)
	if err != nil {
		return err
	}
	rules := approvalRules(values)
	confirm := drops(before, rules)
	if confirm && strings.TrimSpace(values.Get(templates.ApprovalConfirm)) != project(c).Name {
		return p.renderApprovals(c, http.StatusUnprocessableEntity, values, true, []api.Problem{
			{Path: templates.ApprovalConfirm, Message: api.M("approvals.confirm_refused")},
		})
	}
	err = p.Requests.SetApprovalRules(ctx, s, rules)
	problems, err := faults(err)
	switch {
	case err != nil:
		return err
	case problems != nil:
		return p.renderApprovals(c, http.StatusUnprocessableEntity, values, confirm, problems)
	}
	p.flash(c, api.M("approvals.saved"))
	return redirect(c, approvalsPath(c))
}

// approvalRules are the rules that are ticked.
func approvalRules(values url.Values) []api.ApprovalRule {
	rules := []api.ApprovalRule{}
	for _, can := range api.Approvable {
		if slices.Contains(values[string(can.Kind)], string(can.Action)) {
			rules = append(rules, can)
		}
	}
	return rules
}

// drops reports whether what has to be approved by default had to be, and has not
// any more.
func drops(before, after []api.ApprovalRule) bool {
	return slices.ContainsFunc(api.DefaultApproval, func(r api.ApprovalRule) bool {
		return slices.Contains(templates.ApprovalValues(before)[string(r.Kind)], string(r.Action)) && !slices.Contains(after, r)
	})
}

func (p *pages) renderApprovals(c echo.Context, status int, values url.Values, confirm bool, problems []api.Problem) error {
	f := templates.ApprovalForm(localised(c), approvalsPath(c), project(c).Name, confirm)
	f.Values, f.Problems, f.Refused = values, problems, problems != nil
	frame := p.frame(c, "approvals.title")
	frame.Path = approvalsPath(c)
	return p.render(c, status, templates.ApprovalPage(frame, templates.ApprovalView{
		Requests: requestsPath(c), Form: f, Editable: api.Allow(p.actor(c), api.RoleAdmin) == nil,
	}))
}
