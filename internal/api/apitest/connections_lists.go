package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/testserver"
)

func connectionNamesOf(page api.Page[api.Connection]) []string {
	found := make([]string, len(page.Items))
	for i, c := range page.Items {
		found[i] = c.Name
	}
	return found
}

func connectionLists(t *testing.T, p Plane) {
	createQueue(t, p, "etl")
	tag := func(texts ...string) (tags []api.Tag) {
		for _, text := range texts {
			key, value, _ := strings.Cut(text, "=")
			tags = append(tags, api.Tag{Key: key, Value: value})
		}
		return tags
	}
	var many []api.Tag
	for i := range 2000 {
		many = append(many, api.Tag{Key: fmt.Sprint(i)})
	}
	closed := testserver.ClosedAddr(t).String()
	for _, d := range []struct {
		service, name, address string
		tags                   []api.Tag
	}{
		{"RDS", "b_orders", closed, tag("env=prod", "team=a")},
		{"RDS", "a_Orders", closed, tag("env=test")},
		{"DWS", "c_stock", testserver.PostgreSQL(t).Addr(), tag("env=prod", "team=b")},
		{"CSS", "d_gone", closed, tag("env=prod")},
	} {
		draft := ConnectionTo(d.service, d.name, d.address)
		draft.Tags = d.tags
		c := settled(t, p, createConnection(t, p, draft).ID)
		if d.name == "d_gone" {
			require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, c.ID, 0))
		} else if d.name != "a_Orders" {
			_, err := p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"etl"})
			require.NoError(t, err)
		}
	}
	for _, c := range []struct {
		query api.ConnectionQuery
		want  []string
	}{
		{api.ConnectionQuery{}, []string{"a_Orders", "b_orders", "c_stock"}},
		{api.ConnectionQuery{Desc: true}, []string{"c_stock", "b_orders", "a_Orders"}},
		{api.ConnectionQuery{Sort: "created"}, []string{"b_orders", "a_Orders", "c_stock"}},
		{api.ConnectionQuery{Sort: "service"}, []string{"c_stock", "a_Orders", "b_orders"}},
		{api.ConnectionQuery{Sort: "state"}, []string{"c_stock", "a_Orders", "b_orders"}},
		{api.ConnectionQuery{Search: "ORDERS"}, []string{"a_Orders", "b_orders"}},
		{api.ConnectionQuery{Search: closed}, []string{"a_Orders", "b_orders"}},
		{api.ConnectionQuery{Search: "c%stock"}, []string{}},
		{api.ConnectionQuery{Service: "DWS"}, []string{"c_stock"}},
		{api.ConnectionQuery{States: []api.ConnectionState{api.ConnectionFailed}}, []string{"a_Orders", "b_orders"}},
		{api.ConnectionQuery{States: api.ConnectionStates}, []string{"a_Orders", "b_orders", "c_stock", "d_gone"}},
		{api.ConnectionQuery{States: []api.ConnectionState{"\x00"}}, []string{}},
		{api.ConnectionQuery{Tags: tag("env=prod")}, []string{"b_orders", "c_stock"}},
		{api.ConnectionQuery{Tags: tag("env=")}, []string{"a_Orders", "b_orders", "c_stock"}},
		{api.ConnectionQuery{Tags: tag("env=prod", "team=a")}, []string{"b_orders"}},
		{api.ConnectionQuery{Tags: tag("env=prod"), Search: "stock"}, []string{"c_stock"}},
		{api.ConnectionQuery{Tags: tag("ENV=prod")}, []string{}},
		{api.ConnectionQuery{Tags: tag("env=prod", "env=test")}, []string{}},
		{api.ConnectionQuery{Tags: slices.Repeat(tag("env=prod"), 2000)}, []string{"b_orders", "c_stock"}},
		{api.ConnectionQuery{Tags: many}, []string{}},
		{api.ConnectionQuery{Queue: "ETL"}, []string{"b_orders", "c_stock"}},
		{api.ConnectionQuery{Queue: "default"}, []string{}},
		{api.ConnectionQuery{Sort: "nonsense", Cursor: "nonsense"}, []string{"a_Orders", "b_orders", "c_stock"}},
	} {
		page, err := p.Service.ListConnections(t.Context(), p.Mine, c.query)
		require.NoError(t, err, "%+v", c.query)
		require.Equal(t, c.want, connectionNamesOf(page), "%+v", c.query)
	}
	require.Equal(t, "etl", listConnections(t, p, api.ConnectionQuery{Search: "stock"}).Items[0].Queues[0].Name)
}

func connectionPages(t *testing.T, p Plane) {
	var all []string
	for i := range 7 {
		all = append(all, createConnection(t, p, ConnectionDraft(t, fmt.Sprintf("connection_%d", i))).Name)
	}
	for _, c := range listConnections(t, p, api.ConnectionQuery{}).Items {
		settled(t, p, c.ID)
	}
	for _, sort := range api.ConnectionSorts {
		for _, search := range []string{"", "connection"} {
			want := slices.Clone(all)
			q := api.ConnectionQuery{Sort: sort, Limit: 3, Search: search}
			require.Equal(t, want, walkConnections(t, p, q), sort)
			slices.Reverse(want)
			q.Desc = true
			require.Equal(t, want, walkConnections(t, p, q), sort)
		}
	}
}

func walkConnections(t *testing.T, p Plane, q api.ConnectionQuery) []string {
	t.Helper()
	return walkPages(t, q.Limit, func(cursor string) (api.Page[api.Connection], error) {
		q.Cursor = cursor
		return p.Service.ListConnections(t.Context(), p.Mine, q)
	}, func(item *api.Connection) string { return item.Name })
}
