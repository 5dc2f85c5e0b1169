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

	"switchboard/internal/api"
)

type connectionsJSON struct {
	dliOutcome

	Connections []connectionJSON `json:"connections"`
	Count       *int             `json:"count"`
}

// connectionNames lists the names of connections, and the count that comes with them.
func (w *world) connectionNames(t *testing.T, query string) (names []string, count int) {
	t.Helper()
	rec := w.send("GET", w.connections(query), "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var all connectionsJSON
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &all), rec.Body.String())
	for _, conn := range all.Connections {
		require.True(t, conn.Success, "each tells it again")
		names = append(names, conn.Name)
	}
	return names, *all.Count
}

func TestListConnections(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	require.Equal(t, `{"is_success":true,"message":"","connections":[],"count":0}`, w.send("GET", w.connections(""), "").Body.String())

	ids := map[string]string{}
	for _, name := range []string{"z", "b", "zz", "a"} {
		ids[name] = w.connect(t, connection(name, "tags", `[{"key":"first","value":"`+name[:1]+`"},{"key":"env","value":"test"}]`))
		w.settled(t, ids[name])
	}
	require.Equal(t, http.StatusOK, w.send("DELETE", w.connections("/"+ids["b"]), "").Code)
	for query, want := range map[string]string{
		"":                           "z b zz a 4",
		"?limit=2":                   "z b 4",
		"?limit=2&offset=1":          "b zz 4",
		"?offset=3":                  "a 4",
		"?offset=9":                  "4",
		"?limit=0":                   "z b zz a 4",
		"?limit=2147483647&offset=1": "b zz a 4",
		"?name=z":                    "z 1",
		"?name=Z":                    "0",
		"?name=127":                  "0",
		"?name=%25":                  "0",
		"?name=z&offset=1":           "1",
		"?status=DELETED":            "b 1",
		"?status=FAILED&limit=1":     "z 3",
		"?tags=first%3Dz":            "z zz 2",
		"?tags=first=z,env=test":     "z zz 2",
		"?tags=first=z,env=prod":     "0",
		"?tags=env":                  "z b zz a 4",
		"?tags=env%3D":               "z b zz a 4",
		"?tags=%00":                  "0",
		"?unknown=1":                 "z b zz a 4",
	} {
		names, count := w.connectionNames(t, query)
		require.Equal(t, want, strings.TrimSpace(strings.Join(names, " ")+fmt.Sprint(" ", count)), query)
	}
	for query, field := range map[string]string{
		"?limit=-1": "limit", "?limit=x": "limit", "?limit=1.5": "limit", "?limit=99999999999999999999": "limit",
		"?offset=-1": "offset", "?offset=%00": "offset", "?status=RUNNING": "status", "?status=": "status", "?tags==v": "tags", "?tags=,": "tags",
	} {
		require.Contains(t, flatFault(t, w.send("GET", w.connections(query), ""), 400, "DLI.0001"), field, query)
	}
}

// connectionsOf is a Service that lists connections in its own way.
type connectionsOf struct {
	api.Service
	list func(q api.ConnectionQuery) (api.Page[api.Connection], error)
}

func (s connectionsOf) ListConnections(_ context.Context, _ api.Scope, q api.ConnectionQuery) (api.Page[api.Connection], error) {
	return s.list(q)
}

func TestLongListsOfConnectionsAreSentPageByPage(t *testing.T) {
	t.Parallel()
	pages := map[string]api.Page[api.Connection]{
		"":  {Items: []api.Connection{{Name: "a"}, {Name: "b"}}, Next: "1"},
		"1": {Next: "2"},
		"2": {Items: []api.Connection{{Name: "c"}}},
	}
	var asked []api.ConnectionQuery
	w := start(t, func(o *Options) {
		o.Service = connectionsOf{o.Service, func(q api.ConnectionQuery) (api.Page[api.Connection], error) {
			asked = append(asked, q)
			return pages[q.Cursor], nil
		}}
	})
	names, count := w.connectionNames(t, "?offset=1&limit=1")
	require.Equal(t, []string{"b"}, names)
	require.Equal(t, 3, count, "of all that match")
	require.Len(t, asked, 3)
	require.Equal(t, api.ConnectionQuery{States: api.ConnectionStates, Sort: "created", Limit: api.MaxPage}, asked[0], "tombstones, too, in the order of creation")
	names, _ = w.connectionNames(t, "?offset=1")
	require.Equal(t, []string{"b", "c"}, names)
}

func TestAListOfConnectionsThatBreaksIsCutShort(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *Options) {
		o.Service = connectionsOf{o.Service, func(q api.ConnectionQuery) (api.Page[api.Connection], error) {
			if q.Cursor != "" {
				return api.Page[api.Connection]{}, errors.New("the disk is gone")
			}
			return api.Page[api.Connection]{Items: []api.Connection{{Name: "a"}}, Next: "2"}, nil
		}}
	})
	require.PanicsWithError(t, http.ErrAbortHandler.Error(), func() { w.send("GET", w.connections(""), "") })
	require.Contains(t, w.log.String(), "the disk is gone")
}
