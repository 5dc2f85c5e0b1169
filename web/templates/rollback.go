package templates

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// RollBackView is the question whether a change is to be taken back.
type RollBackView struct {
	Log      string // path of the project's audit log
	Reversal api.Reversal
	Form     *form.Form
	Changed  bool // the object has changed since the page was seen
}

// Path is where the question stands, and where the yes is posted.
func (v *RollBackView) Path() string { return v.Log + "/" + v.Reversal.Change.ID + "/roll-back" }

// lead says which change it is.
func (v *RollBackView) lead(ctx context.Context) string {
	c := &v.Reversal.Change
	return locale.T(ctx, "rollback.lead", "what", ChangeTitle(ctx, c), "name", c.ObjectName, "at", locale.FullTime(c.At), "by", changedBy(ctx, *c))
}

// difference is what taking it back changes of the object as it is now.
func (v *RollBackView) difference() api.Change {
	r := &v.Reversal
	return api.Change{Kind: r.Change.Kind, Action: "update", ObjectName: r.Change.ObjectName, Before: r.Now, After: r.Then}
}

// consequences are who will notice, and what is not brought back.
func (v *RollBackView) consequences(ctx context.Context) []string {
	var said []string
	if !v.nothing() {
		said = clean([]string{v.affects(ctx)})
	}
	for _, note := range v.Reversal.Notes {
		said = append(said, locale.Msg(ctx, note))
	}
	return said
}

// affects says who will notice.
func (v *RollBackView) affects(ctx context.Context) string {
	switch kind := v.Reversal.Change.Kind; kind {
	case api.KindLink, api.KindConnection, api.KindQueue, api.KindFunction, api.KindAlias, api.KindEndpointService,
		api.KindPermission, api.KindEndpoint, api.KindPolicy, api.KindRegion, api.KindHook:
		return locale.T(ctx, "rollback_affects."+string(kind))
	default:
		return ""
	}
}

// nothing reports whether the object is as it would be already.
func (v *RollBackView) nothing() bool { return v.Reversal.Deed == nil && len(v.Reversal.Asks) == 0 }

// RollBackForm describes the form: the secrets that have to be typed, by their
// paths, and the version of the object that was seen.
func RollBackForm(ctx context.Context, r *api.Reversal) *form.Form {
	f := &form.Form{
		ID: "roll-back-form", Values: url.Values{},
		Hidden: []form.Hidden{{Name: "seen", Value: RollBackSeen(r)}},
	}
	if len(r.Asks) == 0 {
		return f
	}
	s := form.Section{ID: "roll-back-secrets", Title: locale.T(ctx, "rollback.secrets"), Help: locale.T(ctx, "rollback.secrets_help")}
	for _, path := range r.Asks {
		s.Fields = append(s.Fields, form.Field{Path: path, Kind: form.Password, Label: secretLabel(ctx, r, path), Required: true})
	}
	f.Sections = []form.Section{s}
	return f
}

// RollBackSeen names what the page shows: it is another one when the object has
// changed since.
func RollBackSeen(r *api.Reversal) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%s", r.Version, r.Now, r.Then))
	return hex.EncodeToString(sum[:])
}

// secretLabel is what a secret is called in the form of its object, or its path.
func secretLabel(ctx context.Context, r *api.Reversal, path string) string {
	var link auditedLink
	if r.Change.Kind != api.KindLink || json.Unmarshal(r.Then, &link) != nil {
		return path
	}
	if conn := connector.Find(link.Connector); conn != nil {
		for i := range conn.Inputs {
			if conn.Inputs[i].Name == path {
				return conn.Inputs[i].Label.In(locale.Lang(ctx))
			}
		}
	}
	return path
}
