package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// endpoints is the path of the endpoints of the project.
func (w *world) endpoints(rest string) string { return "/v1/" + w.project.ID + "/vpc-endpoints" + rest }

// stranger is the same dialect for somebody of another account. The account is
// added behind everybody's back: an installation has one.
func (w *world) stranger(t testing.TB, digit string) *world {
	t.Helper()
	account := identity.Account{ID: strings.Repeat("a", 31) + digit, Name: "account " + digit}
	project := identity.Project{ID: strings.Repeat("b", 31) + digit, Account: account, Name: "abroad"}
	user := identity.User{ID: strings.Repeat("c", 31) + digit, Name: "eve", Account: account}
	require.NoError(t, w.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, accounts := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, created_at) VALUES (?, ?, 0)", account.ID, account.Name)
		_, projects := tx.ExecContext(ctx, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, ?, ?, 0)", project.ID, account.ID, project.Name)
		_, users := tx.ExecContext(ctx, "INSERT INTO users (id, account_id, name, password_hash, created_at, administrator) VALUES (?, ?, ?, '', 0, TRUE)", user.ID, account.ID, user.Name)
		return errors.Join(accounts, projects, users)
	}))
	token, _, err := w.ids.IssueToken(t.Context(), api.Actor{}, user, &project)
	require.NoError(t, err)
	return &world{server: w.server, handler: w.handler, user: user, project: project, token: token}
}

// connect asks for an endpoint.
func connect(service string) string {
	return fmt.Sprintf(`{"endpoint_service_id":%q,"vpc_id":"vpc-of-consumer","subnet_id":"subnet-1","description":"Till","tags":[{"key":"team","value":"shop"}],"enable_dns":true,"routetables":["x"]}`, service)
}

// connected makes an endpoint and returns its id.
func (w *world) connected(t testing.TB, service string) string {
	t.Helper()
	rec := w.send("POST", w.endpoints(""), connect(service))
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var endpoint struct{ ID string }
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &endpoint))
	return endpoint.ID
}

func TestAnEndpointOfOnesOwn(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	rec := w.send("POST", w.endpoints(""), connect(service))
	require.Equal(t, http.StatusOK, rec.Code, "the owner's account needs no entry: %s", rec.Body)
	var endpoint struct {
		ID     string
		Marker int64 `json:"marker_id"`
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &endpoint))
	require.Positive(t, endpoint.Marker)
	require.Less(t, endpoint.Marker, int64(1<<31), "SDKs read 32 bits")
	want := fmt.Sprintf(`{"id":%q,"service_type":"interface","status":"accepted","active_status":["active"],"enable_status":"enable",`+
		`"endpoint_service_name":"local-1.%s","marker_id":%d,"endpoint_service_id":%q,"enable_dns":false,"vpc_id":"vpc-of-consumer","subnet_id":"subnet-1",`+
		`"created_at":"now","updated_at":"now","project_id":%q,"tags":[{"key":"team","value":"shop"}],"whitelist":[],"enable_whitelist":false,"routetables":[],"description":"Till"}`,
		endpoint.ID, service, endpoint.Marker, service, w.project.ID)
	require.Equal(t, want, moments(rec.Body.String()))

	rec = w.send("GET", w.endpoints("/"+endpoint.ID), "")
	require.Equal(t, want, moments(rec.Body.String()))
	for query, found := range map[string]bool{
		"": true, "?id=" + endpoint.ID: true, "?id=x": false, "?vpc_id=vpc-of-consumer": true, "?vpc_id=vpc": false,
		"?endpoint_service_name=LOCAL-1": true, "?endpoint_service_name=other": false, "?vpc_id=%00": false,
	} {
		rec = w.send("GET", w.endpoints(query), "")
		if found {
			require.Equal(t, `{"endpoints":[`+want+`],"total_count":1}`, moments(rec.Body.String()), query)
		} else {
			require.Equal(t, `{"endpoints":[],"total_count":0}`, rec.Body.String(), query)
		}
	}
	require.Equal(t, http.StatusNoContent, w.send("DELETE", w.endpoints("/"+endpoint.ID), "").Code)
	for _, method := range []string{"GET", "DELETE"} {
		rec = w.send(method, w.endpoints("/"+endpoint.ID), "")
		require.Equal(t, http.StatusNotFound, rec.Code)
		code, _ := refusal(t, rec)
		require.Equal(t, "EndPoint.2006", code)
	}
}

func TestOnlyAccountsOfTheWhitelistConnect(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	eve := w.stranger(t, "1")
	try := func() (status int, code string) {
		rec := eve.send("POST", eve.endpoints(""), connect(service))
		if rec.Code == http.StatusOK {
			return rec.Code, ""
		}
		code, text := refusal(t, rec)
		require.True(t, strings.HasPrefix(text, "You have no permission to connect to the VPC endpoint service."), text)
		return rec.Code, code
	}
	refused := func(when string) {
		t.Helper()
		status, code := try()
		require.Equal(t, http.StatusBadRequest, status, when)
		require.Equal(t, "EndPoint.2012", code, when)
		require.Equal(t, http.StatusNotFound, eve.send("GET", eve.services("/describe?id="+service), "").Code, "and does not see it")
	}
	refused("on no list")
	own := w.allow(t, service, api.AccountPrefix+eve.user.Account.ID, "iam:domain::other")[0]
	status, _ := try()
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, http.StatusOK, eve.send("GET", eve.services("/describe?id="+service), "").Code)

	require.Equal(t, http.StatusOK, w.send("POST", w.permissions(service, "/batch-delete"), `{"permissions":[{"id":"`+own+`"}]}`).Code)
	refused("removed again")
	require.Contains(t, w.send("GET", w.services("/"+service+"/connections"), "").Body.String(), `"status":"accepted"`, "what is connected stays")
	w.approveNothing(t)
	w.allow(t, service, api.Everyone)
	status, _ = try()
	require.Equal(t, http.StatusOK, status)
}

