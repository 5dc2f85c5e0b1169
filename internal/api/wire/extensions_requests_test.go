package wire

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// as is a token of a new user with a role in the project.
func (w *world) as(t *testing.T, name string, role api.Role) header {
	t.Helper()
	user, err := w.ids.CreateUser(t.Context(), console, identity.NewPerson{Name: name, Roles: map[string]api.Role{w.project.ID: role}}, api.NewSecret(password))
	require.NoError(t, err)
	token, _, err := w.ids.IssueToken(t.Context(), api.Actor{}, user, &w.project)
	require.NoError(t, err)
	return header{"X-Auth-Token", token}
}

func TestToLetEveryoneInWaitsForAnApproval(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	ed, ann := w.as(t, "ed", api.RoleEditor), w.as(t, "ann", api.RoleApprover)
	for name, target := range map[string][2]string{
		"batch-create": {w.permissions(id, "/batch-create"), `{"permissions":[{"permission":"*"}]}`},
		"action":       {w.permissions(id, "/action"), `{"action":"add","permissions":["*"]}`},
	} {
		rec := w.send("POST", target[0], target[1], ed, header{"X-Switchboard-Reason", "公开镜像"})
		require.Equal(t, http.StatusForbidden, rec.Code, "%s: %s", name, rec.Body)
		require.Contains(t, rec.Body.String(), `"EndPoint.0004"`)
	}
	list := w.send("GET", w.ownPath("/requests?state=open&for_me=true"), "", ann)
	page := read[struct{ Requests []requestJSON }](t, list, http.StatusOK)
	require.Len(t, page.Requests, 1, "who asks again replaces his request")
	asked := page.Requests[0]
	require.Equal(t, "公开镜像", asked.Reason)
	require.Equal(t, api.ActionEveryone, asked.Action)
	require.Nil(t, asked.Drifted, "a list does not know")
	require.NotContains(t, list.Body.String(), "drifted")

	one := w.ownPath("/requests/" + asked.ID)
	shown := read[requestJSON](t, w.send("GET", one, "", ed), http.StatusOK)
	require.JSONEq(t, `{"count":1,"permissions":[{"permission":"*"}]}`, string(shown.After))
	require.Equal(t, new(false), shown.Drifted)
	require.NotContains(t, string(shown.Payload), "0001-01-01")
	approval, err := json.Marshal(requestBody{Digest: shown.Digest, Comment: "agreed"})
	require.NoError(t, err)
	require.Equal(t, http.StatusForbidden, w.send("POST", one+"/approve", string(approval), ed).Code)
	approved := read[requestJSON](t, w.send("POST", one+"/approve", string(approval), ann), http.StatusOK)
	require.Equal(t, api.RequestApproved, approved.State)
	require.Equal(t, "ann", approved.DecidedBy)
	require.Nil(t, approved.Drifted, "who approved it has looked")
	require.Equal(t, http.StatusConflict, w.send("POST", one+"/approve", string(approval), ann).Code)
	require.Equal(t, http.StatusForbidden, w.send("GET", strings.Replace(one, w.project.ID, w.other.ID, 1), "", ann).Code)
}

func TestEachServiceRefusesInItsOwnForm(t *testing.T) {
	t.Parallel()
	w := start(t)
	vera, ed := w.as(t, "vera", api.RoleViewer), w.as(t, "ed", api.RoleEditor)
	rules := read[approvalRules](t, w.send("GET", w.ownPath("/approval-rules"), "", vera), http.StatusOK)
	require.Equal(t, approvalRules{[]approvalRule{{api.KindPermission, api.ActionEveryone}}}, rules)
	all := `{"rules":[{"kind":"link"},{"kind":"connection"},{"kind":"permission"},{"kind":"alias"},{"kind":"policy"}]}`
	require.Equal(t, http.StatusForbidden, w.send("PUT", w.ownPath("/approval-rules"), all, ed).Code)
	require.Equal(t, http.StatusBadRequest, w.send("PUT", w.ownPath("/approval-rules"), `{"rules":[{"kind":"hook"}]}`).Code)
	rules = read[approvalRules](t, w.send("PUT", w.ownPath("/approval-rules"), all), http.StatusOK)
	require.Len(t, rules.Rules, len(api.Approvable))

	for code, r := range map[string][2]string{
		`"errCode":"Cdm.0032"`:      {w.links("c", ""), seed(t)},
		`"error_code":"DLI.0016"`:   {w.queues(""), `{"queue_name":"etl","cu_count":16}`},
		`"code":"EndPoint.0004"`:    {w.services(""), serviceBody},
		`"error_code":"APIGW.0302"`: {w.csbs("/policies"), policyBodyOf("nightly")},
	} {
		rec := w.send("POST", r[0], r[1], vera)
		require.Equal(t, http.StatusForbidden, rec.Code, "%s: %s", r[0], rec.Body)
		require.Contains(t, rec.Body.String(), code)
		rec = w.send("POST", r[0], r[1], ed)
		require.Equal(t, http.StatusForbidden, rec.Code, "%s: %s", r[0], rec.Body)
		require.Contains(t, rec.Body.String(), code)
		latest := read[struct{ Requests []requestJSON }](t, w.send("GET", w.ownPath("/requests?limit=1"), "", ed), http.StatusOK).Requests[0]
		require.Contains(t, rec.Body.String(), latest.ID, "the message names the request")
	}
}

func TestRegionsNameOnlyProjectsOfTheCaller(t *testing.T) {
	t.Parallel()
	w := start(t)
	ed := w.as(t, "ed", api.RoleEditor)
	body := read[struct{ Regions []regionJSON }](t, w.send("GET", w.ownPath("/regions"), "", ed), http.StatusOK)
	for _, region := range body.Regions {
		for _, project := range region.Projects {
			require.Equal(t, w.project.ID, project.ID, "he has no role in %s", project.Name)
		}
	}
	all := read[struct{ Regions []regionJSON }](t, w.send("GET", w.ownPath("/regions"), ""), http.StatusOK)
	count := 0
	for _, region := range all.Regions {
		count += len(region.Projects)
	}
	require.Greater(t, count, 1)
}
