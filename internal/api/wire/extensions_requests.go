package wire

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// requestRoutes are for changes that have to be approved.
func (s *server) requestRoutes(e *echo.Echo) {
	ext := family{s, extensionError}
	serve(e, "ListRequests", ext.inProject(s.listRequests))
	serve(e, "ShowRequest", ext.inProject(s.showRequest))
	serve(e, "ExplainRequest", ext.inProject(s.explainRequest))
	serve(e, "CommentRequest", ext.inProject(s.commentRequest))
	serve(e, "ApproveRequest", ext.inProject(s.approveRequest))
	serve(e, "RefuseRequest", ext.inProject(s.refuseRequest))
	serve(e, "WithdrawRequest", ext.inProject(s.withdrawRequest))

	serve(e, "ListApprovalRules", ext.inProject(s.listApprovalRules))
	serve(e, "UpdateApprovalRules", ext.inProject(s.replaceApprovalRules))
}

// requestJSON is a request. In a list it is without its object and its comments, and
// nobody looks whether the object has moved: drifted is left out there.
type requestJSON struct {
	ID        string               `json:"id"`
	State     api.RequestState     `json:"state"`
	Kind      api.Kind             `json:"kind"`
	Action    api.Action           `json:"action"`
	Object    string               `json:"object,omitempty"` // id
	Name      string               `json:"name,omitempty"`
	Reason    string               `json:"reason"`
	Requester string               `json:"requester"`
	Created   time.Time            `json:"created"`
	Expires   time.Time            `json:"expires"`
	Decided   time.Time            `json:"decided,omitzero"`
	DecidedBy string               `json:"decided_by,omitempty"`
	Ended     time.Time            `json:"ended,omitzero"`
	Digest    string               `json:"digest"`
	Drifted   *bool                `json:"drifted,omitempty"` // of one that waits for an approval
	Secrets   []string             `json:"secrets,omitempty"` // paths of those that go along
	Before    json.RawMessage      `json:"before,omitempty"`
	After     json.RawMessage      `json:"after,omitempty"`
	Payload   json.RawMessage      `json:"payload,omitempty"`
	Fault     *requestFaultJSON    `json:"fault,omitempty"`
	Comments  []requestCommentJSON `json:"comments,omitempty"`
}

type requestFaultJSON struct {
	Code     string             `json:"code"`
	Message  string             `json:"message"`
	Problems []extensionProblem `json:"problems,omitempty"`
}

type requestCommentJSON struct {
	At    time.Time        `json:"at"`
	By    string           `json:"by,omitempty"` // empty for the console itself
	Event api.RequestState `json:"event,omitempty"`
	Text  string           `json:"text,omitempty"`
}

func encodeRequest(c echo.Context, r api.Request) requestJSON {
	out := requestJSON{
		ID: r.ID, State: r.State, Kind: r.About.Kind, Action: r.About.Action, Object: r.About.ID, Name: r.About.Name,
		Reason: r.Reason, Requester: r.Requester.User, Created: r.Created, Expires: r.Expires, Decided: r.Decided.At, DecidedBy: r.Decided.By,
		Ended: r.Ended, Digest: r.Digest, Secrets: r.Secrets,
		Before: object(r.Before), After: object(r.After), Payload: object(r.Payload),
	}
	for _, l := range r.Comments {
		out.Comments = append(out.Comments, requestCommentJSON{l.At, l.By, l.Event, l.Text})
	}
	if r.Fault != nil {
		out.Fault = &requestFaultJSON{Code: string(r.Fault.Code), Message: say(c, r.Fault.Message)}
		for _, p := range r.Fault.Problems {
			out.Fault.Problems = append(out.Fault.Problems, extensionProblem{p.Path, say(c, p.Message)})
		}
	}
	return out
}

// object is JSON as it is stored; what was changed by hand and is none is left out.
func object(text []byte) json.RawMessage {
	if !json.Valid(text) {
		return nil
	}
	return text
}

var requestStates = []string{
	string(api.RequestOpen), string(api.RequestApproved), string(api.RequestApplied), string(api.RequestFailed), string(api.RequestVoid),
	string(api.RequestRefused), string(api.RequestWithdrawn), string(api.RequestExpired),
}

