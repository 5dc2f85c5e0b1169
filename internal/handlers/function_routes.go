package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// functionRoute is where functions are, in the section of aliases.
const functionRoute = "/p/:project/aliases/functions"

// functionRoutes are the pages of functions and of their versions.
func (p *pages) functionRoutes(functions *echo.Group) {
	functions.GET("", p.listFunctions)
	functions.GET("/new", p.newFunction, p.editor)
	functions.POST("", p.createFunction, p.editor)
	functions.POST("/validate", p.validateFunction, p.editor)
	functions.POST("/edit", p.redrawFunction, p.editor)

	function := functions.Group("/:id")
	function.GET("", p.showVersions)
	function.GET("/aliases", p.showFunctionAliases)
	function.GET("/settings", p.showFunctionSettings)
	function.GET("/history", p.showFunctionHistory)
	function.GET("/edit", p.editFunction, p.editor)
	function.POST("", p.updateFunction, p.editor)
	function.POST("/validate", p.validateFunction, p.editor)
	function.POST("/edit", p.redrawFunction, p.editor)
	function.GET("/delete", p.asking(p.functionDeletion), p.editor)
	function.POST("/delete", p.removing(p.functionDeletion), p.editor)
	function.GET("/publish", p.newVersion, p.editor)
	function.POST("/publish", p.publishVersion, p.editor)
	function.POST("/publish/validate", p.validateVersion, p.editor)
	function.POST("/publish/edit", p.redrawVersion, p.editor)

	version := function.Group("/versions/:version")
	version.GET("", p.showVersion)
	version.POST("", p.saveUpstream, p.editor)
	version.POST("/validate", p.validateUpstream, p.editor)
	version.POST("/edit", p.redrawUpstream, p.editor)
	version.GET("/delete", p.asking(p.versionDeletion), p.editor)
	version.POST("/delete", p.removing(p.versionDeletion), p.editor)
}

func functionsPath(c echo.Context) string { return templates.FunctionsPath(aliasesPath(c)) }

// functionView finds the function of the path.
func (p *pages) functionView(c echo.Context) (templates.FunctionView, error) {
	function, err := p.Service.Function(c.Request().Context(), p.scope(c), c.Param("id"))
	return templates.FunctionView{Aliases: aliasesPath(c), Function: function}, err
}

// versionView finds the version of the path.
func (p *pages) versionView(c echo.Context) (templates.VersionView, error) {
	function, err := p.functionView(c)
	if err != nil {
		return templates.VersionView{}, err
	}
	version, err := p.Service.Version(c.Request().Context(), p.scope(c), function.Function.ID, c.Param("version"))
	view := templates.VersionView{FunctionView: function, Version: version}
	view.URN = p.functionURN(c, &function.Function, version.Name)
	return view, err
}

// functionURN is how programs name a function or, with a qualifier, a version of
// it.
func (p *pages) functionURN(c echo.Context, function *api.Function, qualifier string) string {
	return api.FunctionURN{
		Region: p.Region, Project: project(c).ID, Package: function.Package, Name: function.Name, Qualifier: qualifier,
	}.String()
}
