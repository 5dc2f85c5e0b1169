package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

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
	http.Handler // shows them

	began    time.Time
	underWay prometheus.Gauge
	requests *prometheus.HistogramVec
	tasks    *prometheus.HistogramVec
	checks   *prometheus.HistogramVec
}

// newMetrics counts from now on. What cannot be found out when they are looked at is
// missing, and in the log.
func newMetrics(all *parts, log *slog.Logger) *metrics {
	registry := prometheus.NewRegistry()
	m := &metrics{
		Handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{
			ErrorHandling: promhttp.ContinueOnError, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), CoalesceGather: true,
		}),
		began: time.Now(),
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "switchboard_requests_under_way", Help: "Requests that are being answered, streams of events among them.",
		}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "switchboard_request_seconds", Help: "How long requests took to answer, by the template of their path.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route", "status"}),
		tasks: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "switchboard_job_seconds", Help: "How long tasks in the background took, by what they were about and how they ended.",
			Buckets: []float64{.01, .1, 1, 10, 60},
		}, []string{"kind", "result"}),
		checks: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "switchboard_check_seconds", Help: "How long systems took that were asked whether they answer, by what came of it.",
			Buckets: []float64{.01, .05, .1, .5, 1, 5, 10},
		}, []string{"status"}),
	}
	registry.MustRegister(m.underWay, m.requests, m.tasks, m.checks, buildInfo(all), newDatabaseMetrics(all.DB),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
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
	m.requests.WithLabelValues(method, r.Route, strconv.Itoa(status)).Observe(took.Seconds())
}

// worked counts a task. What was given up because the process stops is neither
// done nor failed.
func (m *metrics) worked(kind jobs.Kind, took time.Duration, err error) {
	switch {
	case err == nil:
		m.tasks.WithLabelValues(string(kind), "done").Observe(took.Seconds())
	case !errors.Is(err, context.Canceled):
		m.tasks.WithLabelValues(string(kind), "failed").Observe(took.Seconds())
	}
}

// checked counts a system that was asked.
func (m *metrics) checked(status api.Status, took time.Duration) {
	m.checks.WithLabelValues(string(status)).Observe(took.Seconds())
}

// toBearer shows next to whoever brings the token, by the scheme Bearer (RFC 6750 §2.1).
func toBearer(token string, next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, brought, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(strings.TrimSpace(brought)))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 || !strings.EqualFold(scheme, "Bearer") {
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
