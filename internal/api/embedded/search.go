package embedded

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Find implements api.Search.
func (p *Plane) Find(ctx context.Context, s api.Scope, text string, limit int) ([]api.Found, error) {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > api.MaxSearchText || !store.Storable(text) {
		return nil, nil
	}
	limit = min(max(limit, 1), api.MaxFound)
	var all []api.Found
	for _, find := range p.finders() {
		found, err := find(ctx, s, text, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, nearest(found, text, limit)...)
	}
	return all, nil
}

type finder func(ctx context.Context, s api.Scope, text string, limit int) ([]api.Found, error)

// finders are how things of each kind are found, in menu order.
func (p *Plane) finders() []finder {
	return []finder{
		p.byName(place{kind: api.KindLink, table: "links", searched: "name || ' ' || endpoint", holds: "name, endpoint", detail: "endpoint"}),
		p.byName(place{kind: api.KindConnection, table: "connections", searched: "name || ' ' || url", holds: "name, url", detail: "url", there: "state <> 'DELETED'"}),
		p.byName(place{kind: api.KindQueue, table: "queues", searched: "name", holds: "name", detail: "description"}),
		p.byName(place{kind: api.KindAlias, table: "aliases", searched: "search", holds: "name, search", detail: "function_name", parent: "function_id"}),
		p.byName(place{kind: api.KindFunction, table: "functions", searched: "name", holds: "name", detail: "package"}),
		p.byName(place{kind: api.KindEndpointService, table: "endpoint_services", searched: "name || ' ' || description", holds: "name, description", detail: "description", there: standing}),
		p.entriesByPart,
		p.byName(place{kind: api.KindPolicy, table: "policies", searched: "search", holds: "name, search", detail: "description"}),
		p.byName(place{kind: api.KindBackup, table: "backups", searched: "search", holds: "name, search", detail: "resource_name"}),
		p.regionsByName,
	}
}

// place is where things of a kind stand that have a name and a project, and an
// index by these.
type place struct {
	kind     api.Kind
	table    string
	searched string // what a text is looked for in
	holds    string // the columns which that takes; for large tables the index has them
	detail   string
	parent   string // empty if there is none
	there    string // the condition for rows that are not gone, empty for all
}

// foundRow is what a search reads.
type foundRow struct {
	ID, Name, Detail, Parent string
}

// byName finds things by the beginning of their name, by a part of what is
// searched, and by their id. What it reads is bounded, however many there are:
// names are looked up where those that begin so stand, and parts are looked for in
// an index alone.
func (p *Plane) byName(at place) finder {
	return func(ctx context.Context, s api.Scope, text string, limit int) ([]api.Found, error) {
		ids := p.rows(at, s).Column("id").Where("id = ?", text)
		for _, spelling := range spellings(text) {
			near := p.rows(at, s).Column("id", "name").Where("name >= ?", spelling).OrderExpr("name").Limit(int64(limit))
			ids = ids.UnionAll(p.db.Read.NewSelect().TableExpr("(?) AS near", near).Column("id").
				Where("LOWER(name) LIKE LOWER(?) ESCAPE '!'", store.Pattern(text)[1:]))
		}
		few := p.rows(at, s).Column("id").ColumnExpr(at.holds).OrderExpr("name").Limit(api.MaxSearched)
		far := p.db.Read.NewSelect().TableExpr("(?) AS few", few).Column("id").
			Where("LOWER("+at.searched+") LIKE LOWER(?) ESCAPE '!'", store.Pattern(text)).Limit(int64(limit))
		ids = ids.UnionAll(p.db.Read.NewSelect().TableExpr("(?) AS far", far).Column("id"))
		var rows []foundRow
		err := p.db.Read.NewSelect().TableExpr(at.table).Column("id", "name").ColumnExpr(at.detail+" AS detail").
			ColumnExpr(cmp.Or(at.parent, "''")+" AS parent").Where("id IN (?)", ids).Scan(ctx, &rows)
		return foundOf(at.kind, rows), err
	}
}

// rows are those of a project.
func (p *Plane) rows(at place, s api.Scope) *bun.SelectQuery {
	query := p.db.Read.NewSelect().TableExpr(at.table).Where("project_id = ?", s.Project)
	if at.there != "" {
		query = query.Where(at.there)
	}
	return query
}

// entriesByPart finds entries of whitelists: by any part of account and description
// where an index knows few of these, else by how the account begins.
func (p *Plane) entriesByPart(ctx context.Context, s api.Scope, text string, limit int) ([]api.Found, error) {
	if !searchable(text) {
		return nil, nil
	}
	search := strings.ToLower(text)
	ids, few, err := p.db.PermissionsByPart(ctx, search, atHand)
	if err != nil {
		return nil, err
	}
	services := p.rows(place{table: "endpoint_services", there: standing}, s).Column("id")
	query := p.db.Read.NewSelect().TableExpr("permissions").ColumnExpr("id, permission AS name, description AS detail, service_id AS parent").
		Where(inForce, store.Micros(p.now())).Limit(int64(limit))
	if few {
		query = query.Where("id IN (?)", bun.List(ids)).Where("search LIKE ? ESCAPE '!'", store.Pattern(search)).
			Where("service_id || '' IN (?)", services)
	} else {
		begins := api.AccountPrefix + strings.TrimPrefix(text, api.AccountPrefix)
		query = query.Where("service_id IN (?)", services).Where("permission >= ? AND permission < ?", begins, begins+"\U0010ffff")
	}
	var rows []foundRow
	err = query.Scan(ctx, &rows)
	return foundOf(api.KindPermission, rows), err
}

// regionsByName finds regions, which are few and no project's.
func (p *Plane) regionsByName(ctx context.Context, _ api.Scope, text string, _ int) ([]api.Found, error) {
	var rows []foundRow
	err := p.db.Read.NewSelect().TableExpr("regions").ColumnExpr("name AS id, name, '' AS detail, '' AS parent").
		Where("LOWER(name) LIKE LOWER(?) ESCAPE '!'", store.Pattern(text)).Scan(ctx, &rows)
	return foundOf(api.KindRegion, rows), err
}

func foundOf(kind api.Kind, rows []foundRow) []api.Found {
	found := make([]api.Found, len(rows))
	for i, r := range rows {
		found[i] = api.Found{Kind: kind, ID: r.ID, Name: r.Name, Detail: r.Detail, Parent: r.Parent}
	}
	return found
}

// nearest are the things whose names begin with the text, by name, then the others.
func nearest(found []api.Found, text string, limit int) []api.Found {
	text = strings.ToLower(text)
	far := func(f *api.Found) int {
		if strings.HasPrefix(strings.ToLower(strings.TrimPrefix(f.Name, api.AccountPrefix)), text) {
			return 0
		}
		return 1
	}
	slices.SortFunc(found, func(a, b api.Found) int {
		return cmp.Or(cmp.Compare(far(&a), far(&b)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), limit)]
}

// spellings are the cases in which names are mostly written: an index tells them
// apart.
func spellings(text string) []string {
	_, first := utf8.DecodeRuneInString(text)
	all := []string{text, strings.ToLower(text), strings.ToUpper(text), strings.ToUpper(text[:first]) + strings.ToLower(text[first:])}
	slices.Sort(all)
	return slices.Compact(all)
}
