package api

import "strings"

// FunctionURN names a function, or one of its versions or aliases
// (spec/aliases.md §2).
type FunctionURN struct {
	Region  string // empty in short forms
	Project string // its id; empty in the shortest forms
	Package string
	Name    string
	// Qualifier is a version, or "!" and an alias; empty means the function as a
	// whole, or LatestVersion where a version is needed.
	Qualifier string
}

// String is the full form.
func (u FunctionURN) String() string {
	text := "urn:fss:" + u.Region + ":" + u.Project + ":function:" + u.Package + ":" + u.Name
	if u.Qualifier != "" {
		text += ":" + u.Qualifier
	}
	return text
}

// Alias returns the alias that the qualifier names, if it names one.
func (u FunctionURN) Alias() (name string, ok bool) { return strings.CutPrefix(u.Qualifier, "!") }
