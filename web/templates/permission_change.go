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

// auditedEntry is what the audit log keeps of an entry of a whitelist, as far as
// it is shown.
type auditedEntry struct {
	Permission, Description, Reason string
	Expires                         time.Time
}

// shownEntries is how many accounts a change names.
const shownEntries = 5

// changedPermissions tells which accounts a change of a whitelist was about and,
// if it changed one, what of it.
func changedPermissions(ctx context.Context, c api.Change) []valueChange {
	before, after := auditedEntries(c.Before), auditedEntries(c.After)
	named := after
	if len(named) == 0 {
		named = before
	}
	if len(named) == 0 {
		return nil
	}
	var found []valueChange
	if everyone := slices.IndexFunc(named, isEveryone); everyone >= 0 && (len(before) == 0 || len(after) == 0) {
		key := "whitelist.change_opened"
		if len(after) == 0 {
			key = "whitelist.change_closed"
		}
		found = append(found, valueChange{Label: locale.T(ctx, "whitelist.access"), Note: locale.T(ctx, key)})
		named = append([]auditedEntry{named[everyone]}, slices.Delete(slices.Clone(named), everyone, everyone+1)...)
	}
	found = append(found, valueChange{Label: locale.T(ctx, "whitelist.accounts"), Note: entryNames(ctx, named)})
	if len(before) != 1 || len(after) != 1 {
		if named[0].Reason != "" {
			found = append(found, valueChange{Label: locale.T(ctx, "whitelist.reason"), Note: named[0].Reason})
		}
		return found
	}
	add := func(key, was, is string) {
		if was != is {
			found = append(found, valueChange{Label: locale.T(ctx, key), Before: was, After: is})
		}
	}
	add("whitelist.description", before[0].Description, after[0].Description)
	add("whitelist.expires", expiryWord(ctx, before[0].Expires), expiryWord(ctx, after[0].Expires))
	return found
}

func isEveryone(entry auditedEntry) bool { return entry.Permission == api.Everyone }

func auditedEntries(text []byte) []auditedEntry {
	var audited struct{ Permissions []auditedEntry }
	if json.Unmarshal(text, &audited) != nil {
		return nil
	}
	return audited.Permissions
}

func entryNames(ctx context.Context, entries []auditedEntry) string {
	var names []string
	for i := range entries[:min(len(entries), shownEntries)] {
		names = append(names, accountName(ctx, entries[i].Permission))
	}
	text := strings.Join(names, locale.T(ctx, "watch.comma"))
	if more := len(entries) - shownEntries; more > 0 {
		text += " " + locale.T(ctx, "whitelist.change_more", "count", more)
	}
	return text
}

func expiryWord(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return locale.T(ctx, "whitelist.never")
	}
	return locale.Time(t)
}

// changedEndpointService tells what a change of an endpoint service changed.
func changedEndpointService(ctx context.Context, c api.Change) []valueChange {
	return changedFields(ctx, c, []auditField{
		{Name: "name", Label: locale.T(ctx, "whitelist.whole_name")},
		{Name: "vpc_id", Label: locale.T(ctx, "whitelist.vpc_id")},
		{Name: "server_type", Label: locale.T(ctx, "whitelist.server_type"), Shown: auditedServer},
		{Name: "port_id", Label: locale.T(ctx, "whitelist.port_id")},
		{Name: "vip_port_id", Label: locale.T(ctx, "whitelist.vip_port_id")},
		{Name: "ports", Label: locale.T(ctx, "whitelist.ports"), Shown: auditedPorts},
		{Name: "approval_enabled", Label: locale.T(ctx, "whitelist.approval")},
		{Name: "tcp_proxy", Label: locale.T(ctx, "whitelist.tcp_proxy"), Shown: auditedProxy},
		{Name: "description", Label: locale.T(ctx, "whitelist.description")},
		{Name: "tags", Label: locale.T(ctx, "whitelist.tags"), Shown: auditedTags},
	})
}

func auditedProxy(ctx context.Context, value any) string {
	return locale.T(ctx, "tcp_proxy."+auditText(ctx, value))
}

func auditedServer(ctx context.Context, value any) string {
	if value == nil {
		return ""
	}
	return locale.T(ctx, "server_type."+auditText(ctx, value))
}

func auditedPorts(ctx context.Context, value any) string {
	return auditedList(ctx, value, portText)
}

func auditedTags(ctx context.Context, value any) string {
	return auditedList(ctx, value, tagText)
}

// auditedList is a list of an audit entry in one line.
func auditedList[T any](ctx context.Context, value any, text func(T) string) string {
	var all []T
	_ = json.Unmarshal([]byte(auditText(ctx, value)), &all) // stored in this form
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = text(one)
	}
	return strings.Join(words, locale.T(ctx, "watch.comma"))
}
