package mirror

import (
	"context"
	"net/url"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// readings is how often a list is read that changes while it is read: what was added or
// removed meanwhile moves entries from one page to the next, and one that is missed would
// be forgotten here with all that no region knows of it.
const readings = 3

// listing is a list that has pages.
type listing[T any] struct {
	call wire.Call
	page int // the most that one call lists
	most int // that is kept
	read func(body []byte) (items []T, total int, err error)
	id   func(*T) string
}

// listed reads all pages of a list.
func listed[T any](ctx context.Context, r *region, l listing[T]) ([]T, error) {
	for range readings {
		all, steady, err := l.once(ctx, r)
		if err != nil || steady {
			return all, err
		}
	}
	return nil, api.Errorf(api.Unavailable, "vpcep.unsteady")
}

// once reads all pages, and reports whether they are of one list: with as many things as
// each of them says there are.
func (l *listing[T]) once(ctx context.Context, r *region) (all []T, steady bool, err error) {
	seen := map[string]bool{}
	want := -1
	for offset := 0; ; {
		items, total, err := l.ask(ctx, r, offset)
		if err != nil {
			return nil, false, err
		}
		if want >= 0 && total != want {
			return nil, false, nil
		}
		want = total
		before := len(all)
		for i := range items {
			if id := l.id(&items[i]); !seen[id] {
				seen[id] = true
				all = append(all, items[i])
			}
		}
		offset += len(items)
		switch {
		case len(all) > l.most:
			return nil, false, api.Errorf(api.Limit, "vpcep.list_too_long", "max", l.most)
		case len(all) == before, total > 0 && offset >= total:
			return all, len(all) == want || want == 0, nil
		}
	}
}

func (l *listing[T]) ask(ctx context.Context, r *region, offset int) ([]T, int, error) {
	call := l.call
	call.Query = url.Values{
		"limit": {strconv.Itoa(l.page)}, "offset": {strconv.Itoa(offset)}, "sort_key": {"create_at"}, "sort_dir": {"asc"},
	}
	body, err := r.ask(ctx, call)
	if err != nil {
		return nil, 0, err
	}
	return l.read(body)
}
