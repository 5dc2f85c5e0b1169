package wire

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestConnectionsBeyondTheDialect(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	base := "/switchboard/v1/projects/" + w.project.ID + "/connections"
	check := func(t *testing.T, path, body string) (check api.Check) {
		t.Helper()
		rec := w.send("POST", base+path, body)
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &check))
		return check
	}

	t.Run("a draft is tested and not stored", func(t *testing.T) {
		draft := connection("draft", "url", `"127.0.0.1:`+closedPort(t)+`"`)
		failed := check(t, "/test", draft)
		require.Equal(t, api.Failed, failed.Status, "a check that fails is an answer")
		require.NotNil(t, failed.Failure())
		_, count := w.connectionNames(t, "")
		require.Zero(t, count)

		rec := w.send("POST", base+"/test", connection("draft", "url", `"x"`))
		require.Equal(t, http.StatusBadRequest, rec.Code)
		require.Contains(t, rec.Body.String(), `"problems":[{"path":"url","message":"`)
	})
	id := w.connect(t, connection("a", "tags", `[{"key":"b","value":"2"},{"key":"a","value":"1"}]`))
	w.settled(t, id)
	t.Run("a connection is diagnosed", func(t *testing.T) {
		names := map[api.StepName]bool{}
		diagnosis := check(t, "/"+id+"/diagnose", "")
		for _, step := range diagnosis.Steps {
			names[step.Name] = true
		}
		require.Contains(t, names, api.StepAddressForm)
		require.Contains(t, names, api.StepNetwork, "it goes on after a cause")
		require.Equal(t, api.Failed, diagnosis.Status)
	})
	t.Run("tags are read and replaced", func(t *testing.T) {
		tags := base + "/" + id + "/tags"
		require.Equal(t, `{"tags":[{"key":"a","value":"1"},{"key":"b","value":"2"}]}`, w.send("GET", tags, "").Body.String(), "by key")
		rec := w.send("PUT", tags, `{"tags":[{"key":"c","value":"3"}]}`)
		require.Equal(t, http.StatusNoContent, rec.Code, rec.Body.String())
		require.Equal(t, `{"tags":[{"key":"c","value":"3"}]}`, w.send("GET", tags, "").Body.String())
		require.Equal(t, http.StatusNoContent, w.send("PUT", tags, `{"tags":[]}`).Code)
		require.Equal(t, `{"tags":[]}`, w.send("GET", tags, "").Body.String())
		for _, body := range []string{``, `{}`, `[]`, `{"tags":null}`, `{"tags":["a"]}`, `{"tags":[{"key":""}]}`, `{"tags":[{"key":"a","value":"1"},{"key":"a","value":"1"}]}`} {
			require.Equal(t, http.StatusBadRequest, w.send("PUT", tags, body).Code, body)
		}
	})
	t.Run("unknown ones are not found", func(t *testing.T) {
		require.Equal(t, http.StatusNotFound, w.send("POST", base+"/x/diagnose", "").Code)
		require.Equal(t, http.StatusNotFound, w.send("GET", base+"/%00/tags", "").Code)
		require.Equal(t, http.StatusNotFound, w.send("PUT", base+"/x/tags", `{"tags":[]}`).Code)
	})
}
