package templates

import (
	"context"
	"net/url"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// RegionListView is all regions. Base is their path in the project.
type RegionListView struct {
	Base    string
	Regions []api.Region
}

func (v *RegionListView) list(ctx context.Context) List {
	return List{
		Collection: Collection{Base: v.Base, ID: "regions", Words: Words{List: "regions.title", Name: "regions.name"}},
		Shown:      len(v.Regions),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "regions.name")},
			{Label: locale.T(ctx, "regions.where")},
			{Label: locale.T(ctx, "regions.projects")},
			{Label: locale.T(ctx, "regions.bandwidth_column")},
			{Label: locale.T(ctx, "regions.updated_column")},
		},
		Blank: noRegions(v.Base),
	}
}

// RegionView is one stored region. Path is its page.
type RegionView struct {
	Base, Path string
	Region     api.Region
	History    History       // on its page
	Stored     []form.Hidden // its fields, to be tested from its page
}

// RegionFormView is the form of a new or stored region.
type RegionFormView struct {
	Base    string
	Form    *form.Form
	Region  *api.Region // edited, nil for a new one
	Check   *api.Check
	Changed *LinkChanged
}

// regionCheck is the place of a test's result.
const regionCheck = "region-check"

// regionInputs are the inputs that a test is about.
const regionInputs = "kind folder endpoint bucket prefix signing path_style access_key secret"

func (v *RegionFormView) crumbs(ctx context.Context) []Crumb {
	crumbs := []Crumb{{Label: locale.T(ctx, "regions.title"), Href: v.Base}}
	if v.Region != nil {
		crumbs = append(crumbs, Crumb{Label: v.Region.Name, Href: v.cancel()})
	}
	return crumbs
}

// cancel is where somebody goes who saves nothing.
func (v *RegionFormView) cancel() string {
	if v.Region != nil {
		return v.Form.Action
	}
	return v.Base
}

func (v *RegionFormView) saveLabel(ctx context.Context) string {
	if v.Region != nil {
		return locale.T(ctx, "regions.save")
	}
	return locale.T(ctx, "regions.create")
}

// regionHref is the page of a region below the list at base.
func regionHref(base, name string) string { return base + "/" + url.PathEscape(name) }

// regionPlace is where the objects of a region are, in one line.
func regionPlace(r *api.Region) string {
	switch r.Kind {
	case api.StoreFolder:
		return r.Folder
	case api.StoreCloud:
		return ""
	}
	return strings.TrimSuffix(r.Endpoint, "/") + "/" + r.Bucket + "/" + r.Prefix
}

// bandwidthText is a bound in bytes per second in words.
func bandwidthText(ctx context.Context, bytes int64) string {
	if bytes == 0 {
		return locale.T(ctx, "regions.unbounded")
	}
	return locale.T(ctx, "regions.per_second", "size", sizeText(ctx, bytes))
}

// deletion is the question before a region is removed.
func (v *RegionView) deletion(ctx context.Context) Confirm {
	return Confirm{
		Text: locale.T(ctx, "regions.delete_text", "name", v.Region.Name),
		Consequences: []string{
			locale.T(ctx, "regions.delete_objects"), locale.T(ctx, "regions.delete_unreachable"),
			locale.T(ctx, "regions.delete_project"), locale.T(ctx, "regions.delete_unused"),
		},
		Action: v.Path + "/delete", Cancel: v.Path, Button: locale.T(ctx, "regions.delete_button"),
		Hidden: []form.Hidden{{Name: "version", Value: version(v.Region.Version)}},
	}
}

// RegionDifferences lists the fields in which what was typed is not what is
// stored. A secret that was typed is another one.
func RegionDifferences(ctx context.Context, d api.RegionDraft, r *api.Region) []Difference {
	var found []Difference
	add := func(label, mine, theirs string) {
		if mine != theirs {
			found = append(found, Difference{Label: locale.T(ctx, label), Mine: mine, Theirs: theirs})
		}
	}
	kindText := func(k api.StoreKind) string { return locale.T(ctx, "store_kind."+string(k)) }
	add("regions.kind", kindText(d.Kind), kindText(r.Kind))
	if d.Kind == api.StoreFolder {
		add("regions.folder", d.Folder, r.Folder)
	} else {
		add("regions.endpoint", d.Endpoint, r.Endpoint)
		add("regions.bucket", d.Bucket, r.Bucket)
		add("regions.prefix", d.Prefix, r.Prefix)
		add("regions.signing", d.Signing, r.Signing)
		add("regions.path_style", yesNoText(ctx, d.PathStyle), yesNoText(ctx, r.PathStyle))
		add("regions.access_key", d.AccessKey, r.AccessKey)
	}
	bound := ""
	if r.Bandwidth > 0 {
		bound = count(int(r.Bandwidth >> 20))
	}
	add("regions.bandwidth", d.Bandwidth, bound)
	return found
}
