package wire

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestPlanAndFollowAReplication(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	there := k.target.Projects[0].ID
	draft := fmt.Sprintf(`{"policy":%q,"region":"local-2","project":%q}`, k.policy, there)
	planned := func(query string) ownPlanJSON {
		return read[ownPlanJSON](t, k.send("POST", k.ownPath("/replications/plan"+query), draft), http.StatusOK)
	}
	plan := planned("?limit=1")
	require.Equal(t, 2, plan.Count)
	require.Equal(t, "local-1", plan.Source)
	require.Positive(t, plan.Bytes)
	require.Len(t, plan.Backups, 1)
	rest := planned("?cursor=" + plan.Next)
	require.Len(t, rest.Backups, 1)
	require.ElementsMatch(t, k.items, []string{plan.Backups[0].ID, rest.Backups[0].ID})
	require.Equal(t, "[]", encoded(t, k.runs(t, "")), "a plan writes nothing")

	require.Equal(t, http.StatusOK, k.send("POST", k.provided("/checkpoints/replicate"), k.to("local-2", there, "")).Code)
	k.ended(t, "")
	run := k.finished(t)
	require.Equal(t, api.RunSucceeded, run.Outcome)
	require.Equal(t, 2, run.Total)
	require.Equal(t, run.Total, run.Succeeded)
	require.Equal(t, plan.Bytes, run.Bytes)
	require.Equal(t, "ada", run.By)
	require.Equal(t, run, read[runJSON](t, k.send("GET", k.ownPath("/replications/"+run.ID), ""), http.StatusOK))
	require.Len(t, k.runs(t, "?policy="+k.policy), 1)
	require.Empty(t, k.runs(t, "?open=true"))

	type records struct {
		Records []ownRecordJSON
		Next    string
	}
	at := k.ownPath("/replications/" + run.ID)
	found := read[records](t, k.send("GET", at+"/records?status=success&limit=1", ""), http.StatusOK)
	require.Len(t, found.Records, 1)
	require.NotEmpty(t, found.Next)
	require.Empty(t, read[records](t, k.send("GET", at+"/records?status=fail", ""), http.StatusOK).Records)
	record := read[ownRecordJSON](t, k.send("GET", at+"/records/"+found.Records[0].ID, ""), http.StatusOK)
	require.Equal(t, 100, record.Percent)
	require.NotEmpty(t, record.Log)
	require.NotEmpty(t, record.Log[0].Message)
	require.Regexp(t, `\p{Han}`, k.send("GET", at+"/records/"+record.ID, "", header{"X-Language", "zh-cn"}).Body.String())

	same := read[runJSON](t, k.send("POST", at+"/cancel", ""), http.StatusOK)
	require.Equal(t, api.RunSucceeded, same.Outcome, "what has ended stays as it is")
	refusedAs(t, k.send("POST", at+"/retry", "").Body.String(), "invalid")
	for _, path := range []string{"/replications/x", "/replications/x/records", "/replications/x/records/" + record.ID, "/replications/" + run.ID + "/records/x"} {
		require.Equal(t, http.StatusNotFound, k.send("GET", k.ownPath(path), "").Code, path)
	}
	plan = planned("")
	require.Zero(t, plan.Count)
	require.Equal(t, 2, plan.There)
	refusedAs(t, k.send("POST", k.ownPath("/replications/plan"), `{"policy":"x"}`).Body.String(), "not_found")

	policy := read[ownPolicyJSON](t, k.send("GET", k.ownPath("/policies/"+k.policy), ""), http.StatusOK)
	require.Len(t, policy.Syncs, 1)
	require.Equal(t, run.ID, policy.Syncs[0].Run)
	require.False(t, policy.Syncs[0].At.IsZero())
	require.Equal(t, "local-2", policy.Syncs[0].Region)
}

func (k *keeper) runs(t testing.TB, query string) []runJSON {
	t.Helper()
	return read[struct {
		Runs []runJSON `json:"replications"`
	}](t, k.send("GET", k.ownPath("/replications"+query), ""), http.StatusOK).Runs
}

