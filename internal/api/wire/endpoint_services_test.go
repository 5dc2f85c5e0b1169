package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// serviceBody is the body of the documents' sample of a create.
const serviceBody = `{"port_id":"4189d3c2-8882-4871-a3c2-d380272eed88","vpc_id":"4189d3c2-8882-4871-a3c2-d380272eed80",` +
	`"approval_enabled":false,"service_type":"interface","server_type":"VM","ports":[{"client_port":8080,"server_port":90,"protocol":"TCP"}]}`

// services is the path of the endpoint services of the project.
func (w *world) services(rest string) string {
	return "/v1/" + w.project.ID + "/vpc-endpoint-services" + rest
}

// offer makes an endpoint service and returns its id.
func (w *world) offer(t testing.TB, body string) string {
	t.Helper()
	rec := w.send("POST", w.services(""), body)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var service struct{ ID string }
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &service))
	return service.ID
}

// moment is a time of an answer.
var moment = regexp.MustCompile(`_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"`)

// moments replaces every time of an answer that has the right form.
func moments(text string) string { return moment.ReplaceAllString(text, `_at":"now"`) }

func TestCreateEndpointService(t *testing.T) {
	t.Parallel()
	w := start(t)
	rec := w.send("POST", w.services(""), serviceBody)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var service struct{ ID string }
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &service))
	want := fmt.Sprintf(`{"id":%q,"port_id":"4189d3c2-8882-4871-a3c2-d380272eed88","vip_port_id":"","service_name":"local-1.%s",`+
		`"server_type":"VM","vpc_id":"4189d3c2-8882-4871-a3c2-d380272eed80","pool_id":"","approval_enabled":false,"status":"available",`+
		`"service_type":"interface","created_at":"now","updated_at":"now","project_id":%q,"cidr_type":"internal",`+
		`"ports":[{"client_port":8080,"server_port":90,"protocol":"TCP"}],"tcp_proxy":"close","tags":[],"description":""}`,
		service.ID, service.ID, w.project.ID)
	require.Equal(t, want, moments(rec.Body.String()), "ports are numbers, and there is a list of tags")

	rec = w.send("GET", w.services("/"+service.ID), "")
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, want, moments(rec.Body.String()))
	require.Equal(t, http.StatusOK, w.signed("GET", w.services("/"+service.ID), "").Code)
}

func TestWhatIsLeftOutOfAnEndpointService(t *testing.T) {
	t.Parallel()
	w := start(t)
	rec := w.send("POST", w.services(""), `{"port_id":"p","vpc_id":"v","server_type":"LB","service_name":"web","tags":null,"ports":[{"client_port":1,"server_port":2}],"ip_version":"ipv4","unknown":[{}]}`)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var service map[string]any
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &service))
	require.Equal(t, true, service["approval_enabled"], "the dialect's default")
	require.Equal(t, "local-1.web."+service["id"].(string), service["service_name"])
	require.Equal(t, []any{map[string]any{"client_port": 1.0, "server_port": 2.0, "protocol": "TCP"}}, service["ports"])
}

func TestModifyEndpointService(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, strings.Replace(serviceBody, `"port_id"`, `"service_name":"web","description":"Shop","tags":[{"key":"team","value":"shop"}],"port_id"`, 1))
	path := w.services("/" + id)
	before := w.send("GET", path, "").Body.String()

	rec := w.send("PUT", path, `{"approval_enabled":true}`)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, moments(strings.Replace(before, `"approval_enabled":false`, `"approval_enabled":true`, 1)), moments(rec.Body.String()), "the rest stays")

	rec = w.send("PUT", path, `{"service_name":"","ports":[{"client_port":443,"server_port":8443,"protocol":"TCP"}],"description":""}`)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Contains(t, rec.Body.String(), `"service_name":"local-1.`+id+`"`)
	require.Contains(t, rec.Body.String(), `"ports":[{"client_port":443,"server_port":8443,"protocol":"TCP"}]`)
	require.Contains(t, rec.Body.String(), `"description":""`)
	require.Equal(t, rec.Body.String(), w.send("GET", path, "").Body.String())

	rec = w.send("PUT", path, `{"vpc_id":"another"}`)
	require.Equal(t, http.StatusBadRequest, rec.Code)
	code, _ := refusal(t, rec)
	require.Equal(t, "EndPoint.0020", code)
}