func TestTheOwnerDecidesConnections(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, strings.Replace(serviceBody, `"approval_enabled":false`, `"approval_enabled":true`, 1))
	eve := w.stranger(t, "1")
	w.allow(t, service, api.AccountPrefix+eve.user.Account.ID)
	id := eve.connected(t, service)
	connections := w.services("/" + service + "/connections")
	state := func() string {
		rec := w.send("GET", connections+"?id="+id, "")
		var body listedServiceConnectionsJSON
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body), rec.Body.String())
		require.Equal(t, 1, body.Total)
		require.Equal(t, eve.user.Account.ID, body.Connections[0].Account)
		require.Equal(t, "Till", body.Connections[0].Description)
		require.Contains(t, eve.send("GET", eve.endpoints("/"+id), "").Body.String(), `"status":"`+string(body.Connections[0].State)+`"`, "both see one record")
		return string(body.Connections[0].State)
	}
	require.Equal(t, "pendingAcceptance", state())
	for _, step := range [][2]string{{"reject", "rejected"}, {"receive", "accepted"}, {"reject", "rejected"}} {
		rec := w.send("POST", connections+"/action", fmt.Sprintf(`{"endpoints":[%q],"action":%q}`, id, step[0]))
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		var body serviceConnectionsJSON
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
		require.Len(t, body.Connections, 1)
		require.Equal(t, step[1], string(body.Connections[0].State))
		require.Equal(t, step[1], state())
	}
	for query, found := range map[string]int{"": 1, "?status=rejected": 1, "?status=accepted": 0, "?status=failed": 0, "?marker_id=2147483647": 0, "?id=x": 0, "?offset=1": 0} {
		var body listedServiceConnectionsJSON
		require.NoError(t, json.Unmarshal(w.send("GET", connections+query, "").Body.Bytes(), &body))
		require.Len(t, body.Connections, found, query)
	}
	for body, want := range map[string]string{
		``: "EndPoint.0011", `{"endpoints":["` + id + `"]}`: "EndPoint.0007", `{"endpoints":["` + id + `"],"action":"accept"}`: "EndPoint.0007",
		`{"endpoints":[],"action":"receive"}`: "EndPoint.2031", `{"endpoints":["` + id + `","x"],"action":"receive"}`: "EndPoint.2031",
		`{"endpoints":"x","action":"receive"}`: "EndPoint.0002", `{"endpoints":["x"],"action":"receive"}`: "EndPoint.2006",
	} {
		code, _ := refusal(t, w.send("POST", connections+"/action", body))
		require.Equal(t, want, code, body)
	}
}

func TestAServiceInUseStays(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	id := w.connected(t, service)
	require.Contains(t, w.send("GET", w.services(""), "").Body.String(), `"connection_count":1`)
	rec := w.send("DELETE", w.services("/"+service), "")
	require.Equal(t, http.StatusBadRequest, rec.Code)
	code, _ := refusal(t, rec)
	require.Equal(t, "EndPoint.3006", code)
	require.Equal(t, http.StatusNoContent, w.send("DELETE", w.endpoints("/"+id), "").Code)
	require.Equal(t, http.StatusNoContent, w.send("DELETE", w.services("/"+service), "").Code)
}

func TestEndpointsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	for body, want := range map[string]string{
		``: "EndPoint.0011", `{}`: "EndPoint.3062", `{"endpoint_service_id":1}`: "EndPoint.0002", connect("a b"): "EndPoint.3062", connect("unknown"): "EndPoint.0005",
		strings.Replace(connect(service), "vpc-of-consumer", "", 1):                           "EndPoint.0020",
		strings.Replace(connect(service), "subnet-1", "a b", 1):                               "EndPoint.0023",
		strings.Replace(connect(service), "Till", "<", 1):                                     "EndPoint.0002",
		strings.Replace(connect(service), `[{"key"`, `[{"key":"team","value":"x"},{"key"`, 1): "EndPoint.3067",
	} {
		rec := w.send("POST", w.endpoints(""), body)
		code, text := refusal(t, rec)
		require.Equal(t, want, code, "%s %s", body, text)
	}
}

func TestEndpointQuotas(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.connected(t, w.offer(t, serviceBody))
	w.offer(t, serviceBody)
	services, endpoints := `{"type":"endpoint_service","used":2,"quota":100}`, `{"type":"endpoint","used":1,"quota":50}`
	backups := `{"type":"backup_capacity","unit":"GB","used":0,"quota":-1},{"type":"backups","used":0,"quota":` + fmt.Sprint(api.MaxBackups) + `}`
	for query, want := range map[string]string{
		"": services + "," + endpoints + "," + backups, "?type=endpoint_service": services, "?type=endpoint": endpoints,
	} {
		rec := w.send("GET", "/v1/"+w.project.ID+"/quotas"+query, "")
		require.Equal(t, `{"quotas":{"resources":[`+want+`]}}`, rec.Body.String())
	}
}

func TestMoreEndpointsThanTheQuota(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	for range api.MaxEndpoints {
		w.connected(t, service)
	}
	rec := w.send("POST", w.endpoints(""), connect(service))
	require.Equal(t, http.StatusBadRequest, rec.Code)
	code, _ := refusal(t, rec)
	require.Equal(t, "Endpoint.1018", code, "with a small p, as in the table")
	for range api.MaxEndpointServices - 1 {
		w.offer(t, serviceBody)
	}
	code, _ = refusal(t, w.send("POST", w.services(""), serviceBody))
	require.Equal(t, "Endpoint.1018", code)
}
