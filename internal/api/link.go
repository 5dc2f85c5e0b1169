package api

import (
	"context"
	"hash/fnv"
	"slices"
)

// Links is the part of Service about data-source links (CDM, spec/links.md).
//
// CreateLink and UpdateLink report everything that is wrong with a draft at
// once: Conflict if the name is taken, else Invalid. Only a draft without
// problems is checked live (CheckFailed).
type Links interface {
	// ListLinks returns a page of links, without secrets.
	ListLinks(ctx context.Context, s Scope, q LinkQuery) (Page[Link], error)
	// Link returns one link by id, or NotFound.
	Link(ctx context.Context, s Scope, id string) (Link, error)
	// FindLink returns the link of that name in a cluster, or NotFound.
	FindLink(ctx context.Context, s Scope, cluster, name string) (Link, error)
	// ValidateLink judges the form alone: Invalid, Conflict or nil.
	ValidateLink(ctx context.Context, s Scope, d LinkDraft) error
	// TestLink judges the inputs (a link can be tested before it has a name) and
	// then asks the system behind them. Only the audit log is written. A check
	// that fails is a Check, not an error.
	TestLink(ctx context.Context, s Scope, d LinkDraft) (Check, error)
	// CreateLink checks to the given depth and stores. The stored Link comes
	// back with the check's result.
	CreateLink(ctx context.Context, s Scope, d LinkDraft, depth Depth) (Link, error)
	// UpdateLink replaces the link that d.ID names. If d.Version is not 0 and
	// not the stored one, somebody was faster: Conflict.
	UpdateLink(ctx context.Context, s Scope, d LinkDraft, depth Depth) (Link, error)
	// EnableLink allows jobs to use a link, or forbids it. Nothing is checked; a
	// link that is not enabled is not checked on its schedule either.
	EnableLink(ctx context.Context, s Scope, id string, enabled bool) error
	// ExportLinks returns the selected links and records who took them. They
	// hold no secrets.
	ExportLinks(ctx context.Context, s Scope, sel Selection[LinkQuery]) ([]Link, error)
	// DeleteLink removes a link; version as in UpdateLink.
	DeleteLink(ctx context.Context, s Scope, id string, version int64) error
	// ListClusters returns what links can be in.
	ListClusters(ctx context.Context, s Scope) (Clusters, error)
}

// Clusters are what links can be in.
type Clusters struct {
	Items []Cluster // those that are known, by name; first of all DefaultCluster
	// Open says that any other well-formed id is one, too.
	Open bool
}

// Name is what a known cluster is called, empty for others.
func (c *Clusters) Name(id string) string {
	for _, known := range c.Items {
		if known.ID == id {
			return known.Name
		}
	}
	return ""
}

// Usual is the id of the cluster that links are put into unless told otherwise: the first
// one that runs. Empty if there is none.
func (c *Clusters) Usual() string {
	for _, known := range c.Items {
		if known.Running {
			return known.ID
		}
	}
	return ""
}

// Cluster is what runs jobs, whose links have names of their own.
type Cluster struct {
	ID, Name string
	Running  bool // as it must be for anything to be done with its links
}

// Link is a stored link. Its secrets stay in the control plane: a Link only
// knows which of them are there.
type Link struct {
	ID        string // UUIDv7
	Cluster   string // CDM cluster; a name space for link names
	Name      string
	Connector string // catalogue name, such as "generic-jdbc-connector"
	Endpoint  string // where it leads, for lists and search: "db.example.com:3306"
	Enabled   bool
	Inputs    map[string]string // by path; maps as JSON objects
	HasSecret map[string]bool   // by path
	Extended  *Extended
	Created   Stamp
	Updated   Stamp
	Version   int64
	Check     *Check // the last one, nil if never checked
	Health    Pulse
}

// Number is the link's integer id for the wire dialect, which wants 32 bits. It
// is derived from ID; nothing is found by it.
func (l *Link) Number() int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(l.ID))
	return int32(h.Sum32() >> 1)
}

// LinkDraft is a link as somebody describes it.
type LinkDraft struct {
	Cluster   string
	Name      string
	Connector string
	Enabled   bool
	Inputs    map[string]string // by path; an absent or empty input is unset
	// Secrets that were typed, by path. One that is absent is taken from the
	// link that the draft edits or was cloned from; one that is present and
	// empty is unset.
	Secrets  map[string]Secret `json:"-"`
	Extended *Extended
	// ID is the link that the draft edits, empty for a new one, and Version the
	// version of it that was seen.
	ID      string
	Version int64
	// From is the link that a new one was cloned from. Its secrets come along
	// as long as the draft still points at the same destination (S11).
	From string
}

// Extended is CDM's extended-configs: newer settings in an opaque text that is
// stored and given back as sent (spec/links.md §1.6).
type Extended struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// LinkQuery asks for a page of links.
type LinkQuery struct {
	Cluster   string // only this cluster, if set
	Search    string // text that the name or the endpoint contains, any case
	Connector string // only this connector, if set
	Sort      string // one of LinkSorts, by name if empty
	Desc      bool
	Cursor    string // Next or Prev of another page with the same query
	Limit     int    // 1 … MaxPage, DefaultPage if 0
}

// Page sizes.
const (
	DefaultPage = 50
	MaxPage     = 200
)

// DefaultCluster is where the console puts links, unless told otherwise. The
// embedded control plane has no clusters to run: any well-formed id is a name
// space of its own.
const DefaultCluster = "default"

// LinkSorts are the columns a list of links can be sorted by.
var LinkSorts = []string{"name", "connector", "updated"}

// ValidLinkSort reports whether sort can order a list of links.
func ValidLinkSort(sort string) bool { return slices.Contains(LinkSorts, sort) }
