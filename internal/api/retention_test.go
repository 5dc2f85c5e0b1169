package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestRetentionKeepsWhatOneOfItsBoundsKeeps(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22 12:00")
	hourly := []string{
		"2026-11-22 11:00", "2026-11-22 10:00", "2026-11-21 23:00", "2026-11-21 15:30",
		"2026-11-20 12:00", "2026-10-31 10:00", "2025-12-31 10:00",
	}
	for name, test := range map[string]struct {
		retention api.Retention
		kept      []string
	}{
		"without bounds everything is kept":         {api.Retention{Max: api.Unlimited, Days: api.Unlimited}, hourly},
		"permanent overrules the rest":              {api.Retention{Max: 1, Permanent: true}, hourly},
		"the last so many":                          {api.Retention{Max: 3, Days: api.Unlimited}, hourly[:3]},
		"those younger than so many days":           {api.Retention{Days: 1}, hourly[:4]},
		"one that is exactly as old is not younger": {api.Retention{Days: 2}, hourly[:4]},
		"either bound keeps":                        {api.Retention{Max: 5, Days: 1}, hourly[:5]},
		"the last of each day":                      {api.Retention{Daily: 2}, []string{hourly[0], hourly[2]}},
		"days without a backup do not count":        {api.Retention{Daily: 4}, []string{hourly[0], hourly[2], hourly[4], hourly[5]}},
		"a day begins where the zone is":            {api.Retention{Daily: 3, Zone: "UTC+08:00"}, []string{hourly[0], hourly[3], hourly[4]}},
		"a day may end earlier":                     {api.Retention{Daily: 2, Zone: "UTC-10:30"}, []string{hourly[0], hourly[1]}},
		"the last of each week":                     {api.Retention{Weekly: 2}, []string{hourly[0], hourly[5]}},
		"the last of each month":                    {api.Retention{Monthly: 2}, []string{hourly[0], hourly[5]}},
		"the last of each year":                     {api.Retention{Yearly: 9}, []string{hourly[0], hourly[6]}},
		"generations add up":                        {api.Retention{Daily: 1, Monthly: 2, Yearly: 2}, []string{hourly[0], hourly[5], hourly[6]}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			created := make([]time.Time, len(hourly))
			for i := range hourly {
				created[i] = at(t, hourly[i])
			}
			var kept []string
			for i, expired := range test.retention.Expired(created, now) {
				if !expired {
					kept = append(kept, hourly[i])
				}
			}
			require.Equal(t, test.kept, kept)
		})
	}
}

func TestTheNewestBackupIsKeptHoweverOldItIs(t *testing.T) {
	t.Parallel()
	r := api.Retention{Days: 1, Max: api.Unlimited}
	old := at(t, "2020-01-01 00:00")
	require.Equal(t, []bool{false, true}, r.Expired([]time.Time{old, old.Add(-time.Hour)}, at(t, "2026-11-22 12:00")))
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04", text)
	require.NoError(t, err)
	return when
}
