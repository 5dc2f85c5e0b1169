package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// Upstream is the regions that projects live in which do not live here. A change in
// such a project is made there first, and written down here as it was made.
type Upstream interface {
	// Away reports whether the project lives in a region.
	Away(ctx context.Context, project string) (bool, error)
	// Make makes a deed in the region of the project, once it was judged by what can be
	// known before, and returns it as it was made: with the ids that the region gave,
	// and with what it kept of the rest. It must be written down before done is called:
	// until then nothing of the project is taken over from the region. In a project that
	// lives here the deed comes back as it is.
	Make(ctx context.Context, s api.Scope, d api.Deed) (made api.Deed, done func(), err error)
	// Forwards reports whether the region of the project takes upstreams of functions, as
	// no cloud does, and another Switchboard does.
	Forwards(ctx context.Context, project string) (bool, error)
	// Look has a kind of the project read from its region, unless that was done just
	// now, and waits for it: while something is under way there, people may not be
	// looking.
	Look(ctx context.Context, project string, kind api.Kind) error
	// Refresh has what a region has of a kind, or of one object, read, and waits for it;
	// Trouble says that it was not read.
	Refresh(ctx context.Context, s api.Scope, kind api.Kind, of string) (api.Freshness, error)
}

// Follow has changes made where projects live. It must be called before anything else.
func (p *Plane) Follow(u Upstream) { p.upstream = u }

// there makes a deed in the region that the project lives in, if it lives in one. It is
// called after what may take long (checks) and before the transaction, which judges
// once more; done may always be called.
func there[D api.Deed](ctx context.Context, p *Plane, s api.Scope, d D) (made D, done func(), err error) {
	if p.upstream == nil {
		return d, func() {}, nil
	}
	answer, done, err := p.upstream.Make(ctx, s, d)
	if err != nil {
		return d, func() {}, err
	}
	return answer.(D), done, nil
}

// away reports whether the project lives in a region, where what it has becomes what it
// is without our doing.
func (p *Plane) away(ctx context.Context, project string) (bool, error) {
	if p.upstream == nil {
		return false, nil
	}
	return p.upstream.Away(ctx, project)
}

// cloudProjects are those that live in a region: a condition on rows with a project_id,
// for the work that the region does by itself.
const cloudProjects = "SELECT project_id FROM project_backends"

// here leaves out the rows of projects that live in a region.
func here(query *bun.SelectQuery) *bun.SelectQuery {
	return query.Where("project_id NOT IN (" + cloudProjects + ")")
}
