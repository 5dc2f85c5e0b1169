package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// Chain is where the chain of sealed audit entries begins and ends.
type Chain struct {
	bun.BaseModel `bun:"table:audit_chain"`

	ID     int64  `bun:"id,pk"`
	First  int64  // number of the last entry that is not kept any more
	Base   string // its seal
	Last   int64  // number of the newest sealed entry
	Head   string // its seal
	Proof  string // of this row
	Sealed string // the key of the seals
}

// SealedChange is an entry of the chain with its seal.
type SealedChange struct {
	api.Change
	Seal string
}

// AuditChain returns where the chain begins and ends.
func (db *DB) AuditChain(ctx context.Context) (Chain, error) {
	var c Chain
	return c, db.Read.NewSelect().Model(&c).Where("id = 1").Scan(ctx)
}

// LockChain is AuditChain for whoever changes it: until tx ends, nobody else does.
func LockChain(ctx context.Context, tx bun.IDB) (Chain, error) {
	var c Chain
	_, err := tx.NewUpdate().Model(&c).Set("id = id").Where("id = 1").Returning("*").Exec(ctx, &c)
	return c, err
}

// SaveChain stores what LockChain returned and somebody changed.
func SaveChain(ctx context.Context, tx bun.IDB, c *Chain) error {
	_, err := tx.NewUpdate().Model(c).WherePK().Exec(ctx)
	return err
}

// Unsealed returns entries that are not in the chain yet, oldest first.
func Unsealed(ctx context.Context, tx bun.IDB, limit int) ([]api.Change, error) {
	var rows []auditRow
	err := tx.NewSelect().Model(&rows).Where("seq = 0").OrderExpr("id").Limit(int64(limit)).Scan(ctx)
	return changesOf(rows), err
}

// CountUnsealed says how many entries are not in the chain yet.
func (db *DB) CountUnsealed(ctx context.Context) (n int64, err error) {
	err = db.Read.NewSelect().Model((*auditRow)(nil)).ColumnExpr("COUNT(*)").Where("seq = 0").Scan(ctx, &n)
	return n, err
}

// AnyUnsealed reports whether there are any.
func (db *DB) AnyUnsealed(ctx context.Context) (bool, error) {
	return db.Read.NewSelect().Model((*auditRow)(nil)).Where("seq = 0").Exists(ctx)
}

// SaveSeals gives entries their numbers and seals.
func SaveSeals(ctx context.Context, tx bun.IDB, changes []SealedChange) error {
	values := make([]any, 0, 3*len(changes))
	for i := range changes {
		values = append(values, changes[i].ID, changes[i].Seq, changes[i].Seal)
	}
	_, err := tx.ExecContext(ctx, "WITH v (id, seq, seal) AS (VALUES (?, ?, ?)"+strings.Repeat(", (?, ?, ?)", len(changes)-1)+
		") UPDATE audit SET seq = v.seq, seal = v.seal FROM v WHERE audit.id = v.id", values...)
	return err
}

type sealedRow struct {
	auditRow `bun:",extend"`

	Seal string
}

// SealedAfter returns entries of the chain after a number, in its order.
func SealedAfter(ctx context.Context, db bun.IDB, seq int64, limit int) ([]SealedChange, error) {
	var rows []sealedRow
	err := db.NewSelect().Model(&rows).Where("seq > 0 AND seq > ?", seq).OrderExpr("seq").Limit(int64(limit)).Scan(ctx)
	changes := make([]SealedChange, len(rows))
	for i := range rows {
		changes[i] = SealedChange{rows[i].change(), rows[i].Seal}
	}
	return changes, err
}

// OutsideChain returns the number of an entry that has one beyond both ends of the
// chain; 0 if none has.
func (db *DB) OutsideChain(ctx context.Context) (seq int64, err error) {
	for _, beyond := range []string{"a.seq > c.last", "a.seq <= c.first"} {
		q := db.Read.NewSelect().TableExpr("audit AS a, audit_chain AS c").ColumnExpr("COALESCE(MIN(a.seq), 0)").Where("a.seq > 0")
		if err = q.Where(beyond).Scan(ctx, &seq); err != nil || seq > 0 {
			return seq, err
		}
	}
	return 0, nil
}

// DropSealed removes the entries of the chain up to a number.
func DropSealed(ctx context.Context, tx bun.IDB, upTo int64) error {
	_, err := tx.NewDelete().Model((*auditRow)(nil)).Where("seq > 0 AND seq <= ?", upTo).Exec(ctx)
	return err
}
