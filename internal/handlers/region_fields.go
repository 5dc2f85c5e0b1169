package handlers

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// form describes the form for people; folders are those that regions may be in.
func (rf *regionForm) form(c echo.Context, folders []string) *form.Form {
	ctx := localised(c)
	t := func(key string) string { return locale.T(ctx, key) }
	f := &form.Form{ID: "region-form", Action: regionsPath(c), Values: rf.values, Guard: true}
	name := form.Field{
		Path: "name", Kind: form.Text, Required: true, Live: true, Placeholder: "cn-east-2",
		Label: t("regions.name"), Help: t("regions.name_help"),
	}
	if rf.stored != nil {
		f.Action = regionPath(c, rf.stored.Name)
		f.Hidden = []form.Hidden{{Name: "version", Value: rf.values.Get("version")}}
		rf.values.Set("name", rf.stored.Name)
		name.Kind, name.Required, name.Live, name.Help = form.Fixed, false, false, t("regions.name_fixed")
	}
	kind := form.Field{Path: "kind", Kind: form.Cards, Required: true, Redraw: true, Label: t("regions.kind"), Choices: []form.Choice{
		{Value: string(api.StoreS3), Label: t("store_kind.s3"), Note: t("regions.s3_note")},
		{Value: string(api.StoreFolder), Label: t("store_kind.folder"), Note: t("regions.folder_note")},
	}}
	where := form.Section{ID: "section-where", Title: t("regions.where"), Fields: rf.storeFields(c, folders)}
	limits := form.Section{ID: "section-limits", Title: t("regions.limits"), Fields: []form.Field{{
		Path: "bandwidth", Kind: form.Number, Live: true, MaxLen: 6, Placeholder: "80",
		Label: t("regions.bandwidth"), Help: t("regions.bandwidth_help"),
	}}}
	f.Sections = []form.Section{
		{ID: "section-region", Title: t("regions.section"), Fields: []form.Field{name, kind}}, where, limits,
	}
	f.Hidden = append(f.Hidden, rf.others(&where)...)
	return f
}

// storeFields say where the objects are, by the kind of store.
func (rf *regionForm) storeFields(c echo.Context, folders []string) []form.Field {
	ctx := localised(c)
	t := func(key string, pairs ...any) string { return locale.T(ctx, key, pairs...) }
	switch api.StoreKind(rf.values.Get("kind")) {
	case api.StoreFolder:
		folder := form.Field{Path: "folder", Kind: form.Text, Required: true, Live: true, Label: t("regions.folder"), Help: t("regions.folder_nowhere")}
		if len(folders) > 0 {
			folder.Placeholder = "cn-east-2"
			folder.Help = t("regions.folder_help", "folders", strings.Join(folders, t("connections.separator")))
		}
		return []form.Field{folder}
	case api.StoreS3:
		return []form.Field{
			{Path: "endpoint", Kind: form.Text, Required: true, Live: true, Placeholder: "https://obs.cn-east-3.myhuaweicloud.com", Label: t("regions.endpoint"), Help: t("regions.endpoint_help")},
			{Path: "bucket", Kind: form.Text, Required: true, Live: true, Half: true, Placeholder: "backups", Label: t("regions.bucket")},
			{Path: "prefix", Kind: form.Text, Live: true, Half: true, Placeholder: "switchboard/", Label: t("regions.prefix"), Help: t("regions.prefix_help")},
			{Path: "signing", Kind: form.Text, Live: true, Half: true, Placeholder: "us-east-1", Label: t("regions.signing"), Help: t("regions.signing_help")},
			{Path: "path_style", Kind: form.Switch, Half: true, Label: t("regions.path_style"), Help: t("regions.path_style_help")},
			{Path: "access_key", Kind: form.Text, Required: true, Live: true, Label: t("regions.access_key")},
			{Path: regionSecret, Kind: form.Password, Required: true, Label: t("regions.secret"), Help: t("regions.secret_help"), Stored: rf.hasSecret(), Held: rf.held},
		}
	}
	return nil
}

// others are what was typed for another kind of store: kept, in case that is
// chosen again.
func (rf *regionForm) others(shown *form.Section) []form.Hidden {
	var kept []form.Hidden
	for _, path := range []string{"folder", "endpoint", "bucket", "prefix", "signing", "path_style", "access_key"} {
		here := slices.ContainsFunc(shown.Fields, func(f form.Field) bool { return f.Path == path })
		if value := rf.values.Get(path); !here && value != "" {
			kept = append(kept, form.Hidden{Name: path, Value: value})
		}
	}
	if rf.held != "" && !slices.ContainsFunc(shown.Fields, func(f form.Field) bool { return f.Path == regionSecret }) {
		kept = append(kept, form.Hidden{Name: regionSecret + ".held", Value: rf.held}, form.Hidden{Name: regionSecret + ".mode", Value: form.Replace})
	}
	return kept
}

// turnsSecret reports whether the stored secret has to be typed again because of
// the field that was just left (S11), or need not any more because that was put
// back. One that was typed is left alone.
func (rf *regionForm) turnsSecret(path string, problems []api.Problem) bool {
	if !rf.hasSecret() || !rf.draft.Secret.IsZero() || !slices.Contains([]string{"endpoint", "bucket", "access_key"}, path) {
		return false
	}
	asked := slices.ContainsFunc(problems, func(p api.Problem) bool { return p.Path == regionSecret })
	return asked != (rf.values.Get(regionSecret+".mode") == form.Again)
}
