package identity

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

type groupRow struct {
	bun.BaseModel `bun:"table:user_groups,alias:g"`

	ID            string `bun:"id,pk"`
	AccountID     string
	Name          string
	Description   string
	Claim         string
	Administrator bool
	CreatedAt     int64
	Members       int    `bun:",scanonly"`
	Member        string `bun:",scanonly"` // a user who was asked for, if he is in it
	Claimed       bool   `bun:",scanonly"` // by the provider
}

type memberRow struct {
	bun.BaseModel `bun:"table:group_members,alias:m"`

	GroupID string `bun:"group_id,pk"`
	UserID  string `bun:"user_id,pk"`
	Claimed bool   // by the provider, which also takes it away
}

func (r *groupRow) group() Group {
	return Group{r.ID, r.Name, r.Description, r.Claim, r.Administrator, r.Members}
}

// groupJSON is a group as the audit log has one.
type groupJSON struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	Description   string `json:"description"`
	Claim         string `json:"claim"`
	Administrator bool   `json:"administrator"`
}

func (r *groupRow) json() groupJSON {
	return groupJSON{r.ID, r.Name, r.Description, r.Claim, r.Administrator}
}

// selectGroups selects groups of the account with how many are in them.
func selectGroups(db bun.IDB, model any, account Account) *bun.SelectQuery {
	return db.NewSelect().Model(model).ColumnExpr("?TableColumns").
		ColumnExpr("(SELECT COUNT(*) FROM group_members AS m WHERE m.group_id = g.id) AS members").
		Where("g.account_id = ?", account.ID).OrderExpr("g.name")
}

// Groups returns all groups, by name. For administrators.
func (s *Service) Groups(ctx context.Context, actor api.Actor) ([]Group, error) {
	account, err := s.administered(ctx, actor)
	if err != nil {
		return nil, err
	}
	return groups(ctx, selectGroups(s.db.Read, (*groupRow)(nil), account))
}

func groups(ctx context.Context, query *bun.SelectQuery) ([]Group, error) {
	var rows []groupRow
	err := query.Scan(ctx, &rows)
	found := make([]Group, len(rows))
	for i := range rows {
		found[i] = rows[i].group()
	}
	return found, err
}

// administered returns the account to an administrator.
func (s *Service) administered(ctx context.Context, actor api.Actor) (Account, error) {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return Account{}, err
	}
	return s.Account(ctx)
}

// Group returns a group and who is in it, by name, or NotFound. For administrators.
func (s *Service) Group(ctx context.Context, actor api.Actor, id string) (Group, []User, error) {
	account, err := s.administered(ctx, actor)
	if err != nil {
		return Group{}, nil, err
	}
	row, err := findGroup(ctx, s.db.Read, account, id)
	if err != nil {
		return Group{}, nil, err
	}
	var people []person
	err = withPerson(s.db.Read.NewSelect().TableExpr("group_members AS m"), "m.user_id").
		Where("m.group_id = ?", id).OrderExpr("u.name").Scan(ctx, &people)
	users := make([]User, len(people))
	for i := range people {
		users[i] = people[i].user()
	}
	return row.group(), users, err
}

func findGroup(ctx context.Context, db bun.IDB, account Account, id string) (*groupRow, error) {
	row := new(groupRow)
	if !hexID.MatchString(id) {
		return nil, noGroup()
	}
	err := selectGroups(db, row, account).Where("g.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noGroup()
	}
	return row, err
}

func noGroup() error { return api.Errorf(api.NotFound, "identity.group_not_found") }

// CreateGroup adds a group. What is wrong is said at the paths "name", "description"
// and "claim". For administrators.
func (s *Service) CreateGroup(ctx context.Context, actor api.Actor, g Group) (Group, error) {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return Group{}, err
	}
	if err := api.Refuse(judgeGroup(g)); err != nil {
		return Group{}, err
	}
	row := groupRow{ID: newID(), Name: g.Name, Description: g.Description, Claim: g.Claim, Administrator: g.Administrator, CreatedAt: store.Micros(s.now())}
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		account, err := FindAccount(ctx, tx)
		if err != nil {
			return err
		}
		row.AccountID = account.ID
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "create", Kind: kindGroup, ID: row.ID, Name: row.Name, After: row.json()})
	})
	return row.group(), groupTaken(err, g.Name)
}

func groupTaken(err error, name string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return taken("name", "identity.group_taken", name)
	}
	return err
}

// UpdateGroup changes all of a group but its members. Conflict if nobody would be an
// administrator any more. For administrators.
func (s *Service) UpdateGroup(ctx context.Context, actor api.Actor, g Group) (Group, error) {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return Group{}, err
	}
	if err := api.Refuse(judgeGroup(g)); err != nil {
		return Group{}, err
	}
	var row *groupRow
	err := s.administering(ctx, func(ctx context.Context, tx bun.Tx, account Account) (err error) {
		if row, err = findGroup(ctx, tx, account, g.ID); err != nil {
			return err
		}
		before := row.json()
		row.Name, row.Description, row.Claim, row.Administrator = g.Name, g.Description, g.Claim, g.Administrator
		if row.json() == before {
			return nil
		}
		if _, err := tx.NewUpdate().Model(row).Column("name", "description", "claim", "administrator").WherePK().Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "update", Kind: kindGroup, ID: row.ID, Name: row.Name, Before: before, After: row.json()})
	})
	if err != nil {
		return Group{}, groupTaken(err, g.Name)
	}
	return row.group(), nil
}

// DeleteGroup deletes a group with its roles; who was in it stays. Errors as in
// UpdateGroup.
func (s *Service) DeleteGroup(ctx context.Context, actor api.Actor, id string) error {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return err
	}
	return s.administering(ctx, func(ctx context.Context, tx bun.Tx, account Account) error {
		row, err := findGroup(ctx, tx, account, id)
		if err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*roleRow)(nil)).Where("group_id = ?", id).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "delete", Kind: kindGroup, ID: row.ID, Name: row.Name, Before: row.json()})
	})
}
