// Package audit looks after the audit log that store.Record writes: it is searched,
// exported, sealed into a chain that can be proved, and shortened. What is sealed can
// be changed by nobody without its being found: the seals' key is sealed itself, with
// the keys that are kept outside of the database.
package audit

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// Log is the audit log.
type Log struct {
	db   *store.DB
	keys *keyring.Ring
	now  func() time.Time
	lull time.Duration
}

var _ api.Audit = (*Log)(nil)

// Option changes how a Log works.
type Option func(*Log)

// Clock makes the Log tell the time by now instead of time.Now.
func Clock(now func() time.Time) Option { return func(l *Log) { l.now = now } }

// Lull makes the Log wait so long for more entries before it has those sealed that were
// written, instead of a second.
func Lull(d time.Duration) Option { return func(l *Log) { l.lull = d } }

// New makes a Log over an open database; keys seal the key of the chain.
func New(db *store.DB, keys *keyring.Ring, options ...Option) *Log {
	l := &Log{db: db, keys: keys, now: time.Now, lull: time.Second}
	for _, o := range options {
		o(l)
	}
	return l
}

// allowed refuses who may not read: viewers read what their project's is,
// administrators everything.
func allowed(s api.Scope) error {
	if s.Project == "" {
		return api.Allow(s.Actor, api.RoleAdministrator)
	}
	return api.Allow(s.Actor, api.RoleViewer)
}

// SearchAudit implements api.Audit.
func (l *Log) SearchAudit(ctx context.Context, s api.Scope, q api.AuditQuery) (api.Page[api.Change], error) {
	if err := allowed(s); err != nil {
		return api.Page[api.Change]{}, err
	}
	return l.db.SearchAudit(ctx, s.Project, q)
}

// AuditEntry implements api.Audit.
func (l *Log) AuditEntry(ctx context.Context, s api.Scope, id string) (api.Change, error) {
	if err := allowed(s); err != nil {
		return api.Change{}, err
	}
	return l.db.AuditEntry(ctx, s.Project, id)
}

// taken is what an export is told of by.
type taken struct {
	Text   string     `json:"text,omitempty"`
	Kind   api.Kind   `json:"kind,omitempty"`
	Action string     `json:"action,omitempty"`
	User   string     `json:"user,omitempty"`
	Way    api.Way    `json:"way,omitempty"`
	Object string     `json:"object,omitempty"`
	From   *time.Time `json:"from,omitempty"`
	Until  *time.Time `json:"until,omitempty"`
}

// ExportAudit implements api.Audit. That somebody takes the entries is recorded
// before the first is given away.
func (l *Log) ExportAudit(ctx context.Context, s api.Scope, q api.AuditQuery, each func(api.Change) error) error {
	if err := allowed(s); err != nil {
		return err
	}
	event := taken{Text: q.Text, Kind: q.Kind, Action: q.Action, User: q.User, Way: q.Way, Object: q.Object}
	if !q.From.IsZero() {
		event.From = &q.From
	}
	if !q.Until.IsZero() {
		event.Until = &q.Until
	}
	err := l.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.Record(ctx, tx, s, store.Event{Action: "export", Kind: api.KindAudit, After: event})
	})
	if err != nil {
		return err
	}
	return l.db.EachAudit(ctx, s.Project, q, each)
}
