package wire

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// refusal decodes an error of VPCEP: two levels, and nothing else.
func refusal(t testing.TB, rec *httptest.ResponseRecorder) (code, text string) {
	t.Helper()
	var body map[string]map[string]string
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body), rec.Body.String())
	require.Len(t, body, 1)
	require.Len(t, body["error"], 2)
	return body["error"]["code"], body["error"]["message"]
}

func TestEveryVPCEPNumberIsInTheTable(t *testing.T) {
	t.Parallel()
	s := &server{}
	numbers := slices.Collect(maps.Values(vpcepNumbers))
	numbers = append(slices.AppendSeq(numbers, maps.Values(vpcepByCode)), vpcepInternal)
	for code := range maps.Values(vpcepByPath) {
		numbers = append(numbers, number{400, code})
	}
	for _, n := range numbers {
		for _, language := range []string{"en-us", "zh-cn"} {
			c := s.context("GET", "/")
			c.Request().Header.Set("X-Language", language)
			text := vpcepReply(c, n).body.(vpcepBody).Error.Message
			require.NotContains(t, text, "wire.vpcep", n.code)
			require.Equal(t, language == "zh-cn", hasHan(text), text)
		}
	}
}

func hasHan(text string) bool {
	return slices.ContainsFunc([]rune(text), func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}

func TestTheShapeOfVPCEPErrors(t *testing.T) {
	t.Parallel()
	problem := func(path, key string) api.Problem { return api.Problem{Path: path, Message: api.M(key)} }
	cases := []struct {
		name   string
		err    error
		status int
		code   string
		text   string
	}{
		{"something broke", errors.New("disk full"), 500, "EndPoint.0001", "System error. Please retry. Something broke on the server. Tell the administrator this request id: "},
		{"a bug", api.Errorf(api.Internal, "wire.one_link"), 500, "EndPoint.0001", "System error. Please retry. Something broke on the server. Tell the administrator this request id: "},
		{"a code alone", api.Errorf(api.Unavailable, "wire.one_endpoint"), 503, "EndPoint.0001", "System error. Please retry. Name exactly one endpoint."},
		{"a message that has a number", api.Errorf(api.Invalid, "wire.body_empty"), 400, "EndPoint.0011", "The request body is null. Send a JSON object as the request body."},
		{"a field in a list", api.Refuse([]api.Problem{problem("permissions.12.permission", "wire.one_endpoint")}), 400, "EndPoint.3002", "Invalid permission. permissions.12.permission: Name exactly one endpoint."},
		{
			"several fields: the number is the first's", api.Refuse([]api.Problem{problem("ports.0.client_port", "wire.one_endpoint"), problem("limit", "wire.body_empty")}),
			400, "EndPoint.3043", "The service port is invalid. ports.0.client_port: Name exactly one endpoint. limit: Send a JSON object as the request body.",
		},
		{
			"a conflict in a field", &api.Error{Code: api.Conflict, Message: api.M("wire.one_endpoint"), Problems: []api.Problem{problem("permissions.3.permission", "wire.body_object")}},
			409, "EndPoint.3002", "Invalid permission. permissions.3.permission: Send one JSON object as the request body.",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := vpcepError((&server{}).context("GET", "/"), tc.err)
			body := r.body.(vpcepBody)
			require.Equal(t, tc.status, r.status)
			require.Equal(t, tc.code, body.Error.Code)
			require.Equal(t, tc.text, body.Error.Message)
			require.NotContains(t, body.Error.Message, "disk full")
		})
	}
}

// The rows of the service's table that this dialect uses, by what refuses.
func TestTheNumbersOfVPCEP(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		code   api.Code
		key    string
		path   string
		status int
		want   string
	}{
		{api.Invalid, "somewhere.else", "", 400, "EndPoint.0002"},
		{api.Forbidden, "wire.project_mismatch", "", 403, "EndPoint.0004"},
		{api.NotFound, "endpoint_service.not_found", "", 404, "EndPoint.0005"},
		{api.NotFound, "permission.not_found", "", 404, "EndPoint.0005"},
		{api.NotFound, "endpoint.not_found", "", 404, "EndPoint.2006"},
		{api.Conflict, "endpoint_service.changed", "", 409, "EndPoint.0002"},
		{api.Conflict, "endpoint_service.in_use", "", 400, "EndPoint.3006"},
		{api.Limit, "endpoint_service.too_many", "", 400, "Endpoint.1018"},
		{api.Limit, "endpoint.too_many", "", 400, "Endpoint.1018"},
		{api.Limit, "permission.batch_too_big", "", 400, "EndPoint.0016"},
		{api.Limit, "bulk.too_many", "", 400, "EndPoint.0016"},
		{api.Limit, "permission.full", "", 400, "EndPoint.3049"},
		{api.Invalid, "permission.none", "", 400, "EndPoint.3036"},
		{api.Forbidden, "endpoint.not_admitted", "", 400, "EndPoint.2012"},
		{api.Unavailable, "somewhere.else", "", 503, "EndPoint.0001"},
		{api.Invalid, "wire.number", "limit", 400, "EndPoint.0006"},
		{api.Invalid, "permission.form", "permissions.7.permission", 400, "EndPoint.3002"},
		{api.Invalid, "permission.twice", "permissions.7.permission", 400, "EndPoint.0002"},
		{api.Conflict, "permission.present", "permissions.7.permission", 409, "EndPoint.3002"},
		{api.Invalid, "vpcep.description_brackets", "permissions.7.description", 400, "EndPoint.0002"},
		{api.Invalid, "tag.too_long", "tags.0.value", 400, "EndPoint.3068"},
		{api.Invalid, "tag.key_twice", "tags.0.key", 400, "EndPoint.3067"},
	} {
		e := api.Errorf(row.code, row.key)
		if row.path != "" {
			e = &api.Error{Code: row.code, Message: api.M("error.invalid"), Problems: []api.Problem{{Path: row.path, Message: e.Message}}}
		}
		require.Equal(t, number{row.status, row.want}, vpcepNumber(e), row.key)
	}
}
