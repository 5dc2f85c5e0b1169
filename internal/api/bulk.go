package api

import (
	"context"
	"errors"
)

// Outcome is what became of one link in a bulk action.
type Outcome struct {
	ID, Name string
	Err      *Error // nil if it was done
}

// EachLink does something to every selected link and tells what became of each.
// What fails stops nothing but itself; an error that is not an *Error ends it.
func EachLink(ctx context.Context, links Links, s Scope, sel Selection, do func(context.Context, *Link) error) ([]Outcome, error) {
	found, err := Selected(ctx, links, s, sel)
	if err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, 0, len(found))
	for i := range found {
		o := Outcome{ID: found[i].ID, Name: found[i].Name}
		if o.Err, err = refusal(do(ctx, &found[i])); err != nil {
			return outcomes, err
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

// refusal tells what a service refuses from what broke.
func refusal(err error) (*Error, error) {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code == Internal {
		return nil, err
	}
	return e, nil
}

// Selected returns the selected links; ids that are gone are left out. Invalid
// if there are none, Limit if there are more than MaxSelection.
func Selected(ctx context.Context, links Links, s Scope, sel Selection) ([]Link, error) {
	find := byID
	if sel.Query != nil {
		find = byQuery
	}
	found, err := find(ctx, links, s, sel)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, Errorf(Invalid, "bulk.nothing_selected")
	}
	return found, nil
}

func byID(ctx context.Context, links Links, s Scope, sel Selection) ([]Link, error) {
	if len(sel.IDs) > MaxSelection {
		return nil, Errorf(Limit, "bulk.too_many", "max", MaxSelection)
	}
	found := make([]Link, 0, len(sel.IDs))
	seen := make(map[string]bool, len(sel.IDs))
	for _, id := range sel.IDs {
		if seen[id] {
			continue
		}
		seen[id] = true
		link, err := links.Link(ctx, s, id)
		if CodeOf(err) == NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, link)
	}
	return found, nil
}

func byQuery(ctx context.Context, links Links, s Scope, sel Selection) ([]Link, error) {
	q := *sel.Query
	q.Cursor, q.Limit = "", MaxPage
	var found []Link
	for {
		page, err := links.ListLinks(ctx, s, q)
		if err != nil {
			return nil, err
		}
		found = append(found, page.Items...)
		if len(found) > MaxSelection {
			return nil, Errorf(Limit, "bulk.too_many", "max", MaxSelection)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return found, nil
		}
	}
}