// finished waits for the end of the only run.
func (k *keeper) finished(t testing.TB) (run runJSON) {
	t.Helper()
	require.Eventually(t, func() bool {
		run = k.runs(t, "")[0]
		return run.Outcome != ""
	}, 10*time.Second, 20*time.Millisecond)
	return run
}

func refusedAs(t testing.TB, body, code string) {
	t.Helper()
	require.Contains(t, body, `{"code":"`+code+`","message":"`)
}

// What failed is told of by both dialects, and can be tried again.
func TestRetryAReplication(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	home, err := k.Service.Region(t.Context(), k.scope(), "")
	require.NoError(t, err)
	objects := filepath.Join(home.Folder, ".switchboard", "backups")
	require.NoError(t, os.Rename(objects, objects+".away"))
	require.Equal(t, http.StatusOK, k.send("POST", k.provided("/checkpoints/replicate"), k.to("local-2", k.target.Projects[0].ID, "")).Code)
	for _, r := range k.ended(t, "").Records {
		require.Equal(t, api.ReplicationFailed, r.Status)
		require.Equal(t, string(api.FaultSourceMissing), r.Extra.FailCode)
		require.NotEmpty(t, r.Extra.FailReason)
	}
	run := k.finished(t)
	require.Equal(t, api.RunFailed, run.Outcome)
	failed := read[struct{ Records []ownRecordJSON }](t, k.send("GET", k.ownPath("/replications/"+run.ID+"/records"), ""), http.StatusOK).Records
	require.Equal(t, api.FaultSourceMissing, failed[0].Fault.Code)
	require.NotEmpty(t, failed[0].Fault.Hint)

	require.NoError(t, os.Rename(objects+".away", objects))
	again := read[runJSON](t, k.send("POST", k.ownPath("/replications/"+run.ID+"/retry"), ""), http.StatusCreated)
	require.Equal(t, run.ID, again.RetryOf)
	k.ended(t, "")
	found := read[someRecords](t, k.send("GET", k.csbs("/replication_records?status=success"), ""), http.StatusOK)
	require.Equal(t, 2, found.Count)
}

