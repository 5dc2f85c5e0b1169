package wire

import (
	"cmp"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// inURN serves what the URN in the path names (spec/aliases.md §2): any form of
// it, of a function, a version or an alias, escaped or not. Nobody looks yet
// whether it is there.
func (f family) inURN(h func(c echo.Context, scope api.Scope, urn api.FunctionURN) error) echo.HandlerFunc {
	return f.inProject(func(c echo.Context, scope api.Scope) error {
		urn, ok := api.ParseFunctionURN(param(c, "function"))
		switch {
		case !ok:
			return api.Errorf(api.Invalid, "wire.function_urn")
		case cmp.Or(urn.Project, scope.Project) != scope.Project:
			return api.Errorf(api.Forbidden, "wire.function_urn_project", "project", urn.Project)
		case cmp.Or(urn.Region, f.Region) != f.Region:
			return api.Errorf(api.NotFound, "wire.function_urn_region", "region", urn.Region)
		}
		return h(c, scope, urn)
	})
}

// inFunction serves what belongs to the function in the path as a whole:
// whatever version or alias the URN names does not matter.
func (f family) inFunction(h func(c echo.Context, scope api.Scope, function api.Function) error) echo.HandlerFunc {
	return f.inURN(func(c echo.Context, scope api.Scope, urn api.FunctionURN) error {
		function, err := f.Service.FindFunction(c.Request().Context(), scope, urn.Package, urn.Name)
		if err != nil {
			return err
		}
		return h(c, scope, function)
	})
}
