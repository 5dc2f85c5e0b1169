package handlers_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/testserver"
)

func TestTheFormSaysWhatAnAddressOfTheServiceLooksLike(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	blank := s.get(s.connections() + "/new").requireStatus(http.StatusOK)
	require.Equal(t, len(api.ConnectionServices), blank.Find("input[type=radio][name=service]").Length())
	require.Contains(t, blank.text("#url-help"), "Choose the service above")
	for _, service := range api.ConnectionServices {
		t.Run(service.Name, func(t *testing.T) {
			p := s.post(s.connections()+"/edit", describing("service", service.Name, "url.0.host", "kept", "url.0.port", "")).requireStatus(http.StatusOK)
			require.True(t, p.whole(), "it works without script")
			require.Contains(t, p.text("#url-help"), service.Example)
			require.Equal(t, []string{"kept", strconv.Itoa(service.Port)}, []string{p.value("url.0.host"), p.value("url.0.port")})
			require.Equal(t, service.Many, p.Find("#url-add").Length() == 1, "only where there are several addresses can there be another one")
			require.Zero(t, p.Find("[aria-invalid=true]").Length(), "a choice judges nothing")
		})
	}
	t.Run("a usual port follows the service, a typed one stays", func(t *testing.T) {
		require.Equal(t, "8000", s.post(s.connections()+"/edit", describing("service", "DWS", "url.0.port", "9200")).value("url.0.port"))
		require.Equal(t, "19200", s.post(s.connections()+"/edit", describing("service", "DWS", "url.0.port", "19200")).value("url.0.port"))
	})
	t.Run("a service in the address is chosen", func(t *testing.T) {
		p := s.get(s.connections() + "/new?service=ct")
		require.Equal(t, "CloudTable", p.Find("input[name=service][checked]").AttrOr("value", ""))
		require.Equal(t, "name", p.Find("[autofocus]").AttrOr("id", ""))
	})
}

func TestPastedAddressesFallIntoTheirBoxes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for pasted, want := range map[string][]string{
		"192.168.0.20:8000":                        {"192.168.0.20:8000"},
		" zk1:2181 , zk2:2182,zk3 ":                {"zk1:2181", "zk2:2182", "zk3:9200"},
		"zk1:2181\nzk2:2181;zk3:2181":              {"zk1:2181", "zk2:2181", "zk3:2181"},
		"[fd00::1]:9200":                           {"[fd00::1]:9200"},
		"jdbc:mysql://db:3306/orders":              {"jdbc:mysql://db:3306/orders:9200"},
		"http://es:9200, es2:9200":                 {"http://es:9200, es2:9200:9200"},
		"user@es:9200":                             {"user@es:9200:9200"},
		strings.Repeat("zk:2181,", 300) + "zk:281": {strings.Repeat("zk:2181,", 300) + "zk:281:9200"},
	} {
		p := s.post(s.connections()+"/validate", describing("url.0.host", pasted, "url.0.port", "9200"), fragment("field-url")...)
		p.requireStatus(http.StatusOK)
		var found []string
		for _, row := range p.Find("#field-url .row").EachIter() {
			found = append(found, row.Find(".cell-host input").AttrOr("value", "")+":"+row.Find(".cell-port input").AttrOr("value", ""))
		}
		require.Equal(t, want, found, "%.60q", pasted)
	}
}

func TestProblemsWithAddressesAreAtTheirRows(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	many := []string{
		"service", "CloudTable", "url.0.host", "zk1", "url.0.port", "2181", "url.1.host", "jdbc:hbase://zk2:2181/x", "url.1.port", "2181",
		"url.2.host", "", "url.2.port", "2181", "url.3.host", "zk3", "url.3.port", "99999", "url.4.host", "ZK1", "url.4.port", "2181",
	}
	p := s.post(s.connections(), describing(many...)).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#url-1-host-error"), "without a scheme")
	require.Contains(t, p.text("#url-3-port-error"), "not a port")
	require.Contains(t, p.text("#url-4-host-error"), "listed twice")
	require.Zero(t, p.Find("#url-0-host[aria-invalid], #url-2-host[aria-invalid], #url-error").Length())
	require.Equal(t, "jdbc:hbase://zk2:2181/x", p.value("url.1.host"), "what was typed stays")

	t.Run("and what is about all of them is at the field", func(t *testing.T) {
		p := s.post(s.connections(), describing("url.1.host", "127.0.0.2", "url.1.port", "2")).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#url-error"), "CSS takes one address, and here are 2")
		require.Equal(t, 2, p.Find("#field-url [id$=remove]").Length(), "either can be taken away")
		long := strings.Repeat("zk.example.com:2181,", 26)
		p = s.post(s.connections(), describing("service", "CloudTable", "url.0.host", long)).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#url-error"), "at most 512 characters")
		require.Equal(t, "519 of 512 characters", p.text("#url-count.field-over"))
	})
	t.Run("a cell in which nothing was typed yet is not judged as another one is left", func(t *testing.T) {
		v := describing("url.0.port", "", "service", "", "tags.0.key", "team", "tags.0.value", "")
		require.Zero(t, s.post(s.connections()+"/validate", v, fragment("field-url")...).Find("#url-0-port-error").Length())
		require.Zero(t, s.post(s.connections()+"/validate", v, fragment("field-tags")...).Find("#tags-0-value-error").Length())
		p := s.post(s.connections(), v).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#url-0-port-error"))
		require.NotEmpty(t, p.text("#tags-0-value-error"))
		require.NotEmpty(t, p.text("#service-error"))
	})
}

