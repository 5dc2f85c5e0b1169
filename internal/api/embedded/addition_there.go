package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// additionHold is how long a process has an addition to itself while a batch is on its way
// to a region: longer than that can take.
const additionHold = 2 * time.Minute

// hold takes an open addition for a batch in a region: nil if there is none, or another
// process has it.
func (p *Plane) hold(ctx context.Context, id string) (*additionRow, error) {
	var rows []additionRow
	now := time.Now()
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*additionRow)(nil)).Set("held_until = ?", store.Micros(now.Add(additionHold))).
			Where("id = ? AND ended_at = 0 AND held_until <= ?", id, store.Micros(now)).Returning("*").Exec(ctx, &rows)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// addBatchThere is addBatch in the region that the project lives in, with what that takes
// at once: first there, then in a transaction that also says so. ended says that nothing
// more is to be done here.
func (p *Plane) addBatchThere(ctx context.Context, work *additionRow, drafts []api.PermissionDraft) (ended bool, err error) {
	row, err := p.hold(ctx, work.ID)
	if err != nil || row == nil {
		return true, err
	}
	s := row.scope()
	attempt := &remoteBatch{drafts: drafts[row.Done:min(row.Done+api.MaxBatch, len(drafts))]}
	defer attempt.settled()
	if !row.Stopped {
		err = p.tryThere(ctx, s, work.ServiceID, attempt)
	}
	failed := err
	err = p.changeWhitelist(context.WithoutCancel(ctx), s, work.ServiceID, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		rows, err := svc.keepEntries(ctx, tx, s, attempt.made, attempt.drafts, now)
		if err != nil {
			return err
		}
		if row, err = openAddition(ctx, tx, work.ID); err != nil || row == nil {
			return err
		}
		looked, refused := attempt.outcome()
		row.Done, row.Added, row.HeldUntil = row.Done+looked, row.Added+len(rows), 0
		columns := []string{"done", "added", "refused", "held_until"}
		if ended = row.Done == len(drafts) || row.Stopped; ended {
			row.end(now)
			columns = append(columns, "ended_at", "drafts")
		}
		return update(ctx, tx, row.refuse(refused), columns...)
	})
	if api.CodeOf(err) == api.NotFound {
		return true, nil // the service was deleted, and the addition with it
	}
	return ended, errors.Join(failed, err)
}

// remoteBatch is a batch that is added in a region, and how far that is.
type remoteBatch struct {
	drafts  []api.PermissionDraft
	made    []api.Permission
	refused map[string]api.Message // by permission
	done    []func()
}

// settled says that what was made is written down.
func (b *remoteBatch) settled() {
	for _, done := range b.done {
		done()
	}
}

func (b *remoteBatch) refuse(drafts []api.PermissionDraft, why api.Message) {
	if b.refused == nil {
		b.refused = map[string]api.Message{}
	}
	for _, d := range drafts {
		b.refused[d.Permission] = why
	}
}

// outcome is how many drafts, from the first, are added or refused, and the refused ones
// among them.
func (b *remoteBatch) outcome() (looked int, refused []api.RefusedPermission) {
	made := make(map[string]bool, len(b.made))
	for i := range b.made {
		made[b.made[i].Permission] = true
	}
	for _, d := range b.drafts {
		why, no := b.refused[d.Permission]
		if !no && !made[d.Permission] {
			break
		}
		if no {
			refused = append(refused, api.RefusedPermission{Draft: d, Message: why})
		}
		looked++
	}
	return looked, refused
}

// tryThere adds those of a batch that can be added now.
func (p *Plane) tryThere(ctx context.Context, s api.Scope, service string, b *remoteBatch) error {
	if err := p.clearThere(ctx, s, service, b.drafts); err != nil {
		return err
	}
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return err
	}
	now := time.Now()
	present, err := svc.present(ctx, p.db.Read, b.drafts, now)
	if err != nil {
		return err
	}
	room, err := svc.room(ctx, p.db.Read, now)
	if err != nil {
		return err
	}
	fit, refused := sift(b.drafts, present, room, now)
	for i := range refused {
		b.refuse([]api.PermissionDraft{refused[i].Draft}, refused[i].Message)
	}
	return p.sendThere(ctx, s, service, fit, b)
}

// sendThere adds drafts in the region. What it refuses as a whole is tried in parts.
func (p *Plane) sendThere(ctx context.Context, s api.Scope, service string, drafts []api.PermissionDraft, b *remoteBatch) error {
	if len(drafts) == 0 {
		return nil
	}
	made, done, err := p.addWished(ctx, s, service, api.PermissionBatch{Entries: drafts})
	if err == nil {
		b.made, b.done = append(b.made, made...), append(b.done, done)
		return nil
	}
	half := len(drafts) / 2
	switch api.CodeOf(err) {
	case api.Conflict, api.Invalid, api.NotFound:
		if half > 0 {
			if err := p.sendThere(ctx, s, service, drafts[:half], b); err != nil {
				return err
			}
			return p.sendThere(ctx, s, service, drafts[half:], b)
		}
	case api.Limit:
	default:
		return err // another time
	}
	refused, _ := errors.AsType[*api.Error](err)
	b.refuse(drafts, firstOf(refusalOf(refused), refused.Message))
	return nil
}

// refusalOf is the first problem that a refusal names.
func refusalOf(e *api.Error) api.Message {
	if len(e.Problems) == 0 {
		return api.Message{}
	}
	return e.Problems[0].Message
}
