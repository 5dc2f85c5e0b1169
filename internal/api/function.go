package api

import (
	"context"
	"time"
)

// Functions is the part of Service about functions and their versions, so far
// as aliases need them (spec/aliases.md §8). Nothing runs them here: what a
// version answers comes from its Upstream.
type Functions interface {
	// ListFunctions returns a page of functions.
	ListFunctions(ctx context.Context, s Scope, q FunctionQuery) (Page[Function], error)
	// CountFunctions counts what a query finds; cursor, offset and limit do not
	// matter.
	CountFunctions(ctx context.Context, s Scope, q FunctionQuery) (int, error)
	// Function returns one by id, or NotFound.
	Function(ctx context.Context, s Scope, id string) (Function, error)
	// FindFunction returns the one of that package and name, or NotFound.
	FindFunction(ctx context.Context, s Scope, pkg, name string) (Function, error)
	// ValidateFunction judges the form alone: Invalid, Conflict or nil. id is the
	// function that the draft edits, empty for a new one.
	ValidateFunction(ctx context.Context, s Scope, id string, d FunctionDraft) error
	// CreateFunction stores a function; LatestVersion is what the draft says.
	CreateFunction(ctx context.Context, s Scope, d FunctionDraft) (Function, error)
	// UpdateFunction replaces what LatestVersion is. Package and name stay. If
	// version is not 0 and not the stored one, somebody was faster: Conflict.
	UpdateFunction(ctx context.Context, s Scope, id string, d FunctionDraft, version int64) (Function, error)
	// PatchFunction changes what LatestVersion is: patch gets a draft that would
	// leave it as it is, and nobody changes it meanwhile. It may be called again,
	// and should do nothing else. An error of patch is returned.
	PatchFunction(ctx context.Context, s Scope, id string, patch func(d *FunctionDraft) error) (Function, error)
	// DeleteFunction removes a function with its versions, aliases and ramps;
	// version as in UpdateFunction. Where aliases go along, a person is asked for
	// its name: what calls them fails from then on.
	DeleteFunction(ctx context.Context, s Scope, id string, version int64, confirm Confirmation) error

	// Versions returns all versions of a function: LatestVersion, then the
	// newest first.
	Versions(ctx context.Context, s Scope, function string) ([]Version, error)
	// Version returns one by name, or NotFound.
	Version(ctx context.Context, s Scope, function, name string) (Version, error)
	// ValidateVersion judges the form alone: Invalid, Conflict, Limit or nil.
	ValidateVersion(ctx context.Context, s Scope, function string, d VersionDraft) error
	// PublishVersion keeps what LatestVersion is now under a name of its own.
	// Invalid if nothing changed since the last publication, Conflict if the name
	// is taken, Limit above MaxVersions.
	PublishVersion(ctx context.Context, s Scope, function string, d VersionDraft) (Version, error)
	// SetUpstream says where invocations of a version go from now on; empty means
	// nowhere. Of LatestVersion it is a change that can be published. Problems are
	// at "upstream".
	SetUpstream(ctx context.Context, s Scope, function, version, upstream string) (Version, error)
	// DeleteVersion removes a published version and the aliases whose main
	// version it is. Conflict while it is the additional version of one, and for
	// LatestVersion. Where aliases go along, a person is asked for its name.
	DeleteVersion(ctx context.Context, s Scope, function, name string, confirm Confirmation) error
}

// LatestVersion is the version that can be changed. Every function has it.
const LatestVersion = "latest"

// DefaultPackage is the package of functions that name none.
const DefaultPackage = "default"

// Function is a stored function.
type Function struct {
	ID      string // UUIDv7
	Package string
	Name    string
	Latest  Version
	Created Stamp
	Updated Stamp // when Latest was changed last
	Version int64
	// Versions and Aliases count those it has, LatestVersion included.
	Versions, Aliases int
}

// Version is a function as it is under one name.
type Version struct {
	Name        string
	Description string // of a published version, why it was published
	Config      FunctionConfig
	Code        FunctionCode
	Upstream    string // http or https URL; empty if nothing answers for it
	Created     Stamp
	Updated     Stamp
	// Main and Additional are the aliases that lead to it, by name.
	Main, Additional []Used
}

// FunctionConfig is what a version is, apart from its code. The dialect's words
// are in spec/aliases.md §8.1.
type FunctionConfig struct {
	Description       string        `json:"description"`
	Runtime           string        `json:"runtime"` // one of Runtimes
	Handler           string        `json:"handler"`
	Timeout           time.Duration `json:"timeout"` // whole seconds
	MemoryMB          int           `json:"memory_size"`
	UserData          string        `json:"user_data"` // a JSON object as text, empty if none
	XRole             string        `json:"xrole"`
	AppXRole          string        `json:"app_xrole"`
	Type              string        `json:"type"` // "v1" or "v2"
	EnterpriseProject string        `json:"enterprise_project_id"`
	// Concurrency is how many instances may run at once: 0 is none, which disables
	// the version, and nil is no limit. PerInstance is how many calls one of them
	// takes at once, nil is one: it is only kept.
	Concurrency *int `json:"concurrency,omitempty"`
	PerInstance *int `json:"concurrent_num,omitempty"`
	// Kept is what else the dialect can say of a version, as JSON texts by its
	// names. Nothing here uses it.
	Kept map[string]string `json:"kept,omitempty"`
}

