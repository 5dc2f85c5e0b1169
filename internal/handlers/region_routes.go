package handlers

import (
	"net/url"

	"github.com/labstack/echo/v4"
)

// regionRoutes are the pages of regions.
func (p *pages) regionRoutes(regions *echo.Group) {
	regions.GET("", p.listRegions)
	regions.GET("/new", p.newRegion)
	regions.POST("", p.saveRegion)
	regions.POST("/validate", p.validateRegion)
	regions.POST("/edit", p.redrawRegion)
	regions.POST("/test", p.testRegion)

	region := regions.Group("/:name")
	region.GET("", p.showRegion)
	region.GET("/edit", p.editRegion)
	region.POST("", p.saveRegion)
	region.POST("/validate", p.validateRegion)
	region.POST("/edit", p.redrawRegion)
	region.POST("/test", p.testRegion)
	region.GET("/delete", p.confirmDeleteRegion)
	region.POST("/delete", p.deleteRegion)
}

// regionsPath is the path of the regions, as they are seen from the project.
func regionsPath(c echo.Context) string { return replicationPath(c) + "/regions" }

func regionPath(c echo.Context, name string) string {
	return regionsPath(c) + "/" + url.PathEscape(name)
}
