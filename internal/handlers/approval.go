package handlers

import (
	"net/http"
	"net/url"
	"slices"

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

// saveApprovals replaces the rules. The service may want the project's name typed,
// and then the form asks for it.
func (p *pages) saveApprovals(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	err = p.Requests.SetApprovalRules(c.Request().Context(), p.scope(c), approvalRules(values), api.Confirm(values.Get(templates.ApprovalConfirm)))
	problems, err := faults(err)
	switch {
	case err != nil:
		return err
	case problems != nil:
		confirm := slices.ContainsFunc(problems, func(p api.Problem) bool { return p.Path == templates.ApprovalConfirm })
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

func (p *pages) renderApprovals(c echo.Context, status int, values url.Values, confirm bool, problems []api.Problem) error {
	f := templates.ApprovalForm(localised(c), approvalsPath(c), project(c).Name, confirm)
	f.Values, f.Problems, f.Refused = values, problems, problems != nil
	frame := p.frame(c, "approvals.title")
	frame.Path = approvalsPath(c)
	return p.render(c, status, templates.ApprovalPage(frame, templates.ApprovalView{Requests: requestsPath(c), Form: f}))
}
