package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/connector"
)

// canaryZoo is a console with a link of every tile, the secrets of which are
// canaries.
type canaryZoo struct {
	t       *testing.T
	p       *program
	v       *visitor
	c       *caller
	links   string // path
	parrots parrots
	hook    *receiver
	answers *recorder

	secret      string               // of the alerts, the file and the pasted text
	secrets     map[string]string    // by slug
	kinds       map[string]described // by slug
	secretPaths map[string]string    // slug by connector and path
}

func newCanaryZoo(t *testing.T, opts ...option) *canaryZoo {
	t.Helper()
	z := &canaryZoo{
		t: t, parrots: raiseParrots(t), answers: new(recorder), secret: newCanary(), kinds: map[string]described{}, secretPaths: map[string]string{},
	}
	z.secrets = map[string]string{"the alerts, a file and pasted texts": z.secret}
	for _, c := range connector.All {
		for i := range c.Tiles {
			secret := newCanary()
			z.secrets[c.Tiles[i].Slug] = secret
			z.kinds[c.Tiles[i].Slug] = describeTile(c, &c.Tiles[i], z.parrots, secret)
		}
	}
	z.p = start(t, append(opts, checkingForm, func(p *program) {
		p.args = append(p.args, "--checks", "80", "--checks-per-project", "80", "--egress-allow", "127.0.0.0/8")
	})...)
	z.c, z.v = z.p.call(t), z.p.enter(t)
	z.c.http.Transport, z.v.http.Transport = z.answers, z.answers
	z.v.http.Timeout = time.Minute // parrots are slow to be found out
	z.links = z.v.get("/").location + "/links"
	z.hook = receive(t, z.secret)
	saved := z.v.post(z.links+"/alerts", url.Values{"url": {z.hook.URL}, "secret": {z.secret}, "enabled": {"true"}})
	require.Equal(t, http.StatusSeeOther, saved.status, saved.body)
	return z
}

// newCanary is a secret of 32 characters at most: FTP has no longer ones.
func newCanary() string { return "canary-" + rand.Text()[:24] }

// typeTile types a link into every form, and creates it.
func (z *canaryZoo) typeTile(t *testing.T, c *connector.Connector, tile *connector.Tile) {
	v, api := *z.v, *z.c
	v.t, api.t = t, t
	d := z.kinds[tile.Slug]
	require.Empty(t, c.Faults(d.Inputs, func(path string) bool { return d.Inputs[path] != "" }), "the test describes it badly")
	form := url.Values{"name": {"link-" + tile.Slug}, "cluster": {cluster}, "connector": {d.Connector}, "enabled": {"true"}}
	for name, text := range d.Inputs {
		form.Set(name, text)
	}
	require.Equal(t, http.StatusOK, v.post(z.links+"/validate", form).status)
	require.Equal(t, http.StatusOK, v.post(z.links+"/edit", form).status)
	form.Set("name", "")
	require.Equal(t, http.StatusUnprocessableEntity, v.post(z.links, form).status)
	if d.Local {
		tested := v.post(z.links+"/test", form)
		require.Equal(t, http.StatusOK, tested.status)
	}
	created := api.send(http.MethodPost, api.links(), wireLink("link-"+tile.Slug, d))
	require.Equal(t, http.StatusOK, created.status, created.body)
	require.Equal(t, http.StatusOK, api.send(http.MethodPut, api.links()+"/link-"+tile.Slug, wireLink("link-"+tile.Slug, d)).status)
	broken := wireLink("link-"+tile.Slug, d)
	broken["links"] = append(broken["links"].([]any), broken["links"].([]any)...)
	require.Equal(t, http.StatusBadRequest, api.send(http.MethodPost, api.links(), broken).status)
}

// wireLink is linkBody for any kind of link.
func wireLink(name string, d described) map[string]any {
	var main, dialect []map[string]any
	for input, value := range d.Inputs {
		entry := map[string]any{"name": input, "value": value}
		if strings.HasPrefix(input, "dialect.") {
			dialect = append(dialect, entry)
		} else {
			main = append(main, entry)
		}
	}
	configs := []any{map[string]any{"name": "linkConfig", "inputs": main}}
	if dialect != nil {
		configs = append(configs, map[string]any{"name": "dialect", "inputs": dialect})
	}
	return map[string]any{"links": []any{map[string]any{
		"name": name, "connector-name": d.Connector, "enabled": true, "link-config-values": map[string]any{"configs": configs},
	}}}
}

// testAll runs a test of every link that connects to this machine, and watches.
func (z *canaryZoo) testAll() {
	z.t.Helper()
	ticked := url.Values{}
	for slug, d := range z.kinds {
		if d.Local {
			ticked.Add("id", strings.TrimPrefix(z.path(slug), z.links+"/"))
		}
	}
	run := z.v.post(z.links+"/runs", ticked)
	require.Equal(z.t, http.StatusSeeOther, run.status, run.body)
	events := z.v.get(run.location + "/events")
	require.Contains(z.t, events.body, "event: done")
	require.Equal(z.t, http.StatusOK, z.v.get(run.location).status)
}

