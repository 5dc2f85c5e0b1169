package identity

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// invited reports whether somebody has no password yet, or none any more.
func (r *userRow) invited() bool { return r.PasswordHash == "" && r.Issuer == "" }

func (r *userRow) json() personJSON {
	return personJSON{r.ID, r.Name, r.FullName, r.Email, r.Administrator}
}

func (r *userRow) person() Person {
	return Person{
		User: User{
			ID: r.ID, Account: Account{r.AccountID, r.AccountName}, Name: r.Name, Lang: r.Lang, Theme: r.Theme,
			Administrator: r.Effective,
		},
		FullName: r.FullName, Email: r.Email, Appointed: r.Administrator, Disabled: r.Disabled,
		Invited: r.invited(), External: r.Issuer != "", Factor: r.Factor != "",
		Seen: store.Time(r.SeenAt), Created: store.Time(r.CreatedAt),
	}
}

// selectPeople selects users u of the account with what they are in effect.
func selectPeople(db bun.IDB, rows *[]userRow, account Account) *bun.SelectQuery {
	return db.NewSelect().Model(rows).ColumnExpr("?TableColumns").
		ColumnExpr("? AS account_name", account.Name).ColumnExpr(administrates+" AS effective").
		Where("u.account_id = ?", account.ID)
}

// People returns a page of people, by name. For administrators.
func (s *Service) People(ctx context.Context, actor api.Actor, q PeopleQuery) (api.Page[Person], error) {
	account, err := s.administered(ctx, actor)
	if err != nil || !store.Storable(q.Search, q.Group, q.Cursor) {
		return api.Page[Person]{}, err
	}
	limit := min(max(q.Limit, 0), api.MaxPage)
	if limit == 0 {
		limit = api.DefaultPage
	}
	var rows []userRow
	query := selectPeople(s.db.Read, &rows, account).Limit(int64(limit + 1))
	whose(query, q)
	from, back := strings.CutPrefix(q.Cursor, "-")
	from = strings.TrimPrefix(from, "+")
	switch {
	case back:
		query.Where("u.name < ?", from).OrderExpr("u.name DESC")
	case from != "":
		query.Where("u.name > ?", from).OrderExpr("u.name")
	default:
		query.OrderExpr("u.name")
	}
	if err := query.Scan(ctx); err != nil {
		return api.Page[Person]{}, err
	}
	more := len(rows) > limit
	rows = rows[:min(len(rows), limit)]
	if back {
		slices.Reverse(rows)
	}
	page := api.Page[Person]{Items: make([]Person, len(rows))}
	for i := range rows {
		page.Items[i] = rows[i].person()
	}
	if len(rows) > 0 && (more || back) {
		page.Next = "+" + rows[len(rows)-1].Name
	}
	if len(rows) > 0 && (back && more || !back && from != "") {
		page.Prev = "-" + rows[0].Name
	}
	return page, s.adorn(ctx, page.Items)
}

// whose narrows a query of users u.
func whose(query *bun.SelectQuery, q PeopleQuery) {
	if part := strings.ToLower(strings.TrimSpace(q.Search)); part != "" {
		like := store.Pattern(part)
		query.Where("LOWER(u.name) LIKE ? ESCAPE '!' OR LOWER(u.full_name) LIKE ? ESCAPE '!' OR LOWER(u.email) LIKE ? ESCAPE '!'", like, like, like)
	}
	if q.Group != "" {
		query.Where("u.id IN (SELECT user_id FROM group_members WHERE group_id = ?)", q.Group)
	}
}

// Person returns somebody, or NotFound. For administrators, and for oneself.
func (s *Service) Person(ctx context.Context, actor api.Actor, id string) (Person, error) {
	if err := allowOwn(actor, id); err != nil {
		return Person{}, err
	}
	account, err := s.Account(ctx)
	if err != nil {
		return Person{}, err
	}
	if _, err := findUser(ctx, s.db.Read, account, id); err != nil {
		return Person{}, err
	}
	var rows []userRow
	if err := selectPeople(s.db.Read, &rows, account).Where("u.id = ?", id).Scan(ctx); err != nil {
		return Person{}, err
	}
	people := []Person{rows[0].person()}
	err = s.adorn(ctx, people)
	return people[0], err
}

// adorn fills in the groups and the roles of some people.
func (s *Service) adorn(ctx context.Context, people []Person) error {
	if len(people) == 0 {
		return nil
	}
	byID, ids := map[string]*Person{}, make([]string, len(people))
	for i := range people {
		byID[people[i].ID], ids[i] = &people[i], people[i].ID
	}
	var memberships []groupRow
	err := selectGroups(s.db.Read, &memberships, people[0].Account).ColumnExpr("gm.user_id AS member").
		Join("JOIN group_members AS gm ON gm.group_id = g.id").Where("gm.user_id IN (?)", bun.List(ids)).Scan(ctx)
	if err != nil {
		return err
	}
	for i := range memberships {
		p := byID[memberships[i].Member]
		p.Groups = append(p.Groups, memberships[i].group())
	}
	roles, err := roles(ctx, s.db.Read, func(q *bun.SelectQuery) { q.Where("r.user_id IN (?)", bun.List(ids)) })
	for _, r := range roles {
		p := byID[r.User.ID]
		p.Roles = append(p.Roles, r)
	}
	return err
}
