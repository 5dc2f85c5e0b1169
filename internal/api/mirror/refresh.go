package mirror

import (
	"context"
	"errors"
	"time"

	"switchboard/internal/api"
)

// readTime bounds how long a part is read from a region, with all its pages.
const readTime = 2 * time.Minute

// part is what is read from a region at once: a kind, or what one object has of it.
type part struct {
	kind api.Kind
	of   string // the id of that object, empty for all of the kind
}

// state is how far what is kept of a part is.
type state struct {
	api.Freshness
	stale   bool     // something was changed since it was read
	reading *reading // nil while nobody reads it
}

// reading is that a part is being read.
type reading struct {
	done  chan struct{} // closed when it was read
	since time.Time
}

// partOf is the part that all of a kind is read in, or what an object has of it; false
// if there is none, as of whitelists, of which each is read by itself.
func (m *Service) partOf(ctx context.Context, s api.Scope, kind api.Kind, of string) (part, bool) {
	switch kind {
	case api.KindQueue:
		return connectionPart, of == ""
	case api.KindAlias:
		if of == "" {
			return aliasesPart, true
		}
		alias, err := m.plane.Alias(ctx, s, of)
		return functionPart(alias.Function.ID), err == nil
	case api.KindPermission:
		return part{kind, of}, of != ""
	case api.KindFunction, api.KindEndpoint:
		return part{kind, of}, true
	}
	return part{kind: kind}, of == ""
}

// look reads a part from the region, all of it, and returns what takes it over.
func (m *Service) look(ctx context.Context, r *region, p part) (adopt func(ctx context.Context) error, err error) {
	switch p.kind {
	case api.KindLink:
		return m.lookLinks(ctx, r)
	case api.KindFunction:
		if p.of != "" {
			return m.lookFunction(ctx, r, p.of)
		}
		return m.lookFunctions(ctx, r)
	case api.KindAlias:
		return m.lookAliases(ctx, r)
	case api.KindConnection:
		return m.lookConnections(ctx, r)
	case api.KindEndpointService:
		return m.lookServices(ctx, r)
	case api.KindPermission:
		return m.lookPermissions(ctx, r, p.of)
	case api.KindEndpoint:
		return m.lookEndpoints(ctx, r, p.of)
	case api.KindPolicy:
		return m.lookPolicies(ctx, r)
	case api.KindBackup:
		return m.lookBackups(ctx, r)
	case api.KindReplication:
		return m.lookRecords(ctx, r)
	}
	return nil, errors.New("mirror: " + string(p.kind) + " is not read from regions")
}

// fresh has parts of a project read from its region, if what is kept of them is too
// old, and waits for that, for a bounded time. In one that lives here it does nothing.
// That the region does not answer is no error: what is kept is shown, with its age.
func (m *Service) fresh(ctx context.Context, s api.Scope, parts ...part) error {
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return err
	}
	return m.await(ctx, m.wait, r, m.age, parts...)
}

// forever is the patience of who needs to know.
const forever = 2 * readTime

// await has parts read that are older than age, and waits for that, until their reading
// takes longer than patience: whoever comes later to a region that hangs does not wait.
func (m *Service) await(ctx context.Context, patience time.Duration, r *region, age time.Duration, parts ...part) error {
	var readings []*reading
	for _, p := range parts {
		if read := m.begin(ctx, r, p, age); read != nil {
			readings = append(readings, read)
		}
	}
	for _, read := range readings {
		late := time.NewTimer(patience - m.now().Sub(read.since))
		select {
		case <-read.done:
		case <-late.C:
		case <-ctx.Done():
			late.Stop()
			return ctx.Err()
		}
		late.Stop()
	}
	return nil
}

// begin begins to read a part that is older than age; nil if it is young enough. Of those
// who ask at the same time one reads.
func (m *Service) begin(ctx context.Context, r *region, p part, age time.Duration) *reading {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.parts[p]
	if at == nil {
		at = new(state)
		at.Freshness = m.kept(ctx, r, p)
		at.stale = true // of this process nobody has read it
		r.parts[p] = at
	}
	if at.reading != nil {
		return at.reading
	}
	if !at.stale && m.now().Sub(at.Tried) < age {
		return nil
	}
	at.reading, at.stale = &reading{make(chan struct{}), m.now()}, false
	go m.read(context.WithoutCancel(ctx), r, p, at)
	return at.reading
}

// read reads a part and has it taken over. If something was changed meanwhile it reads
// once more; after that the next reader does.
func (m *Service) read(ctx context.Context, r *region, p part, at *state) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	var err error
	var taken bool
	for range 3 {
		began, seen := m.now(), r.gate.seen()
		var adopt func(context.Context) error
		if adopt, err = m.look(ctx, r, p); err == nil {
			taken, err = r.gate.take(seen, func() error { return adopt(ctx) })
		}
		if err != nil || taken {
			m.settle(ctx, r, p, at, began, err)
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	at.stale = true
	close(at.reading.done)
	at.reading = nil
}

// settle writes down how reading a part went.
func (m *Service) settle(ctx context.Context, r *region, p part, at *state, began time.Time, err error) {
	f := api.Freshness{Read: began, Tried: began}
	if err != nil {
		f.Trouble = trouble(err)
		m.log.WarnContext(ctx, "a region was not read", "project", r.scope.Project, "kind", p.kind, "of", p.of, "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		f.Read = at.Read
	}
	m.keep(ctx, r, p, at.Freshness, f)
	at.Freshness = f
	close(at.reading.done)
	at.reading = nil
}

// Look implements embedded.Upstream.
func (m *Service) Look(ctx context.Context, project string, kind api.Kind) error {
	r, err := m.region(ctx, project)
	if err != nil || r == nil {
		return err
	}
	return m.await(ctx, forever, r, m.age, part{kind: kind})
}

// trouble is why a region could not be read, for people.
func trouble(err error) api.Message {
	if e, ok := errors.AsType[*api.Error](err); ok {
		if len(e.Problems) > 0 {
			return e.Problems[0].Message
		}
		return e.Message
	}
	return api.M("backend.trouble")
}

// spoil has a part read again, by whoever asks for it next.
func (r *region) spoil(kinds ...api.Kind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p, at := range r.parts {
		for _, kind := range kinds {
			at.stale = at.stale || p.kind == kind
		}
	}
}

// Freshness implements api.Backends.
func (m *Service) Freshness(ctx context.Context, s api.Scope, kind api.Kind, of string) (api.Freshness, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return api.Freshness{}, err
	}
	p, is := m.partOf(ctx, s, kind, of)
	if !is {
		return api.Freshness{}, nil
	}
	return m.ageOf(ctx, r, p), nil
}

// ageOf is how old what is kept of a part is.
func (m *Service) ageOf(ctx context.Context, r *region, p part) api.Freshness {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.parts[p]
	if at == nil {
		return m.kept(ctx, r, p)
	}
	f := at.Freshness
	if at.reading != nil && f.Trouble.IsZero() && m.now().Sub(at.reading.since) >= m.wait {
		f.Tried, f.Trouble = at.reading.since, api.M("freshness.slow")
	}
	return f
}

// Refresh implements api.Backends.
func (m *Service) Refresh(ctx context.Context, s api.Scope, kind api.Kind, of string) (api.Freshness, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return api.Freshness{}, err
	}
	p, is := m.partOf(ctx, s, kind, of)
	if !is {
		return api.Freshness{}, nil
	}
	if err := m.await(ctx, forever, r, 0, p); err != nil {
		return api.Freshness{}, err
	}
	return m.ageOf(ctx, r, p), nil
}
