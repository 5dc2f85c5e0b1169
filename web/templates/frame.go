// Package templates is every page of the console and the components they are
// made of. A page is a component whose arguments are what it shows; it contains
// its parts as fragments, so that the server can send one of them alone.
package templates

import (
	"strings"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/web/templates/icon"
)

// Frame is what every page needs to know about the request.
type Frame struct {
	Title     string // of the page: window title and first heading
	Section   string // the current NavItem's
	User      *UserView
	Project   ProjectView // zero outside a project
	Projects  []ProjectView
	Archived  bool      // and it is only kept
	Nav       []NavItem // what there is to go to, in menu order
	Places    []NavItem // what there is outside of projects, for the user menu
	API       string    // where the API explorer is, empty if nowhere
	Theme     string    // "auto", "light" or "dark"
	Path      string    // path and query of this page, to come back to
	Flashes   []Flash
	Approval  bool        // what the page is about has to be approved
	Cloud     string      // the region that the project lives in; empty if it lives here
	Region    *RegionLine // how old what the page shows is; nil where nothing is kept twice
	RequestID string
	Version   string
	// Below stands at the end of the page; nil for nothing.
	Below templ.Component
	// Refresh says after how many seconds a browser without JavaScript loads the
	// page again, 0 never: something on it is going on.
	Refresh int
}

// UserView is who is signed in.
type UserView struct{ Name string }

// ProjectView is a project that can be gone to.
type ProjectView struct{ Name, Href string }

// NavItem is an entry of the navigation. Its label is the message
// "nav.<Section>" and its icon that of the section.
type NavItem struct {
	Section, Href string
	Count         int // of what waits there for the reader, at most api.MaxRequestCount+1
}

// The sections of the navigation.
const (
	SectionOverview    = "overview"
	SectionLinks       = "links"
	SectionConnections = "connections"
	SectionAliases     = "aliases"
	SectionWhitelist   = "whitelist"
	SectionReplication = "replication"
	SectionRequests    = "requests"
	SectionProfile     = "profile"
	SectionPeople      = "people"
	SectionGroups      = "groups"
	SectionProjects    = "projects"
	SectionAudit       = "audit"
	SectionSettings    = "settings" // of the console, and of a project
)

// Sections are the kinds of things that a project has, in menu order.
var Sections = []string{SectionLinks, SectionConnections, SectionAliases, SectionWhitelist, SectionReplication}

// Offices are what only administrators see, outside of projects, in menu order.
var Offices = []string{SectionPeople, SectionGroups, SectionProjects, SectionAudit, SectionSettings}

// Flash is a message about what just happened.
type Flash struct {
	Kind    NoticeKind
	Message api.Message
	// Href is where it leads to, and Label what that is called; none if it is empty.
	Href  string
	Label api.Message
}

// NoticeKind is how good or bad a notice is.
type NoticeKind string

// The kinds of notices.
const (
	Success NoticeKind = "success"
	Info    NoticeKind = "info"
	Warning NoticeKind = "warning"
	Failure NoticeKind = "error"
)

// Crumb is a step of the way to a page; the page itself is not one of them.
type Crumb struct{ Label, Href string }

// Refresh makes a link or a GET form replace the element with the id target by
// the part of the same name of the page at href, and put href into the address
// bar. Without JavaScript the whole page is loaded.
func Refresh(href, target string) templ.Attributes {
	return templ.Attributes{
		"hx-get":      href,
		"hx-target":   "#" + target,
		"hx-swap":     "outerHTML",
		"hx-push-url": "true",
		"hx-sync":     "#" + target + ":replace",
	}
}

func (f Frame) language(lang string) string {
	if lang == "zh" {
		return "zh-Hans"
	}
	return lang
}

// themed reports whether the reader chose a theme, rather than the system's.
func (f Frame) themed() bool { return f.Theme == "light" || f.Theme == "dark" }

func (f Frame) windowTitle() string {
	parts := []string{f.Title, f.Project.Name, "Switchboard"}
	return strings.Join(clean(parts), " · ")
}

// clean leaves out the empty strings.
func clean(all []string) []string {
	var kept []string
	for _, s := range all {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func (n NavItem) icon() icon.Name {
	switch n.Section {
	case SectionLinks:
		return icon.Link
	case SectionConnections:
		return icon.Connection
	case SectionAliases:
		return icon.Alias
	case SectionWhitelist:
		return icon.Whitelist
	case SectionReplication:
		return icon.Backup
	case SectionRequests:
		return icon.Empty
	case SectionProfile, SectionPeople:
		return icon.User
	case SectionGroups:
		return icon.Group
	case SectionProjects:
		return icon.Project
	case SectionAudit:
		return icon.FormOnly
	case SectionSettings:
		return icon.Settings
	default:
		return icon.Overview
	}
}

func (k NoticeKind) icon() icon.Name {
	switch k {
	case Success:
		return icon.Passed
	case Warning:
		return icon.Warned
	case Failure:
		return icon.Failed
	default:
		return icon.Info
	}
}

func themeIcon(theme string) icon.Name {
	switch theme {
	case "light":
		return icon.Sun
	case "dark":
		return icon.Moon
	default:
		return icon.SunMoon
	}
}
