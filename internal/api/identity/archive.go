package identity

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// errArchived is what a change in a project that is only kept ends in.
func errArchived() error { return api.Errorf(api.Conflict, "project.archived") }

// Changeable refuses changes in a project that is only kept: Conflict.
func (p *Project) Changeable() error {
	if p.Archived.IsZero() {
		return nil
	}
	return errArchived()
}

// lockProject returns a project of the account, held until the transaction ends, or
// NotFound.
func lockProject(ctx context.Context, tx bun.IDB, id string) (*projectRow, error) {
	if !hexID.MatchString(id) {
		return nil, noProject(id)
	}
	if _, err := tx.NewUpdate().Model((*projectRow)(nil)).Set("name = name").Where("id = ?", id).Exec(ctx); err != nil {
		return nil, err
	}
	row := new(projectRow)
	err := selectProjects(tx, row).Where("p.id = ?", id).Where("a.name = ?", AccountName).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noProject(id)
	}
	return row, err
}

// projectJSON is a project's own words as the audit log has them.
type projectJSON struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// UpdateProject changes a project's name and description. What is wrong is said at
// "name" and "description". For admins of the project.
func (s *Service) UpdateProject(ctx context.Context, scope api.Scope, name, description string) error {
	if err := api.Allow(scope.Actor, api.RoleAdmin); err != nil {
		return err
	}
	if err := api.Refuse(judgeProject(Project{ID: scope.Project, Name: name, Description: description})); err != nil {
		return err
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockProject(ctx, tx, scope.Project)
		if err != nil {
			return err
		}
		if row.ArchivedAt > 0 {
			return errArchived()
		}
		before, after := projectJSON{row.Name, row.Description}, projectJSON{name, description}
		if before == after {
			return nil
		}
		row.Name, row.Description = name, description
		if _, err := tx.NewUpdate().Model(row).Column("name", "description").WherePK().Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, scope, store.Event{
			Action: "update", Kind: kindProject, ID: row.ID, Name: name, Before: before, After: after,
		})
	})
	if errors.Is(err, store.ErrDuplicate) {
		return taken("name", "identity.project_name_taken", name)
	}
	return err
}

// ArchiveProject keeps a project as it is: nothing in it is changed or done in the
// background until it is restored. For administrators.
func (s *Service) ArchiveProject(ctx context.Context, actor api.Actor, id string) error {
	return s.setArchived(ctx, actor, id, "archive", store.Micros(s.now()))
}

// RestoreProject takes a project into use again. For administrators.
func (s *Service) RestoreProject(ctx context.Context, actor api.Actor, id string) error {
	return s.setArchived(ctx, actor, id, "restore", 0)
}

func (s *Service) setArchived(ctx context.Context, actor api.Actor, id, action string, at int64) error {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockProject(ctx, tx, id)
		if err != nil || (row.ArchivedAt > 0) == (at > 0) {
			return err
		}
		row.ArchivedAt = at
		if _, err := tx.NewUpdate().Model(row).Column("archived_at").WherePK().Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, api.Scope{Project: row.ID, Actor: actor}, store.Event{
			Action: action, Kind: kindProject, ID: row.ID, Name: row.Name,
		})
	})
}

// Archived returns the projects that are only kept, by name. For administrators.
func (s *Service) Archived(ctx context.Context, actor api.Actor) ([]Project, error) {
	account, err := s.administered(ctx, actor)
	if err != nil {
		return nil, err
	}
	var rows []projectRow
	err = selectProjects(s.db.Read, &rows).Where("p.account_id = ? AND p.archived_at > 0", account.ID).OrderExpr("p.name").Scan(ctx)
	found := projectsOf(rows)
	for i := range found {
		found[i].Role = api.RoleAdministrator
	}
	return found, err
}
