package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// retainBatch is how many entries one transaction removes.
const retainBatch = 2000

const day = 24 * time.Hour

// settingRow is a setting of the whole console.
type settingRow struct {
	bun.BaseModel `bun:"table:settings"`

	Name  string `bun:"name,pk"`
	Value string
}

// retention is the setting: how long entries are kept.
type retention struct {
	Days int `json:"days"`
}

const retentionName = "audit_retention"

// AuditRetention implements api.Audit.
func (l *Log) AuditRetention(ctx context.Context, s api.Scope) (int, error) {
	if err := allowed(s); err != nil {
		return 0, err
	}
	return retentionIn(ctx, l.db.Read)
}

func retentionIn(ctx context.Context, db bun.IDB) (int, error) {
	row := settingRow{Name: retentionName}
	err := db.NewSelect().Model(&row).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var r retention
	return r.Days, json.Unmarshal([]byte(row.Value), &r)
}

// SetAuditRetention implements api.Audit.
func (l *Log) SetAuditRetention(ctx context.Context, s api.Scope, days int) error {
	if err := api.Allow(s.Actor, api.RoleAdministrator); err != nil {
		return err
	}
	if days != 0 && (days < api.MinAuditRetention || days > api.MaxAuditRetention) {
		return api.Refuse([]api.Problem{{Path: "days", Message: api.M("audit.retention_range", "min", api.MinAuditRetention, "max", api.MaxAuditRetention)}})
	}
	return l.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := store.LockChain(ctx, tx); err != nil { // of two who change it, the second sees what the first did
			return err
		}
		before, err := retentionIn(ctx, tx)
		if err != nil || before == days {
			return err
		}
		value, err := json.Marshal(retention{days})
		if err != nil {
			return err
		}
		row := settingRow{Name: retentionName, Value: string(value)}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").Set("value = EXCLUDED.value").Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, api.Scope{Actor: s.Actor}, store.Event{
			Action: "update", Kind: api.KindAudit, Before: retention{before}, After: retention{days},
		})
	})
}

// outlived is the time before which entries are not kept, zero if all are. It moves
// once a day, so that what is removed is told of once a day.
func (l *Log) outlived(ctx context.Context) (time.Time, error) {
	days, err := retentionIn(ctx, l.db.Read)
	if err != nil || days == 0 {
		return time.Time{}, err
	}
	return l.now().UTC().Truncate(day).Add(-time.Duration(days) * day), nil
}

// anyOutlived reports whether the chain begins with an entry that is not kept.
func (l *Log) anyOutlived(ctx context.Context) (bool, error) {
	before, err := l.outlived(ctx)
	if err != nil || before.IsZero() {
		return false, err
	}
	first, err := store.SealedAfter(ctx, l.db.Read, 0, 1)
	return len(first) > 0 && first[0].At.Before(before), err
}

// pruned is what an entry says that tells of removed ones.
type pruned struct {
	Entries int       `json:"entries"`
	First   int64     `json:"first"` // numbers
	Last    int64     `json:"last"`
	Seal    string    `json:"seal"` // of the last, from which the rest is proved
	Before  time.Time `json:"before"`
}

// Retain removes what has been kept long enough, from the beginning of the chain on,
// and records it.
func (l *Log) Retain(ctx context.Context) error {
	before, err := l.outlived(ctx)
	if err != nil || before.IsZero() {
		return err
	}
	for more := true; more && err == nil; {
		more, err = l.retain(ctx, before)
	}
	return err
}

func (l *Log) retain(ctx context.Context, before time.Time) (more bool, err error) {
	err = l.change(ctx, func(ctx context.Context, tx bun.Tx, c *store.Chain, key sealKey) error {
		changes, err := store.SealedAfter(ctx, tx, c.First, retainBatch)
		if err != nil {
			return err
		}
		gone := pruned{First: c.First + 1, Last: c.First, Seal: c.Base, Before: before}
		for i := range changes {
			entry := &changes[i]
			if !entry.At.Before(before) {
				break
			}
			// What is removed can be proved by nobody afterwards.
			if entry.Seq != gone.Last+1 || key.entry(gone.Seal, &entry.Change) != entry.Seal {
				return broken("audit.retain_broken")
			}
			gone.Entries, gone.Last, gone.Seal = gone.Entries+1, entry.Seq, entry.Seal
		}
		if more = gone.Entries == retainBatch; gone.Entries == 0 {
			return nil
		}
		if err := store.DropSealed(ctx, tx, gone.Last); err != nil {
			return err
		}
		c.First, c.Base = gone.Last, gone.Seal
		return store.Record(ctx, tx, api.Scope{Actor: api.Actor{Way: api.WayJob}}, store.Event{Action: "prune", Kind: api.KindAudit, Before: gone})
	})
	return more, err
}
