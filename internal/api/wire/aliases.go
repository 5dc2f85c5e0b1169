package wire

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// inAlias serves what belongs to one alias of the function in the path; the mark
// that its name has in a URN may stand before it.
func (f family) inAlias(h func(c echo.Context, scope api.Scope, alias api.Alias) error) echo.HandlerFunc {
	return f.inFunction(func(c echo.Context, scope api.Scope, function api.Function) error {
		alias, err := f.Service.FindAlias(c.Request().Context(), scope, function.ID, strings.TrimPrefix(param(c, "alias"), "!"))
		if err != nil {
			return err
		}
		return h(c, scope, alias)
	})
}

// createAlias answers POST …/{urn}/aliases: 200, never 201.
func (s *server) createAlias(c echo.Context, scope api.Scope, function api.Function) error {
	var body newAliasBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	draft, err := body.draft()
	if err != nil {
		return err
	}
	alias, err := s.Service.CreateAlias(c.Request().Context(), scope, function.ID, draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.encodeAlias(c, &alias))
}

// listAliases answers GET …/{urn}/aliases: a bare array of them all.
func (s *server) listAliases(c echo.Context, scope api.Scope, function api.Function) error {
	aliases, err := s.Service.AliasesOf(c.Request().Context(), scope, function.ID)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, each(aliases, func(a api.Alias) aliasJSON { return s.encodeAlias(c, &a) }))
}

// showAlias answers GET …/{urn}/aliases/{name}.
func (s *server) showAlias(c echo.Context, _ api.Scope, alias api.Alias) error {
	return answer(c, http.StatusOK, s.encodeAlias(c, &alias))
}

// updateAlias answers PUT …/{urn}/aliases/{name}: without weights and strategy
// the gray release ends, and a name in the body does not matter
// (spec/aliases.md §4.2).
func (s *server) updateAlias(c echo.Context, scope api.Scope, alias api.Alias) error {
	var body aliasBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	draft, err := body.draft()
	if err != nil {
		return err
	}
	draft.Name = alias.Name
	updated, err := s.Service.UpdateAlias(c.Request().Context(), scope, alias.ID, draft, 0)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.encodeAlias(c, &updated))
}

// deleteAlias answers DELETE …/{urn}/aliases/{name}.
func (s *server) deleteAlias(c echo.Context, scope api.Scope, alias api.Alias) error {
	if err := s.Service.DeleteAlias(c.Request().Context(), scope, alias.ID, 0); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}
