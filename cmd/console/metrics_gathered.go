package main

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchboard/internal/api/store"
)

// buildInfo says what runs.
func buildInfo(all *parts) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchboard_build_info", Help: "Always 1; the labels say what is running.",
		ConstLabels: prometheus.Labels{"version": all.Version, "go": runtime.Version(), "database": all.DB.Kind()},
	}, func() float64 { return 1 })
}

// waitingTimeout bounds the questions that a look at the metrics asks.
const waitingTimeout = 5 * time.Second

// databaseMetrics are what the database knows, and its pool of connections. They are
// found out when somebody looks.
type databaseMetrics struct {
	db                 *store.DB
	approvals, entries *prometheus.Desc
	most, open, used   *prometheus.Desc
	waits, waited      *prometheus.Desc
}

func newDatabaseMetrics(db *store.DB) *databaseMetrics {
	metric := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("switchboard_"+name, help, nil, nil)
	}
	return &databaseMetrics{
		db:        db,
		approvals: metric("approvals_waiting", "Changes that somebody asked for and nobody has decided on."),
		entries:   metric("audit_unsealed", "Audit entries that are not part of the chain yet."),
		most:      metric("database_connections_max", "Connections to the database that there may be."),
		open:      metric("database_connections_open", "Connections to the database that there are."),
		used:      metric("database_connections_used", "Connections to the database that are in use."),
		waits:     metric("database_waits_total", "How often somebody waited for a connection."),
		waited:    metric("database_wait_seconds_total", "How long they waited."),
	}
}

// Describe implements prometheus.Collector.
func (m *databaseMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, what := range []*prometheus.Desc{m.approvals, m.entries, m.most, m.open, m.used, m.waits, m.waited} {
		to <- what
	}
}

// Collect implements prometheus.Collector. If the database does not answer, what it
// would say is missing.
func (m *databaseMetrics) Collect(to chan<- prometheus.Metric) {
	gauge := func(what *prometheus.Desc, n int64) {
		to <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, float64(n))
	}
	ctx, cancel := context.WithTimeout(context.Background(), waitingTimeout)
	defer cancel()
	if approvals, entries, err := m.db.Waiting(ctx); err == nil {
		gauge(m.approvals, approvals)
		gauge(m.entries, entries)
	} else {
		to <- prometheus.NewInvalidMetric(m.approvals, err)
	}
	pool := m.db.Read.Stats()
	gauge(m.most, int64(pool.MaxOpenConnections))
	gauge(m.open, int64(pool.OpenConnections))
	gauge(m.used, int64(pool.InUse))
	to <- prometheus.MustNewConstMetric(m.waits, prometheus.CounterValue, float64(pool.WaitCount))
	to <- prometheus.MustNewConstMetric(m.waited, prometheus.CounterValue, pool.WaitDuration.Seconds())
}
