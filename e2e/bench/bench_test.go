package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/routing"
)

// TestMain lets the test's binary be the baseline's server and what copies, as
// bench is its own.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == baselineCommand || os.Args[1] == copyCommand) {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestEverythingIsMeasured(t *testing.T) {
	t.Parallel()
	binary, err := filepath.Abs("../../bin/console")
	require.NoError(t, err)
	require.FileExists(t, binary, "run make build first")

	report, err := measure(t.Context(), settings{
		binary: binary, folder: t.TempDir(), links: 4 * pageLinks, rounds: 1, turn: time.Millisecond, starts: 1,
	})
	require.NoError(t, err)
	for _, wanted := range []string{
		"## Goals", "## Machine", "| 4 KiB written and synced |", "## Cold start", "| page 4 of the list, the last one |",
		"## 200 links against 100", "## Weight of the pages", "| **htmx refresh of the list, 50 links** |", "| **signed to token** |",
		"## Creating links, 1 client", "## Creating links, 16 clients", "## Memory", "## Size of the binary",
		"## Health on the list", "## Whitelists, 1,000 entries against 500", "## Adding 50 accounts", "## Pasting 10,000 accounts",
		"## Invocations of an upstream that answers at once", "## Invocations of an upstream that works 5ms",
		"## Signing in", "| signing in to the hash of the password alone |", "## Audit log, 2,000 entries against 1,000",
		"## 3 replicas on one PostgreSQL", "| list page, 16 clients, 3 replicas to 1, rate |",
		"## Deciding which version a request gets", "## Simulating 1,000,000 requests",
	} {
		require.Contains(t, report, wanted)
	}
	require.NotContains(t, report, "NaN")
}

// It counts allocations, so nothing else runs.
func TestDecisionsAreMeasured(t *testing.T) {
	b := &bench{settings: settings{rounds: 1, turn: time.Millisecond}}
	require.NoError(t, b.decisions(t.Context()))
	report := b.text()
	for _, s := range situations() {
		require.Contains(t, report, "| decision, "+s.name+", allocations | 0 | 0 | met |")
		require.Contains(t, report, "| "+s.name+" | LaunchDarkly |")
		require.Contains(t, report, "| "+s.name+" | GrowthBook |")
	}
	require.Contains(t, report, "| simulating 1,000,000 requests by a key, processor | < 1.00 s |")
	require.NotContains(t, report, "NaN")
}

// A decision that another evaluator would not make ends the run.
func TestEvaluatorsMustAgree(t *testing.T) {
	t.Parallel()
	route := situations()[0].route
	other := route
	other.Combine = routing.Or
	require.ErrorContains(t, sameAnswers(&route, []evaluator{switchboard(&route), switchboard(&other)}), "answers something else")
	require.ErrorContains(t, sameAnswers(&routing.Route{}, []evaluator{switchboard(&routing.Route{})}), "gave one answer only")
}

func TestBenchmarksOfTheModuleAreRead(t *testing.T) {
	t.Parallel()
	found := readBenchmarks(`
BenchmarkCheck/mysql-2         	     200	    787099 ns/op	       391.0 check-µs	       1.262 ratio
BenchmarkTick/0_of_100_due-2   	     200	    114091 ns/op	   19427 B/op	     114 allocs/op
PASS
`)
	require.Equal(t, map[string]map[string]float64{
		"Check/mysql":       {"ns/op": 787099, "check-µs": 391, "ratio": 1.262},
		"Tick/0_of_100_due": {"ns/op": 114091, "B/op": 19427, "allocs/op": 114},
	}, found)
}

func TestAuthorisationIsToldOf(t *testing.T) {
	t.Parallel()
	b := &bench{}
	b.authorisation(readBenchmarks(`
BenchmarkAuthorisation/list/editor-2         	     200	   5347689 ns/op	      2010 bare-µs	         1.041 ratio	        52.1 roles-µs	      1954 served-µs
BenchmarkAuthorisation/form/admin-2          	     200	   3823972 ns/op	      1165 bare-µs	         1.180 ratio	        36.6 roles-µs	      1213 served-µs
`))
	report := b.text()
	require.Contains(t, report, "| list page, 50 links, editor | 1.95 ms | 2.01 ms | 52.1 µs | 1.04 |")
	require.Contains(t, report, "| authorisation, list page, 50 links, editor, to the bare page | ≤ 1.05 | 1.04 | met |")
	require.Contains(t, report, "| authorisation, form page of a new MySQL link, admin of the project, to the bare page | ≤ 1.05 | 1.18 | missed |")
	require.Contains(t, report, "| authorisation, form page of a new MySQL link, editor, to the bare page | ≤ 1.05 | 0.00 | missed |", "what was not measured is not met")
}

func TestSpread(t *testing.T) {
	t.Parallel()
	t.Run("the median is not moved by one bad round", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, spread{median: 3, low: 2, high: 4}, spreadOf([]float64{2, 100, 3, 4, 1}))
	})
	t.Run("a ratio compares what happened in the same round", func(t *testing.T) {
		t.Parallel()
		slow := []sample{{rate: 10}, {rate: 100}, {rate: 1000}}
		fast := []sample{{rate: 20}, {rate: 200}, {rate: 2000}}
		require.Equal(t, spread{2, 2, 2}, figure(rate).ratio(fast, slow))
	})
	t.Run("nothing measured is no number", func(t *testing.T) {
		t.Parallel()
		require.Zero(t, spreadOf(nil))
	})
}

func TestNumbersHaveThreeDigits(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1.23", digits(1.234))
	require.Equal(t, "12.3", digits(12.34))
	require.Equal(t, "1234", digits(1234.4))
	require.Equal(t, "1.50 ms", seconds(0.0015))
	require.Equal(t, "84.0 µs", seconds(0.000084))
	require.Equal(t, "100,000", thousands(100_000))
	require.Equal(t, "50", thousands(50))
}

func TestCopiesAreMeasured(t *testing.T) {
	t.Parallel()
	binary, err := filepath.Abs("../../bin/console")
	require.NoError(t, err)
	b := &bench{settings: settings{binary: binary, folder: t.TempDir(), copyRounds: 1, copyShare: 64}}
	require.NoError(t, b.copies(t.Context()))
	report := b.text()
	for _, wanted := range []string{
		"## Copying 1 objects of 32 MiB from folder to folder", "## Copying 156 objects of 4 KiB from folder to folder", "## Copying: memory",
		"| ours: durable, verified |", "| cp -r, then sync -f |", "| memory of a copy, 100 times as many |",
	} {
		require.Contains(t, report, wanted)
	}
	require.NotContains(t, report, "NaN")
}
