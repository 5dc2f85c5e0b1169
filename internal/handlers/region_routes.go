package handlers

import (
	"net/url"

	"github.com/labstack/echo/v4"
)

// regionRoutes are the pages of regions.
func (p *pages) regionRoutes(regions *echo.Group) {
	regions.GET("", p.listRegions)
	regions.GET("/new", p.newRegion, p.administrator)
	regions.POST("", p.saveRegion, p.administrator)
	regions.POST("/validate", p.validateRegion, p.administrator)
	regions.POST("/edit", p.redrawRegion, p.administrator)
	regions.POST("/test", p.testRegion, p.administrator)

	region := regions.Group("/:name")
	region.GET("", p.showRegion)
	region.GET("/edit", p.editRegion, p.administrator)
	region.POST("", p.saveRegion, p.administrator)
	region.POST("/validate", p.validateRegion, p.administrator)
	region.POST("/edit", p.redrawRegion, p.administrator)
	region.POST("/test", p.testRegion, p.administrator)
	region.GET("/delete", p.confirmDeleteRegion, p.administrator)
	region.POST("/delete", p.deleteRegion, p.administrator)
}

// regionsPath is the path of the regions, as they are seen from the project.
func regionsPath(c echo.Context) string { return replicationPath(c) + "/regions" }

func regionPath(c echo.Context, name string) string {
	return regionsPath(c) + "/" + url.PathEscape(name)
}
