package templates

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"switchboard/internal/api"
)

// valueChange is a value that a change changed. Both sides are empty where the
// value cannot be shown, and Note says what happened to it.
type valueChange struct{ Label, Before, After, Note string }

// changedValues lists what a change changed, as far as its kind has something to
// show.
func changedValues(ctx context.Context, c api.Change) []valueChange {
	switch c.Kind {
	case api.KindLink:
		return changedLink(ctx, c)
	case api.KindConnection:
		return changedConnection(ctx, c)
	case api.KindEndpointService:
		return changedEndpointService(ctx, c)
	case api.KindPermission:
		return changedPermissions(ctx, c)
	default:
		return nil
	}
}

// auditField is a member of an audit entry that is shown when it changes.
type auditField struct {
	Name  string // in the entry
	Label string // in the reader's language
	// Shown puts a value into words; nil shows it as auditText does.
	Shown func(context.Context, any) string
}

// changedFields compares members of both sides of a change. The making and the
// end of a thing have nothing to compare.
func changedFields(ctx context.Context, c api.Change, fields []auditField) []valueChange {
	var before, after map[string]any
	if json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil {
		return nil
	}
	var found []valueChange
	for _, f := range fields {
		if f.Shown == nil {
			f.Shown = auditText
		}
		if was, is := f.Shown(ctx, before[f.Name]), f.Shown(ctx, after[f.Name]); was != is {
			found = append(found, valueChange{Label: f.Label, Before: was, After: is})
		}
	}
	return found
}

// auditText is a value of an audit entry in one line; what is not there is empty.
func auditText(ctx context.Context, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return yesNoText(ctx, v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		text, _ := json.Marshal(v) // it was read from JSON
		return string(text)
	}
}

// auditInterval is a schedule as the audit log keeps it: a duration's text.
func auditInterval(ctx context.Context, value any) string {
	text := auditText(ctx, value)
	d, err := time.ParseDuration(text)
	if err != nil || !api.ValidInterval(d) {
		return text
	}
	return every(ctx, d)
}
