package api

import (
	"cmp"
	"encoding/json"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Rules of policies (spec/replication.md §1.7); those marked are ours.
const (
	maxPolicyText   = 255  // characters of a description
	maxResourceWord = 255  // characters of an id or a name of a resource; ours
	maxResourcePath = 1024 // characters; ours
	maxPolicyExtra  = 8192 // bytes of what a program wants to have kept; ours
	reservedFolder  = ".switchboard"
)

// ReservedPrefix is where keys begin that the console makes itself. No resource
// lies there.
const ReservedPrefix = reservedFolder + "/"

// IsReserved reports whether the object or the folder of a key is the console's own.
// Case is folded, because some file systems do.
func IsReserved(key string) bool {
	first, _, _ := strings.Cut(key, "/")
	return strings.EqualFold(first, reservedFolder)
}

// PolicyTags are the rules for tags of policies and backups.
var PolicyTags = TagRules{Key: 36, Value: 43, Count: 10, Blank: true, Plain: true}

var policyName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Complete fills in what was left out.
func (d PolicyDraft) Complete() PolicyDraft {
	d.Parameters = cmp.Or(strings.TrimSpace(d.Parameters), "{}")
	resources := make([]ResourceDraft, len(d.Resources))
	for i, r := range d.Resources {
		resources[i] = r.complete()
	}
	operations := make([]OperationDraft, len(d.Operations))
	for i, o := range d.Operations {
		operations[i] = o.complete()
	}
	d.Resources, d.Operations = resources, operations
	return d
}

func (r ResourceDraft) complete() ResourceDraft {
	r.Type = cmp.Or(r.Type, ResourceType)
	r.Path = strings.Trim(strings.TrimSpace(cmp.Or(r.Path, r.Name)), "/")
	if r.Name == "" && r.Path != "" {
		r.Name = path.Base(r.Path)
	}
	r.Extra = cmp.Or(strings.TrimSpace(r.Extra), "{}")
	return r
}

// Problems judges the form of a complete draft, in form order. Whether names,
// resources and destinations are to be had is judged elsewhere.
func (d *PolicyDraft) Problems() []Problem {
	problems := fieldProblems("",
		fieldProblem{"name", policyNameProblem(d.Name)},
		fieldProblem{"description", descriptionProblem(d.Description, maxPolicyText)})
	problems = append(problems, d.resourceProblems()...)
	if len(d.Operations) > MaxOperations {
		problems = append(problems, Problem{"operations", M("policy.operations_many", "max", MaxOperations)})
	}
	for i := range d.Operations {
		problems = append(problems, fieldProblems("operations."+strconv.Itoa(i)+".", d.Operations[i].problems()...)...)
	}
	problems = append(problems, fieldProblems("", fieldProblem{"parameters", extraProblem(d.Parameters)})...)
	return append(problems, PolicyTags.Problems("tags", d.Tags)...)
}

func policyNameProblem(name string) Message {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return M("policy.name_required")
	case n > MaxPolicyName:
		return M("policy.name_too_long", "max", MaxPolicyName, "length", n)
	case !policyName.MatchString(name):
		return M("policy.name_form")
	}
	return Message{}
}

// resourceProblems judges the resources, and whether one lies in another.
func (d *PolicyDraft) resourceProblems() []Problem {
	var problems []Problem
	if len(d.Resources) > MaxResources {
		problems = append(problems, Problem{"resources", M("policy.resources_many", "max", MaxResources)})
	}
	for i := range d.Resources {
		r := &d.Resources[i]
		found := fieldProblems("resources."+strconv.Itoa(i)+".",
			fieldProblem{"id", resourceWordProblem(r.ID, true)},
			fieldProblem{"type", r.typeProblem()},
			fieldProblem{"name", resourceWordProblem(r.Name, r.Path == "")},
			fieldProblem{"path", ResourcePathProblem(r.Path)},
			fieldProblem{"extra", extraProblem(r.Extra)})
		if len(found) == 0 {
			found = d.meetProblems(i)
		}
		problems = append(problems, found...)
	}
	return problems
}

// meetProblems judges a resource beside those before it.
func (d *PolicyDraft) meetProblems(i int) []Problem {
	r, at := &d.Resources[i], "resources."+strconv.Itoa(i)
	for k := range min(i, MaxResources) {
		before := &d.Resources[k]
		switch {
		case r.ID != "" && r.ID == before.ID:
			return []Problem{{at + ".id", M("policy.resource_twice")}}
		case r.Path == before.Path:
			return []Problem{{at + ".path", M("policy.path_twice", "path", Shortened(r.Path))}}
		case within(r.Path, before.Path, "/"):
			return []Problem{{at + ".path", M("policy.path_within", "path", Shortened(before.Path))}}
		}
	}
	return nil
}

func (r *ResourceDraft) typeProblem() Message {
	if r.Type != ResourceType {
		return M("policy.resource_type", "type", ResourceType)
	}
	return Message{}
}

func resourceWordProblem(text string, optional bool) Message {
	switch {
	case text == "" && !optional:
		return M("policy.resource_name_required")
	case utf8.RuneCountInString(text) > maxResourceWord || !graphic(text):
		return M("policy.resource_word_form", "max", maxResourceWord)
	}
	return Message{}
}

// ResourcePathProblem judges the path of a folder or an object of a region, without
// slashes at its ends.
func ResourcePathProblem(text string) Message {
	switch {
	case text == "":
		return M("policy.path_required")
	case utf8.RuneCountInString(text) > maxResourcePath || !plainPath(text):
		return M("policy.path_form", "max", maxResourcePath)
	case IsReserved(text):
		return M("policy.path_reserved", "folder", ReservedPrefix)
	}
	return Message{}
}

// extraProblem judges what a program wants to have kept.
func extraProblem(text string) Message {
	var object map[string]json.RawMessage
	switch err := json.Unmarshal([]byte(text), &object); {
	case len(text) > maxPolicyExtra:
		return M("policy.extra_too_big", "max", maxPolicyExtra)
	case err != nil || object == nil || !utf8.ValidString(text) || strings.Contains(text, "\x00"):
		return M("policy.extra_form")
	}
	return Message{}
}
