package governance_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

var links = api.ApprovalRule{Kind: api.KindLink}

func TestAChangeThatNeedsNoApprovalIsMade(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		_, err := r.CreateLink(t.Context(), r.as("ed"), apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		require.Len(t, r.links(t), 1)
	})
}

func TestAnApprovedRequestIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.link(t, "ed", "orders")
		require.Equal(t, api.About{Kind: api.KindLink, Action: api.ActionCreate, Name: "orders"}, q.About)
		require.Equal(t, api.RequestOpen, q.State)
		require.Nil(t, q.Before)
		require.Equal(t, []string{"linkConfig.password"}, q.Secrets)
		require.False(t, q.Drifted)
		require.NotContains(t, string(q.After)+string(q.Payload), "correct-horse")
		require.Contains(t, string(q.After), `"linkConfig.password":true`)
		require.Empty(t, r.links(t))

		r.approve(t, "ann", q)
		r.work(t, time.Now())
		done := r.state(t, q.ID)
		require.Equal(t, api.RequestApplied, done.State)
		require.Equal(t, "Ann", done.Decided.By)
		require.NotZero(t, done.Ended)
		events := []api.RequestState{}
		for _, c := range done.Comments {
			events = append(events, c.Event)
		}
		require.Equal(t, []api.RequestState{api.RequestApproved, api.RequestApplied}, events)

		made := r.links(t)
		require.Len(t, made, 1)
		require.Equal(t, "Ed", made[0].Created.By)
		require.True(t, made[0].HasSecret["linkConfig.password"])
		changes, err := r.Changes(t.Context(), r.as("vera"), api.KindLink, made[0].ID, "", 10)
		require.NoError(t, err)
		require.Len(t, changes, 1)
		require.Equal(t, api.WayJob, changes[0].Actor.Way)
		require.Equal(t, q.ID, changes[0].Actor.RequestID)

		r.work(t, time.Now().Add(time.Hour))
		require.Len(t, r.links(t), 1)
	})
}

func TestWhatARequestShowsIsWhatTheAuditLogTells(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		stored, err := r.CreateLink(t.Context(), r.as("ed"), apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		r.rule(t, links)
		d := apitest.MySQLDraft("orders-2")
		d.ID, d.Secrets = stored.ID, nil
		_, err = r.UpdateLink(t.Context(), r.as("ed"), d, api.Shape)
		q := r.asked(t, err)
		require.Equal(t, stored.ID, q.About.ID)
		r.approve(t, "ann", q)
		r.work(t, time.Now())

		changes, err := r.Changes(t.Context(), r.as("vera"), api.KindLink, stored.ID, "", 1)
		require.NoError(t, err)
		require.Equal(t, "update", changes[0].Action)
		require.Equal(t, without(t, changes[0].Before, "check"), without(t, q.Before, ""))
		require.Equal(t, without(t, changes[0].After, "check"), without(t, q.After, ""))
	})
}

// without is a JSON object as values, without one of them.
func without(t *testing.T, object []byte, key string) map[string]any {
	t.Helper()
	var values map[string]any
	require.NoError(t, json.Unmarshal(object, &values))
	delete(values, key)
	return values
}

func TestWhatIsWrongIsNotAskedFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		d := apitest.MySQLDraft("orders")
		d.Inputs["linkConfig.port"] = "none"
		_, err := r.CreateLink(t.Context(), r.as("ed"), d, api.Shape)
		require.Equal(t, api.Invalid, api.CodeOf(err))
		s := r.as("ed")
		s.Reason = strings.Repeat("x", api.MaxRequestReason+1)
		_, err = r.CreateLink(t.Context(), s, apitest.MySQLDraft("orders"), api.Shape)
		require.Equal(t, api.Invalid, api.CodeOf(err))
		page, err := r.ListRequests(t.Context(), r.as("vera"), api.RequestQuery{})
		require.NoError(t, err)
		require.Empty(t, page.Items)
	})
}

func TestNobodyDecidesWhatHeAskedForHimself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		for _, user := range []string{"ann", "adam", "root", "ed"} {
			q := r.link(t, user, "of-"+user)
			r.people["ed"] = api.RoleAdmin // promoted after he asked
			s := r.as(user)
			_, err := r.ApproveRequest(t.Context(), s, q.ID, q.Digest, "")
			requireCode(t, err, api.Forbidden, "request.own")
			s.Actor.UserID, s.Actor.User = "another-id", strings.ToUpper(s.Actor.User)
			_, err = r.ApproveRequest(t.Context(), s, q.ID, q.Digest, "")
			requireCode(t, err, api.Forbidden, "request.own")
			s.Actor.UserID, s.Actor.User = "", "console"
			_, err = r.ApproveRequest(t.Context(), s, q.ID, q.Digest, "")
			requireCode(t, err, api.Forbidden, "request.own")
			_, err = r.RefuseRequest(t.Context(), r.as(user), q.ID, "")
			requireCode(t, err, api.Forbidden, "request.own")
			require.Equal(t, api.RequestOpen, r.state(t, q.ID).State)
		}
	})
}

