package api

import (
	"context"
	"errors"
)

// Outcome is what became of one thing in a bulk action.
type Outcome struct {
	ID, Name string
	Err      *Error // nil if it was done
}

// Shelf is how things of one kind, T, are found: each by its id, or by a query,
// Q, page after page.
type Shelf[T, Q any] struct {
	Get  func(ctx context.Context, s Scope, id string) (T, error)
	List func(ctx context.Context, s Scope, q Q, cursor string) (Page[T], error)
	Name func(*T) (id, name string)
}

// LinkShelf finds links.
func LinkShelf(links Links) Shelf[Link, LinkQuery] {
	return Shelf[Link, LinkQuery]{
		Get: links.Link,
		List: func(ctx context.Context, s Scope, q LinkQuery, cursor string) (Page[Link], error) {
			q.Cursor, q.Limit = cursor, MaxPage
			return links.ListLinks(ctx, s, q)
		},
		Name: func(l *Link) (string, string) { return l.ID, l.Name },
	}
}

// ConnectionShelf finds connections.
func ConnectionShelf(connections Connections) Shelf[Connection, ConnectionQuery] {
	return Shelf[Connection, ConnectionQuery]{
		Get: connections.Connection,
		List: func(ctx context.Context, s Scope, q ConnectionQuery, cursor string) (Page[Connection], error) {
			q.Cursor, q.Limit = cursor, MaxPage
			return connections.ListConnections(ctx, s, q)
		},
		Name: func(c *Connection) (string, string) { return c.ID, c.Name },
	}
}

// AliasShelf finds aliases.
func AliasShelf(aliases Aliases) Shelf[Alias, AliasQuery] {
	return Shelf[Alias, AliasQuery]{
		Get: aliases.Alias,
		List: func(ctx context.Context, s Scope, q AliasQuery, cursor string) (Page[Alias], error) {
			q.Cursor, q.Limit = cursor, MaxPage
			return aliases.ListAliases(ctx, s, q)
		},
		Name: func(a *Alias) (string, string) { return a.ID, a.Name },
	}
}

// PolicyShelf finds policies.
func PolicyShelf(policies Policies) Shelf[Policy, PolicyQuery] {
	return Shelf[Policy, PolicyQuery]{
		Get: policies.Policy,
		List: func(ctx context.Context, s Scope, q PolicyQuery, cursor string) (Page[Policy], error) {
			q.Cursor, q.Limit = cursor, MaxPage
			return policies.ListPolicies(ctx, s, q)
		},
		Name: func(p *Policy) (string, string) { return p.ID, p.Name },
	}
}

// BackupShelf finds backups.
func BackupShelf(backups Backups) Shelf[Backup, BackupQuery] {
	return Shelf[Backup, BackupQuery]{
		Get: backups.Backup,
		List: func(ctx context.Context, s Scope, q BackupQuery, cursor string) (Page[Backup], error) {
			q.Cursor, q.Limit = cursor, MaxPage
			return backups.ListBackups(ctx, s, q)
		},
		Name: func(b *Backup) (string, string) { return b.ID, b.Name },
	}
}

// PermissionShelf finds entries of a service's whitelist.
func PermissionShelf(list Whitelist, service string) Shelf[Permission, PermissionQuery] {
	return Shelf[Permission, PermissionQuery]{
		Get: func(ctx context.Context, s Scope, id string) (Permission, error) {
			return list.Permission(ctx, s, service, id)
		},
		List: func(ctx context.Context, s Scope, q PermissionQuery, cursor string) (Page[Permission], error) {
			q.Cursor, q.Limit = cursor, MaxPage
			return list.ListPermissions(ctx, s, service, q)
		},
		Name: func(p *Permission) (string, string) { return p.ID, p.Permission },
	}
}

// Each does something to everything that is selected and tells what became of
// each. What fails stops nothing but itself; an error that is not an *Error
// ends it, with the outcomes so far. Once begun it is carried through, whether
// or not who asked for it still waits: nobody would know what was done.
func Each[T, Q any](ctx context.Context, shelf Shelf[T, Q], s Scope, sel Selection[Q], do func(context.Context, *T) error) ([]Outcome, error) {
	found, err := Selected(ctx, shelf, s, sel)
	if err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, 0, len(found))
	for i := range found {
		var o Outcome
		o.ID, o.Name = shelf.Name(&found[i])
		if o.Err, err = refusal(do(context.WithoutCancel(ctx), &found[i])); err != nil {
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

// Selected returns what is selected; ids that are gone are left out. Invalid if
// there is nothing, Limit if there is more than MaxSelection.
func Selected[T, Q any](ctx context.Context, shelf Shelf[T, Q], s Scope, sel Selection[Q]) (found []T, err error) {
	if sel.Query != nil {
		found, err = shelf.byQuery(ctx, s, *sel.Query)
	} else {
		found, err = shelf.byID(ctx, s, sel.IDs)
	}
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, Errorf(Invalid, "bulk.nothing_selected")
	}
	return found, nil
}

// SelectedIDs returns the ids of what is selected, as Selected finds it.
func SelectedIDs[T, Q any](ctx context.Context, shelf Shelf[T, Q], s Scope, sel Selection[Q]) ([]string, error) {
	found, err := Selected(ctx, shelf, s, sel)
	ids := make([]string, len(found))
	for i := range found {
		ids[i], _ = shelf.Name(&found[i])
	}
	return ids, err
}

func (sh Shelf[T, Q]) byID(ctx context.Context, s Scope, ids []string) ([]T, error) {
	if len(ids) > MaxSelection {
		return nil, Errorf(Limit, "bulk.too_many", "max", MaxSelection)
	}
	found := make([]T, 0, len(ids))
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		item, err := sh.Get(ctx, s, id)
		if CodeOf(err) == NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, item)
	}
	return found, nil
}

func (sh Shelf[T, Q]) byQuery(ctx context.Context, s Scope, q Q) ([]T, error) {
	var found []T
	for cursor := ""; ; {
		page, err := sh.List(ctx, s, q, cursor)
		if err != nil {
			return nil, err
		}
		found = append(found, page.Items...)
		if len(found) > MaxSelection {
			return nil, Errorf(Limit, "bulk.too_many", "max", MaxSelection)
		}
		if cursor = page.Next; cursor == "" {
			return found, nil
		}
	}
}