// listRequests answers GET …/requests?state=&kind=&object=&mine=true&for_me=true&limit=&cursor=:
// newest first.
func (s *server) listRequests(c echo.Context, scope api.Scope) error {
	state, err := readChoice(c, "state", requestStates...)
	if err != nil {
		return err
	}
	page, err := s.Requests.ListRequests(c.Request().Context(), scope, api.RequestQuery{
		State: api.RequestState(state), Kind: api.Kind(c.QueryParam("kind")), Object: c.QueryParam("object"),
		Mine: c.QueryParam("mine") == "true", ForMe: c.QueryParam("for_me") == "true",
		Cursor: c.QueryParam("cursor"), Limit: pageLimit(c),
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Requests []requestJSON `json:"requests"`
		Next     string        `json:"next,omitempty"`
	}{each(page.Items, func(r api.Request) requestJSON { return encodeRequest(c, r) }), page.Next})
}

// answerRequest answers with the request as it is now.
func answerRequest(c echo.Context, r api.Request, err error) error {
	if err != nil {
		return err
	}
	out := encodeRequest(c, r)
	if r.State == api.RequestOpen {
		out.Drifted = &r.Drifted
	}
	return answer(c, http.StatusOK, out)
}

// showRequest answers GET …/requests/{id}.
func (s *server) showRequest(c echo.Context, scope api.Scope) error {
	r, err := s.Requests.Request(c.Request().Context(), scope, param(c, "request"))
	return answerRequest(c, r, err)
}

// requestBody is what people say to a request.
type requestBody struct {
	Reason  string `json:"reason"`
	Text    string `json:"text"`
	Digest  string `json:"digest"` // of the request, as it was seen
	Comment string `json:"comment"`
}

// explainRequest answers PUT …/requests/{id}/reason {"reason": "…"}.
func (s *server) explainRequest(c echo.Context, scope api.Scope) error {
	var body requestBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	r, err := s.Requests.ExplainRequest(c.Request().Context(), scope, param(c, "request"), body.Reason)
	return answerRequest(c, r, err)
}

// commentRequest answers POST …/requests/{id}/comments {"text": "…"}.
func (s *server) commentRequest(c echo.Context, scope api.Scope) error {
	var body requestBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	r, err := s.Requests.CommentRequest(c.Request().Context(), scope, param(c, "request"), body.Text)
	return answerRequest(c, r, err)
}

// approveRequest answers POST …/requests/{id}/approve {"digest": "…", "comment": "…"}:
// the digest says what was seen.
func (s *server) approveRequest(c echo.Context, scope api.Scope) error {
	var body requestBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	r, err := s.Requests.ApproveRequest(c.Request().Context(), scope, param(c, "request"), body.Digest, body.Comment)
	return answerRequest(c, r, err)
}

// refuseRequest answers POST …/requests/{id}/refuse {"comment": "…"}.
func (s *server) refuseRequest(c echo.Context, scope api.Scope) error {
	var body requestBody
	if _, err := decodeOptionalBody(c, &body); err != nil {
		return err
	}
	r, err := s.Requests.RefuseRequest(c.Request().Context(), scope, param(c, "request"), body.Comment)
	return answerRequest(c, r, err)
}

// withdrawRequest answers POST …/requests/{id}/withdraw.
func (s *server) withdrawRequest(c echo.Context, scope api.Scope) error {
	r, err := s.Requests.WithdrawRequest(c.Request().Context(), scope, param(c, "request"))
	return answerRequest(c, r, err)
}

// approvalRules are the changes that have to be approved in a project. Without an
// action it is all that rules of the kind can name.
type approvalRules struct {
	Rules []approvalRule `json:"rules"`
}

type approvalRule struct {
	Kind   api.Kind   `json:"kind"`
	Action api.Action `json:"action,omitempty"`
}

// listApprovalRules answers GET …/approval-rules.
func (s *server) listApprovalRules(c echo.Context, scope api.Scope) error {
	rules, err := s.Requests.ApprovalRules(c.Request().Context(), scope)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, approvalRules{each(rules, func(r api.ApprovalRule) approvalRule { return approvalRule(r) })})
}

// replaceApprovalRules answers PUT …/approval-rules with the body of a GET.
func (s *server) replaceApprovalRules(c echo.Context, scope api.Scope) error {
	var body approvalRules
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	rules := each(body.Rules, func(r approvalRule) api.ApprovalRule { return api.ApprovalRule(r) })
	if err := s.Requests.SetApprovalRules(c.Request().Context(), scope, rules, api.Confirmation{}); err != nil {
		return err
	}
	return s.listApprovalRules(c, scope)
}
