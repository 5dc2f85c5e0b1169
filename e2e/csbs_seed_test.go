package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The body of the request in CSBS's documentation, byte for byte, and the names
// in it that differ here: ids are given by whoever makes the thing.
const (
	seedReplication = "testdata/seed_replication.json"
	seedPolicy      = "d4acdab5-6d4d-42d8-8c56-ae94e53bfe87"
	seedDestination = "e0b97bac-532c-4c51-96fa-4b3a32253be4"
	seedSource      = "cn-north-1"
	seedTarget      = "cn-east-2"
)

// The documented request, sent with curl between regions of the documents' names,
// and the documented answer. Then what it is for: the replicas are in the other
// region, whole, and a second request finds nothing left to copy. The program is those regions, and
// lives in no other one.
func TestDocumentedReplication(t *testing.T) {
	t.Parallel()
	p := start(t, asRegion, func(p *program) { p.args = append(p.args, "--region", seedSource) })
	source := p.call(t, seedSource)
	source.unbound().ask(http.MethodPost, source.own("/regions"), http.StatusCreated, map[string]any{"name": seedTarget, "kind": "folder", "folder": seedTarget}, nil)
	target := p.call(t, seedTarget)
	require.Equal(t, `{"error_code":"CSBS.3000"`, cut(source.curlSeed(p, nil, http.StatusNotFound), ","), "the documented policy is not here")

	policy, items := source.backedUp(p, seedSource)
	require.Len(t, items, 2)
	ids := map[string]string{seedPolicy: policy, seedDestination: target.project}
	body := source.curlSeed(p, ids, http.StatusOK)
	records := source.replicated(policy, 2)
	of := map[string]string{}
	for _, r := range records {
		of[r.Item] = r.ID
		require.Equal(t, policy, r.PlanID)
		require.Equal(t, 100, r.ExtraInfo.Progress)
	}
	queued := strings.Split(body, `"checkpoint_item_id":"`)
	require.Len(t, queued, 3)
	first, second := cut(queued[1], `"`), cut(queued[2], `"`)
	require.ElementsMatch(t, items, []string{first, second})
	require.Equal(t, fmt.Sprintf(`{"replication":{"project_id":%q,"provider_id":%q,"policy_id":%q,"source_region":"cn-north-1",`+
		`"destination_region":"cn-east-2","destination_project_id":%q,"checkpoint_items":[`+
		`{"checkpoint_item_id":%q,"replication_record_id":%q},{"checkpoint_item_id":%q,"replication_record_id":%q}]}}`,
		source.project, csbsProvider, policy, target.project, first, of[first], second, of[second]), body)

	for _, replica := range target.items("") {
		require.Equal(t, "available", replica.Status)
		require.Equal(t, "replication", replica.Extend.ImageType)
		require.Equal(t, seedSource, replica.Extend.CopyFrom)
		content := target.send(http.MethodGet, target.own("/backups/"+replica.ID+"/content"), nil)
		require.Equal(t, http.StatusOK, content.status)
		sum := sha256.Sum256([]byte(content.body))
		require.Equal(t, "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":", content.header.Get("Repr-Digest"))
		require.Equal(t, `"`+hex.EncodeToString(sum[:])+`"`, content.header.Get("Etag"))
		require.Contains(t, content.header.Get("Content-Disposition"), "attachment; filename=")
		if replica.ResourceID == "server-2" {
			require.Equal(t, "INSERT INTO orders;", content.body)
		} else {
			require.Contains(t, content.body, "SELECT 2;")
		}
	}
	require.Contains(t, source.curlSeed(p, ids, http.StatusOK), `"checkpoint_items":[]}}`)
	for _, item := range source.items("?policy_id=" + policy) {
		require.Equal(t, "success", item.Extend.CopyStatus)
		require.Len(t, item.Records, 1)
	}
}

// own is the path of what the dialect lacks.
func (c *caller) own(rest string) string { return "/switchboard/v1/projects/" + c.project + rest }

// cut is the text up to a mark.
func cut(text, mark string) string {
	before, _, _ := strings.Cut(text, mark)
	return before
}

// curlSeed sends the documented request with other ids, requires a status and
// returns the body of the answer.
func (c *caller) curlSeed(p *program, ids map[string]string, status int) string {
	c.t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		missing(c.t, "this test needs a program: apt-get install curl")
	}
	body, err := os.ReadFile(seedReplication)
	require.NoError(c.t, err)
	text := string(body)
	for from, to := range ids {
		text = strings.ReplaceAll(text, from, to)
	}
	at := filepath.Join(c.t.TempDir(), "body.json")
	require.NoError(c.t, os.WriteFile(at, []byte(text), 0o600))
	out := command(c.t, "curl", "--silent", "--show-error", "--write-out", "\n%{http_code}",
		"--header", "Content-Type: application/json", "--header", "X-Auth-Token: "+c.token,
		"--data-binary", "@"+at, p.URL+c.provider("/checkpoints/replicate"))
	answered, code, _ := strings.Cut(out, "\n")
	require.Equal(c.t, fmt.Sprint(status), code, answered)
	return answered
}
