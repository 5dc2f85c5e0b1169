package governance

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

var (
	whileOpen    = []api.RequestState{api.RequestOpen}
	whileWaiting = []api.RequestState{api.RequestOpen, api.RequestApproved}
)

// nothingElse is a move that changes the state alone.
func nothingElse(q *bun.UpdateQuery) *bun.UpdateQuery { return q }

// ApproveRequest implements api.Requests.
func (g *Service) ApproveRequest(ctx context.Context, s api.Scope, id, digest, comment string) (api.Request, error) {
	row, err := g.toDecide(ctx, s, id, &comment)
	if err != nil {
		return api.Request{}, err
	}
	if digest != row.Digest {
		return api.Request{}, api.Errorf(api.Conflict, "request.meanwhile")
	}
	switch why, err := g.astray(ctx, s, row); {
	case err != nil:
		return api.Request{}, err
	case why != nil:
		err := g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
			return g.endAsRead(ctx, tx, s, row, api.RequestVoid, why)
		})
		if err == nil {
			err = why
		}
		return api.Request{}, err
	case row.Reason == "":
		return api.Request{}, api.Errorf(api.Conflict, "requests.waits_for_reason", "user", row.requester().User)
	}
	row.ApproverID = s.Actor.UserID
	now := store.Micros(g.now())
	err = g.move(ctx, s, row, actionApprove, api.RequestApproved, comment, whileOpen, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("approver_id = ?, approver = ?, signature = ?", s.Actor.UserID, s.Actor.User, g.keys.Seal(row.signed(), row.Digest)).
			Set("decided_at = ?, due_at = ?", now, now)
	})
	if err != nil {
		return api.Request{}, err
	}
	g.nudge(ctx, jobs.Task{Kind: taskApply, Project: s.Project, ID: id, Due: now})
	return g.Request(ctx, s, id)
}

// toDecide is an open request of somebody else, for who may decide it.
func (g *Service) toDecide(ctx context.Context, s api.Scope, id string, comment *string) (*requestRow, error) {
	if err := g.act(ctx, s, api.RoleApprover); err != nil {
		return nil, err
	}
	*comment = strings.TrimSpace(*comment)
	if m := api.RequestTextProblem(*comment, api.MaxComment); !m.IsZero() {
		return nil, api.Refuse([]api.Problem{{Path: "comment", Message: m}})
	}
	row, err := g.find(ctx, s, id)
	switch {
	case err != nil:
		return nil, err
	case row.State != api.RequestOpen || row.over(g.now()):
		return nil, api.Errorf(api.Conflict, "request.not_open")
	case s.Actor.UserID == "" || row.ownedBy(s.Actor):
		return nil, api.Errorf(api.Forbidden, "request.own")
	}
	return row, nil
}

// ownedBy reports whether somebody asked for it: by whatever role he has now, and
// however he writes his name.
func (r *requestRow) ownedBy(a api.Actor) bool {
	return a.UserID == r.RequesterID || strings.EqualFold(a.User, r.requester().User)
}

// astray says why a request is not what was asked for any more: somebody changed it by
// hand, or its object moved.
func (g *Service) astray(ctx context.Context, s api.Scope, row *requestRow) (*api.Error, error) {
	d, inside, err := g.open(row)
	if err != nil || row.digest(inside) != row.Digest || row.requester().UserID != row.RequesterID {
		return api.Errorf(api.Conflict, "request.tampered"), nil
	}
	same, err := g.sameState(ctx, s, row, d)
	if err == nil && !same {
		return api.Errorf(api.Conflict, "request.drifted"), nil
	}
	return nil, err
}

// RefuseRequest implements api.Requests.
func (g *Service) RefuseRequest(ctx context.Context, s api.Scope, id, comment string) (api.Request, error) {
	row, err := g.toDecide(ctx, s, id, &comment)
	if err != nil {
		return api.Request{}, err
	}
	now := store.Micros(g.now())
	err = g.move(ctx, s, row, actionRefuse, api.RequestRefused, comment, whileOpen, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("approver_id = ?, approver = ?, decided_at = ?", s.Actor.UserID, s.Actor.User, now)
	})
	if err != nil {
		return api.Request{}, err
	}
	return g.Request(ctx, s, id)
}

