package telemetry

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Histogram counts how long things took, apart for each combination of its
// labels' values. Those must be few: each is kept until the process ends.
type Histogram struct {
	Name, Help string
	Labels     []string
	Bounds     []float64 // seconds, ascending; what takes longer is counted besides

	mu     sync.Mutex
	series map[string]*series
}

type series struct {
	labels []string // names and values in turn
	counts []uint64 // by bound, and one for what took longer
	sum    float64
}

// Observe counts something that took so long; values are those of the labels, in
// their order.
func (h *Histogram) Observe(took time.Duration, values ...string) {
	seconds := took.Seconds()
	at, _ := slices.BinarySearch(h.Bounds, seconds)
	key := strings.Join(values, "\x00")
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.series[key]
	if s == nil {
		s = h.add(key, values)
	}
	s.counts[at]++
	s.sum += seconds
}

func (h *Histogram) add(key string, values []string) *series {
	s := &series{counts: make([]uint64, len(h.Bounds)+1)}
	for i, name := range h.Labels {
		s.labels = append(s.labels, name, values[i])
	}
	if h.series == nil {
		h.series = map[string]*series{}
	}
	h.series[key] = s
	return s
}

// Histogram writes one, its series in order.
func (e *Exposition) Histogram(h *Histogram) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.head(h.Name, h.Help, "histogram")
	for _, key := range slices.Sorted(maps.Keys(h.series)) {
		s := h.series[key]
		var all uint64
		for i, count := range s.counts {
			all += count
			bound := "+Inf"
			if i < len(h.Bounds) {
				bound = number(h.Bounds[i])
			}
			e.sample(h.Name+"_bucket", float64(all), append(slices.Clip(s.labels), "le", bound))
		}
		e.sample(h.Name+"_sum", s.sum, s.labels)
		e.sample(h.Name+"_count", float64(all), s.labels)
	}
}
