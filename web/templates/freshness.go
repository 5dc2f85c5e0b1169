package templates

import (
	"time"

	"switchboard/internal/api"
)

// RegionAge is how old that is what is shown of a project in a region.
type RegionAge struct {
	Read    time.Time
	Tried   time.Time
	Trouble api.Message // why it was not read, zero if it was
}

// Take adds what is known of a part: the oldest counts, and any trouble.
func (a *RegionAge) Take(f api.Freshness) {
	if f.Tried.IsZero() {
		return
	}
	if a.Tried.IsZero() || f.Read.Before(a.Read) {
		a.Read = f.Read
	}
	if a.Tried.IsZero() || f.Tried.Before(a.Tried) {
		a.Tried = f.Tried
	}
	if a.Trouble.IsZero() {
		a.Trouble = f.Trouble
	}
}

// Told reports whether anything is known: nothing is of a project that lives here.
func (a *RegionAge) Told() bool { return !a.Tried.IsZero() }

// RegionLine says so on a page of that project.
type RegionLine struct {
	RegionAge

	Section string
	Of      string   // the object that the page is about, empty if none
	Refresh string   // where it is read again
	NotKept []string // paths of what the region did not keep of the last change
}
