package handlers_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/testserver"
)

// connections is the path of the project's connections.
func (s *site) connections() string { return "/p/" + s.project.ID + "/connections" }

// connect stores a connection, which waits to be made active.
func (s *site) connect(d api.ConnectionDraft) api.Connection {
	s.t.Helper()
	c, err := s.service.CreateConnection(s.t.Context(), s.scope(), d)
	require.NoError(s.t, err)
	return c
}

// failed stores a connection to which nobody answers, and lets it fail.
func (s *site) failed(name string) api.Connection {
	s.t.Helper()
	c := s.connect(apitest.ConnectionDraft(s.t, name))
	s.catchUp()
	return s.connection(c.ID)
}

// active stores a connection to a real data warehouse's port, and makes it
// active.
func (s *site) active(name string) api.Connection {
	s.t.Helper()
	c := s.connect(apitest.ConnectionTo("DWS", name, testserver.PostgreSQL(s.t).Addr()))
	s.catchUp()
	c = s.connection(c.ID)
	require.Equal(s.t, api.ConnectionActive, c.State)
	return c
}

func (s *site) connection(id string) api.Connection {
	s.t.Helper()
	c, err := s.service.Connection(s.t.Context(), s.scope(), id)
	require.NoError(s.t, err)
	return c
}

func (s *site) queue(name string) {
	s.t.Helper()
	_, err := s.service.CreateQueue(s.t.Context(), s.scope(), api.QueueDraft{Name: name, CUs: 16})
	require.NoError(s.t, err)
}

// describing is the form of a connection, filled in.
func describing(changes ...string) url.Values {
	v := url.Values{
		"name": {"orders"}, "service": {"CSS"}, "url.0.host": {"127.0.0.1"}, "url.0.port": {"1"},
		"security_group_id": {"8d1a0b5c-1f0e-4d3b-9a51-2f6c7d8e9f01"}, "network_id": {"0c9b8a7f-2222-4b1e-8c3d-4e5f60718293"},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return v
}

// names are the names in the rows of a list.
func (p *page) names() []string {
	var found []string
	for _, row := range p.Find("tbody th .row-link").EachIter() {
		found = append(found, row.Text())
	}
	return found
}

// foreignConnection stores a connection in another project.
func foreignConnection(t *testing.T, s *site) api.Connection {
	t.Helper()
	other := s.addProject("other")
	c, err := s.service.CreateConnection(t.Context(), api.Scope{Project: other.ID}, apitest.ConnectionDraft(t, "foreign"))
	require.NoError(t, err)
	s.catchUp()
	return c
}