func TestOnlyApproversDecide(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.link(t, "ed", "orders")
		for _, user := range []string{"vera", "eva"} {
			_, err := r.ApproveRequest(t.Context(), r.as(user), q.ID, q.Digest, "")
			require.Equal(t, api.Forbidden, api.CodeOf(err))
			_, err = r.RefuseRequest(t.Context(), r.as(user), q.ID, "")
			require.Equal(t, api.Forbidden, api.CodeOf(err))
		}
		s := r.as("ann")
		s.Project = foreign
		_, err := r.ApproveRequest(t.Context(), s, q.ID, q.Digest, "")
		requireCode(t, err, api.NotFound, "request.not_found")
	})
}

func TestAnApprovalIsOfWhatWasSeen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.link(t, "ed", "orders")
		explained, err := r.ExplainRequest(t.Context(), r.as("ed"), q.ID, "for the auditors")
		require.NoError(t, err)
		require.NotEqual(t, q.Digest, explained.Digest)
		_, err = r.ApproveRequest(t.Context(), r.as("ann"), q.ID, q.Digest, "")
		requireCode(t, err, api.Conflict, "request.meanwhile")

		approved := r.approve(t, "ann", explained)
		again, err := r.ExplainRequest(t.Context(), r.as("ed"), approved.ID, "for myself")
		require.NoError(t, err)
		require.Equal(t, api.RequestOpen, again.State)
		require.Empty(t, again.Decided.By)
		r.work(t, time.Now())
		require.Empty(t, r.links(t))
		_, err = r.ExplainRequest(t.Context(), r.as("eva"), q.ID, "mine")
		requireCode(t, err, api.Forbidden, "request.not_own")
	})
}

func TestARightThatIsLostMakesTheRequestVoid(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"ed", "ann"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, r *room) {
				r.rule(t, links)
				q := r.approve(t, "ann", r.link(t, "ed", "orders"))
				r.people[user] = api.RoleViewer
				r.work(t, time.Now())
				r.refused(t, q.ID, api.RequestVoid, "request.right_lost")
			})
		})
	}
}

func TestAnObjectThatMovedMakesTheRequestVoid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		stored, err := r.CreateLink(t.Context(), r.as("ed"), apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		r.rule(t, api.ApprovalRule{Kind: api.KindLink, Action: api.ActionDelete})
		first := r.asked(t, r.DeleteLink(t.Context(), r.as("ed"), stored.ID, 0))
		second := r.asked(t, r.DeleteLink(t.Context(), r.as("eva"), stored.ID, stored.Version))
		r.approve(t, "ann", first)
		require.NoError(t, r.EnableLink(t.Context(), r.as("ed"), stored.ID, false), "a brake waits for nobody")

		require.True(t, r.state(t, second.ID).Drifted)
		_, err = r.ApproveRequest(t.Context(), r.as("ann"), second.ID, second.Digest, "")
		requireCode(t, err, api.Conflict, "request.drifted")
		r.work(t, time.Now())
		for _, q := range []api.Request{first, second} {
			require.Equal(t, api.RequestVoid, r.state(t, q.ID).State)
			require.Equal(t, "request.drifted", r.state(t, q.ID).Fault.Message.Key)
		}
		require.Len(t, r.links(t), 1)
	})
}

