package api

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"switchboard/internal/api/connector"
)

const (
	maxLinkName = 240      // characters; spec/links.md §4.1
	maxExtended = 16 << 10 // bytes of each part of extended-configs
)

var (
	linkName  = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}_.\-]*$`)
	clusterID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	// reserved are words that follow a link's name in paths of the dialect or
	// stand in its place.
	reserved = []string{"all", "enable", "disable", "verify"}
	// masks are texts that stand for a secret and never are one (S13).
	masks = regexp.MustCompile(`^([*•·●]{3,}|(?i:add password here\.?)|\[secret\])$`)
)

// NameProblems judges what identifies the link: name, cluster and connector.
func (d *LinkDraft) NameProblems() []Problem {
	var problems []Problem
	refuse := func(path, key string, args ...any) {
		problems = append(problems, Problem{path, M(key, args...)})
	}
	switch {
	case d.Name == "":
		refuse("name", "link.name_required")
	case utf8.RuneCountInString(d.Name) > maxLinkName:
		refuse("name", "link.name_too_long", "max", maxLinkName)
	case !linkName.MatchString(d.Name):
		refuse("name", "link.name_form")
	case slices.Contains(reserved, strings.ToLower(d.Name)):
		refuse("name", "link.name_reserved", "name", d.Name)
	}
	if !clusterID.MatchString(d.Cluster) {
		refuse("cluster", "link.cluster_form")
	}
	if d.Connector == "" {
		refuse("connector", "link.connector_required")
	} else if connector.Find(d.Connector) == nil {
		refuse("connector", "link.connector_unknown", "name", d.Connector)
	}
	if x := d.Extended; x != nil && (len(x.Name) > maxExtended || len(x.Value) > maxExtended) {
		refuse("extended", "link.extended_too_long", "max", maxExtended)
	}
	return problems
}

// InputProblems judges the inputs and the secrets. stored is the link that d
// takes untyped secrets from, or nil.
func (d *LinkDraft) InputProblems(stored *Link) []Problem {
	c := connector.Find(d.Connector)
	if c == nil {
		return nil
	}
	var problems []Problem
	for _, f := range c.Faults(d.Inputs, func(path string) bool { return d.has(path, stored) }) {
		if c.Input(f.Path) == nil && stored != nil && d.Inputs[f.Path] == stored.Inputs[f.Path] {
			continue // a region has it, and it stays
		}
		problems = append(problems, Problem{f.Path, M(f.Key, f.Args...)})
	}
	for _, path := range sortedKeys(d.Secrets) {
		if m := secretProblem(c.Input(path), path, d.Secrets[path]); !m.IsZero() {
			problems = append(problems, Problem{path, m})
		}
	}
	return append(problems, d.boundProblems(c, stored)...)
}

// has reports whether the draft will have a secret: one that was typed, or one
// that is kept.
func (d *LinkDraft) has(path string, stored *Link) bool {
	if typed, ok := d.Secrets[path]; ok {
		return !typed.IsZero()
	}
	return stored != nil && stored.HasSecret[path]
}

func secretProblem(in *connector.Input, path string, secret Secret) Message {
	text := secret.Reveal()
	switch {
	case in == nil || !in.Secret:
		return M("input.unknown", "name", path)
	case masks.MatchString(text):
		return M("link.secret_mask")
	case text == "":
		return Message{} // unset, which Faults judges
	}
	if _, fault := in.Judge(text); fault != nil {
		return M(fault.Key, fault.Args...)
	}
	return Message{}
}

// SameDestination reports whether the draft points where the stored link does,
// so that the stored secrets may be sent there.
func (d *LinkDraft) SameDestination(stored *Link) bool {
	c := connector.Find(d.Connector)
	if c == nil || stored.Connector != d.Connector {
		return false
	}
	_, same := c.SameDestination(stored.Inputs, d.Inputs)
	return same
}

// boundProblems asks again for every secret that would be sent somewhere else
// than it was typed for (S11): a new host must not receive the old password.
func (d *LinkDraft) boundProblems(c *connector.Connector, stored *Link) []Problem {
	if stored == nil {
		return nil
	}
	if d.SameDestination(stored) {
		return nil
	}
	var problems []Problem
	for _, path := range sortedKeys(stored.HasSecret) {
		in := c.Input(path)
		if _, typed := d.Secrets[path]; typed || in == nil || !c.Applies(in, d.Inputs) {
			continue
		}
		problems = append(problems, Problem{path, M("link.secret_again")})
	}
	return problems
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
