package wire

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// timeForm is how IAM writes times; gophercloud fails on anything that it
// cannot parse (spec/clients.md).
const timeForm = "2006-01-02T15:04:05.000000Z"

// tokenRequest is the body of POST /v3/auth/tokens (spec/iam.md §1).
type tokenRequest struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					named
					Password string `json:"password"`
					Domain   named  `json:"domain"`
				} `json:"user"`
			} `json:"password"`
			// TOTP is the second factor of a user who has one.
			TOTP struct {
				User struct {
					Passcode string `json:"passcode"`
				} `json:"user"`
			} `json:"totp"`
		} `json:"identity"`
		Scope struct {
			Project *struct {
				named
				Domain named `json:"domain"`
			} `json:"project"`
			Domain *named `json:"domain"`
		} `json:"scope"`
	} `json:"auth"`
}

// named is how IAM refers to things: by id, by name or by both.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// fits reports whether the reference is to that account; an empty one is.
func (n named) fits(a identity.Account) bool {
	return (n.ID == "" || n.ID == a.ID) && (n.Name == "" || n.Name == a.Name)
}

// createToken answers POST /v3/auth/tokens. A signature that comes along, as
// from the Node SDK, is not looked at.
func (s *server) createToken(c echo.Context) error {
	body, err := readBody(c, maxCredentials)
	if err != nil {
		return err
	}
	var request tokenRequest
	if err := json.Unmarshal(body, &request); err != nil || !slices.Contains(request.Auth.Identity.Methods, "password") {
		return keystone(http.StatusBadRequest, "The request body is invalid")
	}
	ctx, from := c.Request().Context(), remote(c)
	claimed := request.Auth.Identity.Password.User
	user, err := s.Identity.VerifyPassword(ctx, identity.Credentials{
		Account: claimed.Domain.Name, AccountID: claimed.Domain.ID,
		Name: claimed.Name, UserID: claimed.ID, Password: api.NewSecret(claimed.Password),
		Code: request.Auth.Identity.TOTP.User.Passcode,
	}, from)
	if err != nil {
		return s.refusedPassword(c, err)
	}
	project, err := s.scopeOf(c, user, &request)
	if err != nil {
		return err
	}
	from.UserID, from.User = user.ID, user.Name
	text, token, err := s.Identity.IssueToken(ctx, from, user, project)
	if err != nil {
		return err
	}
	c.Response().Header().Set(headerSubject, text)
	return answer(c, http.StatusCreated, s.encodeToken(c, token))
}

// refusedPassword keeps a locked user apart from a wrong password; both are
// 401, since clients retry a 429 for minutes (spec/iam.md §4).
func (s *server) refusedPassword(c echo.Context, err error) error {
	e, _ := errors.AsType[*api.Error](err)
	switch api.CodeOf(err) {
	case api.Unauthorised:
		if e.Message.Key == identity.FactorNeeded || e.Message.Key == identity.WrongCode {
			return keystone(http.StatusUnauthorized, "The second factor is missing or wrong: send its code as totp.user.passcode, or use a token made in the console.")
		}
		return keystone(http.StatusUnauthorized, "The username or password is wrong.")
	case api.Limit:
		wait := fmt.Sprint(cmp.Or[any](e.Message.Args["seconds"], 1))
		c.Response().Header().Set(echo.HeaderRetryAfter, wait)
		return keystone(http.StatusUnauthorized, "Too many wrong passwords: the user is locked. Try again in "+wait+" seconds.")
	}
	return err
}

// scopeOf returns the project that a token is asked for, nil for the account.
func (s *server) scopeOf(c echo.Context, user identity.User, request *tokenRequest) (*identity.Project, error) {
	ctx, scope := c.Request().Context(), request.Auth.Scope
	foreign := keystone(http.StatusUnauthorized, "The scope is a project or domain that does not exist or that the user may not use.")
	if scope.Project == nil {
		if scope.Domain != nil && !scope.Domain.fits(user.Account) {
			return nil, foreign
		}
		return nil, nil
	}
	if !scope.Project.Domain.fits(user.Account) {
		return nil, foreign
	}
	var project identity.Project
	var err error
	if scope.Project.ID != "" {
		project, err = s.Identity.Project(ctx, user, scope.Project.ID)
	} else {
		project, err = s.Identity.ProjectByName(ctx, user, scope.Project.Name)
	}
	if api.CodeOf(err) == api.NotFound {
		return nil, foreign
	}
	return &project, err
}

// showToken answers GET and HEAD /v3/auth/tokens: what the token in
// X-Subject-Token says. Whoever has a token could use it, so nothing more is
// asked of the caller.
func (s *server) showToken(c echo.Context, _ caller) error {
	text := c.Request().Header.Get(headerSubject)
	token, err := s.Identity.Token(c.Request().Context(), text)
	if api.CodeOf(err) == api.Unauthorised {
		return noSubject()
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set(headerSubject, text)
	return answer(c, http.StatusOK, s.encodeToken(c, token))
}

// deleteToken answers DELETE /v3/auth/tokens: the token ends at once.
func (s *server) deleteToken(c echo.Context, who caller) error {
	actor := remote(c)
	actor.UserID, actor.User = who.user.ID, who.user.Name
	err := s.Identity.RevokeToken(c.Request().Context(), actor, c.Request().Header.Get(headerSubject))
	if api.CodeOf(err) == api.NotFound {
		return noSubject()
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func noSubject() *reply {
	return keystone(http.StatusNotFound, "X-Subject-Token is invalid in the request")
}

// keystoneBody is the form of IAM's errors. Code is a string because the Go
// SDK reads no other (spec/clients.md).
type keystoneBody struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Title   string `json:"title"`
	} `json:"error"`
}

func keystone(status int, text string) *reply {
	var body keystoneBody
	body.Error.Code, body.Error.Message, body.Error.Title = fmt.Sprint(status), text, http.StatusText(status)
	return &reply{status, body}
}

func keystoneError(c echo.Context, err error) *reply {
	return keystone(statuses[api.CodeOf(err)], messageOf(c, err))
}
