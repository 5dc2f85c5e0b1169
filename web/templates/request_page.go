package templates

import (
	"context"
	"net/url"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
	"switchboard/web/templates/icon"
)

// RequestView is a change that somebody asked for.
type RequestView struct {
	Base     string // of the section
	Request  api.Request
	Mine     bool // the reader asked for it
	Decides  bool // the reader's role lets him approve and refuse
	Archived bool // nothing is done here any more
	// Moved are the changes of its object since it was asked for, if there are any.
	Moved  []api.Change
	Object string // page of the object, "" if it has none

	Reason, Decision, Comment *form.Form
}

// RequestNow is the part that looks again while the request is about to be applied.
const RequestNow = "request-now"

// Path is the page of the request.
func (v *RequestView) Path() string { return v.Base + "/" + v.Request.ID }

// Going reports whether the state is about to change by itself.
func (v *RequestView) Going() bool { return v.Request.State == api.RequestApproved }

// change is what the request would make, as a change.
func (v *RequestView) change() api.Change {
	r := &v.Request
	return api.Change{Kind: r.About.Kind, Action: string(r.About.Action), ObjectID: r.About.ID, ObjectName: r.About.Name, Before: r.Before, After: r.After}
}

// lead says who asked, when, and until when it waits.
func (v *RequestView) lead(ctx context.Context) string {
	r := &v.Request
	key := "requests.asked_until"
	if r.State.Over() {
		key = "requests.asked"
	}
	return locale.T(ctx, key, "user", r.Requester.User, "way", api.M("way."+string(r.Requester.Way)), "at", locale.Time(r.Created), "until", locale.Time(r.Expires))
}

// verdict says what becomes of the request, and what to do next.
func (v *RequestView) verdict(ctx context.Context) string {
	r := &v.Request
	switch {
	case r.State != api.RequestOpen:
		return locale.T(ctx, "request_verdict."+string(r.State), "by", r.Decided.By)
	case r.Drifted:
		return locale.T(ctx, "requests.drifted")
	case r.Reason == "" && v.Mine:
		return locale.T(ctx, "requests.say_why")
	case r.Reason == "":
		return locale.T(ctx, "requests.waits_for_reason", "user", r.Requester.User)
	case v.Mine:
		return locale.T(ctx, "requests.waits")
	case v.Decides:
		return locale.T(ctx, "requests.waits_for_you")
	default:
		return locale.T(ctx, "requests.waits_for_others")
	}
}

func (v *RequestView) tone() NoticeKind {
	switch v.Request.State {
	case api.RequestApplied:
		return Success
	case api.RequestFailed, api.RequestRefused:
		return Failure
	case api.RequestVoid:
		return Warning
	case api.RequestOpen:
		if v.Request.Drifted || v.Request.Reason == "" {
			return Warning
		}
	}
	return Info
}

// faults are the sentences that say why it was not applied.
func (v *RequestView) faults() []api.Message {
	e := v.Request.Fault
	if e == nil {
		return nil
	}
	if len(e.Problems) == 0 {
		return []api.Message{e.Message}
	}
	var said []api.Message
	for _, p := range e.Problems {
		said = append(said, p.Message)
	}
	return said
}

// ready reports whether nothing is missing that an approval needs.
func (v *RequestView) ready() bool { return v.Request.Reason != "" && !v.Request.Drifted }

func eventText(ctx context.Context, c *api.RequestComment) string {
	if c.Event == "" {
		return locale.T(ctx, "requests.commented")
	}
	return locale.T(ctx, "request_event."+string(c.Event))
}

// eventMark draws an event of a request, in the tone of changes.
func eventMark(c *api.RequestComment) (tone string, picture icon.Name) {
	switch c.Event {
	case api.RequestApproved, api.RequestApplied:
		return "change-create", icon.Save
	case api.RequestRefused, api.RequestFailed:
		return "change-delete", icon.Remove
	case "":
		return "", icon.Messaging
	case api.RequestOpen: // why was said
		return "", icon.Edit
	default:
		return "", icon.Clock
	}
}

// RequestForms describes what can be written to a request: why, a decision about
// exactly what was seen, and a comment.
func RequestForms(ctx context.Context, path string, r *api.Request) (why, decision, comment *form.Form) {
	t := func(key string) string { return locale.T(ctx, key) }
	why = noteForm(path, "reason", t("requests.reason"), form.Field{
		Label: t("requests.reason_label"), Help: t("requests.reason_help"), MaxLen: api.MaxRequestReason, Required: true,
	})
	why.Values.Set("reason", r.Reason)
	decision = noteForm(path, "approve", t("requests.decide"), form.Field{
		Label: t("requests.decision_label"), Help: t("requests.decision_help"), MaxLen: api.MaxComment,
	})
	decision.Hidden = []form.Hidden{{Name: "digest", Value: r.Digest}}
	comment = noteForm(path, "comment", t("requests.comment"), form.Field{Label: t("requests.comment_label"), MaxLen: api.MaxComment, Required: true})
	return why, decision, comment
}

// noteForm is a form of one text; both are called like what is done with it.
func noteForm(path, verb, title string, text form.Field) *form.Form {
	text.Path, text.Kind, text.Count = verb, form.TextArea, true
	return &form.Form{
		ID: "request-" + verb + "-form", Action: path + "/" + verb, Values: url.Values{},
		Sections: []form.Section{{ID: "request-" + verb + "-fields", Title: title, Fields: []form.Field{text}}},
	}
}
