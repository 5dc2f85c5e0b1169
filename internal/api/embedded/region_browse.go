package embedded

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
)

// Browse implements api.Regions. What the console itself keeps there is left out.
func (p *Plane) Browse(ctx context.Context, s api.Scope, folder, cursor string, limit int) (api.Page[api.Entry], error) {
	var page api.Page[api.Entry]
	folder = strings.Trim(folder, "/")
	if folder != "" {
		if m := api.ResourcePathProblem(folder); !m.IsZero() {
			return page, api.Refuse([]api.Problem{{Path: "folder", Message: m}})
		}
		folder += "/"
	}
	region, err := p.regionOf(ctx, p.db.Read, s.Project)
	if err != nil {
		return page, err
	}
	from, err := p.store(ctx, region)
	if err != nil {
		return page, storeError(err)
	}
	limit = min(cmp.Or(max(limit, 0), api.DefaultPage), api.MaxPage)
	found, err := from.Children(ctx, folder, cursor, limit+2) // one more says whether there are more, one may be ours
	if err != nil {
		return page, storeError(err)
	}
	for _, o := range found {
		if !api.IsReserved(o.Key) {
			page.Items = append(page.Items, api.Entry{Path: o.Key, Size: o.Size})
		}
	}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		page.Next = page.Items[limit-1].Path
	}
	return page, nil
}

// storeError is why a store does not answer, in words for people. What went wrong
// elsewhere stays as it is.
func storeError(err error) error {
	for cause, key := range map[error]string{
		objects.ErrUnreachable: "region.unreachable",
		objects.ErrDenied:      "region.denied",
		objects.ErrNoStore:     "region.no_store",
		errOutside:             "region.no_store",
	} {
		if errors.Is(err, cause) {
			return api.Errorf(api.Unavailable, key)
		}
	}
	if errors.Is(err, objects.ErrNotFound) {
		return api.Errorf(api.NotFound, "region.folder_missing")
	}
	return err
}
