package templates_test

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// searchPages are the search, what is saved of a list, and the overview with
// everything that it can tell of.
func searchPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	at, here := time.Unix(0, 0), f
	here.Section = templates.SectionSearch
	groups := []templates.FoundGroup{
		{Title: "Link", Items: []templates.FoundItem{{Name: markup, Detail: markup, Href: "/p/1/links/2", Section: templates.SectionLinks}}},
		{Title: "Queue"},
	}
	step := &api.Step{Name: api.StepConnect, Status: api.Failed, Message: api.M("check.timeout")}
	request := api.Request{
		ID: "3", About: api.About{Kind: api.KindLink, Action: api.ActionUpdate, Name: markup}, Reason: markup,
		Requester: api.Actor{User: markup}, Expires: at,
	}
	return map[string]templ.Component{
		"search":        templates.Search(here, templates.SearchView{Base: "/p/1/search", Text: markup, Groups: groups}),
		"nothing found": templates.Search(here, templates.SearchView{Base: "/p/1/search"}),
		"the overview of much": templates.Overview(f, templates.OverviewView{
			Base: "/p/1", Place: func(_ api.Kind, id, _ string) string { return "/p/1/" + id },
			Attention: api.Attention{
				Failing:     []api.Failing{{Kind: api.KindLink, ID: "1", Name: markup, Endpoint: markup, Since: at, Step: step}, {Kind: api.KindConnection}},
				Expiring:    []api.ExpiringEntry{{Permission: api.Permission{Permission: api.Everyone, Description: markup, Expires: at}, ServiceName: markup}},
				Ramps:       []api.OpenRamp{{Ramp: api.Ramp{Steps: []api.RampStep{{Percent: 10}}, Additional: markup, Message: api.M("ramp.overtaken", "by", markup)}, AliasName: markup}},
				Runs:        []api.ReplicationRun{{ID: "1", Total: 3, Succeeded: 1, Failed: 1, Started: api.Stamp{At: at}}},
				Checkpoints: []api.Checkpoint{{Policy: "1", PolicyName: markup, Name: markup, Backups: 3}},
			},
			ForMe: []api.Request{request}, Mine: make([]api.Request, templates.ShownConcerns+1),
		}),
		"a list with views": withViews(templates.LinkList(f, templates.LinkListView{Base: "/p/1/links", Query: api.LinkQuery{Search: "x", Sort: "name"}})),
	}
}

// withViews renders a list of links with two views, of which it shows one.
func withViews(page templ.Component) templ.Component {
	saved := templates.SavedViews{List: "links", Path: "/p/1/views", Views: []api.View{{ID: "1", Name: markup, Query: "q=x"}, {ID: "2", Name: "b", Query: "q=y"}}}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return page.Render(templates.WithViews(ctx, saved), w)
	})
}
