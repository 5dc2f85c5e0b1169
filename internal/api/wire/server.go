package wire

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
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
	catalogue []byte                            // the answer of GET /switchboard/v1/connectors
	documents map[string]func() writtenDocument // by language, written when somebody asks
}

// New returns the handler of every path that Serves reports.
func New(o Options) http.Handler { return newServer(o).handler() }

func newServer(o Options) *server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	documents := map[string]func() writtenDocument{}
	for _, lang := range []string{locale.English, locale.Chinese} {
		documents[lang] = sync.OnceValue(func() writtenDocument { return writeDocument(lang, o.Version) })
	}
	return &server{Options: o, now: time.Now, catalogue: encodeCatalogue(o.Version), documents: documents}
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
	e.Match([]string{http.MethodGet, http.MethodHead}, documentRoute, s.showDocument)

	iam := family{s, keystoneError}
	serve(e, "KeystoneListVersions", iam.open(s.versions))
	serve(e, "KeystoneShowVersion", iam.open(s.version))
	serve(e, "KeystoneShowVersionDetails", iam.open(s.version))
	serve(e, "KeystoneCreateUserTokenByPassword", iam.open(s.createToken))
	serve(e, "KeystoneValidateToken", iam.signedIn(s.showToken))
	serve(e, "KeystoneCheckToken", iam.signedIn(s.showToken))
	serve(e, "KeystoneRevokeToken", iam.signedIn(s.deleteToken))
	serve(e, "KeystoneListAuthProjects", iam.signedIn(s.listProjects))
	serve(e, "KeystoneListAuthDomains", iam.signedIn(s.listDomains))
	serve(e, "KeystoneShowCatalog", iam.signedIn(s.showCatalog))
	serve(e, "KeystoneListProjects", iam.signedIn(s.listProjects))

	cdm := family{s, cdmError}
	serve(e, "ListClusters", cdm.inProject(s.listClusters))
	serve(e, "CreateLink", cdm.inProject(s.createLink))
	serve(e, "ListLinks", cdm.inProject(s.listLinks))
	serve(e, "ShowLink", cdm.inProject(s.showLink))
	serve(e, "UpdateLink", cdm.inProject(s.updateLink))
	serve(e, "DeleteLink", cdm.inProject(s.deleteLink))

	s.dliRoutes(e)
	s.vpcepRoutes(e)
	s.fgsRoutes(e)
	s.csbsRoutes(e)

	ext := family{s, extensionError}
	serve(e, "ListConnectors", ext.signedIn(s.listConnectors))
	serve(e, "ExportLinks", ext.inProject(s.exportLinks))
	serve(e, "ImportLinks", ext.inProject(s.importLinks))
	serve(e, "EnableLink", ext.inProject(s.enableLink))
	s.watchedRoutes(e, "Link", api.KindLink)
	s.watchedRoutes(e, "Connection", api.KindConnection)
	serve(e, "ShowHook", ext.inProject(s.showHook))
	serve(e, "UpdateHook", ext.inProject(s.updateHook))
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
	return path == documentRoute || versioned.MatchString(path) || strings.HasPrefix(path, "/switchboard/v1/")
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
