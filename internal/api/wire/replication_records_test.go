package wire

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestListsOfRecords(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	require.Equal(t, `{"replication_records":[],"count":0}`, k.send("GET", k.csbs("/replication_records"), "").Body.String())
	require.Equal(t, http.StatusOK, k.send("POST", k.provided("/checkpoints/replicate"), k.to("local-2", k.target.Projects[0].ID, "")).Code)
	all := k.ended(t, "?sort=id:asc").Records
	require.Len(t, all, 2)
	for query, want := range map[string]struct {
		records []recordJSON
		count   int
	}{
		"":                                 {[]recordJSON{all[1], all[0]}, 2},
		"?limit=1&sort=created_at:asc":     {all[:1], 2},
		"?limit=1&sort=id:asc&offset=1":    {all[1:], 2},
		"?sort=id:asc&marker=" + all[0].ID: {all[1:], 2},
		"?id=" + all[1].ID:                 {all[1:], 1},
		"?source_checkpoint_item_id=" + all[0].SourceItem: {all[:1], 1},
		"?status=success&policy_id=" + k.policy:           {[]recordJSON{all[1], all[0]}, 2},
		"?status=fail":                                    {[]recordJSON{}, 0},
		"?destination_region=local-1":                     {[]recordJSON{}, 0},
		"?plan_id=x":                                      {[]recordJSON{}, 0},
	} {
		found := read[someRecords](t, k.send("GET", k.csbs("/replication_records"+query), ""), http.StatusOK)
		require.Equal(t, want.records, found.Records, query)
		require.Equal(t, want.count, found.Count, query)
	}
	for _, query := range []string{"status=done", "limit=0", "sort=status"} {
		flatFault(t, k.send("GET", k.csbs("/replication_records?"+query), ""), 400, "CSBS.9001")
	}
	flatFault(t, k.send("GET", k.csbs("/replication_records/x"), ""), 404, "CSBS.6040")
}
