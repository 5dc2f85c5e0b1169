package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// seedPermissions is the request of the documentation, byte for byte.
func seedPermissions(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile("testdata/batch_create.json")
	require.NoError(t, err)
	return string(body)
}

// permissions is the path of the whitelist of a service.
func (w *world) permissions(service, rest string) string {
	return w.services("/" + service + "/permissions" + rest)
}

// whitelist reads all that a list answers: the permissions in its order, and
// their count.
func (w *world) whitelist(t testing.TB, service, query string) ([]permissionJSON, int) {
	t.Helper()
	rec := w.send("GET", w.permissions(service, query), "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var body listedPermissionsJSON
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
	require.NotNil(t, body.Permissions)
	return body.Permissions, body.Total
}

// allow adds permissions, each with its own text for a description, and
// returns their ids.
func (w *world) allow(t testing.TB, service string, permissions ...string) []string {
	t.Helper()
	rec := w.send("POST", w.permissions(service, "/batch-create"), batch(permissions...))
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var body permissionsJSON
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
	require.Len(t, body.Permissions, len(permissions))
	ids := make([]string, len(permissions))
	for i, p := range body.Permissions {
		require.Equal(t, permissions[i], p.Permission, "in the order of the request")
		ids[i] = p.ID
	}
	return ids
}

// batch is the body that adds permissions.
func batch(permissions ...string) string {
	all := make([]string, len(permissions))
	for i, p := range permissions {
		all[i] = fmt.Sprintf(`{"permission":%q,"description":%q}`, p, "about "+p)
	}
	return `{"permissions":[` + strings.Join(all, ",") + `]}`
}

// accounts are n permissions.
func accounts(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%032x", api.AccountPrefix, i)
	}
	return all
}

func texts(all []permissionJSON) []string {
	return each(all, func(p permissionJSON) string { return p.Permission })
}

func TestTheSeedAddsPermissions(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.approveNothing(t)
	id := w.offer(t, serviceBody)
	rec := w.send("POST", w.permissions(id, "/batch-create"), seedPermissions(t))
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var body permissionsJSON
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
	require.Equal(t, fmt.Sprintf(`{"permissions":[`+
		`{"id":%q,"permission":"*","permission_type":"domainId","description":"批量添加终端节点服务白名单接口","created_at":"now"},`+
		`{"id":%q,"permission":"iam:domain::4dbb0ce8766f44a9bfd08ccf8fc02397","permission_type":"domainId","description":"test","created_at":"now"}]}`,
		body.Permissions[0].ID, body.Permissions[1].ID), moments(rec.Body.String()))

	listed, total := w.whitelist(t, id, "?sort_dir=asc")
	require.Equal(t, body.Permissions, listed)
	require.Equal(t, 2, total)
}

func TestPermissionsOfOddLengths(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	w.allow(t, id, "iam:domain::6e9dfd51d1124e8d8498dce894923a0dd", "iam:domain::a", "iam:domain::"+strings.Repeat("Z", 52))
	_, total := w.whitelist(t, id, "")
	require.Equal(t, 3, total, "the documents' own example has 33 characters")
	rec := w.send("POST", w.permissions(id, "/batch-create"), `{"permissions":[{"permission":"iam:domain::b"}],"permission_type":"domainId"}`)
	require.Equal(t, http.StatusOK, rec.Code, "a description may be left out")
}

