package identity

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

type projectRow struct {
	bun.BaseModel `bun:"table:projects,alias:p"`

	ID          string `bun:"id,pk"`
	AccountID   string
	Name        string
	Region      string
	Description string
	ArchivedAt  int64
	CreatedAt   int64
	AccountName string   `bun:",scanonly"`
	Role        api.Role `bun:",scanonly"` // of whoever asked
}

func (r *projectRow) project() Project {
	return Project{
		ID: r.ID, Account: Account{r.AccountID, r.AccountName}, Name: r.Name, Region: r.Region,
		Description: r.Description, Archived: store.Time(r.ArchivedAt), Role: r.Role,
	}
}

// Projects returns the projects in use that the user has a role in, by name.
func (s *Service) Projects(ctx context.Context, user User) ([]Project, error) {
	var rows []projectRow
	if err := s.ask.projects.Scan(ctx, &rows, user.ID); err != nil {
		return nil, err
	}
	return projectsOf(slices.DeleteFunc(rows, func(r projectRow) bool { return r.Role == api.RoleNone })), nil
}

// AllProjects returns every project, also those that are archived, by name: for the
// command line, whose user owns the database.
func (s *Service) AllProjects(ctx context.Context) ([]Project, error) {
	var rows []projectRow
	if err := selectProjects(s.db.Read, &rows).OrderExpr("p.name").Scan(ctx); err != nil {
		return nil, err
	}
	return projectsOf(rows), nil
}

// Project returns the project of that id with the user's role in it, also one that is
// archived, or NotFound if there is none that the user has a role in.
func (s *Service) Project(ctx context.Context, user User, id string) (Project, error) {
	if !hexID.MatchString(id) {
		return Project{}, noProject(id)
	}
	return findProject(ctx, s.ask.projectByID, user, id)
}

// ProjectByName returns the project of exactly that name, or NotFound.
func (s *Service) ProjectByName(ctx context.Context, user User, name string) (Project, error) {
	if !ValidProjectName(name) {
		return Project{}, noProject(name)
	}
	return findProject(ctx, s.ask.projectByName, user, name)
}

// AddProject adds a project of that name to the account. An id may be given so
// that a project mirrors one of the cloud; without, it gets a new one. So may a
// region, which has to be there.
func (s *Service) AddProject(ctx context.Context, actor api.Actor, project Project) (Project, error) {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return Project{}, err
	}
	project.ID = cmp.Or(project.ID, newID())
	if err := api.Refuse(judgeProject(project)); err != nil {
		return Project{}, err
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if err := knownRegion(ctx, tx, project.Region); err != nil {
			return err
		}
		if project.Account, err = FindAccount(ctx, tx); err != nil {
			return err
		}
		return insertProject(ctx, tx, actor, project, s.now())
	})
	if errors.Is(err, store.ErrDuplicate) {
		return Project{}, s.takenProject(ctx, project)
	}
	return project, err
}

// takenProject finds out which of the two was taken.
func (s *Service) takenProject(ctx context.Context, project Project) error {
	found, err := s.db.Read.NewSelect().Model((*projectRow)(nil)).Where("id = ?", project.ID).Exists(ctx)
	switch {
	case err != nil:
		return err
	case found:
		return taken("id", "identity.project_id_taken", project.ID)
	default:
		return taken("name", "identity.project_name_taken", project.Name)
	}
}

// knownRegion refuses a region that is not there. Before the server's first start
// there are none, and any may be its.
func knownRegion(ctx context.Context, tx bun.IDB, name string) error {
	if name == "" {
		return nil
	}
	var names []string
	if err := tx.NewSelect().TableExpr("regions").Column("name").Scan(ctx, &names); err != nil {
		return err
	}
	if len(names) == 0 || slices.Contains(names, name) {
		return nil
	}
	return api.Refuse([]api.Problem{{Path: "region", Message: api.M("identity.region_unknown", "region", clip(name, 64))}})
}

// InsertProject adds a project to its account, in the transaction of something
// else that needs it. It makes the id.
func InsertProject(ctx context.Context, tx bun.IDB, actor api.Actor, p Project) error {
	p.ID = newID()
	return insertProject(ctx, tx, actor, p, time.Now())
}

func insertProject(ctx context.Context, tx bun.IDB, actor api.Actor, p Project, now time.Time) error {
	row := projectRow{ID: p.ID, AccountID: p.Account.ID, Name: p.Name, Region: p.Region, Description: p.Description, CreatedAt: store.Micros(now)}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return err
	}
	return store.Record(ctx, tx, api.Scope{Project: p.ID, Actor: actor}, store.Event{
		Action: "create", Kind: kindProject, ID: p.ID, Name: p.Name,
		After: map[string]string{"id": p.ID, "name": p.Name, "region": p.Region, "description": p.Description},
	})
}

func findProject(ctx context.Context, query *store.Statement, user User, value string) (Project, error) {
	var rows []projectRow
	if err := query.Scan(ctx, &rows, user.ID, value); err != nil {
		return Project{}, err
	}
	if len(rows) == 0 || rows[0].Role == api.RoleNone {
		return Project{}, noProject(value)
	}
	return rows[0].project(), nil
}

func selectProjects(db bun.IDB, model any) *bun.SelectQuery {
	return db.NewSelect().Model(model).ColumnExpr("?TableColumns").ColumnExpr("a.name AS account_name").
		Join("JOIN accounts AS a ON a.id = p.account_id")
}

func projectsOf(rows []projectRow) []Project {
	projects := make([]Project, len(rows))
	for i := range rows {
		projects[i] = rows[i].project()
	}
	return projects
}

func noProject(which string) error {
	return api.Errorf(api.NotFound, "identity.project_not_found", "project", clip(which, 64))
}
