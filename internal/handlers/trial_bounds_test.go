package handlers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBetweenWhichCountsSimulationsEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, percent, low, high int }{
		{1, 50, 0, 1},
		{10, 50, 1, 9}, // P(X = 0) is 0.1 %, P(X <= 1) is 1.1 %
		{100, 1, 0, 4}, // P(X <= 4) is 99.66 %
		{100, 99, 96, 100},
		{1000, 0, 0, 0},
		{1000, 100, 1000, 1000},
	} {
		low, high := usualCounts(c.n, c.percent)
		require.Equal(t, []int{c.low, c.high}, []int{low, high}, "%d draws of %d %%", c.n, c.percent)
	}
	low, high := usualCounts(1_000_000, 20) // 2.576 standard deviations of 400
	require.InDelta(t, 200_000-1030, low, 3)
	require.InDelta(t, 200_000+1030, high, 3)
}
