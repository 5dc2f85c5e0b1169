package templates

import (
	"context"
	"encoding/json"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// changedRegion lists what a change of a region changed.
func changedRegion(ctx context.Context, c api.Change) []valueChange {
	found := changedFields(ctx, c, []auditField{
		{Name: "kind", Label: locale.T(ctx, "regions.kind"), Shown: auditStore},
		{Name: "folder", Label: locale.T(ctx, "regions.folder")},
		{Name: "endpoint", Label: locale.T(ctx, "regions.endpoint")},
		{Name: "bucket", Label: locale.T(ctx, "regions.bucket")},
		{Name: "prefix", Label: locale.T(ctx, "regions.prefix")},
		{Name: "signing", Label: locale.T(ctx, "regions.signing")},
		{Name: "path_style", Label: locale.T(ctx, "regions.path_style"), Shown: auditSwitch},
		{Name: "access_key", Label: locale.T(ctx, "regions.access_key")},
		{Name: "bandwidth", Label: locale.T(ctx, "regions.bandwidth_column"), Shown: auditBandwidth},
	})
	if before, after := auditedSecret(c.Before), auditedSecret(c.After); before != nil && after != nil {
		if note := secretNote(ctx, "secret", before, after); note != "" {
			found = append(found, valueChange{Label: locale.T(ctx, "regions.secret"), Note: note})
		}
	}
	return found
}

// auditedSecret is what the audit log keeps of a region's secret, nil if there is
// no entry.
func auditedSecret(entry []byte) *auditedLink {
	var region struct {
		Secret bool `json:"secret"`
		Typed  bool `json:"secret_typed"`
	}
	if json.Unmarshal(entry, &region) != nil {
		return nil
	}
	found := &auditedLink{Secrets: map[string]bool{"secret": region.Secret}}
	if region.Typed {
		found.Typed = []string{"secret"}
	}
	return found
}

func auditStore(ctx context.Context, value any) string {
	text := auditText(ctx, value)
	for _, kind := range []api.StoreKind{api.StoreFolder, api.StoreS3} {
		if text == string(kind) {
			return locale.T(ctx, "store_kind."+text)
		}
	}
	return text
}

// auditSwitch shows what is left out where it is off.
func auditSwitch(ctx context.Context, value any) string { return yesNoText(ctx, value == true) }

// auditBandwidth shows a bound that is left out where there is none.
func auditBandwidth(ctx context.Context, value any) string {
	bytes, _ := value.(float64)
	return bandwidthText(ctx, int64(bytes))
}
