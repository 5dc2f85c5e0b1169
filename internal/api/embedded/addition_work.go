package embedded

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// additionBatch is how many drafts one transaction adds.
const additionBatch = 1000

// turn is how long a task of a whitelist stays the same task: after it, the work
// of a process that was killed is another's. Several processes may do the same
// work: each batch is one's.
const turn = 5 * time.Second

// dueAdditions are those under way.
func dueAdditions(p *Plane, now time.Time) *bun.SelectQuery {
	return p.db.Read.NewSelect().TableExpr("permission_additions").
		ColumnExpr("project_id, id, '' AS part, ? AS due", store.Micros(now.Truncate(turn))).Where("ended_at = 0").Where("held_until <= ?", store.Micros(now))
}

// workAddition adds what an addition still has to add, batch after batch.
func (p *Plane) workAddition(ctx context.Context, t jobs.Task) error {
	row := new(additionRow)
	err := p.db.Read.NewSelect().Model(row).Where("id = ? AND ended_at = 0", t.ID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	drafts, err := unpack(row.Drafts)
	if err != nil {
		return err
	}
	away, err := p.away(ctx, row.ProjectID)
	add := p.addBatch
	if away {
		add = p.addBatchThere
	}
	for err == nil && ctx.Err() == nil {
		var ended bool
		if ended, err = add(ctx, row, drafts); ended {
			return err
		}
	}
	return err
}

// addBatch adds the next few drafts in a transaction that also says so: who is
// killed loses nothing and adds nothing twice.
func (p *Plane) addBatch(ctx context.Context, work *additionRow, drafts []api.PermissionDraft) (ended bool, err error) {
	s := work.scope()
	err = p.changeWhitelist(ctx, s, work.ServiceID, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		row, err := openAddition(ctx, tx, work.ID)
		if ended = row == nil; err != nil || ended {
			return err
		}
		batch := drafts[row.Done:min(row.Done+additionBatch, len(drafts))]
		present, err := svc.makeWay(ctx, tx, batch, now)
		if err != nil {
			return err
		}
		room, err := svc.room(ctx, tx, now)
		if err != nil {
			return err
		}
		fit, refused := sift(batch, present, room, now)
		if err := svc.add(ctx, tx, s, newPermissions(svc.ID, fit, s.Actor.User, now), now); err != nil {
			return err
		}
		row.Done, row.Added = row.Done+len(batch), row.Added+len(fit)
		if ended = row.Done == len(drafts); ended {
			row.end(now)
			return update(ctx, tx, row.refuse(refused), "done", "added", "refused", "ended_at", "drafts")
		}
		return update(ctx, tx, row.refuse(refused), "done", "added", "refused")
	})
	if api.CodeOf(err) == api.NotFound {
		return true, nil // the service was deleted, and the addition with it
	}
	return ended, err
}

// openAddition locks an addition for who has locked its service; nil if it has
// ended.
func openAddition(ctx context.Context, tx bun.Tx, id string) (*additionRow, error) {
	row := new(additionRow)
	err := tx.NewSelect().Model(row).ExcludeColumn("drafts").Where("id = ? AND ended_at = 0", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return row, err
}

// sift tells the drafts that can be added now from those that cannot.
func sift(drafts []api.PermissionDraft, present map[string]bool, room int, now time.Time) (fit []api.PermissionDraft, refused []api.RefusedPermission) {
	verdicts := (&api.PermissionBatch{Entries: drafts}).Verdicts(now)
	for i, d := range drafts {
		v := &verdicts[i]
		message := firstOf(v.Permission, v.Description, v.Expires)
		switch {
		case present[d.Permission]:
			message = presentMessage(d.Permission)
		case message.IsZero() && len(fit) == room:
			message = fullMessage()
		}
		if message.IsZero() {
			fit = append(fit, d)
		} else {
			refused = append(refused, api.RefusedPermission{Draft: d, Message: message})
		}
	}
	return fit, refused
}

func firstOf(messages ...api.Message) api.Message {
	for _, m := range messages {
		if !m.IsZero() {
			return m
		}
	}
	return api.Message{}
}

// refuse adds to what was refused.
func (r *additionRow) refuse(more []api.RefusedPermission) *additionRow {
	if len(more) > 0 {
		var all []api.RefusedPermission
		decode(r.Refused, &all)
		r.Refused = encode(append(all, more...))
	}
	return r
}

// pack makes drafts small enough to keep in a row.
func pack(drafts []api.PermissionDraft) (string, error) {
	var text bytes.Buffer
	armour := base64.NewEncoder(base64.StdEncoding, &text)
	zip, err := gzip.NewWriterLevel(armour, gzip.BestSpeed)
	if err == nil {
		err = errors.Join(json.NewEncoder(zip).Encode(drafts), zip.Close(), armour.Close())
	}
	return text.String(), err
}

func unpack(text string) (drafts []api.PermissionDraft, err error) {
	zip, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	if err == nil {
		err = cmp.Or(json.NewDecoder(zip).Decode(&drafts), zip.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("drafts of an addition: %w", err)
	}
	return drafts, nil
}
