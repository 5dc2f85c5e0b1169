package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/web/templates"
)

// replicationRoutes are the pages of policies, of the backups that they make, of
// the runs that copy those to other regions, and of the regions.
func (p *pages) replicationRoutes(project *echo.Group) {
	section := project.Group("/" + templates.SectionReplication)
	p.policyRoutes(section)
	p.backupRoutes(section.Group("/backups"))
	p.runRoutes(section)
	p.regionRoutes(section.Group("/regions"))
}

// replicationPath is the path of the section, which is the list of policies.
func replicationPath(c echo.Context) string { return sectionPath(c, templates.SectionReplication) }
