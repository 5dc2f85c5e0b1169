package templates

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// Names of what the form for many accounts sends: rows of RowAccount,
// RowDescription and RowExpires, what is pasted or uploaded now, and the lines
// of a long list that are not shown as rows.
const (
	AddRows        = "rows"
	RowAccount     = "account"
	RowDescription = "description"
	RowExpires     = "expires"
	AddText        = "text"
	AddFile        = "file"
	AddRest        = "rest"
	AddRead        = "read" // the rows were judged before
)

// AddView is the form for many accounts and what was read out of it.
type AddView struct {
	EndpointServiceView

	Form    *form.Form
	Read    bool // the rows were judged
	Good    int  // accounts that can be added
	Bad     int  // lines with problems
	Hidden  int  // of these, not among the rows
	Notes   []string
	Refused api.Message // why nothing could be read
	Said    api.Message // what the service says of the whole
	// Everyone says that the list has the entry for everyone, which is added by
	// itself.
	Everyone bool
	// Beside sends what is said of the whole along with the rows.
	Beside bool
}

// Parts of the page that say something of the whole.
const (
	addVerdictID = "add-verdict"
	addActionsID = "add-actions"
)

// Parts are the fragments that come along with the rows.
func (v *AddView) Parts() []any {
	if !v.Beside {
		return nil
	}
	return []any{addVerdictID, addActionsID, form.IssuesID(v.Form.Sections[0].ID)}
}

// addID is the form.
const addID = "add-form"

// AddForm describes the form; values are as typed.
func AddForm(ctx context.Context, v EndpointServiceView) *form.Form {
	return &form.Form{
		ID: addID, Action: v.Path() + "/add", Guard: true, Upload: true,
		Sections: []form.Section{{ID: "add-rows", Title: locale.T(ctx, "whitelist.accounts"), Help: locale.T(ctx, "whitelist.rows_help"), Fields: []form.Field{{
			Path: AddRows, Kind: form.Rows, Label: locale.T(ctx, "whitelist.accounts"), AddLabel: locale.T(ctx, "whitelist.add_row"),
			Columns: []form.Column{
				{Name: RowAccount, Label: locale.T(ctx, "whitelist.account_id"), Placeholder: "6e9dfd51d1124e8d8498dce894923a0d"},
				{Name: RowDescription, Label: locale.T(ctx, "whitelist.description")},
				{Name: RowExpires, Label: locale.T(ctx, "whitelist.expires"), Placeholder: "2027-01-31"},
			},
		}}}},
	}
}

// state is the tone of what is said of the list.
func (v *AddView) state() NoticeKind {
	switch {
	case !v.Refused.IsZero() || !v.Said.IsZero() || v.Bad > 0:
		return Failure
	case len(v.Notes) > 0:
		return Info
	}
	return Success
}

// verdict is what is said of the list in one breath.
func (v *AddView) verdict(ctx context.Context) string {
	switch {
	case !v.Refused.IsZero():
		return locale.Msg(ctx, v.Refused)
	case !v.Said.IsZero():
		return locale.Msg(ctx, v.Said)
	case v.Bad == 0:
		return locale.T(ctx, "whitelist.all_good", "count", v.Good)
	}
	return locale.T(ctx, "whitelist.bad_and_good", "bad", api.M("whitelist.some_bad", "count", v.Bad), "good", api.M("whitelist.some_good", "count", v.Good))
}

// rest counts the lines that are not shown.
func (v *AddView) rest() int {
	text := v.Form.Value(AddRest)
	if text == "" {
		return 0
	}
	return strings.Count(text, "\n") + 1
}

func (v *AddView) restTitle(ctx context.Context) string {
	if v.Bad == 0 {
		return locale.T(ctx, "whitelist.rest_all", "count", v.rest())
	}
	return locale.T(ctx, "whitelist.rest", "count", v.rest())
}

func (v *AddView) title(ctx context.Context) string {
	return locale.T(ctx, "whitelist.add_title", "name", serviceTitle(&v.Service))
}

// AdditionView is many entries on their way into a whitelist.
type AdditionView struct {
	EndpointServiceView

	Addition api.Addition
}

// additionID is the part of the page that is about the addition.
const additionID = "addition"

// Page is the address of the addition.
func (v *AdditionView) Page() string { return v.Path() + "/additions/" + v.Addition.ID }

func (v *AdditionView) going() bool { return v.Addition.Ended.IsZero() }

// verdict is the addition in one sentence.
func (v *AdditionView) verdict(ctx context.Context) string {
	a := &v.Addition
	switch {
	case v.going() && a.Stopped:
		return locale.T(ctx, "addition.stopping")
	case v.going():
		return locale.T(ctx, "addition.going", "done", a.Done, "all", a.Total)
	case a.Stopped:
		return locale.T(ctx, "addition.stopped", "added", a.Added, "all", a.Total)
	case len(a.Refused) > 0:
		return locale.T(ctx, "addition.ended_refused", "added", a.Added, "refused", len(a.Refused))
	}
	return locale.T(ctx, "addition.ended", "count", a.Added)
}

// shownRefused is how many refused entries are listed; all can be taken back to
// the editor.
const shownRefused = 200

// refused are the refused entries as lines that the editor reads.
func (v *AdditionView) refused() string { return PermissionText(drafts(v.Addition.Refused)) }

func drafts(refused []api.RefusedPermission) []api.PermissionDraft {
	all := make([]api.PermissionDraft, len(refused))
	for i := range refused {
		all[i] = refused[i].Draft
	}
	return all
}

// PermissionText is entries as lines that the editor reads.
func PermissionText(drafts []api.PermissionDraft) string {
	lines := make([]string, len(drafts))
	for i := range drafts {
		lines[i] = (&api.PermissionLine{Draft: drafts[i], Expires: ExpiryText(drafts[i].Expires)}).String()
	}
	return strings.Join(lines, "\n")
}

// verb makes a button post the form to another address.
func (v *AddView) verb(path string) templ.Attributes {
	action := v.Form.Action + path
	return templ.Attributes{
		"formaction": action, "hx-post": action, "hx-target": "#" + v.Form.ID, "hx-swap": "outerHTML",
		"hx-sync": "closest form:replace", "hx-encoding": "multipart/form-data",
	}
}
