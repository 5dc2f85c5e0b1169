package templates

import (
	"context"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// changedConnection lists what a change of a connection changed.
func changedConnection(ctx context.Context, c api.Change) []valueChange {
	return changedFields(ctx, c, []auditField{
		{Name: "service", Label: locale.T(ctx, "connections.service")},
		{Name: "url", Label: locale.T(ctx, "connections.destination")},
		{Name: "security_group_id", Label: locale.T(ctx, "connections.security_group")},
		{Name: "network_id", Label: locale.T(ctx, "connections.network_id")},
		{Name: "state", Label: locale.T(ctx, "connections.state"), Shown: auditState},
		{Name: "connection_url", Label: locale.T(ctx, "connections.use_address")},
		{Name: "tags", Label: locale.T(ctx, "connections.tags"), Shown: auditTags},
		{Name: "queues", Label: locale.T(ctx, "connections.queues"), Shown: auditNames},
		{Name: "every", Label: locale.T(ctx, "watch.schedule"), Shown: auditInterval},
	})
}

func auditState(ctx context.Context, value any) string {
	text := auditText(ctx, value)
	for _, state := range api.ConnectionStates {
		if text == string(state) {
			return locale.T(ctx, "connection_state."+text)
		}
	}
	return text
}

// auditTags shows tags as the audit log keeps them: key=value, one after
// another.
func auditTags(ctx context.Context, value any) string {
	list, _ := value.([]any)
	var texts []string
	for _, item := range list {
		tag, _ := item.(map[string]any)
		texts = append(texts, TagText(api.Tag{Key: auditText(ctx, tag["key"]), Value: auditText(ctx, tag["value"])}))
	}
	return strings.Join(texts, locale.T(ctx, "connections.separator"))
}

// auditNames shows a list of names.
func auditNames(ctx context.Context, value any) string {
	list, _ := value.([]any)
	var names []string
	for _, name := range list {
		names = append(names, auditText(ctx, name))
	}
	return strings.Join(names, locale.T(ctx, "connections.separator"))
}
