package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"time"

	"switchboard/internal/api/embedded"
)

// Paths for whoever runs the server.
const (
	healthPath  = "/healthz"
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// readyTimeout bounds what is asked to find out whether the server is ready.
const readyTimeout = 2 * time.Second

// operated answers what is asked about the server itself, before next: whether
// it lives, whether it is ready and, to whoever brings the token, its metrics.
func operated(s *served, plane *embedded.Plane, next http.Handler) http.Handler {
	about, observed := operations(s, plane), s.observed(next)
	var numbers http.Handler
	if s.MetricsToken != "" {
		numbers = toBearer(s.MetricsToken, s.Metrics)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == healthPath || r.URL.Path == readyPath:
			about.ServeHTTP(w, r)
		case r.URL.Path == metricsPath && numbers != nil:
			numbers.ServeHTTP(w, r)
		default:
			observed.ServeHTTP(w, r)
		}
	})
}

// operations is all of that, the metrics to everybody: for an address that only
// those reach who may know.
func operations(s *served, plane *embedded.Plane) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(healthPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc(readyPath, func(w http.ResponseWriter, r *http.Request) { s.showReady(w, r, plane) })
	mux.Handle(metricsPath, s.Metrics)
	return mux
}

// readiness says what the server needs to answer requests: "ok", or "failing".
type readiness struct {
	Ready    bool   `json:"ready"`
	Database string `json:"database"`
	Keys     string `json:"keys"`
	Engine   string `json:"engine"`
}

var (
	errStopping = errors.New("the server stops")
	errIdle     = errors.New("work in the background stands still")
)

// showReady answers 200, or 503 with what is not as it should be. Why is in the
// log: whoever asks here has not said who he is.
func (s *served) showReady(w http.ResponseWriter, r *http.Request, plane *embedded.Plane) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	found := readiness{Ready: true}
	judge := func(into *string, err error) {
		*into = "ok"
		if err != nil {
			*into, found.Ready = "failing", false
			s.Log.Warn("not ready", "cause", err)
		}
	}
	_, err := s.DB.Read.ExecContext(ctx, "SELECT 1")
	judge(&found.Database, err)
	judge(&found.Keys, s.Identity.KeysOpen(ctx))
	judge(&found.Engine, s.working(plane))
	status := http.StatusOK
	if !found.Ready {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(found)
}

func (s *served) working(plane *embedded.Plane) error {
	select {
	case <-s.Stopping:
		return errStopping
	default:
	}
	if !plane.Works() {
		return errIdle
	}
	return nil
}

// host is the address that a request came from, without its port.
func host(r *http.Request) string {
	if addr, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return addr
	}
	return r.RemoteAddr
}
