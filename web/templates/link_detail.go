package templates

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// LinkView is one stored link.
type LinkView struct {
	Base    string
	Link    api.Link
	History History
	Wire    string // where programs find it
	Checked bool   // it was checked just now
}

func (v *LinkView) path() string { return v.Base + "/" + v.Link.ID }

// Watched is the link as the parts about its checks show it.
func (v *LinkView) Watched(ctx context.Context) Watched {
	w := Watched{
		Path: v.path(), State: linkStatus(&v.Link), Check: v.Link.Check, Pulse: v.Link.Health, Fields: v.path() + "/edit",
		Checked: v.Checked,
	}
	if !v.Link.Enabled {
		w.Resting = locale.T(ctx, "link.resting")
	}
	return w
}

// toggle is the verb that turns the link's being enabled around.
func (v *LinkView) toggle() string {
	if v.Link.Enabled {
		return "/disable"
	}
	return "/enable"
}

// setInputs lists the inputs that a link has a value or a secret for.
func setInputs(l *api.Link) []connector.Input {
	var found []connector.Input
	for _, in := range connector.Find(l.Connector).Inputs {
		if l.Inputs[in.Name] != "" || l.HasSecret[in.Name] {
			found = append(found, in)
		}
	}
	return found
}

// shownValue is an input's value for reading.
func shownValue(ctx context.Context, in *connector.Input, value string) string {
	switch in.Kind {
	case connector.Bool:
		if value == "true" {
			return locale.T(ctx, "form.yes")
		}
		return locale.T(ctx, "form.no")
	case connector.Enum:
		for _, c := range in.Choices {
			if c.Value == value && !c.Label.IsZero() {
				return c.Label.In(locale.Lang(ctx))
			}
		}
	}
	return value
}

// entries reads a map input for reading.
func entries(value string) []form.Row {
	var m map[string]string
	_ = json.Unmarshal([]byte(value), &m) // stored in this form
	v := url.Values{}
	form.SetMap(v, "m", m)
	return form.ReadRows(v, "m")
}

// deletion is the question before a link is removed.
func (v *LinkView) deletion(ctx context.Context) Confirm {
	consequences := []string{
		locale.T(ctx, "link.delete_programs", "address", strings.TrimPrefix(v.Wire, "http://")),
		locale.T(ctx, "link.delete_no_dependents"),
	}
	if len(v.Link.HasSecret) > 0 {
		consequences = append(consequences, locale.T(ctx, "link.delete_secrets"))
	}
	return Confirm{
		Text:         locale.T(ctx, "link.delete_text", "name", v.Link.Name),
		Consequences: consequences,
		Action:       v.path() + "/delete", Cancel: v.path(), Button: locale.T(ctx, "link.delete_button"),
		Hidden: []form.Hidden{{Name: "version", Value: version(v.Link.Version)}},
	}
}

func (v *LinkView) tabs(ctx context.Context, current string) []Tab {
	return []Tab{
		{Label: locale.T(ctx, "link.tab_detail"), Href: v.path(), Current: current == "detail"},
		{Label: locale.T(ctx, "watch.health"), Href: v.path() + "/health", Current: current == "health"},
		{Label: locale.T(ctx, "link.tab_json"), Href: v.path() + "/json", Current: current == "json"},
	}
}

func yesNoText(ctx context.Context, yes bool) string {
	if yes {
		return locale.T(ctx, "form.yes")
	}
	return locale.T(ctx, "form.no")
}