func TestWhatWasChangedByHandIsNeverCarriedOut(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]string{
		"the call":              `deed = REPLACE(deed, 'db.example.com', 'db.evil.example')`,
		"what is shown":         `after = REPLACE(after, 'db.example.com', 'db.evil.example')`,
		"the sealed secrets":    `sealed = 'none'`,
		"the signature":         `signature = 'none'`,
		"the digest":            `digest = 'none'`,
		"the state it is about": `base = 'none'`,
		"the requester":         `requester_id = 'ben'`,
		"the approver":          `approver_id = 'ben'`,
		"the time it has":       `expires_at = expires_at + 1000`,
		"the state":             `signature = '', approver_id = 'ben', state = 'approved'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, r *room) {
				r.rule(t, links)
				q := r.approve(t, "ann", r.link(t, "ed", "orders"))
				change(t, r.db, "UPDATE requests SET "+set+" WHERE id = ?", q.ID)
				r.work(t, time.Now())
				r.refused(t, q.ID, api.RequestVoid, "request.tampered")
			})
		})
	}
}

func TestWhatWasChangedByHandCannotBeApproved(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.link(t, "ed", "orders")
		change(t, r.db, "UPDATE requests SET after = '{}' WHERE id = ?", q.ID)
		require.True(t, r.state(t, q.ID).Drifted)
		_, err := r.ApproveRequest(t.Context(), r.as("ann"), q.ID, q.Digest, "")
		requireCode(t, err, api.Conflict, "request.tampered")
		r.refused(t, q.ID, api.RequestVoid, "request.tampered")
	})
}

func TestARequestEndsInTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.link(t, "ed", "orders")
		change(t, r.db, "UPDATE requests SET expires_at = 1 WHERE id = ?", q.ID)
		_, err := r.ApproveRequest(t.Context(), r.as("ann"), q.ID, q.Digest, "")
		requireCode(t, err, api.Conflict, "request.not_open")
		r.work(t, time.Now())
		require.Equal(t, api.RequestExpired, r.state(t, q.ID).State)
	})
}

func TestARequestIsWithdrawnByWhoAsked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.approve(t, "ann", r.link(t, "ed", "orders"))
		_, err := r.WithdrawRequest(t.Context(), r.as("eva"), q.ID)
		requireCode(t, err, api.Forbidden, "request.not_own")
		q, err = r.WithdrawRequest(t.Context(), r.as("ed"), q.ID)
		require.NoError(t, err)
		require.Equal(t, api.RequestWithdrawn, q.State)
		r.work(t, time.Now())
		require.Empty(t, r.links(t))
		_, err = r.WithdrawRequest(t.Context(), r.as("ed"), q.ID)
		requireCode(t, err, api.Conflict, "request.not_open")
	})
}

func TestARequestIsRefusedWithAComment(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.link(t, "ed", "orders")
		_, err := r.CommentRequest(t.Context(), r.as("eva"), q.ID, "Is that the right host?")
		require.NoError(t, err)
		q, err = r.RefuseRequest(t.Context(), r.as("ann"), q.ID, "It is not.")
		require.NoError(t, err)
		require.Equal(t, api.RequestRefused, q.State)
		require.Equal(t, "Ann", q.Decided.By)
		require.Len(t, q.Comments, 2)
		require.Equal(t, "It is not.", q.Comments[1].Text)
		_, err = r.ApproveRequest(t.Context(), r.as("ben"), q.ID, q.Digest, "")
		requireCode(t, err, api.Conflict, "request.not_open")
	})
}

func TestWhoAsksAgainReplacesHisRequest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		first, others := r.link(t, "ed", "orders"), r.link(t, "eva", "orders")
		second := r.link(t, "ed", "orders")
		old := r.state(t, first.ID)
		require.Equal(t, api.RequestVoid, old.State)
		require.Equal(t, second.ID, old.Fault.Message.Args["request"])
		require.Equal(t, api.RequestOpen, r.state(t, others.ID).State)

		r.approve(t, "ann", second)
		r.approve(t, "ann", others)
		r.work(t, time.Now())
		require.Len(t, r.links(t), 1, "the name is taken once")
		require.Equal(t, api.RequestVoid, r.state(t, others.ID).State)
	})
}

func TestRequestsAreListedPageAfterPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		var ids []string
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			ids = append([]string{r.link(t, "ed", name).ID}, ids...)
		}
		r.link(t, "ann", "f")
		list := func(user string, q api.RequestQuery) api.Page[api.Request] {
			page, err := r.ListRequests(t.Context(), r.as(user), q)
			require.NoError(t, err)
			return page
		}
		var seen []string
		page := list("ed", api.RequestQuery{Mine: true, Limit: 2})
		for require.Empty(t, page.Prev); ; page = list("ed", api.RequestQuery{Mine: true, Limit: 2, Cursor: page.Next}) {
			for _, q := range page.Items {
				seen = append(seen, q.ID)
			}
			if page.Next == "" {
				break
			}
		}
		require.Equal(t, ids, seen)
		page = list("ed", api.RequestQuery{Mine: true, Limit: 2, Cursor: page.Prev})
		require.Equal(t, ids[2:4], []string{page.Items[0].ID, page.Items[1].ID})

		require.Len(t, list("ann", api.RequestQuery{ForMe: true}).Items, 5)
		require.Empty(t, list("ed", api.RequestQuery{ForMe: true}).Items)
		require.Empty(t, list("ed", api.RequestQuery{Kind: api.KindAlias}).Items)
		counts, err := r.CountRequests(t.Context(), r.as("ann"))
		require.NoError(t, err)
		require.Equal(t, api.RequestCounts{ForMe: 5, Mine: 1}, counts)
	})
}

func TestWhatNobodyGaveAReasonForIsNotApproved(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		s := r.as("ed")
		s.Reason = " "
		_, err := r.CreateLink(t.Context(), s, apitest.MySQLDraft("orders"), api.Shape)
		q := r.asked(t, err)
		_, err = r.ApproveRequest(t.Context(), r.as("ann"), q.ID, q.Digest, "I know why.")
		requireCode(t, err, api.Conflict, "requests.waits_for_reason")
		require.Equal(t, api.RequestOpen, r.state(t, q.ID).State)

		q, err = r.ExplainRequest(t.Context(), r.as("ed"), q.ID, "The shop moves.")
		require.NoError(t, err)
		r.approve(t, "ann", q)
	})
}
