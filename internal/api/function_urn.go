package api

import (
	"regexp"
	"slices"
	"strings"
)

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

// urnQualifier stands in a URN after the last colon. It may have dots, and before
// an alias a mark; the other fields are plain words.
var urnQualifier = regexp.MustCompile(`^!?[A-Za-z0-9._-]+$`)

// ParseFunctionURN reads a URN in the full form or a shortened one; a form that
// names no package means DefaultPackage. Whether anything has that name is not
// looked at.
func ParseFunctionURN(text string) (u FunctionURN, ok bool) {
	const short, qualified, full, longest = 3, 4, 7, 8
	fields := strings.Split(text, ":")
	if n := len(fields); n == full || n == longest {
		if fields[0] != "urn" || fields[1] != "fss" || fields[4] != "function" || !plainWord.MatchString(fields[2]) {
			return FunctionURN{}, false
		}
		u.Region = fields[2]
		fields = slices.Delete(fields[3:], 1, 2)
	} else if n > qualified {
		return FunctionURN{}, false
	}
	if len(fields) == qualified {
		if u.Qualifier = fields[short]; !urnQualifier.MatchString(u.Qualifier) {
			return FunctionURN{}, false
		}
		fields = fields[:short]
	}
	for _, field := range fields {
		if !plainWord.MatchString(field) {
			return FunctionURN{}, false
		}
	}
	u.Package = DefaultPackage
	for i, part := range []*string{&u.Name, &u.Package, &u.Project}[:len(fields)] {
		*part = fields[len(fields)-1-i]
	}
	return u, true
}
