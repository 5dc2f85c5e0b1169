package main

import (
	"context"
	"net/http"
	"net/netip"
	"sync"

	"switchboard/internal/api/embedded"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/wire"
	"switchboard/internal/handlers"
)

// newPlane makes the control plane, whose checks do not reach the server itself.
func newPlane(s *served) *embedded.Plane {
	checks := s.Checks
	checks.Own, checks.Logger = []netip.AddrPort{s.Own}, s.Log
	return embedded.New(s.DB, s.Keys, probe.New(checks), s.Keeps)
}

// begin lets the control plane work in the background until ctx ends. stop, to
// be called before the database is closed, waits for that.
func begin(ctx context.Context, s *served, plane *embedded.Plane) (stop func(), err error) {
	err = plane.Start(ctx, embedded.Background{Checks: s.Checks.Concurrency, Slots: s.Checks.PerProject, Log: s.Log})
	if err != nil {
		return nil, err
	}
	stop = sync.OnceFunc(func() {
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
		Service: plane, Identity: s.Identity, Region: s.Region, LinkDepth: s.LinkDepth, Version: s.Version, Log: s.Log,
	})
	people := handlers.New(handlers.Options{
		Service: plane, Identity: s.Identity, Keys: s.Keys, Region: s.Region, Folders: s.Keeps.Folders, Version: s.Version, Log: s.Log,
		LinkJSON: wire.LinkJSON, AliasJSON: wire.AliasJSON, LinkFile: handlers.LinkFile{Write: wire.WriteLinks, Read: wire.ReadLinks}, Stopping: s.Stopping,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/healthz":
			w.WriteHeader(http.StatusNoContent)
		case wire.Serves(r):
			programs.ServeHTTP(w, r)
		default:
			people.ServeHTTP(w, r)
		}
	})
}

// setUpPath is the page where a token of identity.NewSetUpLink is used.
func setUpPath(token string) string { return "/set-up?token=" + token }

// resealers are everything that keeps sealed texts; each seals its own with the
// current key and says how many it changed.
func resealers(all *parts) []func(context.Context) (int, error) {
	return []func(context.Context) (int, error){
		all.Identity.Reseal,
		embedded.New(all.DB, all.Keys, nil, embedded.Options{}).Reseal,
	}
}
