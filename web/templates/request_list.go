package templates

import (
	"context"
	"slices"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// The tabs of requests; each but the first is the last word of its path.
const (
	RequestsForMe = ""
	RequestsMine  = "mine"
	RequestsAll   = "all"
)

// RequestStates are the states of a request, in the order in which it can have
// them.
var RequestStates = []api.RequestState{
	api.RequestOpen, api.RequestApproved, api.RequestApplied, api.RequestFailed, api.RequestVoid,
	api.RequestRefused, api.RequestWithdrawn, api.RequestExpired,
}

// ApprovableKinds are the kinds that requests can be about, in menu order.
func ApprovableKinds() []api.Kind {
	var kinds []api.Kind
	for _, rule := range api.Approvable {
		if !slices.Contains(kinds, rule.Kind) {
			kinds = append(kinds, rule.Kind)
		}
	}
	return kinds
}

// RequestListView is a page of a project's requests.
type RequestListView struct {
	Base   string // of the section
	Tab    string
	Query  api.RequestQuery
	Page   api.Page[api.Request]
	Counts api.RequestCounts
	Rules  string // where it is said what has to be approved
}

func (v *RequestListView) tabs(ctx context.Context) []Tab {
	tab := func(tab, label string, n int) Tab {
		t := Tab{Label: locale.T(ctx, label), Href: v.Base, Current: tab == v.Tab}
		if tab != "" {
			t.Href += "/" + tab
		}
		if n > 0 {
			t.Label = locale.T(ctx, "requests.counted", "label", t.Label, "n", upTo(n))
		}
		return t
	}
	return []Tab{
		tab(RequestsForMe, "requests.for_me", v.Counts.ForMe), tab(RequestsMine, "requests.mine", v.Counts.Mine), tab(RequestsAll, "requests.all", 0),
	}
}

// upTo is a count of requests, which are counted only so far.
func upTo(n int) string {
	if n > api.MaxRequestCount {
		return strconv.Itoa(api.MaxRequestCount) + "+"
	}
	return strconv.Itoa(n)
}

func (v *RequestListView) list(ctx context.Context) List {
	here := v.Base
	if v.Tab != "" {
		here += "/" + v.Tab
	}
	l := List{
		Collection: Collection{Base: here, ID: "requests", Words: Words{List: "requests.title", Name: "requests.what"}},
		Filters:    []form.Hidden{{Name: "kind", Value: string(v.Query.Kind)}},
		Cursor:     v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Blank: noRequests(v),
	}
	if v.Tab != RequestsForMe {
		l.Filters = append(l.Filters, form.Hidden{Name: "state", Value: string(v.Query.State)})
	}
	for _, key := range []string{"requests.what", "requests.who", "requests.reason", "requests.state"} {
		l.Columns = append(l.Columns, ListColumn{Label: locale.T(ctx, key)})
	}
	return l
}

// aboutText says what a request would do.
func aboutText(ctx context.Context, a api.About) string {
	return locale.T(ctx, "requests.about", "action", api.M("request_action."+string(a.Action)), "kind", api.M("kind."+string(a.Kind)), "name", a.Name)
}

// requestTone is how good or bad a state is, in the colours of a check.
func requestTone(state api.RequestState) api.Status {
	switch state {
	case api.RequestApplied:
		return api.Passed
	case api.RequestFailed, api.RequestRefused:
		return api.Failed
	case api.RequestVoid:
		return api.Warned
	case api.RequestWithdrawn, api.RequestExpired:
		return api.Skipped
	default:
		return ""
	}
}
