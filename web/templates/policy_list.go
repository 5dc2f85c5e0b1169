package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// PolicyCollection is the policies of the project whose section is at base.
func PolicyCollection(base string) Collection {
	return Collection{
		Base: base, ID: "policies", Actions: policyBulk(base), Enter: base + "/delete", Fields: "/edit",
		Words: Words{List: "policies.title", Name: "policies.name", Search: "policies.search", All: "policies.all"},
	}
}

// PolicyListView is a page of policies and the question it answers. Base is the
// path of the project's policies.
type PolicyListView struct {
	Base   string
	Query  api.PolicyQuery
	Page   api.Page[api.Policy]
	Ticked bool // all on the page: the way to tick them without JavaScript
}

func (v *PolicyListView) list(ctx context.Context) List {
	return List{
		Collection: PolicyCollection(v.Base),
		Search:     v.Query.Search, Sort: v.Query.Sort, First: api.PolicySorts[0], Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items), Ticked: v.Ticked,
		Columns: []ListColumn{
			{Label: locale.T(ctx, "policies.name"), Sort: "name"},
			{Label: locale.T(ctx, "policies.schedule")},
			{Label: locale.T(ctx, "policies.last")},
			{Label: locale.T(ctx, "policies.destination")},
			{Label: locale.T(ctx, "policies.updated"), Sort: "updated"},
			{Label: locale.T(ctx, "policies.actions"), Silent: true},
		},
		Blank: noPolicies(v.Base),
	}
}

// PolicyNote says of a policy in one line what it protects.
func PolicyNote(ctx context.Context, p *api.Policy) string {
	if len(p.Resources) == 0 {
		return locale.T(ctx, "policies.no_resources")
	}
	return resourceNames(ctx, p.Resources)
}

// checkpointTone is how good or bad a checkpoint is, in the colours of checks; ""
// while it goes on.
func checkpointTone(c *api.Checkpoint) api.Status {
	switch c.Status() {
	case api.BackupAvailable:
		return api.Passed
	case api.BackupError:
		return api.Failed
	}
	return ""
}

// checkpointState is how a checkpoint goes, as the key of a message.
func checkpointState(c *api.Checkpoint) string {
	switch {
	case c.Ended.IsZero():
		return "policies.checkpoint_running"
	case c.Status() == api.BackupAvailable:
		return "policies.checkpoint_done"
	case c.Available > 0:
		return "policies.checkpoint_partly"
	}
	return "policies.checkpoint_failed"
}

// checkpointFigures says how many backups a checkpoint has, and how big they are.
func checkpointFigures(ctx context.Context, c *api.Checkpoint) string {
	text := locale.T(ctx, "policies.backups_of", "available", api.Grouped(c.Available), "all", api.Grouped(c.Backups))
	if c.Bytes > 0 {
		text += " · " + sizeText(ctx, c.Bytes)
	}
	return text
}
