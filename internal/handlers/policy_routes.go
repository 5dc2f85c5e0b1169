package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// policyRoutes are the pages of policies.
func (p *pages) policyRoutes(policies *echo.Group) {
	policies.GET("", p.listPolicies)
	policies.GET("/new", p.newPolicy)
	policies.POST("", p.savePolicy)
	policies.POST("/validate", p.validatePolicy)
	policies.POST("/edit", p.redrawPolicy)
	policies.POST("/backup", p.backUpPolicies)
	policies.POST("/enable", p.enablePolicies)
	policies.POST("/disable", p.disablePolicies)
	policies.POST("/delete", p.confirmDeletePolicies)
	policies.POST("/delete/confirmed", p.deletePolicies)

	policy := policies.Group("/:id")
	policy.GET("", p.showPolicy)
	policy.GET("/history", p.showPolicyHistory)
	policy.GET("/edit", p.editPolicy)
	policy.POST("", p.savePolicy)
	policy.POST("/validate", p.validatePolicy)
	policy.POST("/edit", p.redrawPolicy)
	policy.POST("/backup", p.backUpPolicy)
	policy.GET("/delete", p.confirmDeletePolicy)
	policy.POST("/delete", p.deletePolicy)
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
