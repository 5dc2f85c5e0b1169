package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/signature"
	"switchboard/internal/telemetry"
)

// Identity is what the dialect asks *identity.Service. Errors are *api.Error
// unless something broke: Unauthorised for a credential that is not valid,
// NotFound for a project that the user may not use.
type Identity interface {
	VerifyPassword(ctx context.Context, c identity.Credentials, from api.Actor) (identity.User, error)
	IssueToken(ctx context.Context, actor api.Actor, user identity.User, project *identity.Project) (string, identity.Token, error)
	Token(ctx context.Context, token string) (identity.Token, error)
	RevokeToken(ctx context.Context, actor api.Actor, token string) error
	Key(ctx context.Context, access string) (identity.AccessKey, error)
	Projects(ctx context.Context, user identity.User) ([]identity.Project, error)
	Project(ctx context.Context, user identity.User, id string) (identity.Project, error)
	ProjectByName(ctx context.Context, user identity.User, name string) (identity.Project, error)
}

var _ Identity = (*identity.Service)(nil)

const (
	headerAuth    = "X-Auth-Token"
	headerSubject = "X-Subject-Token"
	headerProject = "X-Project-Id"
	// headerReason says why, for a change that has to be approved.
	headerReason = "X-Switchboard-Reason"
)

// caller is who sent a request and what the credential opens.
type caller struct {
	user  identity.User
	token *identity.Token     // or
	key   *identity.AccessKey // the one that was used
}

// signedIn serves whoever has a valid credential.
func (f family) signedIn(h func(c echo.Context, who caller) error) echo.HandlerFunc {
	return f.open(func(c echo.Context) error {
		who, err := f.authenticate(c)
		if err != nil {
			return err
		}
		telemetry.Of(c.Request().Context()).User = who.user.ID
		return h(c, who)
	})
}

// inProject serves whoever may use the project in the path with this
// credential (spec/iam.md §2).
func (f family) inProject(h func(c echo.Context, scope api.Scope) error) echo.HandlerFunc {
	return f.signedIn(func(c echo.Context, who caller) error {
		project, err := f.opens(c, who, param(c, "project"))
		if err != nil {
			return err
		}
		c.Set(openedProject, project)
		actor := remote(c)
		actor.UserID, actor.User = who.user.ID, who.user.Name
		actor.Role, actor.Limited = project.Role, who.only() != ""
		return h(c, api.Scope{Project: project.ID, Actor: actor, Reason: c.Request().Header.Get(headerReason)})
	})
}

// openedProject is what a request's context calls the project of inProject.
const openedProject = "project"

// projectIn is the project that the credential opened.
func projectIn(c echo.Context) identity.Project {
	project, _ := c.Get(openedProject).(identity.Project)
	return project
}

// remote is an actor of whom only the way is known.
func remote(c echo.Context) api.Actor {
	addr, _, err := net.SplitHostPort(c.Request().RemoteAddr)
	if err != nil {
		addr = c.Request().RemoteAddr
	}
	return api.Actor{Way: api.WayWire, Addr: addr, RequestID: requestID(c)}
}

// callerKey is what a context calls the caller of As.
type callerKey struct{}

// As is a request of somebody who is signed in elsewhere, for a project with the role
// that he has in it: it has no credential, and those in its headers do not count.
func As(r *http.Request, user identity.User, project identity.Project) *http.Request {
	who := caller{user: user, token: &identity.Token{User: user, Project: &project}}
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, who))
}

// authenticate finds out who sent the request: by its token or, without one,
// by its signature.
func (s *server) authenticate(c echo.Context) (caller, error) {
	r := c.Request()
	if who, ok := r.Context().Value(callerKey{}).(caller); ok {
		return who, nil
	}
	if token := r.Header.Get(headerAuth); token != "" {
		return s.byToken(c, token)
	}
	if header := r.Header.Get(echo.HeaderAuthorization); header != "" {
		return s.bySignature(c, header)
	}
	return caller{}, unauthorised(c, "x-auth-token not found")
}

