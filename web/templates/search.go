package templates

import (
	"context"
	"net/url"
	"strconv"

	"switchboard/internal/api"
	"switchboard/web/templates/icon"
)

// SectionSearch is the page of the search, which the menu does not have.
const SectionSearch = "search"

// FoundID is the part of the search that shows what was found, and PaletteID the
// dialog which shows that over any other page.
const (
	FoundID   = "found"
	PaletteID = "palette"
)

// SearchView is what a search found. Base is its own path.
type SearchView struct {
	Base    string
	Text    string // what was looked for
	Groups  []FoundGroup
	Palette bool // it is shown in the palette
}

// FoundGroup is what was found of one kind.
type FoundGroup struct {
	Title string
	Items []FoundItem
}

// FoundItem is one thing, and where it is.
type FoundItem struct {
	Name, Detail, Href string
	Section            string // whose icon it has
}

func (i *FoundItem) icon() icon.Name { return NavItem{Section: i.Section}.icon() }

// count is how many things were found.
func (v *SearchView) count() int {
	n := 0
	for _, g := range v.Groups {
		n += len(g.Items)
	}
	return n
}

// SearchIn is the address of a list that is searched for a text.
func SearchIn(list, text string) string { return address(list, url.Values{"q": {text}}) }

// Offered reports whether the reader is offered what needs the role.
func Offered(ctx context.Context, needed api.Role) bool { return may(ctx, needed) }

func groupID(i int) string     { return FoundID + "-" + strconv.Itoa(i) }
func optionID(i, k int) string { return groupID(i) + "-" + strconv.Itoa(k) }

// SectionOf is the menu entry of a kind.
func SectionOf(kind api.Kind) string {
	switch kind {
	case api.KindLink:
		return SectionLinks
	case api.KindConnection, api.KindQueue:
		return SectionConnections
	case api.KindAlias, api.KindFunction:
		return SectionAliases
	case api.KindEndpointService, api.KindPermission:
		return SectionWhitelist
	}
	return SectionReplication
}
