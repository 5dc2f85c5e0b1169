package wire

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// The paths of FunctionGraph; a function is named by its URN.
const (
	functionsRoute   = "/v2/:project/fgs/functions"
	functionRoute    = functionsRoute + "/:function"
	codeRoute        = functionRoute + "/code"
	ownFunctionRoute = "/switchboard/v1/projects/:project/functions/:function"
)

// maxFunction is how long the body of a request that code comes in may be, in
// bytes: what the cloud takes (spec/iam.md §2).
const maxFunction = 12 << 20

// fgsRoutes is FunctionGraph, so far as aliases need it (spec/aliases.md §3,
// §8), and what the dialect lacks.
func (s *server) fgsRoutes(e *echo.Echo) {
	fgs := family{s, fgsError}
	serve(e, "CreateFunction", fgs.inProject(s.createFunction))
	serve(e, "ListFunctions", fgs.inProject(s.listFunctions))
	serve(e, "DeleteFunction", fgs.inURN(s.deleteFunction))
	serve(e, "ShowFunctionConfig", fgs.inURN(s.showFunction))
	serve(e, "UpdateFunctionConfig", fgs.inURN(s.configureFunction))
	serve(e, "UpdateFunctionCode", fgs.inURN(s.updateCode))

	serve(e, "CreateFunctionVersion", fgs.inFunction(s.publishVersion))
	serve(e, "ListFunctionVersions", fgs.inFunction(s.listVersions))

	serve(e, "CreateVersionAlias", fgs.inFunction(s.createAlias))
	serve(e, "ListVersionAliases", fgs.inFunction(s.listAliases))
	serve(e, "ShowVersionAlias", fgs.inAlias(s.showAlias))
	serve(e, "UpdateVersionAlias", fgs.inAlias(s.updateAlias))
	serve(e, "DeleteVersionAlias", fgs.inAlias(s.deleteAlias))

	serve(e, "InvokeFunction", fgs.inURN(s.invoke))

	s.ownFunctionRoutes(e)
}

// createFunction answers POST …/functions: 200, never 201.
func (s *server) createFunction(c echo.Context, scope api.Scope) error {
	var body functionBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	draft := api.FunctionDraft{}
	if err := body.apply(&draft); err != nil {
		return err
	}
	function, err := s.Service.CreateFunction(c.Request().Context(), scope, draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.encodeFunction(c, &function, &function.Latest))
}

// listFunctions answers GET …/functions?marker=&maxitems=&func_name=&package_name=.
func (s *server) listFunctions(c echo.Context, scope api.Scope) error {
	p, err := readMarker(c)
	if err != nil {
		return err
	}
	ctx, q := c.Request().Context(), api.FunctionQuery{
		Name: c.QueryParam("func_name"), Package: c.QueryParam("package_name"), Offset: p.marker, Limit: p.items,
	}
	page, err := s.Service.ListFunctions(ctx, scope, q)
	if err != nil {
		return err
	}
	count, err := s.Service.CountFunctions(ctx, scope, q)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, functionsJSON{
		each(page.Items, func(f api.Function) functionJSON { return s.encodeFunction(c, &f, &f.Latest) }),
		p.marker + len(page.Items), count,
	})
}

// showFunction answers GET …/{urn}/config: the version that the URN names, of an
// alias its main one.
func (s *server) showFunction(c echo.Context, scope api.Scope, urn api.FunctionURN) error {
	ctx := c.Request().Context()
	function, version, err := s.named(ctx, scope, urn)
	if err != nil {
		return err
	}
	if version == api.LatestVersion {
		return answer(c, http.StatusOK, s.encodeFunction(c, &function, &function.Latest))
	}
	shown, err := s.Service.Version(ctx, scope, function.ID, version)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.encodeFunction(c, &function, &shown))
}

// named finds the function of a URN, and the name of its version.
func (s *server) named(ctx context.Context, scope api.Scope, urn api.FunctionURN) (function api.Function, version string, err error) {
	if function, err = s.Service.FindFunction(ctx, scope, urn.Package, urn.Name); err != nil {
		return function, "", err
	}
	name, ok := urn.Alias()
	switch {
	case ok:
		alias, err := s.Service.FindAlias(ctx, scope, function.ID, name)
		return function, alias.Route.Main, err
	case urn.Qualifier == "":
		return function, api.LatestVersion, nil
	}
	return function, urn.Qualifier, nil
}

// configureFunction answers PUT …/{urn}/config: what is not sent stays as it is.
func (s *server) configureFunction(c echo.Context, scope api.Scope, urn api.FunctionURN) error {
	return s.changeFunction(c, scope, urn, new(functionConfigBody))
}

// updateCode answers PUT …/{urn}/code.
func (s *server) updateCode(c echo.Context, scope api.Scope, urn api.FunctionURN) error {
	return s.changeFunction(c, scope, urn, new(functionCodeBody))
}

// changeFunction changes the version of a function that can be changed by what
// the body says.
func (s *server) changeFunction(c echo.Context, scope api.Scope, urn api.FunctionURN, body interface {
	apply(d *api.FunctionDraft) error
},
) error {
	ctx := c.Request().Context()
	stored, version, err := s.named(ctx, scope, urn)
	if err != nil {
		return err
	}
	if version != api.LatestVersion {
		return api.Errorf(api.Forbidden, "wire.version_fixed", "version", version)
	}
	if err := decodeBody(c, body); err != nil {
		return err
	}
	function, err := s.Service.PatchFunction(ctx, scope, stored.ID, body.apply)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.encodeFunction(c, &function, &function.Latest))
}

// deleteFunction answers DELETE …/{urn}: the function with all it has or, if the
// URN names a version, that one; of an alias, the version that it leads to
// (spec/aliases.md §8.3).
func (s *server) deleteFunction(c echo.Context, scope api.Scope, urn api.FunctionURN) error {
	ctx := c.Request().Context()
	function, version, err := s.named(ctx, scope, urn)
	switch {
	case err != nil:
		return err
	case urn.Qualifier == "":
		err = s.Service.DeleteFunction(ctx, scope, function.ID, 0, api.Confirmation{})
	default:
		err = s.Service.DeleteVersion(ctx, scope, function.ID, version, api.Confirmation{})
	}
	if err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}
