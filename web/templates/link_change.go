package templates

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
)

// auditedLink is what the audit log keeps of a link and cannot be compared as it
// stands there.
type auditedLink struct {
	Connector string
	Inputs    map[string]string
	Secrets   map[string]bool
	Typed     []string
	Extended  string
}

// changedLink lists what a change of a link changed.
func changedLink(ctx context.Context, c api.Change) []valueChange {
	var before, after auditedLink
	if json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil {
		return nil
	}
	found := changedFields(ctx, c, []auditField{
		{Name: "name", Label: locale.T(ctx, "link.name")},
		{Name: "cluster", Label: locale.T(ctx, "link.cluster")},
		{Name: "enabled", Label: locale.T(ctx, "link.enabled")},
		{Name: "every", Label: locale.T(ctx, "watch.schedule"), Shown: auditInterval},
	})
	found = append(found, changedInputs(ctx, &before, &after)...)
	if before.Extended != after.Extended {
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
