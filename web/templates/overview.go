package templates

import (
	"switchboard/internal/api"
	"switchboard/web/templates/icon"
)

// OverviewView is what the first page of a project shows.
type OverviewView struct {
	Empty   bool   // nothing has been made yet: teach the first link
	NewLink string // where links are made; "" if the reader may not
	Cards   []KindCard
	// What needs looking after: at most ShownConcerns and one more of each.
	Attention api.Attention
	ForMe     []api.Request // open requests that wait for the reader
	Mine      []api.Request // his own
	Base      string        // path of the project
	// Place is the page of a thing; parent is the id of what it is a part of.
	Place   func(kind api.Kind, id, parent string) string
	Changes []api.Change
	HrefOf  func(api.Change) string // where a changed object is; "" if gone
}

// KindCard leads to the objects of one kind.
type KindCard struct {
	Section string
	Href    string
	Figure  string // what there is, in a few words: "12 links"
	Notes   []CardNote
	Some    bool // there is something of the kind
}

// CardNote is something about a kind that somebody has to look after.
type CardNote struct {
	Status api.Status
	Text   string
}

func changeIcon(action string) icon.Name {
	switch action {
	case "create":
		return icon.Add
	case "delete":
		return icon.Delete
	default:
		return icon.Edit
	}
}
