// Package embedded is the control plane inside the binary: an api.Service over
// our own database, with real checks of the systems behind links. One file per
// resource; exported methods own the transaction, unexported helpers take it.
package embedded

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// Plane is the embedded control plane.
type Plane struct {
	db     *store.DB
	keys   *keyring.Ring
	prober *probe.Prober

	targets *store.Statement // of Invoke

	engine   atomic.Pointer[jobs.Engine] // nil while nothing is done in the background
	lanes    lanes
	underway underway
}

var _ api.Service = (*Plane)(nil)

// New makes a Plane over an open database.
func New(db *store.DB, keys *keyring.Ring, prober *probe.Prober) *Plane {
	return &Plane{db: db, keys: keys, prober: prober, targets: db.Statement(targets)}
}

// maxChanges bounds what Changes returns.
const maxChanges = 200

// Changes implements api.History.
func (p *Plane) Changes(ctx context.Context, s api.Scope, kind api.Kind, id, cursor string, limit int) ([]api.Change, error) {
	return p.db.Changes(ctx, s.Project, kind, id, cursor, min(max(limit, 1), maxChanges))
}

// encode is for values of our own making, which always have a JSON form.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
