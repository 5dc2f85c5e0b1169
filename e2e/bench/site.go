package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// site is a running console, with everybody who uses it.
type site struct {
	*program
	browser *client
	home    string  // path of the project's pages
	links   string  // path of the list of links
	caller  *client // with a token
	key     accessKey
	wire    string // path of the wire API's links

	whitelist string // path of the list of endpoint services
	services  string // path of the wire API's endpoint services
	functions string // path of the wire API's functions
	project   string // its id
	own       string // path of the project's extensions of the wire API
}

// templateLink is the one link that is created through the API; fill makes the
// others from it.
const templateLink = "link-000000"

// linkName is the name of a link that a measurement creates.
func linkName(n int64) string { return fmt.Sprintf("made-%09d", n) }

// linkBody is the body that creates a link, with the inputs of the example in
// CDM's documentation.
func linkBody(name string) []byte {
	var inputs []string
	for _, input := range [][2]string{
		{"databaseType", `"MYSQL"`}, {"host", `"db.example.com"`}, {"port", `"3306"`}, {"database", `"orders"`},
		{"username", `"loader"`}, {"password", `"correct-horse-9"`}, {"fetchSize", `"100000"`}, {"usingNative", "false"},
	} {
		inputs = append(inputs, fmt.Sprintf(`{"name":"linkConfig.%s","value":%s}`, input[0], input[1]))
	}
	return []byte(`{"links":[{"link-config-values":{"configs":[{"inputs":[` + strings.Join(inputs, ",") +
		`],"name":"linkConfig"}]},"name":"` + name +
		`","creation-date":1496654788622,"connector-name":"generic-jdbc-connector","update-date":1496654788622,"enabled":true}]}`)
}

// newSite starts a console on a new data folder with that many links.
func (s *settings) newSite(ctx context.Context, name string, links int) (*site, error) {
	folder := filepath.Join(s.folder, name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	p, err := s.console(ctx, folder, "SWITCHBOARD_ADMIN_PASSWORD="+adminPassword)
	if err != nil {
		return nil, err
	}
	at := &site{program: p}
	if at.key, err = s.newKey(ctx, folder); err != nil {
		return at, err
	}
	browser, home, err := signIn(ctx, p)
	if err != nil {
		return at, err
	}
	caller, project, err := token(ctx, p)
	if err != nil {
		return at, err
	}
	at.browser, at.home, at.links = browser, home, home+"/links"
	at.caller, at.wire = caller, "/v1.1/"+project+"/clusters/default/cdm/link"
	at.whitelist, at.services, at.own = home+"/whitelist", "/v1/"+project+"/vpc-endpoint-services", "/switchboard/v1/projects/"+project
	at.functions, at.project = "/v2/"+project+"/fgs/functions", project
	if _, err := caller.must(ctx, http.MethodPost, at.wire, linkBody(templateLink)); err != nil {
		return at, err
	}
	if links > 1 {
		err = fill(ctx, folder, links)
	}
	return at, err
}

// create is the operation that creates a link with a token.
func (at *site) create(ctx context.Context, n int64) error {
	_, err := at.caller.must(ctx, http.MethodPost, at.wire, linkBody(linkName(n)))
	return err
}

// createSigned is the operation that creates a link with a signature.
func (at *site) createSigned(ctx context.Context, n int64) error {
	r, err := at.key.signed(ctx, http.MethodPost, at.url+at.wire, linkBody(linkName(n)))
	if err != nil {
		return err
	}
	a, err := at.caller.do(r)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("a signed request was answered %d: %.300s", a.status, a.body)
	}
	return err
}

// table returns a browser that asks for the table of the list only, as htmx
// does.
func (at *site) table() *client {
	return at.browser.with("HX-Request", "true").with("HX-Target", "links-table")
}
