package templates

import (
	"context"
	"net/url"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// PermissionView is the page of one entry.
type PermissionView struct {
	EndpointServiceView

	Entry api.Permission
	Form  *form.Form
}

// renewals are what the entry can be renewed by: that for everyone is opened
// anew instead.
func (v *PermissionView) renewals() []Renewal {
	if v.Entry.Permission == api.Everyone {
		return nil
	}
	return Renewals
}

// PermissionForm describes the form of an entry, its description and when it
// expires, as typed.
func PermissionForm(ctx context.Context, v EndpointServiceView, entry *api.Permission, typed url.Values) *form.Form {
	return &form.Form{
		ID: "entry-form", Action: v.entries() + "/" + entry.ID, Values: typed, Hidden: seen(typed),
		Sections: []form.Section{{ID: "entry-fields", Fields: []form.Field{
			{
				Path: "description", Kind: form.Text, Label: locale.T(ctx, "whitelist.description"),
				MaxLen: api.MaxPermissionText, Count: true, Help: locale.T(ctx, "whitelist.description_help"),
			},
			expiresField(ctx),
		}}},
	}
}

// expiresField is where somebody says when an entry ends.
func expiresField(ctx context.Context) form.Field {
	return form.Field{
		Path: "expires", Kind: form.Text, Label: locale.T(ctx, "whitelist.expires"),
		Placeholder: "2027-01-31", Help: locale.T(ctx, "whitelist.expires_help"),
	}
}

// EveryoneView is the question before every account may connect.
type EveryoneView struct {
	EndpointServiceView

	Form *form.Form
}

func (v *EveryoneView) consequences(ctx context.Context) []string {
	approval := "whitelist.everyone_public"
	if v.Service.Approval {
		approval = "whitelist.everyone_approved"
	}
	return []string{
		locale.T(ctx, "whitelist.everyone_any"), locale.T(ctx, approval),
		locale.T(ctx, "whitelist.everyone_others"), locale.T(ctx, "whitelist.everyone_after"),
	}
}

// EveryoneForm describes the form: confirm, reason and expires.
func EveryoneForm(ctx context.Context, v EndpointServiceView) *form.Form {
	expires := expiresField(ctx)
	expires.Help = locale.T(ctx, "whitelist.everyone_expires_help")
	return &form.Form{
		ID: "everyone-form", Action: v.Path() + "/everyone",
		Sections: []form.Section{{ID: "everyone-fields", Fields: []form.Field{
			{
				Path: "confirm", Kind: form.Text, Required: true, Label: locale.T(ctx, "whitelist.confirm"),
				Help: locale.T(ctx, "whitelist.confirm_help", "name", v.Service.Name),
			},
			{
				Path: "reason", Kind: form.Text, Required: true, Label: locale.T(ctx, "whitelist.reason"),
				Help: locale.T(ctx, "whitelist.reason_help"), MaxLen: api.MaxReason, Count: true,
			},
			expires,
		}}},
	}
}

// RemovedView is what is said beside the outcome of a removal.
type RemovedView struct {
	EndpointServiceView

	Undo      string // the removed entries, sealed; empty if none can come back
	Count     int    // how many can
	Everyone  bool   // the entry for everyone was among them
	Alive     []api.Endpoint
	MoreAlive bool // than are listed
}

// UndoField carries the removed entries; undoID is the form with it.
const (
	UndoField = "removed"
	undoID    = "undo-form"
)

// ExpiryText is when an entry ends, as somebody would type it.
func ExpiryText(t time.Time) string {
	switch t = t.UTC(); {
	case t.IsZero():
		return ""
	case t.Equal(t.Truncate(24 * time.Hour).Add(24*time.Hour - time.Second)):
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// SeenField is before the names of what a form was made from. It travels along,
// so that only what somebody changed is saved, and not what was stored since.
const SeenField = "seen."

// PermissionValues are what stands in the form of a stored entry.
func PermissionValues(entry *api.Permission) url.Values {
	expires := ExpiryText(entry.Expires)
	return url.Values{
		"description": {entry.Description}, SeenField + "description": {entry.Description},
		"expires": {expires}, SeenField + "expires": {expires},
	}
}

// seen are the hidden values of a form of an entry.
func seen(values url.Values) []form.Hidden {
	var hidden []form.Hidden
	for _, name := range []string{SeenField + "description", SeenField + "expires"} {
		if values.Has(name) {
			hidden = append(hidden, form.Hidden{Name: name, Value: values.Get(name)})
		}
	}
	return hidden
}

// AliveID names the line of a connection that a removal leaves alive.
func AliveID(id string) string { return "alive-" + id }