func TestListPermissions(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.approveNothing(t)
	id := w.offer(t, serviceBody)
	require.Equal(t, `{"permissions":[],"total_count":0}`, w.send("GET", w.permissions(id, ""), "").Body.String())
	all := append(accounts(12), "*")
	w.allow(t, id, all...)

	rows := func(query string) []string {
		listed, total := w.whitelist(t, id, query)
		require.Equal(t, 13, total, "the count is of all, on every page")
		return texts(listed)
	}
	require.Len(t, rows(""), 10, "the default")
	require.Equal(t, all, rows("?limit=500&sort_dir=asc&sort_key=create_at"))
	require.Equal(t, all[3:5], rows("?limit=2&offset=3&sort_dir=asc&sort_key=created_at"))
	require.Equal(t, all[12:], rows("?limit=1&sort_dir=desc"))
	require.Empty(t, rows("?offset=13"))
	require.Empty(t, rows("?offset=2147483647"))

	for filter, want := range map[string]int{
		"iam:domain::": 12, "000a": 1, "00000a": 1, "*": 1, "nothing": 0, "%": 0, "_": 0, "about": 0, "IAM": 0, "\x00": 0, "": 13,
	} {
		listed, total := w.whitelist(t, id, "?limit=500&permission="+url.QueryEscape(filter))
		require.Equal(t, want, total, "%q is text that the permission contains", filter)
		require.Len(t, listed, want)
	}
	_, total := w.whitelist(t, id, "?permission=iam%3Adomain%3A%3A&limit=2&offset=4")
	require.Equal(t, 12, total, "the count follows the filter")
	require.Equal(t, []string{all[0]}, func() []string {
		rec := w.send("PUT", w.permissions(id, "/"+w.idOf(t, id, all[0])), `{"permission":{"description":"new"}}`)
		require.Equal(t, http.StatusOK, rec.Code)
		return rows("?sort_key=update_at&limit=1")
	}(), "what was changed last is first")
}

// idOf is the id of an entry.
func (w *world) idOf(t testing.TB, service, permission string) string {
	t.Helper()
	listed, _ := w.whitelist(t, service, "?limit=500&permission="+url.QueryEscape(permission))
	require.Len(t, listed, 1)
	return listed[0].ID
}

// A client that never says a limit, takes the number of rows for the size of a
// page and stops at an empty one, sees everything once.
func TestClientsThatCountRowsSeeEverything(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	w.allow(t, id, accounts(37)...)
	seen := map[string]bool{}
	for offset := 0; ; {
		listed, _ := w.whitelist(t, id, fmt.Sprint("?offset=", offset))
		if len(listed) == 0 {
			break
		}
		for _, p := range listed {
			require.False(t, seen[p.ID])
			seen[p.ID] = true
		}
		offset += len(listed)
	}
	require.Len(t, seen, 37)
}

func TestRemovePermissions(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	ids := w.allow(t, id, accounts(3)...)
	remove := func(ids ...string) string {
		list := make([]string, len(ids))
		for i, id := range ids {
			list[i] = `{"id":"` + id + `"}`
		}
		return `{"permissions":[` + strings.Join(list, ",") + `]}`
	}
	rec := w.send("POST", w.permissions(id, "/batch-delete"), remove(ids[0], "unknown"))
	require.Equal(t, http.StatusNotFound, rec.Code)
	code, _ := refusal(t, rec)
	require.Equal(t, "EndPoint.0005", code)
	_, total := w.whitelist(t, id, "")
	require.Equal(t, 3, total, "all or nothing")

	rec = w.send("POST", w.permissions(id, "/batch-delete"), remove(accounts(api.MaxSelection+1)...))
	code, _ = refusal(t, rec)
	require.Equal(t, "EndPoint.0016", code)

	rec = w.send("POST", w.permissions(id, "/batch-delete"), remove(ids[0], ids[2], ids[0]))
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, `{"permissions":[]}`, rec.Body.String())
	listed, _ := w.whitelist(t, id, "")
	require.Equal(t, accounts(3)[1:2], texts(listed))
}

