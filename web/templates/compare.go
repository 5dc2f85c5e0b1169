package templates

import (
	"context"
	"net/url"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/compare"
	"switchboard/internal/locale"
)

// CompareSuffix is where the comparison of a project stands below it, and ComparePlan and
// CompareCopy what is done there with what it shows.
const (
	CompareSuffix = "/compare"
	ComparePlan   = CompareSuffix + "/plan"
	CompareCopy   = CompareSuffix + "/copy"
)

// comparedID is the part of the page that shows what is different.
const comparedID = "compared"

// ComparedProject is a project that can be compared.
type ComparedProject struct {
	ID, Name string
	Copies   bool // the reader may copy into it
}

func (p *ComparedProject) path() string { return ProjectPath(p.ID) }

// CompareView is what is different between two projects. Other is nil until somebody has
// chosen one.
type CompareView struct {
	Here     ComparedProject
	Other    *ComparedProject
	Others   []ComparedProject
	Kinds    []api.Kind // chosen ones; none means all
	Show     compare.Show
	Search   string
	Cursor   string // with one kind
	Tick     string // the kind of which all is ticked, without JavaScript
	Sections []CompareSection
	Ages     []CompareAge                              // of those of the two that live in a region
	Place    func(there bool, t *compare.Thing) string // page of a thing
}

// CompareAge is how old that is what is compared of a project.
type CompareAge struct {
	RegionAge

	Project string
}

// CompareSection is what is different of a kind.
type CompareSection struct {
	Kind api.Kind
	Page compare.Page
}

// Parents are the objects that what is shown of the project here, or there, is a part of.
func (s *CompareSection) Parents(there bool) []string {
	var ids []string
	for i := range s.Page.Rows {
		thing := s.Page.Rows[i].Here
		if there {
			thing = s.Page.Rows[i].There
		}
		if thing != nil && thing.Parent != "" && !slices.Contains(ids, thing.Parent) {
			ids = append(ids, thing.Parent)
		}
	}
	return ids
}

func (v *CompareView) base() string { return v.Here.path() + CompareSuffix }

// query is the state of the page in its address, but for the cursor.
func (v *CompareView) query() url.Values {
	q := url.Values{}
	if v.Other != nil {
		q.Set("with", v.Other.ID)
	}
	for _, kind := range v.Kinds {
		q.Add("kind", string(kind))
	}
	if v.Show != "" {
		q.Set("show", string(v.Show))
	}
	if v.Search != "" {
		q.Set("q", v.Search)
	}
	return q
}

// here is the address of the page.
func (v *CompareView) here() string { return v.page(v.query(), v.Cursor) }

func (v *CompareView) page(q url.Values, cursor string) string {
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return address(v.base(), q)
}

// alone is the address of the comparison of one kind, from a cursor on.
func (v *CompareView) alone(kind api.Kind, cursor string) string {
	q := v.query()
	q["kind"] = []string{string(kind)}
	return v.page(q, cursor)
}

// ticking is the address of this page with all of a kind ticked.
func (v *CompareView) ticking(kind api.Kind) string {
	q := v.query()
	q.Set("tick", string(kind))
	return v.page(q, v.Cursor)
}

// chosen reports whether a kind was chosen.
func (v *CompareView) chosen(kind api.Kind) bool { return slices.Contains(v.Kinds, kind) }

// shownProjects is how many projects are offered outside of the list of all.
const shownProjects = 5

// with is the address of the comparison with a project.
func (v *CompareView) with(other ComparedProject) string {
	q := v.query()
	q.Set("with", other.ID)
	return address(v.base(), q)
}

// paged reports whether the page is about one kind, and goes on by a cursor.
func (v *CompareView) paged() bool { return len(v.Kinds) == 1 }

// copies reports whether what is ticked can be copied anywhere.
func (v *CompareView) copies() bool { return v.Here.Copies || v.Other != nil && v.Other.Copies }

// enter is where Enter in a row posts to.
func (v *CompareView) enter() string {
	if v.Other.Copies {
		return v.Other.path() + ComparePlan
	}
	return v.Here.path() + ComparePlan
}

// rows is how many things the page shows.
func (v *CompareView) rows() int {
	n := 0
	for i := range v.Sections {
		n += len(v.Sections[i].Page.Rows)
	}
	return n
}

// plain reports whether there is nothing to show of a kind but in a line.
func (v *CompareView) plain(s *CompareSection) bool {
	return len(s.Page.Rows) == 0 && len(s.Page.Named) == 0 && s.Page.Next == "" && v.Cursor == ""
}

func (v *CompareView) plainSections() (found []*CompareSection) {
	for i := range v.Sections {
		if v.plain(&v.Sections[i]) {
			found = append(found, &v.Sections[i])
		}
	}
	return found
}

// stateText says where a thing is.
func (v *CompareView) stateText(ctx context.Context, state compare.State) string {
	switch state {
	case compare.OnlyHere:
		return locale.T(ctx, "compare.only", "project", v.Here.Name)
	case compare.OnlyThere:
		return locale.T(ctx, "compare.only", "project", v.Other.Name)
	case compare.Different:
		return locale.T(ctx, "compare.different")
	default:
		return locale.T(ctx, "compare.unclear")
	}
}

func compareBadge(state compare.State) string {
	switch state {
	case compare.Different:
		return "badge-warned"
	case compare.Unclear:
		return "badge-skipped"
	default:
		return ""
	}
}

// direction says which project the old value of a difference is of, and which the new one.
func (v *CompareView) direction(ctx context.Context) string {
	return locale.T(ctx, "compare.direction", "here", v.Here.Name, "there", v.Other.Name)
}

// summary says what was looked at of a kind.
func (s *CompareSection) summary(ctx context.Context) string {
	text := locale.T(ctx, "compare.same", "count", s.Page.Same)
	if len(s.Page.Rows) == 0 && s.Page.Next == "" && s.Page.Same == 0 {
		return locale.T(ctx, "compare.nothing")
	}
	if s.Page.Next != "" {
		text += locale.T(ctx, "compare.looked", "count", s.Page.Looked)
	}
	return text
}

// keyName is what people call a thing.
func keyName(ctx context.Context, k compare.Key) string {
	if k.Kind == api.KindPermission {
		return accountName(ctx, k.Name)
	}
	return k.Name
}

// keyNote is what a thing is a part of, where that is not the usual.
func keyNote(k compare.Key) string {
	if k.Kind == api.KindLink && k.Of == api.DefaultCluster || k.Kind == api.KindFunction && k.Of == api.DefaultPackage {
		return ""
	}
	return k.Of
}

// difference is a row as a change from here to there.
func difference(r *compare.Row) api.Change {
	return api.Change{Kind: r.Key.Kind, Action: "update", ObjectName: r.Key.Name, Before: r.Here.View, After: r.There.View}
}
