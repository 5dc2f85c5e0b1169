package templates

import (
	"time"

	"switchboard/internal/api"
)

// RegionLine says how old that is what a page of a project in a region shows.
type RegionLine struct {
	Section string
	Refresh string // where it is read again
	Read    time.Time
	Tried   time.Time
	Trouble api.Message // why it was not read, zero if it was
	NotKept []string    // paths of what the region did not keep of the last change
}

// Take adds what is known of a part: the oldest counts, and any trouble.
func (l *RegionLine) Take(f api.Freshness) {
	if f.Tried.IsZero() {
		return
	}
	if l.Tried.IsZero() || f.Read.Before(l.Read) {
		l.Read = f.Read
	}
	if l.Tried.IsZero() || f.Tried.Before(l.Tried) {
		l.Tried = f.Tried
	}
	if l.Trouble.IsZero() {
		l.Trouble = f.Trouble
	}
}

// Told reports whether anything is known: nothing is of a project that lives here.
func (l *RegionLine) Told() bool { return !l.Tried.IsZero() }
