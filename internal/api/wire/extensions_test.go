package wire

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

func TestTheCatalogueAsJSON(t *testing.T) {
	t.Parallel()
	w := start(t)
	rec := w.signed("GET", "/switchboard/v1/connectors", "")
	require.Equal(t, http.StatusOK, rec.Code)
	var body struct {
		Version    string
		Connectors []connectorJSON
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
	require.Equal(t, "1.2.3", body.Version)
	require.Len(t, body.Connectors, len(connector.All))
	jdbc := body.Connectors[0]
	require.Equal(t, "generic-jdbc-connector", jdbc.Name)
	require.Equal(t, "Relational database", jdbc.Label.EN)
	require.NotEmpty(t, jdbc.Tiles)
	for i, in := range connector.All[0].Inputs {
		require.Equal(t, in.Name, jdbc.Inputs[i].Name)
		require.Equal(t, in.Secret, jdbc.Inputs[i].Secret)
		require.Len(t, jdbc.Inputs[i].When, len(in.When))
	}
	refused(t, w.send("GET", "/switchboard/v1/connectors", "", header{"X-Auth-Token"}))
}

func TestTestASavedLink(t *testing.T) {
	t.Parallel()
	w := start(t)
	port := closedPort(t)
	w.create(t, mysql("a", "linkConfig.host", `"127.0.0.1"`, "linkConfig.port", port))
	link, err := w.Service.FindLink(t.Context(), api.Scope{Project: w.project.ID}, "c", "a")
	require.NoError(t, err)
	base := "/switchboard/v1/projects/" + w.project.ID + "/links/"

	rec := w.send("POST", base+link.ID+"/test", "")
	require.Equal(t, http.StatusOK, rec.Code, "a check that fails is an answer")
	var check api.Check
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &check))
	require.Equal(t, api.Failed, check.Status)
	require.Equal(t, api.StepConnect, check.Failure().Name)
	require.NotContains(t, rec.Body.String(), "s3cret")

	for _, id := range []string{"x", "%00", "%ff"} {
		rec = w.send("POST", base+id+"/test", "", header{"X-Language", "zh-cn"})
		require.Equal(t, http.StatusNotFound, rec.Code)
		require.Contains(t, rec.Body.String(), `{"code":"not_found","message":"`)
		require.Regexp(t, `\p{Han}`, rec.Body.String())
	}
	rec = w.send("POST", "/switchboard/v1/projects/"+w.other.ID+"/links/"+link.ID+"/test", "")
	require.Equal(t, http.StatusForbidden, rec.Code)
}
