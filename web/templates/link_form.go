package templates

import (
	"context"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
	"switchboard/web/templates/icon"
)

// LinkPickerView is the choice of a connector. Refused says why a pasted text
// led to no form.
type LinkPickerView struct {
	Base    string
	Refused *api.Message
}

// LinkFormView is the form of a new or stored link.
type LinkFormView struct {
	Base      string
	Form      *form.Form
	Connector *connector.Connector
	Link      *api.Link // edited or cloned, nil for a new one
	Editing   bool
	Check     *api.Check
	Anyway    bool // offer to save although the check failed
	Changed   *LinkChanged
	Pasted    *Pasted // how the form was filled, nil if by hand
}

// LinkChanged says that somebody else saved the link, or whatever else it was,
// while it was edited.
type LinkChanged struct {
	By     string
	At     time.Time
	Fields []Difference
	// Taken are fields that had been left alone and are now as somebody else saved
	// them.
	Taken []Difference
}

// advice is the message key of what can be done: key, unless there is nothing to
// choose.
func (c *LinkChanged) advice(key string) string {
	if len(c.Fields) == 0 && len(c.Taken) > 0 {
		return "link.changed_apart"
	}
	return key
}

// taken names the fields that were taken over.
func (c *LinkChanged) taken(ctx context.Context) string {
	labels := make([]string, len(c.Taken))
	for i, d := range c.Taken {
		labels[i] = d.Label
	}
	return strings.Join(labels, locale.T(ctx, "connections.separator"))
}

// Difference is a field that two versions disagree about.
type Difference struct{ Label, Mine, Theirs string }

// linkCheck is the place of a check's result.
const linkCheck = "link-check"

// tilesIn returns the tiles of a group, in the catalogue's order.
func tilesIn(g connector.Group) []connector.Tile {
	var found []connector.Tile
	for _, c := range connector.All {
		for _, t := range c.Tiles {
			if t.Group == g {
				found = append(found, t)
			}
		}
	}
	return found
}

func groupIcon(g connector.Group) icon.Name { return icon.Name(g) }

func (v *LinkFormView) crumbs(ctx context.Context) []Crumb {
	crumbs := []Crumb{{Label: locale.T(ctx, "link.list_title"), Href: v.Base}}
	if v.Link != nil {
		crumbs = append(crumbs, Crumb{Label: v.Link.Name, Href: v.Base + "/" + v.Link.ID})
	}
	return crumbs
}

// cancel is where somebody goes who saves nothing.
func (v *LinkFormView) cancel() string {
	if v.Link != nil {
		return v.Base + "/" + v.Link.ID
	}
	return v.Base
}

func (v *LinkFormView) saveLabel(ctx context.Context) string {
	if v.Editing {
		return locale.T(ctx, "link.save")
	}
	return locale.T(ctx, "link.create")
}
