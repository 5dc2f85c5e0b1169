package main

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"switchboard/internal/api/audit"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/mirror"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/views"
	"switchboard/internal/api/wire"
	"switchboard/internal/handlers"
)

// newPlane makes the control plane, whose checks do not reach the server itself.
func newPlane(s *served) *embedded.Plane {
	checks := s.Checks
	checks.Own, checks.Logger, checks.Asked = s.own(), s.Log, s.Metrics.checked
	return embedded.New(s.DB, s.Keys, probe.New(checks), s.Keeps)
}

// govern puts what says who may do what around the control plane, and what keeps the
// audit log beside it. Both have work for the plane's engine.
func (s *served) govern(plane *embedded.Plane) {
	places := mirror.New(mirror.Options{Plane: plane, Backends: s.backends(), DB: s.DB, Log: s.Log, Age: s.Regions.regionAge})
	plane.Follow(places)
	s.Service = governance.New(governance.Options{
		Next: places, Backends: places, DB: s.DB, Keys: s.Keys, People: s.Identity, Nudge: plane.Nudge, Log: s.Log,
	})
	s.Audit = audit.New(s.DB, s.Keys)
}

// backends are where projects live; regions are reached as everything else is.
func (s *served) backends() *mirror.Backends {
	ways := s.Checks
	ways.Own, ways.Logger = s.own(), s.Log
	return mirror.NewBackends(mirror.BackendsOptions{
		DB: s.DB, Keys: s.Keys, Cloud: cloud.Options{Transport: probe.New(ways).Transport(), Log: s.Log, PerSecond: s.Regions.regionCalls}, Forget: embedded.Forget,
	})
}

// begin lets the control plane work in the background until ctx ends. stop, to
// be called before the database is closed, waits for that.
func begin(ctx context.Context, s *served, plane *embedded.Plane) (stop func(), err error) {
	err = plane.Start(ctx, embedded.Background{
		Checks: s.Checks.Concurrency, Slots: s.Checks.PerProject, Log: s.Log, Done: s.Metrics.worked,
		Also: slices.Concat(s.Service.Chores(), s.Audit.Chores()),
	})
	if err != nil {
		return nil, err
	}
	var watch sync.WaitGroup
	watched, end := context.WithCancel(ctx)
	watch.Go(func() { s.Audit.Watch(watched, plane.Nudge) })
	stop = sync.OnceFunc(func() {
		end()
		watch.Wait()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if err := plane.Stop(ctx); err != nil {
			s.Log.Warn("work in the background was cut off", "cause", err)
		}
	})
	context.AfterFunc(ctx, stop)
	return stop, nil
}

// newHandler makes what the server serves: the wire API at the dialect's
// paths, the pages everywhere else. Nothing in between cleans or redirects a
// path, because a signature covers it as it was sent.
func newHandler(s *served, plane *embedded.Plane) http.Handler {
	programs := wire.New(wire.Options{
		Service: s.Service, Requests: s.Service, Audit: s.Audit, Identity: s.Identity, Region: s.Region, LinkDepth: s.LinkDepth, Version: s.Version, Log: s.Log,
	})
	people := handlers.New(handlers.Options{
		Service: s.Service, Requests: s.Service, Backends: s.Service, Audit: s.Audit, Views: views.New(s.DB),
		Identity: s.Identity, Keys: s.Keys, Region: s.Region, Folders: s.Keeps.Folders, Version: s.Version, Log: s.Log,
		LinkJSON: wire.LinkJSON, AliasJSON: wire.AliasJSON, LinkFile: handlers.LinkFile{Write: wire.WriteLinks, Read: wire.ReadLinks}, Stopping: s.Stopping,
		OpenID: s.OpenID, PublicURL: s.PublicURL,
		About: s.about, Samples: samplesOf(s.Service, s.Region),
		Programs: handlers.Programs{
			Document: func(lang string) []byte { return wire.Document(lang, s.Version) },
			Serve: func(w http.ResponseWriter, r *http.Request, user identity.User, project identity.Project) {
				programs.ServeHTTP(w, wire.As(r, user, project))
			},
			Code: codeOf(s.Region),
		},
	})
	return operated(s, plane, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wire.Serves(r) {
			programs.ServeHTTP(w, r)
		} else {
			people.ServeHTTP(w, r)
		}
	}))
}

// setUpPath is the page where a token of identity.NewSetUpLink is used.
func setUpPath(token string) string { return "/set-up?token=" + token }

// resealers are everything that keeps sealed texts; each seals its own with the
// current key and says how many it changed.
func resealers(all *parts) []func(context.Context) (int, error) {
	return []func(context.Context) (int, error){
		all.Identity.Reseal,
		embedded.New(all.DB, all.Keys, nil, embedded.Options{}).Reseal,
		audit.New(all.DB, all.Keys).Reseal,
		governance.New(governance.Options{DB: all.DB, Keys: all.Keys}).Reseal,
		mirror.NewBackends(mirror.BackendsOptions{DB: all.DB, Keys: all.Keys}).Reseal,
	}
}
