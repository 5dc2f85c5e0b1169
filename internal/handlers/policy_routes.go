package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// policyRoutes are the pages of policies.
func (p *pages) policyRoutes(policies *echo.Group) {
	policies.GET("", p.listPolicies)
	policies.GET("/new", p.newPolicy, p.editor)
	policies.POST("", p.savePolicy, p.editor)
	policies.POST("/validate", p.validatePolicy, p.editor)
	policies.POST("/edit", p.redrawPolicy, p.editor)
	policies.POST("/backup", p.backUpPolicies, p.editor)
	policies.POST("/enable", p.enablePolicies, p.editor)
	policies.POST("/disable", p.disablePolicies, p.editor)
	policies.POST("/code", p.codeOfPolicies, p.editor)
	policies.POST("/delete", p.confirmDeletePolicies, p.editor)
	policies.POST("/delete/confirmed", p.deletePolicies, p.editor)

	policy := policies.Group("/:id")
	policy.GET("", p.showPolicy)
	policy.GET("/history", p.showPolicyHistory)
	policy.GET("/edit", p.editPolicy, p.editor)
	policy.POST("", p.savePolicy, p.editor)
	policy.POST("/validate", p.validatePolicy, p.editor)
	policy.POST("/edit", p.redrawPolicy, p.editor)
	policy.POST("/backup", p.backUpPolicy, p.editor)
	policy.GET("/delete", p.confirmDeletePolicy, p.editor)
	policy.POST("/delete", p.deletePolicy, p.editor)
}

// policyView finds the policy of the path.
func (p *pages) policyView(c echo.Context) (templates.PolicyView, error) {
	policy, err := p.Service.Policy(c.Request().Context(), p.scope(c), c.Param("id"))
	return templates.PolicyView{Base: replicationPath(c), Policy: policy}, err
}

// policyShelf is what policies have in common with other kinds.
func (p *pages) policyShelf() *shelf[api.Policy, api.PolicyQuery] {
	return &shelf[api.Policy, api.PolicyQuery]{
		pages: p, kind: api.KindPolicy, query: policyQuery,
		where: func(c echo.Context) templates.Collection { return templates.PolicyCollection(replicationPath(c)) },
		find:  func(echo.Context) api.Shelf[api.Policy, api.PolicyQuery] { return api.PolicyShelf(p.Service) },
	}
}