func TestANameIsNotTakenForAnID(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	v := describing("security_group_id", "default", "network_id", "vpc-orders")
	p := s.post(s.connections()+"/validate", v, fragment("field-security_group_id")...).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#security_group_id-error"), "looks like the name of a security group")
	require.Equal(t, 1, p.Find(".field").Length(), "nothing else is judged")
	p = s.post(s.connections(), v).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#network_id-error"), "looks like a VPC")
	require.Equal(t, "vpc-orders", p.value("network_id"))
}

func TestTagsAreJudgedAtTheirRows(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.post(s.connections(), describing(
		"tags.0.key", "team", "tags.0.value", "b", "tags.1.key", "", "tags.1.value", "", "tags.2.key", "a=b", "tags.2.value", "1",
		"tags.3.key", "team", "tags.3.value", "c",
	)).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#tags-2-key-error"), "Remove “=”")
	require.Contains(t, p.text("#tags-3-key-error"), "team is there already")
	require.Zero(t, p.Find("#tags-0-key[aria-invalid], #tags-1-key[aria-invalid]").Length())
	require.Contains(t, p.text("#field-tags .rows-more"), "4 of 10")
}

func TestATestOfAConnectionStoresNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	v := describing("name", "", "url.0.port", closedPort(t))
	p := s.post(s.connections()+"/test", v, fragment("connection-form")...).requireStatus(http.StatusOK)
	require.NotEmpty(t, p.text(".step-failed"), "a test needs no name")
	require.NotEmpty(t, p.text("#url-error, #url-0-host-error"), "the failure is at the address")
	require.Equal(t, "service url.", p.Find(".check").AttrOr("data-tested", ""))

	server := testserver.PostgreSQL(t)
	two := describing("service", "CloudTable", "url.0.host", server.Addr(), "url.1.host", "127.0.0.1", "url.1.port", closedPort(t))
	p = s.post(s.connections()+"/test", two, fragment("connection-form")...).requireStatus(http.StatusOK)
	require.Equal(t, 2, p.Find(".step-group").Length(), "each address has its own steps")
	require.NotEmpty(t, p.text("#url-0-host-error"))
	require.NotEmpty(t, p.text("#url-1-host-error"))

	p = s.post(s.connections()+"/test", describing("service", "DWS", "url.0.host", server.Addr())).requireStatus(http.StatusOK)
	require.Zero(t, p.Find(".step-failed").Length(), p.html)
	require.Empty(t, s.get(s.connections()+"?state=all").names())
}

func TestAConnectionIsStartedFromAnother(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	d := apitest.ConnectionTo("CloudTable", "events", "zk1:2181", "zk2:2182")
	d.Tags = []api.Tag{{Key: "team", Value: "events"}}
	first := s.connect(d)
	p := s.get(s.connections() + "/new?from=" + first.ID)
	require.Equal(t, []string{"events-copy", "zk2", "2182", "team", d.NetworkID}, []string{
		p.value("name"), p.value("url.1.host"), p.value("url.1.port"), p.value("tags.0.key"), p.value("network_id"),
	})
	s.get(s.connections() + "/" + first.ID + "/again").requireRedirect(s.connections() + "/new?from=" + first.ID)

	t.Run("the name of a deleted one is free", func(t *testing.T) {
		gone := s.failed("gone")
		require.NoError(t, s.service.DeleteConnection(t.Context(), s.scope(), gone.ID, 0))
		p := s.get(s.connections() + "/new?from=" + gone.ID)
		require.Equal(t, "gone", p.value("name"))
		s.post(s.connections(), describing("name", "gone", "from", gone.ID)).requireStatus(http.StatusSeeOther)
		require.Equal(t, []string{"events", "gone"}, s.get(s.connections()).names())
	})
	t.Run("a name that is taken is said at the name, and the rest stays", func(t *testing.T) {
		p := s.post(s.connections(), describing("name", "events", "from", first.ID)).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#name-error"), "Another connection")
		require.Equal(t, first.ID, p.value("from"))
		require.Equal(t, s.connections()+"/new?from="+first.ID, p.value("next"))
	})
}