func (s *server) byToken(c echo.Context, text string) (caller, error) {
	token, err := s.Identity.Token(c.Request().Context(), text)
	if api.CodeOf(err) == api.Unauthorised {
		return caller{}, unauthorised(c, tokenFault(err))
	}
	if err != nil {
		return caller{}, err
	}
	return caller{user: token.User, token: &token}, nil
}

// tokenFault is what the cloud says of a token that is not valid.
func tokenFault(err error) string {
	if e, ok := errors.AsType[*api.Error](err); ok && e.Message.Key == identity.TokenExpired {
		return fmt.Sprint("token expires, expires_at: ", e.Message.Args["at"])
	}
	return "decrypt token fail"
}

// bySignature verifies a signed request. What is cheap is judged first: the
// body is read only for a key that exists.
func (s *server) bySignature(c echo.Context, header string) (caller, error) {
	r := c.Request()
	a, ok := signature.Parse(header)
	if !ok {
		return caller{}, unauthorised(c, "the Authorization header is not a complete "+signature.Scheme+" signature")
	}
	if fault := a.Stale(r, s.now()); fault != "" {
		return caller{}, unauthorised(c, fault)
	}
	key, err := s.Identity.Key(r.Context(), a.Access)
	switch api.CodeOf(err) {
	case "":
	case api.Unauthorised, api.NotFound:
		return caller{}, unauthorised(c, "ak "+a.Access+" not exist")
	default:
		return caller{}, err
	}
	body, err := readBody(c, bodyLimit(c))
	if err != nil {
		return caller{}, err
	}
	if canonical, ok := a.Verify(r, body, key.Secret.Reveal()); !ok {
		return caller{}, unauthorised(c, "verify aksk signature fail, canonicalRequest:"+strings.ReplaceAll(canonical, "\n", "|"))
	}
	return caller{user: key.User, key: &key}, nil
}

// opens returns the project with the role that the credential gives in it, or refuses
// it if the credential is not for it. A token of a sign-in is for one project. A key,
// and a token that somebody made for a program, is for all of its user's, or for one.
// The project that a client with a key names in X-Project-Id must be that of the path
// or its parent, the account.
func (s *server) opens(c echo.Context, who caller, project string) (identity.Project, error) {
	mismatch := api.Errorf(api.Forbidden, "wire.project_mismatch", "project", project)
	if who.token != nil && who.token.Project != nil {
		if only := *who.token.Project; only.ID == project && only.Role != api.RoleNone {
			return only, nil
		}
		return identity.Project{}, mismatch
	}
	if !who.fits(project, c.Request().Header.Get(headerProject)) {
		return identity.Project{}, mismatch
	}
	opened, err := s.Identity.Project(c.Request().Context(), who.user, project)
	if api.CodeOf(err) == api.NotFound {
		return opened, mismatch
	}
	if who.key != nil && who.key.Project != "" {
		opened = opened.Limited()
	}
	return opened, err
}

// fits reports whether a credential that is not a token of one project may open a
// project of its user, if a header names one beside it.
func (w caller) fits(project, named string) bool {
	if w.token != nil {
		return w.token.Name != ""
	}
	return (named == "" || named == project || named == w.user.Account.ID) && (w.key.Project == "" || w.key.Project == project)
}

// only is the one project that a key or a program's token was made for, "" if it is for
// all of its user's. A token of a sign-in is asked for with a project, but is no less
// than its user.
func (w caller) only() string {
	switch {
	case w.key != nil:
		return w.key.Project
	case w.token != nil && w.token.Name != "" && w.token.Project != nil:
		return w.token.Project.ID
	}
	return ""
}

// unauthorised is the gateway's 401. Clients sign in again and retry when they
// see the status.
func unauthorised(c echo.Context, detail string) *reply {
	return gateway(c, http.StatusUnauthorized, "APIGW.0301", "Incorrect IAM authentication information: "+detail)
}
