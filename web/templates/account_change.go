package templates

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// changedUser lists what a change of a person changed, or how much of what the person
// had it ended.
func changedUser(ctx context.Context, c api.Change) []valueChange {
	found := changedFields(ctx, c, []auditField{
		{Name: "name", Label: locale.T(ctx, "people.name")},
		{Name: "full_name", Label: locale.T(ctx, "people.full_name")},
		{Name: "email", Label: locale.T(ctx, "people.email")},
		{Name: "administrator", Label: locale.T(ctx, "people.administrator"), Shown: auditSwitch},
		{Name: "lang", Label: locale.T(ctx, "profile.language")},
		{Name: "theme", Label: locale.T(ctx, "shell.theme"), Shown: auditWord("theme.", "auto", "light", "dark")},
	})
	return append(found, toldFields(ctx, c, []auditField{
		{Name: "sessions", Label: locale.T(ctx, "told.sessions"), Shown: auditCount},
		{Name: "tokens", Label: locale.T(ctx, "told.tokens"), Shown: auditCount},
		{Name: "access_keys", Label: locale.T(ctx, "told.keys"), Shown: auditCount},
		{Name: "groups", Label: locale.T(ctx, "told.groups"), Shown: auditTexts},
	})...)
}

// changedGroup lists what a change of a group changed, or who came and went.
func changedGroup(ctx context.Context, c api.Change) []valueChange {
	found := changedFields(ctx, c, []auditField{
		{Name: "name", Label: locale.T(ctx, "groups.name")},
		{Name: "description", Label: locale.T(ctx, "groups.description")},
		{Name: "claim", Label: locale.T(ctx, "groups.claim")},
		{Name: "administrator", Label: locale.T(ctx, "groups.administrator"), Shown: auditSwitch},
	})
	return append(found, toldFields(ctx, c, []auditField{{Name: "user", Label: locale.T(ctx, "told.person")}})...)
}

// changedCredential lists what an access key or a token was made with.
func changedCredential(ctx context.Context, c api.Change) []valueChange {
	return toldFields(ctx, c, []auditField{
		{Name: "access", Label: locale.T(ctx, "profile.access")},
		{Name: "name", Label: locale.T(ctx, "profile.program")},
		{Name: "user", Label: locale.T(ctx, "told.person")},
		{Name: "project", Label: locale.T(ctx, "people.project")},
		{Name: "expires", Label: locale.T(ctx, "profile.expires"), Shown: auditTime},
		{Name: "count", Label: locale.T(ctx, "told.resealed"), Shown: auditCount},
	})
}

// changedLog lists what was done to the audit log itself: how long it is kept, what was
// taken away from it, and what was removed.
func changedLog(ctx context.Context, c api.Change) []valueChange {
	found := changedFields(ctx, c, []auditField{
		{Name: "days", Label: locale.T(ctx, "settings.retention"), Shown: auditDays},
	})
	return append(found, toldFields(ctx, c, []auditField{
		{Name: "text", Label: locale.T(ctx, "told.text")},
		{Name: "kind", Label: locale.T(ctx, "told.kind"), Shown: auditKind},
		{Name: "action", Label: locale.T(ctx, "told.action")},
		{Name: "user", Label: locale.T(ctx, "told.user")},
		{Name: "way", Label: locale.T(ctx, "told.way"), Shown: auditWay},
		{Name: "object", Label: locale.T(ctx, "audit.object")},
		{Name: "from", Label: locale.T(ctx, "audit.from"), Shown: auditTime},
		{Name: "until", Label: locale.T(ctx, "audit.until"), Shown: auditTime},
		{Name: "entries", Label: locale.T(ctx, "told.entries"), Shown: auditCount},
		{Name: "before", Label: locale.T(ctx, "told.before"), Shown: auditTime},
		{Name: "first", Label: locale.T(ctx, "told.first")},
		{Name: "last", Label: locale.T(ctx, "told.last")},
		{Name: "seal", Label: locale.T(ctx, "told.seal")},
	})...)
}

// changedRequest lists what was asked for.
func changedRequest(ctx context.Context, c api.Change) []valueChange {
	return toldFields(ctx, c, []auditField{
		{Name: "kind", Label: locale.T(ctx, "told.kind"), Shown: auditKind},
		{Name: "action", Label: locale.T(ctx, "told.action"), Shown: auditAsked},
		{Name: "reason", Label: locale.T(ctx, "requests.reason")},
	})
}

// changedHook lists what a change of the alerts changed.
func changedHook(ctx context.Context, c api.Change) []valueChange {
	return changedFields(ctx, c, []auditField{
		{Name: "destination", Label: locale.T(ctx, "alerts.url")},
		{Name: "enabled", Label: locale.T(ctx, "alerts.enabled"), Shown: auditSwitch},
	})
}

// toldFields lists what an entry says of something that was done, where there are no two
// sides to compare.
func toldFields(ctx context.Context, c api.Change, fields []auditField) []valueChange {
	object := c.After
	if len(object) == 0 {
		object = c.Before
	}
	var said map[string]any
	if json.Unmarshal(object, &said) != nil {
		return nil
	}
	facts := make([]fact, 0, len(fields))
	for _, f := range fields {
		if f.Shown == nil {
			f.Shown = auditText
		}
		facts = append(facts, fact{Label: f.Label, Text: f.Shown(ctx, said[f.Name])})
	}
	return madeFacts(facts)
}

// auditWord shows values that have a word each; others stay as they are.
func auditWord(prefix string, known ...string) func(context.Context, any) string {
	return func(ctx context.Context, value any) string {
		text := auditText(ctx, value)
		if slices.Contains(known, text) {
			return locale.T(ctx, prefix+text)
		}
		return text
	}
}

func auditKind(ctx context.Context, value any) string {
	known := make([]string, len(AuditKinds))
	for i, kind := range AuditKinds {
		known[i] = string(kind)
	}
	return auditWord("kind.", known...)(ctx, value)
}

func auditWay(ctx context.Context, value any) string {
	known := make([]string, len(AuditWays))
	for i, way := range AuditWays {
		known[i] = string(way)
	}
	return auditWord("way.", known...)(ctx, value)
}

// auditAsked shows what a rule of approval can name.
func auditAsked(ctx context.Context, value any) string {
	known := make([]string, len(api.Approvable))
	for i, rule := range api.Approvable {
		known[i] = string(rule.Action)
	}
	return auditWord("request_action.", known...)(ctx, value)
}

// auditCount shows a number that says something if it is one.
func auditCount(ctx context.Context, value any) string {
	if n, ok := value.(float64); !ok || n == 0 {
		return ""
	}
	return auditText(ctx, value)
}

func auditTexts(ctx context.Context, value any) string {
	all, _ := value.([]any)
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = auditText(ctx, one)
	}
	return strings.Join(words, locale.T(ctx, "aliases.separator"))
}

// auditTime shows a time as pages do; what is none stays as it is.
func auditTime(ctx context.Context, value any) string {
	text := auditText(ctx, value)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return locale.Time(at)
}

// auditDays shows a period in days; 0 has no end.
func auditDays(ctx context.Context, value any) string {
	days, ok := value.(float64)
	switch {
	case !ok:
		return ""
	case days == 0:
		return locale.T(ctx, "told.for_ever")
	}
	return locale.T(ctx, "profile.days", "count", int(days))
}
