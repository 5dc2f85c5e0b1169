package wire

import (
	"strings"

	"switchboard/internal/api"
)

// parameters say what the parameters of a path name, by the beginning of the path; the
// first that fits counts.
var parameters = []struct {
	path, name string
	id         func(g goods) string
}{
	{"", "project", func(g goods) string { return g.Project }},
	{"", "cluster", func(goods) string { return api.DefaultCluster }},
	{"", "provider", func(goods) string { return csbsProvider }},
	{"", "version", func(goods) string { return "v1" }},
	{"", "region", func(goods) string { return "spare" }},
	{ownAt + "/links", "id", func(g goods) string { return g.Link }},
	{"", "id", func(g goods) string { return g.Connection }},
	{"", "link", func(g goods) string { return g.Word }},
	{"", "queue", func(g goods) string { return g.Queue }},
	{"", "task", func(g goods) string { return g.AddressTest }},
	{"", "service", func(g goods) string { return g.Service }},
	{"", "permission", func(g goods) string { return g.Entry }},
	{"", "addition", func(g goods) string { return g.Addition }},
	{"", "endpoint", func(g goods) string { return g.Endpoint }},
	{"", "function", func(g goods) string { return g.Word }},
	{"", "alias", func(g goods) string { return g.Word }},
	{"", "policy", func(g goods) string { return g.Policy }},
	{"", "resource", func(g goods) string { return g.Resource }},
	{"", "checkpoint", func(g goods) string { return g.Checkpoint }},
	{"", "item", func(g goods) string { return g.Backup }},
	{"", "backup", func(g goods) string { return g.Backup }},
	{"", "run", func(g goods) string { return g.Replication }},
	{"", "record", func(g goods) string { return g.Record }},
	{"", "entry", func(g goods) string { return g.Change }},
	{ownAt + "/requests/:request/reason", "request", func(g goods) string { return g.Own }},
	{ownAt + "/requests/:request/withdraw", "request", func(g goods) string { return g.Own }},
	{"", "request", func(g goods) string { return g.Request }},
}

// names are what bodies and queries can have in braces.
func (g goods) names(w *town) map[string]string {
	return map[string]string{
		"word": g.Word, "queue": g.Queue, "service": g.Service, "endpoint": g.Endpoint, "entry": g.Entry, "resource": g.Resource,
		"policy": g.Policy, "backup": g.Backup, "digest": g.Digest, "region": "local-2", "there": w.there,
	}
}

// about is a call about some goods. swapped is a parameter of its path or a name in its
// body that is about others; ok is false if there is no such one, or it names the same.
func (w *town) about(c call, g, others goods, swapped string) (target, body string, ok bool) {
	path, query, asks := strings.Cut(c.path, "?")
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		name, is := strings.CutPrefix(segment, ":")
		if !is {
			continue
		}
		for _, p := range parameters {
			if p.name != name || !strings.HasPrefix(path, p.path) {
				continue
			}
			segments[i] = p.id(g)
			if name == swapped {
				ok, segments[i] = p.id(g) != p.id(others), p.id(others)
			}
			break
		}
	}
	target, body = strings.Join(segments, "/"), c.body
	if asks {
		target += "?" + query
	}
	foreign := others.names(w)
	for name, value := range g.names(w) {
		brace := "{" + name + "}"
		if name == swapped && strings.Contains(target+body, brace) {
			ok, value = ok || value != foreign[name], foreign[name]
		}
		target, body = strings.ReplaceAll(target, brace, value), strings.ReplaceAll(body, brace, value)
	}
	return target, body, ok || swapped == ""
}

// named are the parameters of a call's path, but for the project, and what its query
// and body have in braces.
func (c call) named(w *town) (all []string) {
	path, _, _ := strings.Cut(c.path, "?")
	for segment := range strings.SplitSeq(path, "/") {
		if name, is := strings.CutPrefix(segment, ":"); is && name != "project" {
			all = append(all, name)
		}
	}
	for name := range (goods{}).names(w) {
		if strings.Contains(c.path+c.body, "{"+name+"}") && name != "digest" && name != "word" {
			all = append(all, name)
		}
	}
	return all
}
