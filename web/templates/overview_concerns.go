package templates

import (
	"context"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// ShownConcerns is how many things each card of the overview names; of one more it
// says that there are more.
const ShownConcerns = 5

// concern is a card with things that somebody should know of. Href leads to all of
// them, if there are more.
type concern struct {
	Title string
	Items []concernItem
	More  bool
	Href  string
}

// concernItem is one of them: its name, what it is or where, why it stands there, and
// a moment with the key of what that is.
type concernItem struct {
	Section string // whose icon it has
	Name    string
	Href    string // empty if it has no page
	What    string
	Why     []string
	At      time.Time // zero if there is none
	AtKey   string
}

// concerns are what needs looking after, as cards; those with nothing in them are
// left out.
func (v *OverviewView) concerns(ctx context.Context) []concern {
	list := func(section string) string { return v.Base + "/" + section }
	all := []concern{
		cardOf(ctx, "overview.for_me", list(SectionRequests), v.ForMe, v.requestItem),
		cardOf(ctx, "overview.failing", "", v.Attention.Failing, v.failingItem),
		cardOf(ctx, "overview.ramps", list(SectionAliases)+"?gray=true", v.Attention.Ramps, v.rampItem),
		cardOf(ctx, "overview.ending", list(SectionWhitelist), v.Attention.Expiring, v.endingItem),
		cardOf(ctx, "overview.runs", list(SectionReplication)+"/"+RunsTab+"?open=true", v.Attention.Runs, v.runItem),
		cardOf(ctx, "overview.checkpoints", list(SectionReplication), v.Attention.Checkpoints, v.checkpointItem),
		cardOf(ctx, "overview.mine", list(SectionRequests), v.Mine, v.requestItem),
	}
	var some []concern
	for _, card := range all {
		if len(card.Items) > 0 {
			some = append(some, card)
		}
	}
	return some
}

func cardOf[T any](ctx context.Context, title, href string, found []T, item func(context.Context, *T) concernItem) concern {
	card := concern{Title: locale.T(ctx, title), More: len(found) > ShownConcerns, Href: href}
	for i := range found[:min(len(found), ShownConcerns)] {
		card.Items = append(card.Items, item(ctx, &found[i]))
	}
	return card
}

func (v *OverviewView) failingItem(ctx context.Context, f *api.Failing) concernItem {
	item := concernItem{
		Section: SectionOf(f.Kind), Name: f.Name, Href: v.Place(f.Kind, f.ID, ""), What: f.Endpoint, At: f.Since, AtKey: "overview.since",
	}
	if f.Step != nil {
		item.Why = []string{locale.T(ctx, "overview.why", "step", StepTitle(f.Step), "why", f.Step.Message)}
	}
	return item
}

func (v *OverviewView) rampItem(ctx context.Context, r *api.OpenRamp) concernItem {
	item := concernItem{
		Section: SectionAliases, Name: r.AliasName, Href: v.Place(api.KindAlias, r.Alias, ""), What: r.FunctionName,
		Why: []string{locale.T(ctx, "overview.ramp_step", "percent", r.Steps[r.At].Percent, "version", r.Additional)}, At: r.Next, AtKey: "overview.next",
	}
	if r.Next.IsZero() {
		item.Why = append(item.Why, locale.T(ctx, "overview.ramp_waits"))
	}
	if !r.Message.IsZero() {
		item.Why = append(item.Why, locale.Msg(ctx, r.Message))
	}
	return item
}

func (v *OverviewView) endingItem(ctx context.Context, e *api.ExpiringEntry) concernItem {
	return concernItem{
		Section: SectionWhitelist, Name: accountName(ctx, e.Permission.Permission),
		Href: v.Place(api.KindPermission, e.ID, e.Service), What: e.ServiceName, Why: clean([]string{e.Description}), At: e.Expires, AtKey: "overview.ends",
	}
}

func (v *OverviewView) runItem(ctx context.Context, r *api.ReplicationRun) concernItem {
	item := concernItem{
		Section: SectionReplication, Name: r.PolicyName, Href: v.Place(api.KindReplication, r.ID, ""), What: r.Destination.Region,
		Why: []string{locale.T(ctx, "overview.copied", "done", r.Succeeded, "total", r.Total)}, At: r.Started.At, AtKey: "overview.since",
	}
	if item.Name == "" {
		item.Name = locale.T(ctx, "kind.replication")
	}
	if r.Failed > 0 {
		item.Why = append(item.Why, locale.T(ctx, "overview.copies_failed", "count", r.Failed))
	}
	return item
}

func (v *OverviewView) checkpointItem(ctx context.Context, k *api.Checkpoint) concernItem {
	item := concernItem{
		Section: SectionReplication, Name: k.PolicyName, What: k.Name, At: k.Created.At, AtKey: "overview.since",
		Why: []string{locale.T(ctx, "overview.backed_up", "done", k.Available, "total", k.Backups)},
	}
	if k.Policy != "" {
		item.Href = v.Place(api.KindPolicy, k.Policy, "")
	}
	return item
}

func (v *OverviewView) requestItem(ctx context.Context, r *api.Request) concernItem {
	return concernItem{
		Section: SectionOf(r.About.Kind), Name: aboutText(ctx, r.About), Href: v.Base + "/" + SectionRequests + "/" + r.ID,
		What: r.Requester.User, Why: clean([]string{r.Reason}), At: r.Expires, AtKey: "overview.expires",
	}
}
