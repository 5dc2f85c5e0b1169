package governance

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Actions on requests, as the audit log names them.
const (
	actionAsk      = "ask"
	actionExplain  = "explain"
	actionComment  = "comment"
	actionApprove  = "approve"
	actionRefuse   = "refuse"
	actionWithdraw = "withdraw"
	actionVoid     = "void"
	actionFail     = "fail_request"
	actionExpire   = "expire_request"
	actionApply    = "apply"
)

// Bounds of requests; ours.
const (
	maxRequests = 2000    // of somebody in a project, that wait
	maxRequest  = 8 << 20 // bytes, all that goes along
)

// request asks for the change that d is. The error says that: the code is
// api.Approval, unless the change would be refused anyway.
func (g *Service) request(ctx context.Context, s api.Scope, d api.Deed) error {
	reason := strings.TrimSpace(s.Reason)
	if open, is := d.(api.OpenToEveryone); is {
		reason = cmp.Or(reason, strings.TrimSpace(open.Draft.Reason))
	}
	if m := api.RequestTextProblem(reason, api.MaxRequestReason); !m.IsZero() {
		return api.Refuse([]api.Problem{{Path: "reason", Message: m}})
	}
	plan, err := d.Plan(ctx, g.next, s)
	if err != nil {
		return err
	}
	row, err := g.newRequest(s, d, plan, reason)
	if err != nil {
		return err
	}
	if err := g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error { return g.insert(ctx, tx, s, row) }); err != nil {
		return err
	}
	return api.Errorf(api.Approval, "request.made", "request", row.ID, "name", row.ObjectName)
}

func (g *Service) newRequest(s api.Scope, asked api.Deed, plan api.Plan, reason string) (*requestRow, error) {
	coded, err := api.EncodeDeed(plan.Deed)
	if err != nil {
		return nil, err
	}
	about, now := asked.About(), g.now()
	row := &requestRow{
		ID: store.NewID(), ProjectID: s.Project, Kind: about.Kind, Action: about.Action,
		ObjectID: cmp.Or(plan.About.ID, about.ID), ObjectName: cmp.Or(plan.About.Name, about.Name),
		Deed: encode(coded), Before: view(plan.Before), After: view(plan.After), Base: base(plan),
		Reason: reason, State: api.RequestOpen, RequesterID: s.Actor.UserID, Requester: encode(s.Actor),
		CreatedAt: store.Micros(now), ExpiresAt: store.Micros(now.Add(api.RequestLife)),
	}
	g.enclose(row, coded.Secrets)
	if len(row.Deed)+len(row.Sealed) > maxRequest {
		return nil, api.Errorf(api.Limit, "request.too_large", "max", maxRequest>>20)
	}
	return row, nil
}

// insert stores a new request. An older one of the same person that is about the same
// is void.
func (g *Service) insert(ctx context.Context, tx bun.Tx, s api.Scope, row *requestRow) error {
	var waiting []requestRow
	err := tx.NewSelect().Model(&waiting).
		Column("id", "project_id", "kind", "action", "object_id", "object_name", "reason", "digest").
		Where("project_id = ? AND requester_id = ? AND ended_at = 0", row.ProjectID, row.RequesterID).Scan(ctx)
	if err != nil {
		return err
	}
	if len(waiting) >= maxRequests {
		return api.Errorf(api.Limit, "request.too_many", "max", api.Grouped(maxRequests))
	}
	for i := range waiting {
		if waiting[i].replacedBy(row) {
			if err := g.end(ctx, tx, s, &waiting[i], api.RequestVoid, api.Errorf(api.Conflict, "request.replaced", "request", row.ID)); err != nil {
				return err
			}
		}
	}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return err
	}
	return row.record(ctx, tx, s, actionAsk)
}

// replacedBy reports whether a newer request is about the same. To add something to
// what is there is about something else each time.
func (r *requestRow) replacedBy(newer *requestRow) bool {
	if r.Kind != newer.Kind || r.Action != newer.Action || r.ObjectID != newer.ObjectID {
		return false
	}
	if r.Action == api.ActionCreate {
		return r.ObjectID == "" && r.ObjectName == newer.ObjectName
	}
	return true
}

// view is an object as a request keeps it.
func view(object any) string {
	if object == nil {
		return ""
	}
	return encode(object)
}

// base names the state that a plan was made against.
func base(plan api.Plan) string {
	sum := sha256.Sum256([]byte(encode(plan.State)))
	return hex.EncodeToString(sum[:])
}

// endAsRead is end for a request that is as it was read. Who has moved it meanwhile
// (explained, approved, taken to carry it out) knows better what becomes of it.
func (g *Service) endAsRead(ctx context.Context, tx bun.Tx, s api.Scope, r *requestRow, state api.RequestState, why *api.Error) error {
	result, err := tx.NewUpdate().Model((*requestRow)(nil)).Set("state = state").
		Where("id = ? AND project_id = ?", r.ID, r.ProjectID).
		Where("state = ? AND due_at = ? AND digest = ?", r.State, r.DueAt, r.Digest).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return g.end(ctx, tx, s, r, state, why)
}

// end ends a request for a reason of its own, in a transaction of whoever found it.
// What has ended already stays as it is.
func (g *Service) end(ctx context.Context, tx bun.Tx, s api.Scope, r *requestRow, state api.RequestState, why *api.Error) error {
	now := store.Micros(g.now())
	query := tx.NewUpdate().Model((*requestRow)(nil)).Set("state = ?, ended_at = ?, due_at = 0", state, now).
		Where("id = ? AND project_id = ? AND ended_at = 0", r.ID, r.ProjectID)
	if why != nil {
		query = query.Set("fault = ?", encode(fault{why.Code, why.Message, why.Problems}))
	}
	result, err := query.Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if err := r.tell(ctx, tx, s.Actor.User, state, "", now); err != nil {
		return err
	}
	return r.record(ctx, tx, s, endings[state])
}

// endings are the audit log's words for how a request ends by itself.
var endings = map[api.RequestState]string{
	api.RequestApplied: actionApply, api.RequestFailed: actionFail, api.RequestVoid: actionVoid, api.RequestExpired: actionExpire,
}

// sameState reports whether the object of a request is as it was when it was asked.
// What could not even be asked for any more has moved, too.
func (g *Service) sameState(ctx context.Context, s api.Scope, r *requestRow, d api.Deed) (bool, error) {
	plan, err := d.Plan(ctx, g.next, s)
	if code := api.CodeOf(err); slices.Contains(slices.Collect(maps.Keys(moved)), code) {
		return false, nil
	}
	return err == nil && base(plan) == r.Base, err
}

// moved are the codes of changes that cannot be made to what is there now.
var moved = map[api.Code]bool{api.NotFound: true, api.Conflict: true, api.Invalid: true, api.Limit: true, api.Forbidden: true}
