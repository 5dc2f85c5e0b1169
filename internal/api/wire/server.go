package wire

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/telemetry"
)

// Options is what the dialect is served with. Version and Log may be left out.
type Options struct {
	Service  api.Service
	Requests api.Requests
	Audit    api.Audit
	Identity Identity
	Region   string
	// LinkDepth is how much of a link is checked before it is stored:
	// api.Connect or api.Shape.
	LinkDepth api.Depth
	Version   string // of the program
	Log       *slog.Logger
}

type server struct {
	Options
	now       func() time.Time
	catalogue []byte // the answer of GET /switchboard/v1/connectors
}

// New returns the handler of every path that Serves reports.
func New(o Options) http.Handler { return newServer(o).handler() }

func newServer(o Options) *server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &server{Options: o, now: time.Now, catalogue: encodeCatalogue(o.Version)}
}

func (s *server) handler() http.Handler {
	e := echo.New()
	e.HTTPErrorHandler = s.fail
	e.Use(tellRoute)
	s.routes(e)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if h.Get(echo.HeaderXRequestID) == "" {
			h.Set(echo.HeaderXRequestID, newRequestID())
		}
		if strings.HasPrefix(r.URL.Path, "/v3") { // IAM has a name of its own for it
			h.Set("X-Iam-Trace-Id", h.Get(echo.HeaderXRequestID))
		}
		e.ServeHTTP(w, routable(r))
	})
}

// tellRoute tells the server which route answers a request.
func tellRoute(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		telemetry.Of(c.Request().Context()).Route = c.Path()
		return next(c)
	}
}

// routes is the whole dialect. Paths are matched exactly: SDKs take a redirect
// for an empty success (spec/clients.md).
func (s *server) routes(e *echo.Echo) {
	iam := family{s, keystoneError}
	e.GET("/", iam.open(s.versions))
	e.GET("/v3", iam.open(s.version))
	e.GET("/v3/", iam.open(s.version))
	e.POST("/v3/auth/tokens", iam.open(s.createToken))
	e.GET("/v3/auth/tokens", iam.signedIn(s.showToken))
	e.HEAD("/v3/auth/tokens", iam.signedIn(s.showToken))
	e.DELETE("/v3/auth/tokens", iam.signedIn(s.deleteToken))
	e.GET("/v3/auth/projects", iam.signedIn(s.listProjects))
	e.GET("/v3/auth/domains", iam.signedIn(s.listDomains))
	e.GET("/v3/auth/catalog", iam.signedIn(s.showCatalog))
	e.GET("/v3/projects", iam.signedIn(s.listProjects))

	cdm := family{s, cdmError}
	const links = "/v1.1/:project/clusters/:cluster/cdm/link"
	e.POST(links, cdm.inProject(s.createLink))
	e.GET(links+"/all", cdm.inProject(s.listLinks))
	e.GET(links+"/:link", cdm.inProject(s.showLink))
	e.PUT(links+"/:link", cdm.inProject(s.updateLink))
	e.DELETE(links+"/:link", cdm.inProject(s.deleteLink))

	s.dliRoutes(e)
	s.vpcepRoutes(e)
	s.fgsRoutes(e)
	s.csbsRoutes(e)

	ext := family{s, extensionError}
	e.GET("/switchboard/v1/connectors", ext.signedIn(s.listConnectors))
	const own = "/switchboard/v1/projects/:project/links"
	e.GET(own+"/export", ext.inProject(s.exportLinks))
	e.POST(importRoute, ext.inProject(s.importLinks))
	e.PUT(own+"/:id/enabled", ext.inProject(s.enableLink))
	s.watchedRoutes(e, "links", api.KindLink)
	s.watchedRoutes(e, "connections", api.KindConnection)
	s.requestRoutes(e)
	s.auditRoutes(e)
}

// Serves reports whether the path of r belongs to the dialect. The root does
// unless a browser asks: OpenStack clients look for the version document there.
func Serves(r *http.Request) bool {
	path := r.URL.Path
	if path == "/" {
		return !strings.Contains(r.Header.Get("Accept"), "text/html")
	}
	// Also the paths of services that are not here: an SDK must read their
	// absence as an error, not follow a redirect to a page.
	return versioned.MatchString(path) || strings.HasPrefix(path, "/switchboard/v1/")
}

// versioned is how every path of the dialect begins.
var versioned = regexp.MustCompile(`^/v[0-9][0-9.]*(/|$)`)

// slashes are the escapes that keep a decoded segment one segment.
var slashes = strings.NewReplacer("%", "%25", "/", "%2F")

// routable returns r with each segment of its path in one form, whatever the
// client escaped: all decoded but for the escapes in slashes.
func routable(r *http.Request) *http.Request {
	path := r.URL.EscapedPath()
	if strings.Contains(path, "%") {
		segments := strings.Split(path, "/")
		for i, segment := range segments {
			segments[i] = slashes.Replace(unescaped(segment, url.PathUnescape))
		}
		path = strings.Join(segments, "/")
	}
	u, out := *r.URL, *r
	u.RawPath, out.URL = path, &u
	return &out
}

// param returns the decoded path segment of that name.
func param(c echo.Context, name string) string {
	return unescaped(c.Param(name), url.PathUnescape)
}

func newRequestID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

func requestID(c echo.Context) string {
	return c.Response().Header().Get(echo.HeaderXRequestID)
}
