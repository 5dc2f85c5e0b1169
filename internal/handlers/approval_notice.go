package handlers

import (
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// forms are the pages that end in a change that may have to be approved, by method
// and route below the project: forms, questions, and what a refused one is posted to.
var forms = map[string]api.ApprovalRule{
	"GET /links/new":                     {Kind: api.KindLink, Action: api.ActionCreate},
	"POST /links":                        {Kind: api.KindLink, Action: api.ActionCreate},
	"GET /links/import":                  {Kind: api.KindLink, Action: api.ActionCreate},
	"GET /links/:id/edit":                {Kind: api.KindLink, Action: api.ActionUpdate},
	"POST /links/:id":                    {Kind: api.KindLink, Action: api.ActionUpdate},
	"GET /links/:id/delete":              {Kind: api.KindLink, Action: api.ActionDelete},
	"POST /links/delete":                 {Kind: api.KindLink, Action: api.ActionDelete},
	"GET /connections/new":               {Kind: api.KindConnection, Action: api.ActionCreate},
	"POST /connections":                  {Kind: api.KindConnection, Action: api.ActionCreate},
	"GET /connections/:id/tags":          {Kind: api.KindConnection, Action: api.ActionUpdate},
	"GET /connections/:id/delete":        {Kind: api.KindConnection, Action: api.ActionDelete},
	"POST /connections/delete":           {Kind: api.KindConnection, Action: api.ActionDelete},
	"GET /aliases/new":                   {Kind: api.KindAlias, Action: api.ActionCreate},
	"POST /aliases":                      {Kind: api.KindAlias, Action: api.ActionCreate},
	"POST /aliases/:id":                  {Kind: api.KindAlias, Action: api.ActionUpdate},
	"GET /aliases/:id/edit":              {Kind: api.KindAlias, Action: api.ActionUpdate},
	"GET /aliases/:id/history/:change":   {Kind: api.KindAlias, Action: api.ActionUpdate},
	"POST /aliases/review":               {Kind: api.KindAlias, Action: api.ActionUpdate},
	"GET /aliases/:id/ramp/new":          {Kind: api.KindAlias, Action: api.ActionUpdate},
	"GET /aliases/:id/delete":            {Kind: api.KindAlias, Action: api.ActionDelete},
	"POST /aliases/delete":               {Kind: api.KindAlias, Action: api.ActionDelete},
	"GET /whitelist/:id/add":             {Kind: api.KindPermission, Action: api.ActionCreate},
	"POST /whitelist/:id/add":            {Kind: api.KindPermission, Action: api.ActionCreate},
	"GET /whitelist/:id/everyone":        {Kind: api.KindPermission, Action: api.ActionEveryone},
	"POST /whitelist/:id/everyone":       {Kind: api.KindPermission, Action: api.ActionEveryone},
	"POST /whitelist/:id/entries/delete": {Kind: api.KindPermission, Action: api.ActionDelete},
	"GET /replication/new":               {Kind: api.KindPolicy, Action: api.ActionCreate},
	"POST /replication":                  {Kind: api.KindPolicy, Action: api.ActionCreate},
	"POST /replication/:id":              {Kind: api.KindPolicy, Action: api.ActionUpdate},
	"GET /replication/:id/edit":          {Kind: api.KindPolicy, Action: api.ActionUpdate},
	"GET /replication/:id/replicate":     {Kind: api.KindPolicy, Action: api.ActionRun},
	"GET /replication/:id/delete":        {Kind: api.KindPolicy, Action: api.ActionDelete},
	"POST /replication/delete":           {Kind: api.KindPolicy, Action: api.ActionDelete},
}

// tellRequests says in the menu how many requests wait for the reader, and above a
// form that saving it asks for approval. A page is shown without that if it is not
// known.
func (p *pages) tellRequests(c echo.Context, f *templates.Frame) {
	ctx, s := c.Request().Context(), p.scope(c)
	var counts api.RequestCounts
	var err error
	if role(c) >= api.RoleApprover { // nothing waits for others
		counts, err = p.Requests.CountRequests(ctx, s)
	}
	for i := range f.Nav {
		if f.Nav[i].Section == templates.SectionRequests {
			f.Nav[i].Count = counts.ForMe
		}
	}
	route, _ := strings.CutPrefix(c.Path(), "/p/:project")
	if rule, ok := forms[c.Request().Method+" "+route]; ok && err == nil && templates.Offered(localised(c), api.RoleEditor) {
		f.Approval, err = p.Requests.NeedsApproval(ctx, s, rule.Kind, rule.Action)
	}
	if err != nil {
		p.Log.Error("requests in the menu", "error", err, "request_id", requestID(c))
	}
}
