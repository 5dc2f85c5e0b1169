package main

import (
	"context"
	"net/http"
	"net/netip"

	"switchboard/internal/api/embedded"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/wire"
	"switchboard/internal/handlers"
)

// newHandler makes what the server serves: the wire API at the dialect's
// paths, the pages everywhere else. Nothing in between cleans or redirects a
// path, because a signature covers it as it was sent.
func newHandler(s *served) http.Handler {
	plane := embedded.New(s.DB, s.Keys, probe.New(probe.Options{Own: []netip.AddrPort{s.Own}, Logger: s.Log}))
	programs := wire.New(wire.Options{
		Service: plane, Identity: s.Identity, Region: s.Region, LinkDepth: s.LinkDepth, Version: s.Version, Log: s.Log,
	})
	people := handlers.New(handlers.Options{
		Service: plane, Identity: s.Identity, Keys: s.Keys, Region: s.Region, Version: s.Version, Log: s.Log,
		LinkJSON: wire.LinkJSON,
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
		embedded.New(all.DB, all.Keys, nil).Reseal,
	}
}
