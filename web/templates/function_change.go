package templates

import (
	"context"
	"encoding/json"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// changedFunction lists what a change of a function or of one of its versions
// changed. Of a version that was published or deleted there is its name.
func changedFunction(ctx context.Context, c api.Change) []valueChange {
	var before, after struct{ Version string }
	_ = json.Unmarshal(c.Before, &before) // either side may be missing
	_ = json.Unmarshal(c.After, &after)
	label := locale.T(ctx, "functions.version")
	switch c.Action {
	case "publish", "unpublish":
		return []valueChange{{Label: label, Before: before.Version, After: after.Version}}
	case "upstream":
		return changedFields(ctx, c, []auditField{
			{Name: "upstream", Label: locale.T(ctx, "functions.upstream_of", "version", after.Version)},
		})
	}
	return changedFields(ctx, c, []auditField{
		{Name: "description", Label: locale.T(ctx, "functions.description")},
		{Name: "upstream", Label: locale.T(ctx, "functions.upstream")},
		{Name: "runtime", Label: locale.T(ctx, "functions.runtime"), Shown: auditRuntime},
		{Name: "handler", Label: locale.T(ctx, "functions.handler")},
		{Name: "timeout", Label: locale.T(ctx, "functions.timeout")},
		{Name: "memory_size", Label: locale.T(ctx, "functions.memory")},
		{Name: "user_data", Label: locale.T(ctx, "functions.user_data")},
		{Name: "concurrency", Label: locale.T(ctx, "functions.concurrency")},
		{Name: "concurrent_num", Label: locale.T(ctx, "functions.per_instance")},
		{Name: "code_type", Label: locale.T(ctx, "functions.code_type"), Shown: auditCodeType},
		{Name: "code_url", Label: locale.T(ctx, "functions.code_url")},
		{Name: "digest", Label: locale.T(ctx, "functions.code"), Shown: auditDigest},
	})
}

func auditRuntime(ctx context.Context, value any) string {
	return runtimeName(ctx, auditText(ctx, value))
}

func auditCodeType(ctx context.Context, value any) string {
	text := auditText(ctx, value)
	for _, known := range api.CodeTypes {
		if text == known {
			return locale.T(ctx, "code_type."+text)
		}
	}
	return text
}

func auditDigest(ctx context.Context, value any) string { return shortDigest(auditText(ctx, value)) }
