package governance

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// requestRow is a request as it is stored.
type requestRow struct {
	bun.BaseModel `bun:"table:requests"`

	ID          string `bun:"id,pk"`
	ProjectID   string
	Kind        api.Kind
	Action      api.Action
	ObjectID    string
	ObjectName  string
	Deed        string
	Sealed      string
	Secrets     string
	Before      string
	After       string
	Base        string
	Digest      string
	Reason      string
	State       api.RequestState
	RequesterID string
	Requester   string
	ApproverID  string
	Approver    string
	Signature   string
	Fault       string
	CreatedAt   int64
	ExpiresAt   int64
	DecidedAt   int64
	EndedAt     int64
	DueAt       int64
	Tries       int64
	Try         string
}

// commentRow is a line below a request.
type commentRow struct {
	bun.BaseModel `bun:"table:request_comments"`

	ID        string `bun:"id,pk"`
	RequestID string
	At        int64
	UserName  string
	Event     api.RequestState
	Text      string
}

// request is the row as the domain knows it.
func (r *requestRow) request() api.Request {
	request := api.Request{
		ID: r.ID, Project: r.ProjectID, State: r.State, Reason: r.Reason,
		About:   api.About{Kind: r.Kind, Action: r.Action, ID: r.ObjectID, Name: r.ObjectName},
		Created: store.Time(r.CreatedAt), Expires: store.Time(r.ExpiresAt), Ended: store.Time(r.EndedAt),
		Before: orNil(r.Before), After: orNil(r.After), Payload: orNil(r.Deed), Digest: r.Digest,
		Decided: api.Stamp{At: store.Time(r.DecidedAt), By: r.Approver},
	}
	// What cannot be read was changed by hand: it is shown as far as it goes, and is
	// never carried out.
	_ = json.Unmarshal([]byte(r.Requester), &request.Requester)
	_ = json.Unmarshal([]byte(r.Secrets), &request.Secrets)
	if f := new(fault); r.Fault != "" && json.Unmarshal([]byte(r.Fault), f) == nil {
		request.Fault = &api.Error{Code: f.Code, Message: f.Message, Problems: f.Problems}
	}
	return request
}

// fault is why nothing became of a request, as it is stored.
type fault struct {
	Code     api.Code      `json:"code"`
	Message  api.Message   `json:"message"`
	Problems []api.Problem `json:"problems,omitempty"`
}

func orNil(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text)
}

// enclosed is what goes along with a request and nobody can read. The salt makes the
// digest one that nobody can make up who cannot open it.
type enclosed struct {
	Salt    string            `json:"salt"`
	Secrets map[string]string `json:"secrets,omitempty"`
}

// enclose seals the secrets of a new request.
func (g *Service) enclose(r *requestRow, secrets map[string]api.Secret) {
	inside := enclosed{Salt: rand.Text(), Secrets: map[string]string{}}
	for path, secret := range secrets {
		inside.Secrets[path] = secret.Reveal()
	}
	text := encode(inside)
	r.Sealed, r.Secrets = g.keys.Seal(r.place(), text), encode(slices.Sorted(maps.Keys(secrets)))
	r.Digest = r.digest(text)
}

// open returns the deed as it was asked for, and the text that its digest covers.
// An error is one of something that was changed by hand.
func (g *Service) open(r *requestRow) (api.Deed, string, error) {
	text, err := g.keys.Open(r.place(), r.Sealed)
	if err != nil {
		return nil, "", err
	}
	var inside enclosed
	if err := json.Unmarshal([]byte(text), &inside); err != nil {
		return nil, "", err
	}
	var coded api.CodedDeed
	if err := json.Unmarshal([]byte(r.Deed), &coded); err != nil {
		return nil, "", err
	}
	if len(inside.Secrets) > 0 {
		coded.Secrets = map[string]api.Secret{}
	}
	for path, secret := range inside.Secrets {
		coded.Secrets[path] = api.NewSecret(secret)
	}
	d, err := coded.Decode()
	return d, text, err
}

// place is where the secrets of a request can be opened.
func (r *requestRow) place() string { return "request/" + r.ID }

// signed is where the signature of an approver can be opened.
func (r *requestRow) signed() string { return "approval/" + r.ID + "/" + r.ApproverID }

// digest names the request: all that an approver is shown, and the text that goes
// along sealed.
func (r *requestRow) digest(inside string) string {
	sum := sha256.Sum256([]byte(encode([]any{
		r.ID, r.ProjectID, r.Kind, r.Action, r.ObjectID, r.ObjectName, r.Deed, r.Secrets, r.Before, r.After, r.Base,
		r.Reason, r.RequesterID, r.Requester, r.CreatedAt, r.ExpiresAt, inside,
	})))
	return hex.EncodeToString(sum[:])
}

// requester is who asked.
func (r *requestRow) requester() (actor api.Actor) {
	_ = json.Unmarshal([]byte(r.Requester), &actor) // its digest says whether it is his
	return actor
}

// find reads a request of the project.
func (g *Service) find(ctx context.Context, s api.Scope, id string) (*requestRow, error) {
	row := new(requestRow)
	if !store.Storable(s.Project, id) {
		return row, api.Errorf(api.NotFound, "request.not_found")
	}
	err := g.db.Read.NewSelect().Model(row).Where("project_id = ? AND id = ?", s.Project, id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = api.Errorf(api.NotFound, "request.not_found")
	}
	return row, err
}

// move changes a request that is in one of the states, with a line below it and an
// audit entry; Conflict if it is in another by now. set sets columns besides the state.
func (g *Service) move(ctx context.Context, s api.Scope, r *requestRow, action string, to api.RequestState, text string,
	from []api.RequestState, set func(*bun.UpdateQuery) *bun.UpdateQuery,
) error {
	now := store.Micros(g.now())
	return g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		query := tx.NewUpdate().Model((*requestRow)(nil)).Set("state = ?", to).
			Where("id = ? AND project_id = ? AND digest = ? AND state IN (?)", r.ID, r.ProjectID, r.Digest, bun.List(from))
		if to.Over() {
			query = query.Set("ended_at = ?, due_at = 0", now)
		}
		result, err := set(query).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, api.Errorf(api.Conflict, "request.meanwhile"))
		}
		if err := r.tell(ctx, tx, s.Actor.User, to, text, now); err != nil {
			return err
		}
		return r.record(ctx, tx, s, action)
	})
}

// tell adds a line below the request.
func (r *requestRow) tell(ctx context.Context, tx bun.Tx, by string, event api.RequestState, text string, now int64) error {
	row := commentRow{ID: store.NewID(), RequestID: r.ID, At: now, UserName: by, Event: event, Text: text}
	_, err := tx.NewInsert().Model(&row).Exec(ctx)
	return err
}

// record writes down what became of a request.
func (r *requestRow) record(ctx context.Context, tx bun.Tx, s api.Scope, action string) error {
	s.Grant = api.Grant{}
	return store.Record(ctx, tx, s, store.Event{Action: action, Kind: api.KindRequest, ID: r.ID, Name: r.ObjectName, After: map[string]any{
		"kind": r.Kind, "action": r.Action, "object": r.ObjectID, "reason": r.Reason, "digest": r.Digest,
	}})
}

// over reports whether the request waits no longer.
func (r *requestRow) over(now time.Time) bool {
	return r.State.Over() || r.ExpiresAt <= store.Micros(now)
}