// WithdrawRequest implements api.Requests. Who may not change anything any more may
// still take back what he asked for.
func (g *Service) WithdrawRequest(ctx context.Context, s api.Scope, id string) (api.Request, error) {
	row, err := g.own(ctx, s, id, api.RoleViewer)
	if err != nil {
		return api.Request{}, err
	}
	if err := g.move(ctx, s, row, actionWithdraw, api.RequestWithdrawn, "", whileWaiting, nothingElse); err != nil {
		return api.Request{}, err
	}
	return g.Request(ctx, s, id)
}

// own is a request of the actor that still waits.
func (g *Service) own(ctx context.Context, s api.Scope, id string, needed api.Role) (*requestRow, error) {
	if err := g.act(ctx, s, needed); err != nil {
		return nil, err
	}
	row, err := g.find(ctx, s, id)
	switch {
	case err != nil:
		return nil, err
	case s.Actor.UserID != row.RequesterID:
		return nil, api.Errorf(api.Forbidden, "request.not_own")
	case row.over(g.now()):
		return nil, api.Errorf(api.Conflict, "request.not_open")
	}
	return row, nil
}

// ExplainRequest implements api.Requests.
func (g *Service) ExplainRequest(ctx context.Context, s api.Scope, id, reason string) (api.Request, error) {
	reason = strings.TrimSpace(reason)
	if m := api.RequestTextProblem(reason, api.MaxRequestReason); !m.IsZero() {
		return api.Request{}, api.Refuse([]api.Problem{{Path: "reason", Message: m}})
	}
	row, err := g.own(ctx, s, id, api.RoleEditor)
	if err != nil {
		return api.Request{}, err
	}
	if row.Reason == reason {
		return g.Request(ctx, s, id)
	}
	_, inside, err := g.open(row)
	if err != nil || row.digest(inside) != row.Digest {
		return api.Request{}, api.Errorf(api.Conflict, "request.tampered")
	}
	explained := *row
	explained.Reason = reason
	explained.Digest = explained.digest(inside)
	err = g.move(ctx, s, row, actionExplain, api.RequestOpen, reason, whileWaiting, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("reason = ?, digest = ?", reason, explained.Digest).
			Set("approver_id = '', approver = '', signature = '', decided_at = 0, due_at = 0")
	})
	if err != nil {
		return api.Request{}, err
	}
	return g.Request(ctx, s, id)
}

// CommentRequest implements api.Requests.
func (g *Service) CommentRequest(ctx context.Context, s api.Scope, id, text string) (api.Request, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Request{}, err
	}
	text = strings.TrimSpace(text)
	m := api.RequestTextProblem(text, api.MaxComment)
	if text == "" {
		m = api.M("request.comment_required")
	}
	if !m.IsZero() {
		return api.Request{}, api.Refuse([]api.Problem{{Path: "comment", Message: m}})
	}
	row, err := g.find(ctx, s, id)
	if err != nil {
		return api.Request{}, err
	}
	err = g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		n, err := tx.NewSelect().Model((*commentRow)(nil)).Where("request_id = ?", id).Count(ctx)
		if err == nil && n >= maxComments {
			err = api.Errorf(api.Limit, "request.comments_many", "max", maxComments)
		}
		if err != nil {
			return err
		}
		if err := row.tell(ctx, tx, s.Actor.User, "", text, store.Micros(g.now())); err != nil {
			return err
		}
		return row.record(ctx, tx, s, actionComment)
	})
	if err != nil {
		return api.Request{}, err
	}
	return g.Request(ctx, s, id)
}

// maxComments bounds the lines below a request; ours.
const maxComments = 500