func TestDownloadABackup(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	for _, item := range k.await(t, "", func(itemJSON) bool { return true }) {
		rec := k.send("GET", k.ownPath("/backups/"+item.ID+"/content"), "")
		require.Equal(t, http.StatusOK, rec.Code)
		sum := sha256.Sum256(rec.Body.Bytes())
		h := rec.Header()
		require.Equal(t, "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":", h.Get("Repr-Digest"))
		require.Equal(t, `"`+hex.EncodeToString(sum[:])+`"`, h.Get("Etag"))
		require.Equal(t, fmt.Sprint(rec.Body.Len()), h.Get("Content-Length"))
		require.Equal(t, "application/octet-stream", h.Get("Content-Type"))
		if item.ResourceID == "server-2" {
			require.Equal(t, "INSERT INTO orders;", rec.Body.String())
			require.Equal(t, `attachment; filename=`+item.Name+`-orders.sql`, h.Get("Content-Disposition"))
		} else {
			require.Contains(t, rec.Body.String(), "SELECT 1;")
			require.Equal(t, `attachment; filename=`+item.Name+`.tar`, h.Get("Content-Disposition"))
		}
	}
	require.Equal(t, http.StatusNotFound, k.send("GET", k.ownPath("/backups/x/content"), "").Code)
}

// A backup that is not any more what it was must not look whole.
func TestADownloadOfWhatChangedIsCutShort(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	home, err := k.Service.Region(t.Context(), k.scope(), "")
	require.NoError(t, err)
	item := k.await(t, "?resource_id=server-2", func(itemJSON) bool { return true })[0]
	found, err := filepath.Glob(filepath.Join(home.Folder, ".switchboard", "backups", "*", item.ID+"*"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	require.NoError(t, os.Chmod(found[0], 0o600))
	require.NoError(t, os.WriteFile(found[0], []byte(strings.Repeat("x", len("INSERT INTO orders;"))), 0o600))
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { k.send("GET", k.ownPath("/backups/"+item.ID+"/content"), "") })
}

func TestSchedulesOfAPolicyOnAndOff(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.policy(t, "nightly")
	shown := func() ownPolicyJSON {
		return read[ownPolicyJSON](t, w.send("GET", w.ownPath("/policies/"+id), ""), http.StatusOK)
	}
	require.False(t, shown().Enabled)
	require.Equal(t, http.StatusNoContent, w.send("PUT", w.ownPath("/policies/"+id+"/enabled"), `{"enabled":true}`).Code)
	require.True(t, shown().Enabled)
	require.False(t, shown().Operations[0].Next.IsZero())
	for _, body := range []string{``, `{}`, `{"enabled":"true"}`} {
		require.Equal(t, http.StatusBadRequest, w.send("PUT", w.ownPath("/policies/"+id+"/enabled"), body).Code)
	}
	require.Equal(t, http.StatusNotFound, w.send("PUT", w.ownPath("/policies/x/enabled"), `{"enabled":true}`).Code)
}

func TestRegionsOverTheWire(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.everywhere(t)
	const secret = "a-secret-nobody-may-see"
	body := `{"name":"cn-east-2","kind":"s3","endpoint":"https://obs.example.com","bucket":"backups","path_style":true,"access_key":"AK","secret":"` + secret + `","bandwidth":25}`
	rec := w.send("POST", w.ownPath("/regions"), body)
	made := read[regionJSON](t, rec, http.StatusCreated)
	require.True(t, made.HasSecret)
	require.EqualValues(t, 25, made.Bandwidth)
	require.Equal(t, "cn-east-2", made.Projects[0].Name, "a region comes with a project")
	require.Equal(t, "us-east-1", made.Signing)
	require.NotContains(t, rec.Body.String(), secret)

	changed := read[regionJSON](t, w.send("PUT", w.ownPath("/regions/cn-east-2"), strings.Replace(strings.Replace(body, `"secret":"`+secret+`",`, "", 1), "25", `"50"`, 1)), http.StatusOK)
	require.EqualValues(t, 50, changed.Bandwidth)
	require.True(t, changed.HasSecret, "without one in the body it stays")
	stale := strings.Replace(body, `"kind"`, fmt.Sprintf(`"version":%d,"kind"`, made.Version), 1)
	refusedAs(t, w.send("PUT", w.ownPath("/regions/cn-east-2"), stale).Body.String(), "conflict")

	listed := w.send("GET", w.ownPath("/regions"), "")
	require.Equal(t, []string{"cn-east-2", "local-1", "local-2"}, each(read[struct{ Regions []regionJSON }](t, listed, http.StatusOK).Regions, func(r regionJSON) string { return r.Name }))
	require.NotContains(t, listed.Body.String(), secret)
	home := read[regionJSON](t, w.send("GET", w.ownPath("/regions/local-1"), ""), http.StatusOK)
	require.True(t, home.Home)
	require.Equal(t, api.StoreFolder, home.Kind)

	check := read[api.Check](t, w.send("POST", w.ownPath("/regions/local-1/test"), fmt.Sprintf(`{"name":"local-1","kind":"folder","folder":%q}`, home.Folder)), http.StatusOK)
	require.Equal(t, api.Passed, check.Status, "%+v", check)
	for _, row := range [][2]string{
		{"/regions", `{"name":"cn-east-2","kind":"folder"}`}, {"/regions", `{"name":"x","kind":"tape"}`}, {"/regions", `{"name":5}`},
		{"/regions/test", `{"name":"x","kind":"s3"}`}, {"/regions", `{"name":"x","kind":"folder","bandwidth":[]}`},
	} {
		require.Equal(t, http.StatusBadRequest/100, w.send("POST", w.ownPath(row[0]), row[1]).Code/100, row)
	}
	require.Equal(t, http.StatusNotFound, w.send("GET", w.ownPath("/regions/mars"), "").Code)
	require.Equal(t, http.StatusConflict, w.send("DELETE", w.ownPath("/regions/local-1"), "").Code)
}
