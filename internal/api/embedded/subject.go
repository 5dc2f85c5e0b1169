package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// What is watched are subjects: links and connections. One code keeps their
// checks, schedules them, runs them in bulk and tells of their changes. A new
// kind brings
//
//   - a table with id, project_id, version, the columns of watched and an index
//     like links_due; its row embeds watched (its lists read pulseColumns);
//   - the methods of subject on the row, of which watched has watch and gone;
//   - its line in watchedKinds and its case in newSubject;
//   - calls where it changes: take when it is stored or becomes something else
//     with a check of it in hand, reschedule when its interval or whether it is
//     active changes (both before the row is written), leaveEpisode when it
//     leads elsewhere, dropHistory when it is deleted; announce what take
//     returned once that is committed;
//   - if its events say something of their own, a field in about.

// subject is the row of a thing that is watched.
type subject interface {
	watch() *watched
	about() about
	// missing is the message key that says that there is none.
	missing() string
	// gone reports whether it was deleted, though its row is still there.
	gone() bool
	// active reports whether it can be due.
	active() bool
	// asks is what a check of it asks, as a text to compare: a check of what it
	// was says nothing about what it is.
	asks() string
	// ask asks the system behind it. A check that fails is no error.
	ask(ctx context.Context, p *Plane, s api.Scope) (api.Check, error)
}

// about says what a subject is: in the audit log, in runs and in events, which
// have it as JSON.
type about struct {
	Kind      api.Kind `json:"-"`
	Project   string   `json:"-"`
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Connector string   `json:"connector,omitempty"` // of a link
	Service   string   `json:"service,omitempty"`   // of a connection
	Endpoint  string   `json:"endpoint"`
}

// watchedKinds are the kinds of subjects.
var watchedKinds = []api.Kind{api.KindLink, api.KindConnection}

// newSubject returns an empty row of a kind, nil if that is not watched.
func newSubject(kind api.Kind) subject {
	switch kind {
	case api.KindLink:
		return new(linkRow)
	case api.KindConnection:
		return new(connectionRow)
	}
	return nil
}

// findSubject reads one. A kind that is not watched is not found, either.
func findSubject(ctx context.Context, db bun.IDB, s api.Scope, kind api.Kind, id string) (subject, error) {
	row := newSubject(kind)
	if row == nil {
		return nil, api.Errorf(api.NotFound, "error.not_found")
	}
	err := find(ctx, db, s.Project, row, row.missing(), "id = ?", id)
	return row, present(row, err)
}

// lockSubject reads one and keeps others from changing it until the transaction
// ends.
func lockSubject(ctx context.Context, tx bun.Tx, s api.Scope, kind api.Kind, id string) (subject, error) {
	row := newSubject(kind)
	if row == nil {
		return nil, api.Errorf(api.NotFound, "error.not_found")
	}
	err := lock(ctx, tx, s.Project, row, row.missing(), id)
	return row, present(row, err)
}

// present is err, or NotFound of a row that is gone.
func present(row subject, err error) error {
	if err == nil && row.gone() {
		return api.Errorf(api.NotFound, row.missing())
	}
	return err
}

// update writes some columns of a row that was locked.
func update(ctx context.Context, tx bun.Tx, row any, columns ...string) error {
	_, err := tx.NewUpdate().Model(row).Column(columns...).WherePK().Exec(ctx)
	return err
}
