package identity

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

type roleRow struct {
	bun.BaseModel `bun:"table:project_roles,alias:r"`

	ProjectID string `bun:"project_id,pk"`
	UserID    string `bun:"user_id,pk"`
	GroupID   string `bun:"group_id,pk"`
	Role      api.Role
	CreatedAt int64
	CreatedBy string

	ProjectName string `bun:",scanonly"`
	ArchivedAt  int64  `bun:",scanonly"`
	UserName    string `bun:",scanonly"`
	GroupName   string `bun:",scanonly"`
}

func (r *roleRow) projectRole() ProjectRole {
	return ProjectRole{
		Project: Project{ID: r.ProjectID, Name: r.ProjectName, Archived: store.Time(r.ArchivedAt)},
		User:    User{ID: r.UserID, Name: r.UserName}, Group: Group{ID: r.GroupID, Name: r.GroupName},
		Role: r.Role, Since: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
	}
}

// roles returns the roles that narrow selects of project_roles r: by project, groups
// first, each by name.
func roles(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery)) ([]ProjectRole, error) {
	var rows []roleRow
	q := db.NewSelect().Model(&rows).ColumnExpr("?TableColumns").
		ColumnExpr("p.name AS project_name, p.archived_at, COALESCE(u.name, '') AS user_name, COALESCE(g.name, '') AS group_name").
		Join("JOIN projects AS p ON p.id = r.project_id").
		Join("LEFT JOIN users AS u ON u.id = r.user_id").Join("LEFT JOIN user_groups AS g ON g.id = r.group_id").
		OrderExpr("p.name, r.user_id <> '', COALESCE(g.name, u.name)")
	narrow(q)
	err := q.Scan(ctx)
	found := make([]ProjectRole, len(rows))
	for i := range rows {
		found[i] = rows[i].projectRole()
	}
	return found, err
}

// ProjectRoles returns who has a role in the project: groups, then users, by name.
// Administrators, who may do everything everywhere, are not among them.
func (s *Service) ProjectRoles(ctx context.Context, scope api.Scope) ([]ProjectRole, error) {
	if err := api.Allow(scope.Actor, api.RoleViewer); err != nil {
		return nil, err
	}
	return roles(ctx, s.db.Read, func(q *bun.SelectQuery) { q.Where("r.project_id = ?", scope.Project) })
}

// SetProjectRole says what a user or a group may do in the project; RoleNone takes that
// away. For admins of the project.
func (s *Service) SetProjectRole(ctx context.Context, scope api.Scope, h Holder, role api.Role) error {
	if err := api.Allow(scope.Actor, api.RoleAdmin); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		project, err := lockProject(ctx, tx, scope.Project)
		if err != nil {
			return err
		}
		if project.ArchivedAt > 0 {
			return errArchived()
		}
		return s.setRole(ctx, tx, scope.Actor, project, h, role)
	})
}

func (s *Service) setRole(ctx context.Context, tx bun.IDB, actor api.Actor, project *projectRow, h Holder, role api.Role) error {
	if role != api.RoleNone && !slices.Contains(api.Roles, role) {
		return api.Refuse([]api.Problem{{Path: "role", Message: api.M("identity.role_rule")}})
	}
	row := roleRow{
		ProjectID: project.ID, UserID: h.User, GroupID: h.Group, Role: role,
		CreatedAt: store.Micros(s.now()), CreatedBy: actor.User,
	}
	told, err := nameHolder(ctx, tx, Account{ID: project.AccountID}, h)
	if err != nil {
		return err
	}
	before := roleRow{ProjectID: project.ID, UserID: h.User, GroupID: h.Group}
	if err := tx.NewSelect().Model(&before).Column("role").WherePK().Scan(ctx); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if before.Role == role {
		return nil
	}
	if err := row.write(ctx, tx); err != nil {
		return err
	}
	told["role"] = role.String()
	was := maps.Clone(told)
	was["role"] = before.Role.String()
	return store.Record(ctx, tx, api.Scope{Project: project.ID, Actor: actor}, store.Event{
		Action: "set_role", Kind: kindProject, ID: project.ID, Name: project.Name, Before: was, After: told,
	})
}

func (r *roleRow) write(ctx context.Context, tx bun.IDB) error {
	var err error
	if r.Role == api.RoleNone {
		_, err = tx.NewDelete().Model(r).WherePK().Exec(ctx)
	} else {
		_, err = tx.NewInsert().Model(r).On("CONFLICT (project_id, user_id, group_id) DO UPDATE").
			Set("role = EXCLUDED.role, created_at = EXCLUDED.created_at, created_by = EXCLUDED.created_by").Exec(ctx)
	}
	return err
}

// nameHolder returns who is meant, as the audit log tells of it, or NotFound.
func nameHolder(ctx context.Context, db bun.IDB, account Account, h Holder) (map[string]string, error) {
	if h.User != "" && h.Group == "" {
		user, err := findUser(ctx, db, account, h.User)
		if err != nil {
			return nil, err
		}
		return map[string]string{"user_id": user.ID, "user": user.Name}, nil
	}
	if h.User != "" {
		return nil, noGroup()
	}
	group, err := findGroup(ctx, db, account, h.Group)
	if err != nil {
		return nil, err
	}
	return map[string]string{"group_id": group.ID, "group": group.Name}, nil
}

// MaxHolders is how many of each FindHolders returns.
const MaxHolders = 20

// FindHolders returns people and groups whose name has a part, to be given a role: of
// people only the names. For admins of the project.
func (s *Service) FindHolders(ctx context.Context, scope api.Scope, search string) ([]Person, []Group, error) {
	if err := api.Allow(scope.Actor, api.RoleAdmin); err != nil || !store.Storable(search) {
		return nil, nil, err
	}
	account, err := s.Account(ctx)
	if err != nil {
		return nil, nil, err
	}
	var rows []userRow
	query := selectPeople(s.db.Read, &rows, account).Where("NOT u.disabled").OrderExpr("u.name").Limit(MaxHolders)
	like := store.Pattern(strings.ToLower(strings.TrimSpace(search)))
	query.Where("LOWER(u.name) LIKE ? ESCAPE '!' OR LOWER(u.full_name) LIKE ? ESCAPE '!'", like, like) // addresses are for administrators
	if err := query.Scan(ctx); err != nil {
		return nil, nil, err
	}
	people := make([]Person, len(rows))
	for i := range rows {
		all := rows[i].person()
		people[i] = Person{User: all.User, FullName: all.FullName} // the rest is for administrators
	}
	found, err := groups(ctx, selectGroups(s.db.Read, (*groupRow)(nil), account).
		Where("LOWER(g.name) LIKE ? ESCAPE '!'", like).Limit(MaxHolders))
	return people, found, err
}
