package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestListsOfBackups(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	checkpoint := read[someItems](t, k.send("GET", k.csbs("/checkpoint_items"), ""), http.StatusOK).Items[0].CheckpointID
	second := k.backUp(t, k.policy)
	count := func(query string) int {
		n := read[struct{ Count int }](t, k.send("GET", k.csbs("/checkpoint_items/count"+query), ""), http.StatusOK).Count
		listed := read[someItems](t, k.send("GET", k.csbs("/checkpoint_items"+query), ""), http.StatusOK)
		require.Len(t, listed.Items, n, query)
		return n
	}
	for query, want := range map[string]int{
		"": 4, "?status=available": 4, "?status=error": 0, "?status=restoring": 0, "?image_type=backup": 4, "?image_type=replication": 0,
		"?resource_id=server-1": 2, "?resource_name=ERVER": 4, "?name=MANUALBK_": 4, "?name=x%25": 0, "?policy_id=" + k.policy: 4, "?policy_id=x": 0,
		"?checkpoint_id=" + checkpoint: 2, "?resource_type=OS::Nova::Server": 4, "?resource_type=OS::Cinder::Volume": 0,
		"?az=local-1": 4, "?az=local-2": 0, "?ip=10.0.0.1": 0, "?start_time=2000-01-01T00:00:00": 4, "?end_time=2000-01-01T00:00:00Z": 0,
		"?all_tenants=True&dec=false": 4,
	} {
		require.Equal(t, want, count(query), query)
	}
	first := read[someItems](t, k.send("GET", k.csbs("/checkpoint_items?limit=3"), ""), http.StatusOK)
	require.Len(t, first.Items, 3)
	rest := read[someItems](t, k.send("GET", strings.TrimPrefix(first.Links[0].Href, "http://example.com"), ""), http.StatusOK)
	require.Len(t, rest.Items, 1)
	require.Empty(t, rest.Links)
	require.Contains(t, append(each(first.Items, func(i itemJSON) string { return i.ID }), rest.Items[0].ID), second[0])
	for _, query := range []string{"status=fine", "image_type=x", "start_time=yesterday", "dec=maybe", "limit=-1", "sort=size"} {
		flatFault(t, k.send("GET", k.csbs("/checkpoint_items?"+query), ""), 400, "CSBS.9001")
	}
	rec := k.send("GET", k.csbs("/checkpoint_items/"+first.Items[0].ID), "")
	require.Equal(t, `{"checkpoint_item":`+encoded(t, first.Items[0])+`}`, rec.Body.String())
	flatFault(t, k.send("GET", k.csbs("/checkpoint_items/x"), ""), 404, "CSBS.3001")
}

func TestDeleteBackups(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	checkpoint := read[struct {
		Item itemJSON `json:"checkpoint_item"`
	}](t, k.send("GET", k.csbs("/checkpoint_items/"+k.items[0]), ""), http.StatusOK).Item.CheckpointID
	at := k.provided("/checkpoints/" + checkpoint)
	flatFault(t, k.send("DELETE", at+"?checkpoint_items=", ""), 400, "CSBS.9001")
	flatFault(t, k.send("DELETE", at+"?checkpoint_items=x", ""), 404, "CSBS.3001")
	flatFault(t, k.send("DELETE", k.provided("/checkpoints/x"), ""), 404, "CSBS.3001")

	gone := func(item string) {
		require.Eventually(t, func() bool { return k.send("GET", k.csbs("/checkpoint_items/"+item), "").Code == http.StatusNotFound }, 10*time.Second, 20*time.Millisecond)
	}
	rec := k.send("DELETE", at+"?checkpoint_items="+k.items[0], "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, "{}", rec.Body.String())
	gone(k.items[0])
	require.Equal(t, http.StatusOK, k.send("GET", k.csbs("/checkpoint_items/"+k.items[1]), "").Code)
	require.Equal(t, http.StatusOK, k.send("DELETE", at, "").Code)
	gone(k.items[1])
}

func TestQuotasOfBackups(t *testing.T) {
	t.Parallel()
	w := start(t)
	body := read[quotasJSON](t, w.send("GET", w.csbs("/quotas"), ""), http.StatusOK)
	require.Len(t, body.Quotas.Resources, 4, "with those of VPCEP, which are on the same path")
	require.Equal(t, quotaJSON{"backup_capacity", "GB", 0, -1}, body.Quotas.Resources[2])
	text, err := json.Marshal(body.Quotas.Resources[3])
	require.NoError(t, err)
	require.JSONEq(t, fmt.Sprintf(`{"type":"backups","quota":%d,"used":0}`, api.MaxBackups), string(text))
}
