// Package embedded is the control plane inside the binary: an api.Service over
// our own database, with real checks of the systems behind links. One file per
// resource; exported methods own the transaction, unexported helpers take it.
package embedded

import (
	"cmp"
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

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

	upstream Upstream                    // nil if all projects live here
	engine   atomic.Pointer[jobs.Engine] // nil while nothing is done in the background
	lanes    lanes
	underway underway
	turns    turns // of changes in regions
	drives   drives
	opened   opened           // stores of regions
	copies   chan struct{}    // one for each backup that is copied by this process
	now      func() time.Time // the wall clock
	copyWait time.Duration    // before a copy is tried again

	options Options
}

// Options says where the control plane is, and where it keeps objects.
type Options struct {
	// Region is the one that projects are in that name none; "local-1" if empty.
	Region string
	// Folders are those of the machine that regions may be in, absolute paths; the
	// first is where new ones are. Without any there are no regions in folders.
	Folders []string
	// Copies is how many backups this process copies at the same time;
	// api.MaxCopies if 0.
	Copies int
}

var _ api.Service = (*Plane)(nil)

// New makes a Plane over an open database.
func New(db *store.DB, keys *keyring.Ring, prober *probe.Prober, o Options) *Plane {
	o.Region, o.Copies = cmp.Or(o.Region, "local-1"), cmp.Or(o.Copies, api.MaxCopies)
	return &Plane{
		db: db, keys: keys, prober: prober, options: o, targets: db.Statement(targets),
		copies: make(chan struct{}, o.Copies), now: time.Now, copyWait: firstCopyWait,
	}
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