// Disabled reports whether the version must not be called (spec/aliases.md §6).
func (c *FunctionConfig) Disabled() bool { return c.Concurrency != nil && *c.Concurrency == 0 }

// FunctionCode says what a version's code is. The code itself is not kept,
// because nothing here runs it; its digest tells whether it changed.
type FunctionCode struct {
	Type     string `json:"code_type"` // one of CodeTypes
	URL      string `json:"code_url"`
	Filename string `json:"code_filename"`
	Link     string `json:"code_link,omitempty"` // only kept
	Size     int64  `json:"code_size"`           // bytes
	Digest   string `json:"digest"`              // SHA-512 in hex
}

// FunctionDraft is a function as somebody describes it. Paths of problems are
// the dialect's: "func_name", "package", "description", "runtime", "handler",
// "timeout", "memory_size", "user_data", "code_type", "func_code", "code_url",
// "func_code.link", "code_filename", "type", "xrole", "app_xrole",
// "enterprise_project_id", "strategy_config.concurrency",
// "strategy_config.concurrent_num", the names in Kept and our "upstream".
type FunctionDraft struct {
	Package  string // DefaultPackage if empty
	Name     string
	Config   FunctionConfig
	Code     FunctionCode // without digest and size, which come from File
	File     []byte       // code, as it was uploaded; nil keeps what is there
	Upstream string
}

// VersionDraft is a version to be published. Paths of problems are "version",
// "description" and "digest".
type VersionDraft struct {
	Name        string // "vYYYYMMDD-HHMMSS" if empty
	Description string
	Digest      string // if set, LatestVersion must have it
}

// FunctionQuery asks for a page of functions.
type FunctionQuery struct {
	Search  string // text that the name contains, any case
	Name    string // text that the name contains, as written: the dialect's func_name
	Package string // only this one, if set
	Sort    string // one of FunctionSorts, by name if empty
	Desc    bool
	Cursor  string
	Offset  int // rows to skip: the dialect pages so, the console does not
	Limit   int // 1 … MaxFunctionPage, DefaultPage if 0
}

// FunctionSorts are the columns a list of functions can be sorted by.
var FunctionSorts = []string{"name", "updated", "created"}

// Bounds of functions (spec/aliases.md §8; those marked are ours).
const (
	MaxFunctions      = 10_000 // of a project; ours, the cloud begins with 400
	MaxFunctionPage   = 400
	MaxVersions       = 20 // of a function, LatestVersion included
	MaxFunctionName   = 60
	MaxVersionName    = 42
	MaxFunctionText   = 512              // characters of a description, also of an alias
	MaxInlineCode     = 10 << 10         // bytes
	MaxCodeFile       = 50 << 20         // bytes
	MaxUserData       = 4 << 10          // bytes
	MaxConcurrency    = 1000             // instances, and calls of one of them
	MaxKept           = 64 << 10         // bytes of all that is only kept of a version; ours
	MaxUpstream       = 2048             // characters; ours
	MaxInvocationBody = 6 << 20          // bytes, request and answer
	MaxInvocationTime = 15 * time.Minute // whatever a version's timeout says; ours
)

// Runtimes are what functions can be written for (spec/aliases.md §8.1). Two of
// them are for functions that speak HTTP themselves.
var Runtimes = []string{
	"Java8", "Java11", "Java17",
	"Node.js6.10", "Node.js8.10", "Node.js10.16", "Node.js12.13", "Node.js14.18", "Node.js16.17", "Node.js18.15",
	"Python2.7", "Python3.6", "Python3.9", "Python3.10",
	"Go1.8", "Go1.x",
	"C#(.NET Core 2.0)", "C#(.NET Core 2.1)", "C#(.NET Core 3.1)", "C#(.NET Core 6.0)",
	"PHP7.3", "PHP8.3",
	RuntimeCustom, RuntimeHTTP, RuntimeImage, "Cangjie1.0",
}

// Runtimes with rules of their own.
const (
	RuntimeCustom = "Custom"
	RuntimeHTTP   = "http"
	RuntimeImage  = "Custom Image"
)

// CodeTypes are the ways code comes to a function. CodeImage has none.
var CodeTypes = []string{codeInline, "zip", codeOBS, "jar", CodeImage}

// CodeImage is the code type of RuntimeImage.
const CodeImage = "Custom-Image-Swr"

// MemorySizes are those a function can have, in MB.
var MemorySizes = []int{128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096}
