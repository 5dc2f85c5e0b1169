package api

import "context"

// Regions is the part of Service about where objects are kept: backups and what
// they are made of. Regions are the console's, not a project's: a Scope says who
// asks, and from which project's region.
type Regions interface {
	// Regions returns all by name.
	Regions(ctx context.Context, s Scope) ([]Region, error)
	// Region returns one by name, or NotFound. Without a name it is the one that
	// the project is in.
	Region(ctx context.Context, s Scope, name string) (Region, error)
	// ValidateRegion judges the form alone; name is the region that the draft
	// edits, empty for a new one.
	ValidateRegion(ctx context.Context, s Scope, name string, d RegionDraft) error
	// TestRegion asks the store of a draft: connects, lists, and writes, reads and
	// removes a small object. name as in ValidateRegion. A test that fails is a
	// Check, not an error.
	TestRegion(ctx context.Context, s Scope, name string, d RegionDraft) (Check, error)
	// CreateRegion stores a region, and a project of its name in it, as a cloud's
	// regions have one.
	CreateRegion(ctx context.Context, s Scope, d RegionDraft) (Region, error)
	// UpdateRegion replaces where its objects are; the name stays. Version as for
	// links.
	UpdateRegion(ctx context.Context, s Scope, name string, d RegionDraft, version int64) (Region, error)
	// DeleteRegion removes one; Conflict while there are backups in it, or a policy
	// or project names it. Objects stay where they are.
	DeleteRegion(ctx context.Context, s Scope, name string, version int64) error
	// Browse returns what is directly below a folder of the project's region, for
	// those who choose what to protect: folders end in a slash. Cursor is Next of
	// the page before.
	Browse(ctx context.Context, s Scope, folder, cursor string, limit int) (Page[Entry], error)
}

// Region is a place for objects.
type Region struct {
	Name string
	Kind StoreKind
	// Folder is an absolute path on the machine, for StoreFolder.
	Folder string
	// The rest up to Secret is for StoreS3.
	Endpoint  string // https://host[:port], or http://
	Bucket    string
	Prefix    string // of all keys, empty or ending in a slash
	Signing   string // the region's name in signatures
	PathStyle bool   // the bucket stands in the path, and not before the host
	AccessKey string
	Secret    bool // there is a secret key
	// Bandwidth bounds what is copied to it, in bytes per second in each process;
	// 0 is no bound.
	Bandwidth int64
	Home      bool // the asking project is in it
	// Projects are those in it, by name, in which the actor has a role: where replicas
	// can go.
	Projects         []RegionProject
	Created, Updated Stamp
	Version          int64
}

// RegionProject is a project of a region.
type RegionProject struct{ ID, Name string }

// StoreKind says how objects are kept.
type StoreKind string

// The kinds of stores.
const (
	StoreFolder StoreKind = "folder" // of the machine
	StoreS3     StoreKind = "s3"     // what speaks the S3 protocol: OBS, MinIO, Ceph…
	// StoreCloud is a region of the cloud that the asking project lives in: where its
	// objects are only the cloud knows, and nobody changes it here.
	StoreCloud StoreKind = "cloud"
)

// RegionDraft is a region as somebody describes it. A zero Secret keeps the
// stored one, which must be given again when endpoint, bucket or access key
// change (S11). Paths of problems are "name", "kind", "folder", "endpoint",
// "bucket", "prefix", "signing", "access_key", "secret" and "bandwidth".
type RegionDraft struct {
	Name      string
	Kind      StoreKind
	Folder    string
	Endpoint  string
	Bucket    string
	Prefix    string
	Signing   string // "us-east-1" if empty
	PathStyle bool
	AccessKey string
	Secret    Secret `json:"-"`
	Bandwidth string // MiB per second as typed, a whole number; empty for no bound
}

// Entry is something in a store: a folder, or an object.
type Entry struct {
	Path string // from the store's root; a folder ends in a slash
	Size int64  // bytes, of an object
}

// MaxRegions bounds the regions.
const MaxRegions = 64
