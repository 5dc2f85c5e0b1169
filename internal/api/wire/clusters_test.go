package wire

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestClustersAreListedAndComeBackFromAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "clusters")
	d := orders()
	d.Cluster = "c2"
	st.link(t, d)
	rec := st.signed(http.MethodGet, "/v1.1/"+st.s.Project+"/clusters", "")
	require.Equal(t, http.StatusOK, rec.Code)
	require.JSONEq(t, `{"clusters":[
		{"id":"default","name":"default","status":"200","statusDetail":"Normal","isFrozen":"0"},
		{"id":"c2","name":"c2","status":"200","statusDetail":"Normal","isFrozen":"0"}]}`, rec.Body.String())
	found, err := ClustersIn(rec.Body.Bytes())
	require.NoError(t, err)
	require.Equal(t, []api.Cluster{{ID: "c2", Name: "c2", Running: true}, {ID: "default", Name: "default", Running: true}}, found)

	found, err = ClustersIn([]byte(`{"clusters":[{"id":"a","name":"off","status":"900"},{"id":"b","status":"200","isFrozen":"1"}]}`))
	require.NoError(t, err)
	require.Equal(t, []api.Cluster{{ID: "b", Name: "b"}, {ID: "a", Name: "off"}}, found, "neither does anything")
}

func TestATestOfAnAddressComesBackFromAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`{"task_id":9}`: "9", `{"task_id":"a-9"}`: "a-9", `{"task_id":null}`: "", `{"task_id":""}`: ""} {
		id, err := ConnectivityTaskIn([]byte(body))
		require.Equal(t, want, id)
		require.Equal(t, want == "", err != nil)
	}
	for body, want := range map[string][2]bool{
		`{"connectivity":"REACHABLE"}`: {true, true}, `{"connectivity":"UNREACHABLE"}`: {false, true}, `{"connectivity":"RUNNING"}`: {false, false},
	} {
		reachable, ended, err := ConnectivityIn([]byte(body))
		require.NoError(t, err)
		require.Equal(t, want, [2]bool{reachable, ended})
	}
}
