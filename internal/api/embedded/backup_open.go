package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

// OpenBackup implements api.Backups.
func (p *Plane) OpenBackup(ctx context.Context, s api.Scope, id string) (api.Backup, io.ReadCloser, error) {
	row := new(backupRow)
	if err := find(ctx, p.db.Read, s.Project, row, noBackup, "id = ?", id); err != nil {
		return api.Backup{}, nil, err
	}
	if b := row.backup(); b.Status != api.BackupAvailable && !b.Lost() {
		return api.Backup{}, nil, api.Errorf(api.Conflict, "backup.not_available")
	}
	v := &verified{ctx: ctx, p: p, row: row, sum: sha256.New()}
	from, err := p.store(ctx, row.Region)
	if err == nil {
		v.content, err = from.Open(ctx, row.object(), 0, -1)
	}
	if err != nil {
		return api.Backup{}, nil, v.blame(err)
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.Record(ctx, tx, s, store.Event{Action: "download", Kind: api.KindBackup, ID: row.ID, Name: row.Name, After: row.audited()})
	})
	if err != nil {
		return api.Backup{}, nil, errors.Join(err, v.content.Close())
	}
	return row.backup(), v, nil
}

// verified is the content of a backup: who reads it to its end knows that it is what
// was backed up.
type verified struct {
	ctx     context.Context //nolint:containedctx // a reader is bound to whoever opened it
	p       *Plane
	row     *backupRow
	content io.ReadCloser
	sum     hash.Hash
	size    int64
}

// Read withholds the end of a content that is not what it should be.
func (v *verified) Read(b []byte) (int, error) {
	n, err := v.content.Read(b)
	_, _ = v.sum.Write(b[:n])
	v.size += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, v.blame(err)
	}
	if err != nil || v.size >= v.row.Size {
		if wrong := v.verify(); wrong != nil {
			return 0, wrong
		}
	}
	return n, err
}

func (v *verified) Close() error { return v.content.Close() }

// verify compares what was read with what was backed up. Of what was taken over the
// sum is known from now on, and what was lost is available again.
func (v *verified) verify() error {
	sum := hex.EncodeToString(v.sum.Sum(nil))
	if v.size != v.row.Size || v.row.Sum != "" && v.row.Sum != sum {
		return v.blame(objects.ErrCorrupt)
	}
	if v.row.Sum != "" && v.row.Status == api.BackupAvailable {
		return nil
	}
	lost := v.row.Status == api.BackupError
	v.row.Sum, v.row.Status = sum, api.BackupAvailable
	return v.p.db.InTx(context.WithoutCancel(v.ctx), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*backupRow)(nil)).Set("sum = ?", sum).
			Where("id = ? AND tag = ? AND sum = ''", v.row.ID, v.row.Tag).Exec(ctx)
		if err != nil || !lost {
			return err
		}
		if err := unsync(ctx, tx, v.row.ProjectID, v.row.PolicyID, v.row.CreatedAt); err != nil {
			return err
		}
		return v.row.regain(ctx, tx, v.p.now())
	})
}

// regain makes a backup available again that was lost.
func (r *backupRow) regain(ctx context.Context, tx bun.Tx, now time.Time) error {
	_, err := tx.NewUpdate().Model((*backupRow)(nil)).
		Set("status = ?, fault = '', updated_at = ?, expires_at = 0", api.BackupAvailable, store.Micros(now)).
		Where("id = ? AND status = ? AND fault = ?", r.ID, api.BackupError, r.Fault).Exec(ctx)
	return err
}

// blame says what is wrong. A backup of which the store says that it is not any more
// what it was is not available from now on, and is kept: it may come back. A store
// that is away says nothing of it.
func (v *verified) blame(err error) error {
	if v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	why := faultOf(err, true)
	if v.isLost(err) {
		err := v.p.db.InTx(v.ctx, func(ctx context.Context, tx bun.Tx) error {
			return loseBackups(ctx, tx, []string{v.row.ID}, why, v.p.now(), 0)
		})
		if err != nil {
			return err
		}
	}
	return faultError(why)
}

// isLost reports whether an error is of the object and not of the store. One that
// holds nothing at all is likely the place where a disk is to be mounted.
func (v *verified) isLost(err error) bool {
	switch {
	case errors.Is(err, objects.ErrNoStore):
		return false
	case errors.Is(err, objects.ErrChanged), errors.Is(err, objects.ErrCorrupt):
		return true
	case !errors.Is(err, objects.ErrNotFound):
		return false
	}
	s, err := v.p.store(v.ctx, v.row.Region)
	if err != nil {
		return false
	}
	some, err := s.List(v.ctx, "", "", 1)
	return err == nil && len(some) > 0
}

// BackupQuotas implements api.Backups. What was taken over lies where somebody else
// keeps it.
func (p *Plane) BackupQuotas(ctx context.Context, s api.Scope) ([]api.Quota, error) {
	var backups int
	var bytes int64
	err := p.db.Read.NewSelect().Model((*backupRow)(nil)).
		ColumnExpr("COUNT(*), COALESCE(SUM(CASE WHEN adopted THEN 0 ELSE size END), 0)").
		Where("project_id = ?", s.Project).Scan(ctx, &backups, &bytes)
	const gigabyte = 1 << 30
	return []api.Quota{
		{Type: "backup_capacity", Unit: "GB", Max: api.Unlimited, Used: int((bytes + gigabyte - 1) / gigabyte)},
		{Type: "backups", Max: api.MaxBackups, Used: backups},
	}, err
}
