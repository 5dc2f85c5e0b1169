package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// Event is something that happened and is kept: a change to an object, or a
// sign-in.
type Event struct {
	Action   string
	Kind     api.Kind
	ID, Name string
	// Before and After are the object on both sides of the change, nil where
	// there was none. They are encoded as JSON, which fails on an api.Secret:
	// a secret cannot get into the log.
	Before, After any
}

type auditRow struct {
	bun.BaseModel `bun:"table:audit"`

	ID         string `bun:"id,pk"`
	ProjectID  string
	At         int64
	UserID     string
	UserName   string
	Way        string
	Addr       string
	RequestID  string
	Action     string
	Kind       api.Kind
	ObjectID   string
	ObjectName string
	Before     string
	After      string
	Seq        int64 // see Chain
}

// Record writes e in the transaction that makes the change: either both are
// there or neither. A change that was approved is also noted at its request, once.
func Record(ctx context.Context, tx bun.IDB, s api.Scope, e Event) error {
	if err := use(ctx, tx, s, e.Action); err != nil {
		return err
	}
	before, err := encode(e.Before)
	if err != nil {
		return err
	}
	after, err := encode(e.After)
	if err != nil {
		return err
	}
	row := auditRow{
		ID: NewID(), ProjectID: s.Project, At: Micros(time.Now()),
		UserID: s.Actor.UserID, UserName: s.Actor.User, Way: string(s.Actor.Way),
		Addr: s.Actor.Addr, RequestID: s.Actor.RequestID,
		Action: e.Action, Kind: e.Kind, ObjectID: clip(e.ID), ObjectName: clip(e.Name),
		Before: before, After: after,
	}
	note(ctx)
	_, err = tx.NewInsert().Model(&row).Exec(ctx)
	return err
}

func encode(object any) (string, error) {
	if object == nil {
		return "", nil
	}
	b, err := json.Marshal(object)
	if err != nil {
		return "", fmt.Errorf("audit: %w", err)
	}
	return string(b), nil
}

// Changes returns events of a project, newest first; of one object if kind and
// id are set. Cursors are those of api.History.
func (db *DB) Changes(ctx context.Context, project string, kind api.Kind, id, cursor string, limit int) ([]api.Change, error) {
	if !Storable(string(kind), id, cursor) {
		return nil, nil
	}
	var rows []auditRow
	q := db.Read.NewSelect().Model(&rows).Where("project_id = ?", project).Limit(int64(limit))
	if kind != "" {
		q = q.Where("kind = ? AND object_id = ?", kind, id)
	}
	from, newer := strings.CutPrefix(cursor, "+")
	switch {
	case newer:
		q = q.Where("id > ?", from).OrderExpr("id ASC")
	case from != "":
		q = q.Where("id < ?", from).OrderExpr("id DESC")
	default:
		q = q.OrderExpr("id DESC")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	if newer {
		slices.Reverse(rows)
	}
	return changesOf(rows), nil
}

func changesOf(rows []auditRow) []api.Change {
	changes := make([]api.Change, len(rows))
	for i := range rows {
		changes[i] = rows[i].change()
	}
	return changes
}

func (r *auditRow) change() api.Change {
	return api.Change{
		ID: r.ID, At: Time(r.At),
		Actor:  api.Actor{UserID: r.UserID, User: r.UserName, Way: api.Way(r.Way), Addr: r.Addr, RequestID: r.RequestID},
		Action: r.Action, Kind: r.Kind, ObjectID: r.ObjectID, ObjectName: r.ObjectName,
		Before: decode(r.Before), After: decode(r.After), Project: r.ProjectID, Seq: r.Seq,
	}
}

func decode(object string) []byte {
	if object == "" {
		return nil
	}
	return []byte(object)
}

// NewID returns a UUIDv7: unique, and sorted by the time it was made.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
