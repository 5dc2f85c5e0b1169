package mirror

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
)

func TestAnswersToInvocationsAreRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body, form string
		status     int
		said, log  string
	}{
		"in the form v1":         {body: `{"request_id":"r","result":"\"ok\"","log":"a line","status":503}`, form: "v1", status: 503, said: `"ok"`, log: "a line"},
		"without a form":         {body: `{"result":"ok","status":200}`, status: 200, said: "ok"},
		"as it is":               {body: `{"result":"ok","status":500}`, form: "v0", status: 200, said: `{"result":"ok","status":500}`},
		"that are no envelope":   {body: `[1]`, form: "v1", status: 200, said: `[1]`},
		"that are no JSON":       {body: "\xff<p>", status: 200, said: "\xff<p>"},
		"without a result":       {body: `{"status":404}`, status: 200, said: `{"status":404}`},
		"with a strange status":  {body: `{"result":"","status":7}`, status: 200},
		"with a status of words": {body: `{"result":"","status":"7"}`, status: 200, said: `{"result":"","status":"7"}`},
	} {
		said, log := readInvocation(&cloud.Answer{Header: http.Header{"X-Cff-Response-Version": {c.form}}, Body: []byte(c.body)})
		require.Equal(t, c.status, said.Status, name)
		require.Equal(t, c.said, string(said.Body), name)
		require.Equal(t, c.log, log, name)
	}
}

func TestALogNamesTheVersionThatRan(t *testing.T) {
	t.Parallel()
	for log, want := range map[string]string{
		"2026-11-23T05:00:00Z Start invoke request 'f3a1', version: v1.2\nmine\n": "v1.2",
		"… Finish invoke request 'f3a1', version: latest, status: 200":            "latest",
		"version: v1": "",
		"":            "",
	} {
		var got string
		if found := ranVersion.FindStringSubmatch(log); found != nil {
			got = found[1]
		}
		require.Equal(t, want, got, log)
	}
}

func TestOnlyWhatACallerSaysToAFunctionGoesAlong(t *testing.T) {
	t.Parallel()
	header := headerOf(&api.Call{Header: http.Header{
		"Cookie": {"a=1", "b=2"}, "X-Team": {"qa", "ops"}, "Content-Type": {"text/plain"}, "X-Auth-Token": {"secret"}, "X-Cff-Log-Type": {"none"},
	}})
	require.Equal(t, map[string]string{
		"Cookie": "a=1; b=2", "X-Team": "qa, ops", "X-Cff-Request-Version": "v1", "X-Cff-Log-Type": "tail",
	}, header)
}

func TestWhatARegionSaysInsteadOfAnAnswer(t *testing.T) {
	t.Parallel()
	refused := func(code api.Code) error {
		return api.Errorf(code, "cloud.refused_code", "service", "FunctionGraph", "text", "no upstream", "code", "FSS.0500")
	}
	for name, c := range map[string]struct {
		err       error
		qualifier string
		known     bool
		says      string
	}{
		"the function failed":      {refused(api.Unavailable), "v1", true, "invoke.failed_there"},
		"there is no such version": {refused(api.NotFound), "v9", true, "version.not_found"},
		"there is no such alias":   {refused(api.NotFound), "!nobody", true, "alias.not_found"},
		"there is no function":     {refused(api.NotFound), "v1", false, "function.not_found"},
		"too many calls":           {refused(api.Limit), "v1", true, "cloud.refused_code"},
		"no answer":                {api.Errorf(api.Unavailable, "cloud.late"), "v1", true, "cloud.late"},
	} {
		err := failedThere(c.err, &api.Call{Qualifier: c.qualifier}, c.known)
		require.Equal(t, c.says, err.(*api.Error).Message.Key, name) //nolint:errorlint // as it comes
		require.Equal(t, api.CodeOf(c.err), api.CodeOf(err), name)
	}
}
