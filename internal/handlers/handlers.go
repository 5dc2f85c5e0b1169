// Package handlers serves the console's pages. A handler reads the request,
// makes one call on a service and renders one page; every rule is behind the
// service. Start reading at routes.go.
package handlers

import (
	"log/slog"
	"net/http"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
)

// Options is what the pages need.
type Options struct {
	Service  api.Service
	Requests api.Requests
	Audit    api.Audit
	Backends api.Backends
	Identity *identity.Service
	// Views keeps what people see of lists; nil if nothing does.
	Views  api.Views
	Keys   *keyring.Ring
	Region string // the first project's name
	// Folders are those of the machine that regions may be in; the first is offered.
	Folders []string
	Version string
	Log     *slog.Logger
	// LinkJSON is a link as the wire API answers it, for the raw view.
	LinkJSON func(api.Link) ([]byte, error)
	// AliasJSON is what a program sends to make an alias, or to change one, laid
	// out for reading.
	AliasJSON func(update bool, d api.AliasDraft) ([]byte, error)
	// Stopping is closed when the server stops, so that streams end; nil if it
	// never does.
	Stopping <-chan struct{}
	// OpenID is where people can sign in beside local users; nil if nowhere.
	OpenID OpenID
	// PublicURL is the console's address as browsers know it, without a slash at the
	// end; empty for the one that a request says.
	PublicURL string
	// About is what administrators see of the server; nil if there is nothing.
	About func(api.Actor) (Installation, error)
	// LinkFile writes and reads files of links, in the form of the wire API.
	LinkFile LinkFile
	// Programs is the wire API, for its explorer; zero if there is no such page.
	Programs Programs
	// Samples writes what a form does as code; zero if nothing does.
	Samples Samples
}

// LinkFile is how links are written to a file and read from one; links that
// name no cluster are put into the given one.
type LinkFile struct {
	Write func([]api.Link) ([]byte, error)
	Read  func(text []byte, cluster string) ([]api.LinkDraft, error)
}

// pages holds the options for the handlers, which are its methods.
type pages struct {
	Options

	cookies   *sessions.CookieStore
	documents map[string]func() *apiDocument // of the wire API, by language
}

// New makes the console's handler.
func New(o Options) http.Handler {
	p := &pages{Options: o, cookies: newCookies(o.Keys), documents: readDocuments(o.Programs.Document)}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	// The address of the connection is the only one that cannot be forged.
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = p.showError
	e.Pre(p.identifyRequest)
	e.Use(tellRequest, p.recoverPanics, secureHeaders, refuseCrossOrigin, limitBody)
	p.routes(e)
	return headAsGet(e)
}