// path is where the console shows the link of a tile.
func (z *canaryZoo) path(slug string) string {
	z.t.Helper()
	found := regexp.MustCompile(`href="([^"]+)">link-` + slug + `<`).FindStringSubmatch(z.v.get(z.links + "?q=link-" + slug).body)
	require.NotNil(z.t, found, slug)
	return found[1]
}

// readPages opens everything that is about a link, and what programs read.
func (z *canaryZoo) readPages() {
	z.t.Helper()
	own := "/switchboard/v1/projects/" + z.c.project + "/links/"
	require.Equal(z.t, http.StatusOK, z.c.send(http.MethodGet, z.c.links()+"/all", nil).status)
	require.Equal(z.t, http.StatusOK, z.v.get(strings.TrimSuffix(z.links, "/links")).status)
	require.Equal(z.t, http.StatusOK, z.v.get(z.links+"/alerts").status)
	for slug := range z.kinds {
		link := z.path(slug)
		id := strings.TrimPrefix(link, z.links+"/")
		for _, page := range []string{link, link + "/edit", link + "/health", link + "/json", link + "/delete", z.links + "/new?from=" + id} {
			require.Equal(z.t, http.StatusOK, z.v.get(page).status, page)
		}
		for _, path := range []string{z.c.links() + "/link-" + slug, own + id + "/checks", own + id + "/episodes"} {
			require.Equal(z.t, http.StatusOK, z.c.send(http.MethodGet, path, nil).status, path)
		}
	}
}

// readNeighbours opens what stands beside links in the project.
func (z *canaryZoo) readNeighbours() {
	z.t.Helper()
	home := strings.TrimSuffix(z.links, "/links")
	service := home + "/whitelist/" + z.c.offer("canary")
	connection := home + "/connections/" + z.c.connect("canary", "CSS", "127.0.0.1:1").ID
	for _, page := range []string{
		home + "/whitelist", home + "/whitelist/new", service, service + "/add", service + "/everyone", service + "/connections",
		service + "/settings", service + "/history", service + "/edit", service + "/delete",
		home + "/connections", home + "/connections/new", home + "/connections/queues", home + "/connections/queues/new",
		connection, connection + "/health", connection + "/queues", connection + "/history", connection + "/tags", connection + "/diagnosis",
		connection + "/delete",
	} {
		require.Equal(z.t, http.StatusOK, z.v.get(page).status, page)
	}
	require.Equal(z.t, http.StatusOK, z.v.post(connection+"/diagnosis", nil).status)
}

// carryOver exports all links and imports them, with secrets in the file and
// with secrets that are typed into the plan.
func (z *canaryZoo) carryOver() {
	z.t.Helper()
	all := url.Values{"all": {"true"}}
	require.Equal(z.t, http.StatusOK, z.v.post(z.links+"/export", url.Values{"all": {"true"}, "format": {"csv"}}).status)
	file := z.v.post(z.links+"/export", all)
	require.Equal(z.t, http.StatusOK, file.status)
	require.Contains(z.t, file.body, "Add password here")
	var withSecrets bytes.Buffer // as somebody writes it who has not read on
	require.NoError(z.t, json.Indent(&withSecrets, []byte(strings.ReplaceAll(file.body, "Add password here", z.secret)), "", " "))
	for _, text := range []string{file.body, withSecrets.String(), withSecrets.String()[1:]} {
		plan := z.v.post(z.links+"/import", url.Values{"cluster": {"other"}, "text": {text}})
		form := url.Values{"cluster": {"other"}}
		for _, hidden := range hiddenInput.FindAllStringSubmatch(plan.body, -1) {
			form.Set(hidden[1], hidden[2])
		}
		for _, name := range secretInput.FindAllStringSubmatch(plan.body, -1) {
			form.Set(name[1], z.secret)
		}
		form.Add("pick", "0")
		applied := z.v.post(z.links+"/import/apply", form)
		require.Less(z.t, applied.status, http.StatusInternalServerError, applied.body)
	}
	imported := z.c.send(http.MethodPost, "/switchboard/v1/projects/"+z.c.project+"/links/import", json.RawMessage(withSecrets.String()))
	require.Less(z.t, imported.status, http.StatusInternalServerError, imported.body)
}

var (
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="(held|plan)" value="([^"]*)"`)
	secretInput = regexp.MustCompile(`name="(secret\.\d+\.[\w.]+)"`)
)

// paste pastes texts with passwords, also where nobody expects one.
func (z *canaryZoo) paste() {
	z.t.Helper()
	for _, text := range []string{
		"mysql -h 127.0.0.1 -u ann -p" + z.secret + " orders",
		"mysql -h 127.0.0.1 -u ann --password='" + z.secret + "' --what=" + z.secret + " orders",
		"jdbc:mysql://ann:" + z.secret + "@127.0.0.1:3306/orders?password=" + z.secret + "&what=" + z.secret,
		"postgres://ann:" + z.secret + "@127.0.0.1/orders",
		"Server=127.0.0.1;Database=orders;User Id=ann;Password=" + z.secret,
		"redis-cli -h 127.0.0.1 -a " + z.secret,
		"curl -u ann:" + z.secret + " http://127.0.0.1:9200/",
		"nonsense " + z.secret,
	} {
		require.Less(z.t, z.v.post(z.links+"/new/paste", url.Values{"text": {text}}).status, http.StatusInternalServerError, text)
	}
}
