package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/telemetry"
)

// envMetrics is the token that opens the metrics at the server's own address.
const envMetrics = envPrefix + "METRICS_TOKEN"

// minMetricsToken is how long it must be, in bytes: it is no password that a
// person has to remember.
const minMetricsToken = 16

// metrics count what this process does. Their labels are kinds, routes and
// results: never an id, or the name of anything that somebody made.
type metrics struct {
	*parts

	began    time.Time
	underWay atomic.Int64 // requests
	requests telemetry.Histogram
	tasks    telemetry.Histogram
	checks   telemetry.Histogram
}

func newMetrics(all *parts) *metrics {
	return &metrics{
		parts: all, began: time.Now(),
		requests: telemetry.Histogram{
			Name: "switchboard_request_seconds", Help: "How long requests took to answer, by the template of their path.",
			Labels: []string{"method", "route", "status"}, Bounds: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		},
		tasks: telemetry.Histogram{
			Name: "switchboard_job_seconds", Help: "How long tasks in the background took, by what they were about and how they ended.",
			Labels: []string{"kind", "result"}, Bounds: []float64{.01, .1, 1, 10, 60},
		},
		checks: telemetry.Histogram{
			Name: "switchboard_check_seconds", Help: "How long systems took that were asked whether they answer, by what came of it.",
			Labels: []string{"status"}, Bounds: []float64{.01, .05, .1, .5, 1, 5, 10},
		},
	}
}

// methods are those that are told apart; whoever sends others cannot make labels.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// answered counts a request.
func (m *metrics) answered(method string, r *telemetry.Request, status int, took time.Duration) {
	if !slices.Contains(methods, method) {
		method = "other"
	}
	m.requests.Observe(took, method, r.Route, strconv.Itoa(status))
}

// worked counts a task. What was given up because the process stops is neither
// done nor failed.
func (m *metrics) worked(kind jobs.Kind, took time.Duration, err error) {
	switch {
	case err == nil:
		m.tasks.Observe(took, string(kind), "done")
	case !errors.Is(err, context.Canceled):
		m.tasks.Observe(took, string(kind), "failed")
	}
}

// checked counts a system that was asked.
func (m *metrics) checked(status api.Status, took time.Duration) {
	m.checks.Observe(took, string(status))
}

// waitingTimeout bounds the questions that a look at the metrics asks.
const waitingTimeout = 5 * time.Second

// ServeHTTP shows the metrics. If the database does not answer, what it would say
// is missing, and the rest is there.
func (m *metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), waitingTimeout)
	defer cancel()
	approvals, entries, err := m.DB.Waiting(ctx)
	w.Header().Set("Content-Type", telemetry.ContentType)
	e := telemetry.NewExposition(w)
	e.Gauge("switchboard_build_info", "Always 1; the labels say what is running.", 1,
		"version", m.Version, "go", runtime.Version(), "database", m.DB.Kind())
	e.Gauge("switchboard_requests_under_way", "Requests that are being answered, streams of events among them.", float64(m.underWay.Load()))
	for _, h := range []*telemetry.Histogram{&m.requests, &m.tasks, &m.checks} {
		e.Histogram(h)
	}
	if err == nil {
		e.Gauge("switchboard_approvals_waiting", "Changes that somebody asked for and nobody has decided on.", float64(approvals))
		e.Gauge("switchboard_audit_unsealed", "Audit entries that are not part of the chain yet.", float64(entries))
	}
	m.writePool(e)
	m.writeProcess(e)
	_ = e.Flush()
}

func (m *metrics) writePool(e *telemetry.Exposition) {
	pool := m.DB.Read.Stats()
	e.Gauge("switchboard_database_connections_max", "Connections to the database that there may be.", float64(pool.MaxOpenConnections))
	e.Gauge("switchboard_database_connections_open", "Connections to the database that there are.", float64(pool.OpenConnections))
	e.Gauge("switchboard_database_connections_used", "Connections to the database that are in use.", float64(pool.InUse))
	e.Counter("switchboard_database_waits_total", "How often somebody waited for a connection.", float64(pool.WaitCount))
	e.Counter("switchboard_database_wait_seconds_total", "How long they waited.", pool.WaitDuration.Seconds())
}

func (m *metrics) writeProcess(e *telemetry.Exposition) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	e.Gauge("process_start_time_seconds", "When the process began, since 1970.", float64(m.began.UnixMilli())/1000)
	e.Gauge("go_goroutines", "Goroutines that there are.", float64(runtime.NumGoroutine()))
	e.Gauge("go_memstats_heap_alloc_bytes", "Bytes of objects in memory.", float64(memory.HeapAlloc))
	e.Gauge("go_memstats_sys_bytes", "Bytes of memory from the system.", float64(memory.Sys))
}

// toBearer shows next to whoever brings the token.
func toBearer(token string, next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		brought, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if got := sha256.Sum256([]byte(brought)); subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "the metrics are for whoever brings their token", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// metricsToken is the token in the environment, "" if there is none.
func (p *program) metricsToken() (string, error) {
	token := p.getenv(envMetrics)
	if token != "" && len(token) < minMetricsToken {
		return "", fmt.Errorf("%s: use at least %d characters, such as those of: openssl rand -hex 16", envMetrics, minMetricsToken)
	}
	return token, nil
}
