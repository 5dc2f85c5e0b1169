package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// changeConnection lets change change a live connection, and writes it down as an
// action. If change reports that there is nothing to do, nothing is. In a region, d is
// made there first, unless change would refuse it here.
func (p *Plane) changeConnection(ctx context.Context, s api.Scope, d api.Deed, action string, change connectionChange) (api.Connection, error) {
	away, err := p.away(ctx, s.Project)
	if err != nil {
		return api.Connection{}, err
	}
	if away {
		after, changed, err := p.tryConnection(ctx, s, d.About().ID, change)
		if err != nil || !changed {
			return after, err
		}
		_, done, err := there(ctx, p, s, d)
		if err != nil {
			return api.Connection{}, err
		}
		defer done()
	}
	var after api.Connection
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		after, _, err = p.alterConnection(ctx, tx, s, d.About().ID, action, change)
		return err
	})
	return after, err
}

// connectionChange changes a live connection, whose row is locked, and reports whether
// there was something to do.
type connectionChange func(ctx context.Context, tx bun.Tx, row *connectionRow) (changed bool, err error)

// errTried ends what was only tried.
var errTried = errors.New("embedded: only tried")

// tryConnection finds out what a change would come to, and takes it back.
func (p *Plane) tryConnection(ctx context.Context, s api.Scope, id string, change connectionChange) (after api.Connection, changed bool, err error) {
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if after, changed, err = p.alterConnection(ctx, tx, s, id, "", change); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		err = nil
	}
	return after, changed, err
}

// alterConnection is changeConnection in a transaction; without an action it is not
// written down.
func (p *Plane) alterConnection(ctx context.Context, tx bun.Tx, s api.Scope, id, action string, change connectionChange,
) (after api.Connection, changed bool, err error) {
	row := new(connectionRow)
	if err := present(row, lock(ctx, tx, s.Project, row, row.missing(), id)); err != nil {
		return after, false, err
	}
	before, err := p.readConnection(ctx, tx, s, id)
	if err != nil {
		return after, false, err
	}
	if changed, err = change(ctx, tx, row); err != nil || !changed {
		return before, false, err
	}
	row.touch(s, store.Micros(time.Now()))
	if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
		return after, false, err
	}
	if after, err = p.readConnection(ctx, tx, s, id); err != nil || action == "" {
		return after, true, err
	}
	return after, true, store.Record(ctx, tx, s, store.Event{
		Action: action, Kind: api.KindConnection, ID: id, Name: row.Name,
		Before: before.Audited(), After: after.Audited(),
	})
}