func TestWhatOpensAServiceToEveryoneIsWrittenDown(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.approveNothing(t)
	id := w.offer(t, strings.Replace(serviceBody, `"approval_enabled":false`, `"approval_enabled":true`, 1))
	path := w.services("/" + id)
	for _, r := range [][3]string{
		{"PUT", path, `{"approval_enabled":true}`},
		{"POST", path + "/permissions/batch-create", `{"permissions":[{"permission":"iam:domain::a"},{"permission":"*"}]}`},
		{"PUT", path, `{"approval_enabled":false}`},
		{"POST", path + "/permissions/action", `{"action":"remove","permissions":["*"]}`},
		{"POST", path + "/permissions/action", `{"action":"add","permissions":["*","iam:domain::b"]}`},
	} {
		rec := w.send(r[0], r[1], r[2])
		require.Equal(t, http.StatusOK, rec.Code, "the dialect cannot ask: %s", rec.Body)
	}
	changes, err := w.Service.Changes(t.Context(), api.Scope{Project: w.project.ID}, api.KindPermission, id, "", 10)
	require.NoError(t, err)
	actions := make([]string, len(changes))
	for i, change := range changes {
		actions[i] = change.Action
	}
	require.Equal(t, []string{"add", "open", "remove", "add", "open"}, actions)
}

func TestListEndpointServices(t *testing.T) {
	t.Parallel()
	w := start(t)
	require.Equal(t, `{"endpoint_services":[],"total_count":0}`, w.send("GET", w.services(""), "").Body.String())
	var ids []string
	for _, name := range []string{"web", "Mail", "weblog"} {
		ids = append(ids, w.offer(t, strings.Replace(serviceBody, `{`, `{"service_name":"`+name+`",`, 1)))
	}
	names := func(query string) string {
		rec := w.send("GET", w.services(query), "")
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		var body struct {
			Services []map[string]any `json:"endpoint_services"`
			Total    int              `json:"total_count"`
		}
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
		require.NotNil(t, body.Services)
		found := fmt.Sprint(body.Total)
		for _, service := range body.Services {
			require.Equal(t, w.user.Account.ID, service["domain_id"])
			require.Equal(t, 0.0, service["connection_count"])
			require.Contains(t, service, "public_border_group")
			found += " " + strings.Split(service["service_name"].(string), ".")[1]
		}
		return found
	}
	require.Equal(t, "3 weblog Mail web", names(""), "newest first")
	require.Equal(t, "3 web Mail weblog", names("?sort_key=create_at&sort_dir=asc"))
	require.Equal(t, "3 Mail", names("?limit=1&offset=1"))
	require.Equal(t, "3", names("?offset=3"), "behind the end there is nothing")
	require.Equal(t, "3", names("?offset=2147483647"))
	require.Equal(t, "2 weblog web", names("?endpoint_service_name=WEB"))
	require.Equal(t, "1 Mail", names("?id="+ids[1]))
	require.Equal(t, "3 weblog Mail web", names("?status=available"))
	require.Equal(t, "0", names("?status=failed"))
	require.Equal(t, "0", names("?endpoint_service_name=%25"))
	require.Equal(t, "0", names("?id=%00%ff"))
}

func TestDescribeEndpointService(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	want := fmt.Sprintf(`{"id":%q,"service_name":"local-1.%s","service_type":"interface","created_at":"now","is_charge":false,"enable_policy":false}`, id, id)
	for _, query := range []string{"?id=" + id, "?endpoint_service_name=local-1." + id} {
		rec := w.send("GET", w.services("/describe"+query), "")
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		require.Equal(t, want, moments(rec.Body.String()), "no details")
	}
	for query, want := range map[string]string{
		"": "EndPoint.0002", "?id=": "EndPoint.0002", "?id=" + id + "&endpoint_service_name=x": "EndPoint.0002",
		"?id=x": "EndPoint.0005", "?endpoint_service_name=local-1": "EndPoint.0005",
	} {
		code, _ := refusal(t, w.send("GET", w.services("/describe"+query), ""))
		require.Equal(t, want, code, query)
	}
}

func TestDeleteEndpointService(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	rec := w.send("DELETE", w.services("/"+id), "")
	require.Equal(t, http.StatusNoContent, rec.Code, rec.Body.String())
	require.Empty(t, rec.Body.String())
	for _, method := range []string{"GET", "DELETE"} {
		rec = w.send(method, w.services("/"+id), "")
		require.Equal(t, http.StatusNotFound, rec.Code)
		code, text := refusal(t, rec)
		require.Equal(t, "EndPoint.0005", code)
		require.True(t, strings.HasPrefix(text, "The requested resource is unavailable. "), text)
	}
}

func TestEndpointServicesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	with := func(old, now string) string { return strings.Replace(serviceBody, old, now, 1) }
	long := strings.Repeat("x", 600)
	for name, tc := range map[string]struct{ body, code string }{
		"nothing":                  {``, "EndPoint.0011"},
		"blanks":                   {" \n", "EndPoint.0011"},
		"null":                     {`null`, "EndPoint.0011"},
		"no JSON":                  {`{"port_id":`, "EndPoint.0002"},
		"an array":                 {`[]`, "EndPoint.0002"},
		"text for a port":          {with(`8080`, `"8080"`), "EndPoint.0002"},
		"half a port":              {with(`8080`, `80.5`), "EndPoint.0002"},
		"a huge port":              {with(`8080`, `1e99`), "EndPoint.0002"},
		"an object for ports":      {with(`[{`, `{"a":{`), "EndPoint.0002"},
		"port 0":                   {with(`8080`, `0`), "EndPoint.3043"},
		"port 65536":               {with(`90`, `65536`), "EndPoint.3043"},
		"a port twice":             {with(`}]`, `},{"client_port":8080,"server_port":91}]`), "EndPoint.3044"},
		"no ports":                 {with(`[{"client_port":8080,"server_port":90,"protocol":"TCP"}]`, `[]`), "EndPoint.3043"},
		"201 ports":                {with(`[{"client_port":8080,"server_port":90,"protocol":"TCP"}]`, ports(201)), "EndPoint.3074"},
		"another protocol":         {with(`TCP`, `UDP`), "EndPoint.3075"},
		"no port id":               {with(`4189d3c2-8882-4871-a3c2-d380272eed88`, ``), "EndPoint.3063"},
		"a VPC of a bad form":      {with(`4189d3c2-8882-4871-a3c2-d380272eed80`, `a b`), "EndPoint.0020"},
		"another kind of backend":  {with(`"VM"`, `"BMS"`), "EndPoint.3021"},
		"a name of a bad form":     {with(`{`, `{"service_name":"a b",`), "EndPoint.1003"},
		"a name that is too long":  {with(`{`, `{"service_name":"aaaaaaaaaaaaaaaaa",`), "EndPoint.1003"},
		"another type":             {with(`interface`, `gateway`), "EndPoint.0002"},
		"another proxy":            {with(`{`, `{"tcp_proxy":"ajar",`), "EndPoint.0002"},
		"a VIP's port without VIP": {with(`{`, `{"vip_port_id":"x",`), "EndPoint.3051"},
		"a long description":       {with(`{`, `{"description":"`+long+`",`), "EndPoint.0002"},
		"brackets":                 {with(`{`, `{"description":"<b>",`), "EndPoint.0002"},
		"a tag without a key":      {with(`{`, `{"tags":[{"value":"x"}],`), "EndPoint.3066"},
		"a tag twice":              {with(`{`, `{"tags":[{"key":"a","value":"x"},{"key":"a","value":"y"}],`), "EndPoint.3067"},
		"a tag with a slash":       {with(`{`, `{"tags":[{"key":"a/b","value":"x"}],`), "EndPoint.3068"},
		"a long tag":               {with(`{`, `{"tags":[{"key":"a","value":"`+long+`"}],`), "EndPoint.3068"},
		"21 tags":                  {with(`{`, `{"tags":`+tags(21)+`,`), "EndPoint.3069"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := w.send("POST", w.services(""), tc.body)
			require.Equal(t, http.StatusBadRequest, rec.Code, rec.Body.String())
			code, text := refusal(t, rec)
			require.Equal(t, tc.code, code, text)
			require.NotContains(t, text, "wire.")
		})
	}
}

// ports is a list of n port mappings.
func ports(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"client_port":%d,"server_port":80}`, i+1)
	}
	return "[" + strings.Join(all, ",") + "]"
}

func tags(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"key":"k%d","value":"v"}`, i)
	}
	return "[" + strings.Join(all, ",") + "]"
}

func TestPartsOfListsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	lists := map[string]struct {
		path string
		most int
	}{
		"services":    {w.services(""), 1000},
		"permissions": {w.services("/" + id + "/permissions"), 500},
		"connections": {w.services("/" + id + "/connections"), 1000},
		"endpoints":   {w.endpoints(""), 1000},
	}
	for name, list := range lists {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for query, want := range map[string]string{
				"limit=0": "EndPoint.0006", "limit=-1": "EndPoint.0006", "limit=ten": "EndPoint.0006", "limit=": "EndPoint.0006",
				"limit=1.5": "EndPoint.0006", "limit=99999999999999999999": "EndPoint.0006", fmt.Sprint("limit=", list.most+1): "EndPoint.0006",
				"offset=-1": "EndPoint.0010", "offset=x": "EndPoint.0010", "offset=": "EndPoint.0010", "offset=99999999999999999999": "EndPoint.0010",
				"sort_key=name": "EndPoint.0017", "sort_key=": "EndPoint.0017", "sort_dir=up": "EndPoint.0018", "sort_dir=DESC": "EndPoint.0018",
			} {
				rec := w.send("GET", list.path+"?"+query, "")
				require.Equal(t, http.StatusBadRequest, rec.Code, query)
				code, text := refusal(t, rec)
				require.Equal(t, want, code, query)
				require.Contains(t, text, strings.Split(query, "=")[0]+": ")
			}
			for _, query := range []string{fmt.Sprint("limit=", list.most), "sort_key=update_at", "sort_key=created_at&sort_dir=asc", "offset=0&offset=x", "unknown=x", "%zz"} {
				require.Equal(t, http.StatusOK, w.send("GET", list.path+"?"+query, "").Code, query)
			}
		})
	}
	for path, want := range map[string]string{
		w.services("?status=fine"): "EndPoint.0019", w.services("/" + id + "/connections?status=x"): "EndPoint.0019",
		w.services("/" + id + "/connections?marker_id=x"): "EndPoint.0021", w.services("/" + id + "/connections?marker_id=0"): "EndPoint.0021",
		w.services("?endpoint_service_name=" + strings.Repeat("a", 129)):              "EndPoint.0002",
		w.services("?id=" + strings.Repeat("a", 65)):                                  "EndPoint.0002",
		w.services("/" + id + "/permissions?permission=" + strings.Repeat("a", 1001)): "EndPoint.0002",
		w.services("/" + strings.Repeat("a", 65)):                                     "EndPoint.3062",
		"/v1/" + w.project.ID + "/quotas?type=bandwidth":                              "EndPoint.0002",
	} {
		rec := w.send("GET", path, "")
		require.Equal(t, http.StatusBadRequest, rec.Code, path)
		code, _ := refusal(t, rec)
		require.Equal(t, want, code, path)
	}
}

// Who has no valid credential is the gateway's business; who has one of another
// project is the service's.
func TestEndpointServicesOfOthers(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	refused(t, w.send("GET", w.services("/"+id), "", header{"X-Auth-Token"}))

	rec := w.send("GET", strings.Replace(w.services("/"+id), w.project.ID, w.other.ID, 1), "")
	require.Equal(t, http.StatusForbidden, rec.Code)
	code, text := refusal(t, rec)
	require.Equal(t, "EndPoint.0004", code)
	require.Contains(t, text, w.other.ID)

	other, _, err := w.ids.IssueToken(t.Context(), w.scope().Actor, w.user, &w.other)
	require.NoError(t, err)
	path := "/v1/" + w.other.ID + "/vpc-endpoint-services/" + id
	for _, call := range [][2]string{
		{"GET", ""}, {"DELETE", ""}, {"GET", "/permissions"}, {"GET", "/connections"},
	} {
		rec = w.send(call[0], path+call[1], "", header{"X-Auth-Token", other})
		require.Equal(t, http.StatusNotFound, rec.Code, call)
		code, _ = refusal(t, rec)
		require.Equal(t, "EndPoint.0005", code)
	}
	for call, body := range map[string]string{
		"PUT ": `{"approval_enabled":true}`, "POST /permissions/batch-create": `{"permissions":[{"permission":"*","description":""}]}`,
		"POST /permissions/action":       `{"permissions":["*"],"action":"add"}`,
		"POST /permissions/batch-delete": `{"permissions":[{"id":"x"}]}`, "PUT /permissions/x": `{"permission":{"description":""}}`,
		"POST /connections/action": `{"endpoints":["x"],"action":"receive"}`,
	} {
		method, rest, _ := strings.Cut(call, " ")
		rec = w.send(method, path+rest, body, header{"X-Auth-Token", other})
		require.Equal(t, http.StatusNotFound, rec.Code, call+rec.Body.String())
	}
	require.Contains(t, w.send("GET", w.services("/"+id+"/permissions"), "").Body.String(), `"total_count":0`)
}