func TestDescribePermission(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	entry := w.allow(t, id, "iam:domain::a")[0]
	for _, text := range []string{"Shop, 二部", ""} {
		rec := w.send("PUT", w.permissions(id, "/"+entry), fmt.Sprintf(`{"permission":{"description":%q}}`, text))
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		require.Equal(t, fmt.Sprintf(`{"permissions":[{"id":%q,"permission":"iam:domain::a","permission_type":"domainId","description":%q,"created_at":"now"}]}`, entry, text), moments(rec.Body.String()))
	}
	for body, want := range map[string]string{
		``: "EndPoint.0011", `{}`: "EndPoint.0002", `{"permission":{}}`: "EndPoint.0002", `{"permission":"x"}`: "EndPoint.0002",
		`{"permission":{"description":1}}`: "EndPoint.0002", `{"permission":{"description":"<"}}`: "EndPoint.0002",
		`{"permission":{"description":"` + strings.Repeat("x", 257) + `"}}`: "EndPoint.0002",
	} {
		rec := w.send("PUT", w.permissions(id, "/"+entry), body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
		code, _ := refusal(t, rec)
		require.Equal(t, want, code, body)
	}
	rec := w.send("PUT", w.permissions(id, "/unknown"), `{"permission":{"description":""}}`)
	require.Equal(t, http.StatusNotFound, rec.Code)
}

func TestBatchesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.approveNothing(t)
	id := w.offer(t, serviceBody)
	w.allow(t, id, "iam:domain::there", "*")
	long := strings.Repeat("a", 53)
	for name, tc := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"nothing":                {``, 400, "EndPoint.0011"},
		"no JSON":                {`{"permissions":[`, 400, "EndPoint.0002"},
		"a list":                 {`[{"permission":"*"}]`, 400, "EndPoint.0002"},
		"text for the list":      {`{"permissions":"*"}`, 400, "EndPoint.0002"},
		"texts in the list":      {`{"permissions":["*"]}`, 400, "EndPoint.0002"},
		"a number for a text":    {`{"permissions":[{"permission":1}]}`, 400, "EndPoint.0002"},
		"no list":                {`{}`, 400, "EndPoint.3036"},
		"null":                   {`{"permissions":null}`, 400, "EndPoint.3036"},
		"an empty list":          {`{"permissions":[]}`, 400, "EndPoint.3036"},
		"51":                     {batch(accounts(51)...), 400, "EndPoint.0016"},
		"an empty permission":    {batch(""), 400, "EndPoint.3002"},
		"an account alone":       {batch("4dbb0ce8766f44a9bfd08ccf8fc02397"), 400, "EndPoint.3002"},
		"another prefix":         {batch("iam:user::a"), 400, "EndPoint.3002"},
		"a prefix alone":         {batch("iam:domain::"), 400, "EndPoint.3002"},
		"all accounts, wrongly":  {batch("iam:domain::*"), 400, "EndPoint.3002"},
		"65 characters":          {batch("iam:domain::" + long), 400, "EndPoint.3002"},
		"odd characters":         {batch("iam:domain::a_b"), 400, "EndPoint.3002"},
		"an organisation":        {batch("organizations:orgPath::1234"), 400, "EndPoint.3002"},
		"an organisation's type": {`{"permissions":[{"permission":"iam:domain::a"}],"permission_type":"orgPath"}`, 400, "EndPoint.3002"},
		"the same twice":         {batch("iam:domain::a", "iam:domain::b", "iam:domain::a"), 400, "EndPoint.0002"},
		"there already":          {batch("iam:domain::a", "iam:domain::there"), 409, "EndPoint.3002"},
		"everyone again":         {batch("*"), 409, "EndPoint.3002"},
		"a long description":     {`{"permissions":[{"permission":"iam:domain::a","description":"` + strings.Repeat("长", 257) + `"}]}`, 400, "EndPoint.0002"},
		"brackets":               {`{"permissions":[{"permission":"iam:domain::a","description":"a > b"}]}`, 400, "EndPoint.0002"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := w.send("POST", w.permissions(id, "/batch-create"), tc.body)
			require.Equal(t, tc.status, rec.Code, rec.Body.String())
			code, text := refusal(t, rec)
			require.Equal(t, tc.code, code, text)
			require.NotContains(t, text, "wire.")
		})
	}
	t.Run("and nothing was added", func(t *testing.T) {
		t.Parallel()
		_, total := w.whitelist(t, id, "")
		require.Equal(t, 2, total)
	})
	t.Run("a conflict names what is there", func(t *testing.T) {
		t.Parallel()
		_, text := refusal(t, w.send("POST", w.permissions(id, "/batch-create"), batch("iam:domain::there")))
		require.Contains(t, text, "there")
	})
	t.Run("in Chinese", func(t *testing.T) {
		t.Parallel()
		_, text := refusal(t, w.send("POST", w.permissions(id, "/batch-create"), batch("x y"), header{"X-Language", "zh-cn"}))
		require.True(t, strings.HasPrefix(text, "白名单权限无效。 permissions.0.permission: "), text)
	})
}

func TestRemovalsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	entry := w.allow(t, id, "iam:domain::a")[0]
	for body, want := range map[string]string{
		``: "EndPoint.0011", `{"permissions":`: "EndPoint.0002", `{}`: "EndPoint.3036", `{"permissions":[]}`: "EndPoint.3036",
		`{"permissions":["` + entry + `"]}`: "EndPoint.0002", `{"permissions":[{}]}`: "EndPoint.0002", `{"permissions":[{"id":7}]}`: "EndPoint.0002",
		`{"permissions":[{"id":"` + strings.Repeat("x", 65) + `"}]}`: "EndPoint.0002",
	} {
		rec := w.send("POST", w.permissions(id, "/batch-delete"), body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
		code, _ := refusal(t, rec)
		require.Equal(t, want, code, body)
	}
}

func TestTheOlderActionOnPermissions(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.approveNothing(t)
	id := w.offer(t, serviceBody)
	act := func(action string, permissions ...string) string {
		list, err := json.Marshal(permissions)
		require.NoError(t, err)
		rec := w.send("POST", w.permissions(id, "/action"), fmt.Sprintf(`{"permissions":%s,"action":%q}`, list, action))
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		var body struct{ Permissions []string }
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
		require.NotNil(t, body.Permissions)
		return strings.Join(body.Permissions, " ")
	}
	require.Equal(t, "iam:domain::a", act("add", "iam:domain::a"))
	require.Equal(t, "iam:domain::a iam:domain::ab *", act("add", "iam:domain::a", "iam:domain::ab", "*"), "the whole list, and what is there is no error")
	require.Equal(t, "iam:domain::a iam:domain::ab *", act("remove", "iam:domain::x", "iam:domain::", "nothing"), "what is not there is no error")
	require.Equal(t, "iam:domain::ab *", act("remove", "iam:domain::a", "iam:domain::x"), "only what says just that")
	require.Equal(t, "iam:domain::ab", act("remove", "*"))
	require.Empty(t, act("remove", "iam:domain::ab"))

	for body, want := range map[string]string{
		`{"permissions":["` + strings.Join(accounts(51), `","`) + `"],"action":"add"}`:      "EndPoint.0016",
		`{"permissions":["` + strings.Join(accounts(1001), `","`) + `"],"action":"remove"}`: "EndPoint.0016",
		``: "EndPoint.0011", `{"permissions":["*"]}`: "EndPoint.3035", `{"permissions":["*"],"action":"ADD"}`: "EndPoint.3035",
		`{"permissions":[],"action":"add"}`: "EndPoint.3036", `{"action":"remove"}`: "EndPoint.3036", `{"permissions":"*","action":"add"}`: "EndPoint.0002",
		`{"permissions":["iam:domain::*"],"action":"add"}`:                             "EndPoint.3002",
		`{"permissions":["iam:domain::a"],"action":"add","permission_type":"orgPath"}`: "EndPoint.3002",
	} {
		rec := w.send("POST", w.permissions(id, "/action"), body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
		code, _ := refusal(t, rec)
		require.Equal(t, want, code, body)
	}
}

func TestTheActionAnswersLongLists(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.offer(t, serviceBody)
	all := accounts(1050) // more than the service gives at once
	for len(all) > 0 {
		n := min(len(all), api.MaxBatch)
		w.allow(t, id, all[:n]...)
		all = all[n:]
	}
	rec := w.send("POST", w.permissions(id, "/action"), `{"permissions":["iam:domain::a"],"action":"remove"}`)
	require.Equal(t, http.StatusOK, rec.Code)
	var body struct{ Permissions []string }
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
	require.ElementsMatch(t, accounts(1050), body.Permissions)
}
