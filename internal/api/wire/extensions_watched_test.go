package wire

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestHealthThroughTheWire(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	port := closedPort(t)
	w.create(t, mysql("a", "linkConfig.host", `"127.0.0.1"`, "linkConfig.port", port))
	link, err := w.Service.FindLink(t.Context(), w.scope(), "c", "a")
	require.NoError(t, err)
	connected := w.connect(t, connection("a", "url", `"127.0.0.1:`+port+`"`))
	w.settled(t, connected)
	pulse := map[string]func() api.Pulse{
		"links/" + link.ID: func() api.Pulse {
			stored, err := w.Service.Link(t.Context(), w.scope(), link.ID)
			require.NoError(t, err)
			return stored.Health
		},
		"connections/" + connected: func() api.Pulse {
			stored, err := w.Service.Connection(t.Context(), w.scope(), connected)
			require.NoError(t, err)
			return stored.Health
		},
	}
	for thing, path := range map[string]string{"links/" + link.ID: "linkConfig.port", "connections/" + connected: "url"} {
		t.Run(path, func(t *testing.T) {
			base := "/switchboard/v1/projects/" + w.project.ID + "/" + thing
			for range 2 {
				require.Equal(t, http.StatusOK, w.send("POST", base+"/test", "").Code)
			}
			var checks struct{ Checks []pastCheckJSON }
			require.NoError(t, json.Unmarshal(w.send("GET", base+"/checks?limit=2", "").Body.Bytes(), &checks))
			require.Len(t, checks.Checks, 2)
			require.Equal(t, api.Failed, checks.Checks[0].Check.Status)
			require.Equal(t, api.WayWire, checks.Checks[0].Way)
			var episodes struct{ Episodes []episodeJSON }
			require.NoError(t, json.Unmarshal(w.send("GET", base+"/episodes", "").Body.Bytes(), &episodes))
			require.Len(t, episodes.Episodes, 1)
			require.Equal(t, len(pulse[thing]().Recent), episodes.Episodes[0].Failures)
			require.Equal(t, path, episodes.Episodes[0].Reasons[0].Path)

			require.Equal(t, http.StatusNoContent, w.send("PUT", base+"/schedule", `{"every":"15m"}`).Code)
			require.Equal(t, "15m0s", pulse[thing]().Every.String())
			for _, body := range []string{`{"every":"1s"}`, `{"every":"soon"}`, `{`} {
				rec := w.send("PUT", base+"/schedule", body)
				require.True(t, slices.Contains([]int{400, 422}, rec.Code), "%s: %d %s", body, rec.Code, rec.Body)
			}
		})
	}
	for _, elsewhere := range []string{"links/" + connected, "connections/" + link.ID, "queues/" + link.ID} {
		rec := w.send("GET", "/switchboard/v1/projects/"+w.project.ID+"/"+elsewhere+"/checks", "")
		require.Equal(t, http.StatusNotFound, rec.Code, elsewhere)
	}
}
