package templates

import (
	"context"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ReplicationRunsView is a page of a project's replications.
type ReplicationRunsView struct {
	Base     string // of the section
	Query    api.RunQuery
	Page     api.Page[api.ReplicationRun]
	Policies []api.Policy // to choose from
	At       time.Time
}

// known reports whether the policy that is asked for can be chosen; it may be
// gone, and its runs are not.
func (v *ReplicationRunsView) known() bool {
	for i := range v.Policies {
		if v.Policies[i].ID == v.Query.Policy {
			return true
		}
	}
	return v.Query.Policy == ""
}

// gone is the name of a policy that is not there any more.
func (v *ReplicationRunsView) gone() string {
	if len(v.Page.Items) > 0 {
		return v.Page.Items[0].PolicyName
	}
	return v.Query.Policy
}

func (v *ReplicationRunsView) list(ctx context.Context) List {
	l := List{
		Collection: Collection{
			Base: v.Base + "/" + RunsTab, ID: "runs",
			Words: Words{List: "replications.runs", Name: "replications.what"},
		},
		Filters: []form.Hidden{{Name: "policy", Value: v.Query.Policy}},
		Cursor:  v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Blank: noRuns(v.Base),
	}
	if v.Query.Open {
		l.Filters = append(l.Filters, form.Hidden{Name: "open", Value: "true"})
	}
	for _, key := range runColumns {
		l.Columns = append(l.Columns, ListColumn{Label: locale.T(ctx, key)})
	}
	return l
}

// runColumns are the heads of a list of runs.
var runColumns = []string{"replications.what", "replications.destination", "replications.copied", "replications.outcome", "replications.took"}
