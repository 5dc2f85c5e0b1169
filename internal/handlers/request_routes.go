package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/web/templates"
)

// requestRoutes are the pages of changes that have to be approved, and of what has
// to be.
func (p *pages) requestRoutes(project *echo.Group) {
	requests := project.Group("/" + templates.SectionRequests)
	requests.GET("", p.listRequests)
	requests.GET("/"+templates.RequestsMine, p.listRequests)
	requests.GET("/"+templates.RequestsAll, p.listRequests)
	requests.GET("/:id", p.showRequest)
	requests.POST("/:id/reason", p.explainRequest, p.editor)
	requests.POST("/:id/comment", p.commentRequest, p.editor)
	requests.POST("/:id/approve", p.approveRequest, p.approver)
	requests.POST("/:id/refuse", p.refuseRequest, p.approver)
	requests.POST("/:id/withdraw", p.withdrawRequest)

	project.GET("/settings/approvals", p.showApprovals)
	project.POST("/settings/approvals", p.saveApprovals, p.admin)
}

// requestsPath is the path of the project's requests.
func requestsPath(c echo.Context) string { return sectionPath(c, templates.SectionRequests) }

func approvalsPath(c echo.Context) string { return "/p/" + project(c).ID + "/settings/approvals" }
