package main

import (
	"fmt"
	"slices"
	"time"
)

// spread is what many rounds said of one figure: the middle, and the bounds of
// the middle half.
type spread struct{ median, low, high float64 }

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	at := func(part float64) float64 { return sorted[int(part*float64(len(sorted)-1)+0.5)] }
	return spread{at(0.5), at(0.25), at(0.75)}
}

// figure is one number of a sample.
type figure func(sample) float64

func latency(s sample) float64 { return s.latency.Seconds() }
func rate(s sample) float64    { return s.rate }
func cpu(s sample) float64     { return s.cpu.Seconds() }

// of is the spread of a figure over all rounds.
func (f figure) of(samples []sample) spread {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = f(s)
	}
	return spreadOf(values)
}

// ratio is the spread of a figure divided by the same figure of the baseline
// in the same round.
func (f figure) ratio(samples, baseline []sample) spread {
	var values []float64
	for i, s := range samples {
		if base := f(baseline[i]); base > 0 {
			values = append(values, f(s)/base)
		}
	}
	return spreadOf(values)
}

// more is the spread of what a figure is beyond the same figure of the baseline in the
// same round.
func (f figure) more(samples, baseline []sample) spread {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = f(s) - f(baseline[i])
	}
	return spreadOf(values)
}

// times prints a ratio, with the middle half of the rounds.
func (s spread) times() string {
	return fmt.Sprintf("%s (%s–%s)", digits(s.median), digits(s.low), digits(s.high))
}

// short prints a median of seconds.
func (s spread) short() string { return seconds(s.median) }

func seconds(s float64) string {
	switch d := time.Duration(s * float64(time.Second)); {
	case d < time.Millisecond:
		return digits(s*1e6) + " µs"
	case d < time.Second:
		return digits(s*1e3) + " ms"
	default:
		return digits(s) + " s"
	}
}

// digits prints a number with the digits that mean something: three.
func digits(n float64) string {
	switch {
	case n >= 100:
		return fmt.Sprintf("%.0f", n)
	case n >= 10:
		return fmt.Sprintf("%.1f", n)
	default:
		return fmt.Sprintf("%.2f", n)
	}
}

func median(values []time.Duration) time.Duration {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// kilobytes prints a size; 1 kB is 1,000 bytes, as on the wire.
func kilobytes(bytes int) string { return fmt.Sprintf("%.1f kB", float64(bytes)/1000) }

// megabytes prints a size of memory or of a file.
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
