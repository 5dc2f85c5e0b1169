package wire

import (
	"bytes"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// sent is v as it is sent to a caller with that language.
func sent(t *testing.T, language string, encode func(c echo.Context) any) string {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Language", language)
	var b bytes.Buffer
	require.NoError(t, encoder(&b).Encode(encode(echo.New().NewContext(r, httptest.NewRecorder()))))
	return string(bytes.TrimSpace(b.Bytes()))
}

func TestConnectionsHaveTheDocumentedFieldsInTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	conn := api.Connection{
		ID: "378eb1e6-521d-41a4-a41c-bbb58f34a6d6", Name: "op", Service: "CloudTable.OpenTSDB",
		URL: "opentsdb.cloudtable.com:4242", State: api.ConnectionCreating,
		SecurityGroupID: "a07ab107-a4ad-4835-ad09-08a2f2efccdb", NetworkID: "e83ba67d-e812-42d3-908d-6ea0b2cc5ecb",
		Tags: []api.Tag{{Key: "k", Value: "v"}}, Created: api.Stamp{At: time.UnixMilli(1566180327674)},
	}
	require.Equal(t, `{"is_success":true,"message":"","connection_id":"378eb1e6-521d-41a4-a41c-bbb58f34a6d6",`+
		`"destination":"opentsdb.cloudtable.com:4242","state":"CREATING","process":0,"name":"op","connection_url":"",`+
		`"cluster_name":"","service":"CloudTable.OpenTSDB","create_time":1566180327674,"available_queue_info":[],"queue_list":[]}`,
		sent(t, "", func(c echo.Context) any { return encodeConnection(c, &conn) }))
}

func TestQueuesOfAConnection(t *testing.T) {
	t.Parallel()
	conn := api.Connection{
		State: api.ConnectionFailed, Progress: 0.5, Created: api.Stamp{At: time.UnixMilli(1)},
		Message: api.M("connection.creating"), Queues: []api.BoundQueue{
			{ID: "b1", Name: "q1", State: api.ConnectionFailed, Updated: api.Stamp{At: time.UnixMilli(1566889577861)}},
			{ID: "b2", Name: "q2", State: api.ConnectionActive, Updated: api.Stamp{At: time.UnixMilli(2)}},
		},
	}
	for language, fault := range map[string]string{
		"":      locale.In(locale.English, conn.Message),
		"zh-cn": locale.In(locale.Chinese, conn.Message),
	} {
		out := sent(t, language, func(c echo.Context) any { return encodeConnection(c, &conn) })
		require.Contains(t, out, `{"is_success":true,"message":"`+fault+`",`, "the call succeeded, and the message says why the connection did not")
		require.Contains(t, out, `"process":0.5`)
		require.Contains(t, out, `"available_queue_info":[`+
			`{"peer_id":"b1","uuid":"b1","status":"FAILED","name":"q1","err_msg":"`+fault+`","update_time":1566889577861},`+
			`{"peer_id":"b2","uuid":"b2","status":"ACTIVE","name":"q2","err_msg":"","update_time":2}],"queue_list":["q1","q2"]}`)
	}
}

func TestQueuesHaveTheDocumentedFields(t *testing.T) {
	t.Parallel()
	queue := api.Queue{
		ID: "26afb850-d3c9-42c1-81c0-583d1163e80f", Name: "datasource_connection", Type: api.QueueGeneral, CUs: 16,
		CIDR: "10.0.0.0/8", Created: api.Stamp{At: time.UnixMilli(1562221422671), By: "ada"},
	}
	require.JSONEq(t, `{"queue_name": "datasource_connection", "owner": "ada", "description": "", "create_time": 1562221422671,
		"queue_type": "general", "cu_count": 16, "charging_mode": 1, "resource_id": "26afb850-d3c9-42c1-81c0-583d1163e80f",
		"enterprise_project_id": "0", "cidr_in_vpc": "10.0.0.0/8", "cidr_in_subnet": "10.0.0.0/8", "cidr_in_mgntsubnet": "",
		"resource_mode": 1, "platform": "x86_64", "is_restarting": false, "feature": "basic", "queue_resource_type": "vm"}`,
		sent(t, "", func(echo.Context) any { return encodeQueue(&queue) }))
	require.JSONEq(t, `{"is_success": true, "message": "", "owner": "ada", "description": "", "queueName": "datasource_connection",
		"create_time": 1562221422671, "queueType": "general", "cuCount": 16, "chargingMode": 1,
		"resource_id": "26afb850-d3c9-42c1-81c0-583d1163e80f", "resource_mode": 1, "enterprise_project_id": "0",
		"resource_type": "vm", "queue_resource_type": "vm"}`,
		sent(t, "", func(echo.Context) any { return encodeShownQueue(&queue) }))
	queue.Name = api.DefaultQueue
	require.Contains(t, sent(t, "", func(echo.Context) any { return encodeQueue(&queue) }), `"resource_mode":0`, "shared")
}
