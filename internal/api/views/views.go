// Package views keeps what people see of lists under the names that they gave it.
package views

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Service is api.Views over the store.
type Service struct{ db *store.DB }

var _ api.Views = (*Service)(nil)

// New makes a Service over an open database.
func New(db *store.DB) *Service { return &Service{db} }

// row is a view as it is stored.
type row struct {
	bun.BaseModel `bun:"table:views"`

	ID        string `bun:"id,pk"`
	UserID    string
	ProjectID string
	Section   string
	Name      string
	Query     string
	CreatedAt int64
}

func (r *row) view() api.View {
	return api.View{ID: r.ID, Section: r.Section, Name: r.Name, Query: r.Query}
}

// Views implements api.Views.
func (v *Service) Views(ctx context.Context, s api.Scope, section string) ([]api.View, error) {
	if err := api.Allow(s.Actor, api.RoleViewer); err != nil || !store.Storable(section) {
		return nil, err
	}
	var rows []row
	err := own(v.db.Read.NewSelect().Model(&rows), s).Where("section = ?", section).OrderExpr("name").Limit(api.MaxViews).Scan(ctx)
	views := make([]api.View, len(rows))
	for i := range rows {
		views[i] = rows[i].view()
	}
	return views, err
}

// own are the actor's views in the project.
func own(query *bun.SelectQuery, s api.Scope) *bun.SelectQuery {
	return query.Where("user_id = ? AND project_id = ?", s.Actor.UserID, s.Project)
}

// SaveView implements api.Views.
func (v *Service) SaveView(ctx context.Context, s api.Scope, section, name, query string) (api.View, error) {
	if err := api.Allow(s.Actor, api.RoleViewer); err != nil {
		return api.View{}, err
	}
	name, query = strings.TrimSpace(name), tidy(query)
	if err := judge(section, name, query); err != nil {
		return api.View{}, err
	}
	r := &row{
		ID: store.NewID(), UserID: s.Actor.UserID, ProjectID: s.Project, Section: section, Name: name, Query: query,
		CreatedAt: store.Micros(time.Now()),
	}
	err := v.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		others, err := own(tx.NewSelect().Model((*row)(nil)), s).Where("section = ? AND name <> ?", section, name).Count(ctx)
		if err != nil {
			return err
		}
		if others >= api.MaxViews {
			return api.Errorf(api.Limit, "views.too_many", "max", api.MaxViews)
		}
		_, err = tx.NewInsert().Model(r).On("CONFLICT (user_id, project_id, section, name) DO UPDATE").
			Set("query = EXCLUDED.query").Returning("*").Exec(ctx)
		return err
	})
	return r.view(), err
}

// RenameView implements api.Views.
func (v *Service) RenameView(ctx context.Context, s api.Scope, id, name string) (api.View, error) {
	if err := api.Allow(s.Actor, api.RoleViewer); err != nil {
		return api.View{}, err
	}
	name = strings.TrimSpace(name)
	if problem := judgeName(name); !problem.IsZero() {
		return api.View{}, refuse(api.Invalid, problem)
	}
	r := new(row)
	err := v.change(ctx, id, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(r).Set("name = ?", name).
			Where("id = ? AND user_id = ? AND project_id = ?", id, s.Actor.UserID, s.Project).Returning("*").Exec(ctx, r)
		return err
	})
	if errors.Is(err, store.ErrDuplicate) {
		return api.View{}, refuse(api.Conflict, api.M("views.taken", "name", name))
	}
	return r.view(), err
}

// DeleteView implements api.Views.
func (v *Service) DeleteView(ctx context.Context, s api.Scope, id string) error {
	if err := api.Allow(s.Actor, api.RoleViewer); err != nil {
		return err
	}
	return v.change(ctx, id, func(ctx context.Context, tx bun.Tx) error {
		r := new(row)
		_, err := tx.NewDelete().Model(r).Where("id = ? AND user_id = ? AND project_id = ?", id, s.Actor.UserID, s.Project).
			Returning("*").Exec(ctx, r)
		return err
	})
}

// change does something to the view of an id: NotFound if it finds none.
func (v *Service) change(ctx context.Context, id string, f func(ctx context.Context, tx bun.Tx) error) error {
	err := sql.ErrNoRows
	if store.Storable(id) {
		err = v.db.InTx(ctx, f)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return api.Errorf(api.NotFound, "views.not_found")
	}
	return err
}

// tidy is a list's state without its place in it, in the order of names: two ways to
// write the same are one. What is no query is none.
func tidy(query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	for name, all := range values {
		all = slices.DeleteFunc(all, func(value string) bool { return value == "" })
		if values[name] = all; len(all) == 0 || name == "cursor" || name == "tick" {
			delete(values, name)
		}
	}
	return values.Encode()
}

func judge(section, name, query string) error {
	if section == "" || utf8.RuneCountInString(section) > api.MaxViewName || !store.Storable(section) {
		return api.Errorf(api.NotFound, "error.not_found")
	}
	problem := judgeName(name)
	if problem.IsZero() && (len(query) > api.MaxViewQuery || !store.Storable(query)) {
		problem = api.M("views.query_long")
	}
	if problem.IsZero() && query == "" {
		problem = api.M("views.query_empty")
	}
	if !problem.IsZero() {
		return refuse(api.Invalid, problem)
	}
	return nil
}

func judgeName(name string) api.Message {
	switch {
	case name == "":
		return api.M("views.name_empty")
	case utf8.RuneCountInString(name) > api.MaxViewName || !store.Storable(name) || strings.ContainsAny(name, "\r\n\t"):
		return api.M("views.name_long", "max", api.MaxViewName)
	}
	return api.Message{}
}

func refuse(code api.Code, problem api.Message) error {
	return &api.Error{Code: code, Message: problem, Problems: []api.Problem{{Path: "name", Message: problem}}}
}
