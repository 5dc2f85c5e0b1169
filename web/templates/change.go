package templates

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
)

// valueChange is a value that a change changed. Both sides are empty where the
// value cannot be shown, and Note says what happened to it.
type valueChange struct{ Label, Before, After, Note string }

// auditedLink is what the audit log keeps of a link, as far as it is shown.
// What an entry does not say is nil.
type auditedLink struct {
	Cluster   *string
	Name      *string
	Connector string
	Enabled   *bool
	Inputs    map[string]string
	Secrets   map[string]bool
	Typed     []string
	Extended  *string
	Every     *string
}

// changedValues lists what a change of a link changed. Entries of other kinds,
// and the making of a thing, have nothing to compare.
func changedValues(ctx context.Context, c api.Change) []valueChange {
	var before, after auditedLink
	if c.Kind != "link" || json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil {
		return nil
	}
	var found []valueChange
	add := func(label, was, is string) {
		if was != is {
			found = append(found, valueChange{Label: label, Before: was, After: is})
		}
	}
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	add(locale.T(ctx, "link.name"), text(before.Name), text(after.Name))
	add(locale.T(ctx, "link.cluster"), text(before.Cluster), text(after.Cluster))
	if before.Enabled != nil && after.Enabled != nil {
		add(locale.T(ctx, "link.enabled"), yesNoText(ctx, *before.Enabled), yesNoText(ctx, *after.Enabled))
	}
	add(locale.T(ctx, "watch.schedule"), interval(ctx, before.Every), interval(ctx, after.Every))
	found = append(found, changedInputs(ctx, &before, &after)...)
	if text(before.Extended) != text(after.Extended) {
		found = append(found, valueChange{Label: locale.T(ctx, "change.extended"), Note: locale.T(ctx, "change.value_changed")})
	}
	return found
}

// changedInputs compares the inputs, in the order of the connector's form.
func changedInputs(ctx context.Context, before, after *auditedLink) []valueChange {
	var found []valueChange
	conn := connector.Find(after.Connector)
	if conn == nil {
		return nil
	}
	for i := range conn.Inputs {
		in := &conn.Inputs[i]
		label := in.Label.In(locale.Lang(ctx))
		if in.Secret {
			if note := secretNote(ctx, in.Name, before, after); note != "" {
				found = append(found, valueChange{Label: label, Note: note})
			}
			continue
		}
		if was, is := before.Inputs[in.Name], after.Inputs[in.Name]; was != is {
			found = append(found, valueChange{Label: label, Before: readable(ctx, in, was), After: readable(ctx, in, is)})
		}
	}
	return found
}

// secretNote says what happened to a secret, of which nothing else is known.
func secretNote(ctx context.Context, path string, before, after *auditedLink) string {
	switch {
	case before.Secrets[path] && !after.Secrets[path]:
		return locale.T(ctx, "change.secret_removed")
	case slices.Contains(after.Typed, path) && before.Secrets[path]:
		return locale.T(ctx, "change.secret_replaced")
	case !before.Secrets[path] && after.Secrets[path]:
		return locale.T(ctx, "change.secret_set")
	}
	return ""
}

// readable is an input's value in one line; "" stays empty.
func readable(ctx context.Context, in *connector.Input, value string) string {
	if in.Kind != connector.Map || value == "" {
		if value == "" {
			return ""
		}
		return shownValue(ctx, in, value)
	}
	var m map[string]string
	_ = json.Unmarshal([]byte(value), &m) // stored in this form
	pairs := make([]string, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, key+"="+m[key])
	}
	return strings.Join(pairs, ", ")
}

// interval is a schedule as the audit log keeps it: a duration's text.
func interval(ctx context.Context, text *string) string {
	if text == nil {
		return ""
	}
	d, err := time.ParseDuration(*text)
	if err != nil || !api.ValidInterval(d) {
		return *text
	}
	return every(ctx, d)
}
