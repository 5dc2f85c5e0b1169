package e2e

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// A bucket becomes a region once its key is right; what is replicated there comes
// back as it was, and a region that is used cannot be deleted.
func TestReplicationToABucket(t *testing.T) {
	t.Parallel()
	server := testserver.S3(t)
	bothWays(t, start(t), "bucket", func(j *journey) {
		server.Exec(j.t, "bucket "+j.far())
		if j.p.lacks(j.t, "regions are made where they are, and not from here") {
			j.c.region(j.p, j.far(), map[string]any{
				"kind": "s3", "folder": "", "endpoint": "http://" + server.Addr(), "bucket": j.far(), "path_style": true,
				"access_key": server.User, "secret": server.Password,
			})
			j.replicateToBucket()
			return
		}
		j.visit(j.home + "/replication/regions")
		j.click("link", "New region")
		j.find("heading", "New region")
		for label, text := range map[string]string{
			"Name": j.far(), "Endpoint": "http://" + server.Addr(), "Bucket": j.far(), "Access key": server.User, "Secret key": server.Password + "x",
		} {
			j.fillCell(label, text)
		}
		j.submit("button", "Test store")
		j.find("heading", "The check failed.")
		require.Contains(j.t, j.describedBy("Secret key"), "The store refuses that.")
		j.withoutSecret(server.Password)
		j.photograph("region-refused")
		j.fillCell("Secret key", server.Password)
		j.submit("button", "Test store")
		j.find("heading", "The check passed.")
		j.withoutSecret(server.Password)
		j.photograph("region-tested")
		j.click("button", "Create region")
		j.sees("Region " + j.far() + " was created. A project of that name takes its replicas.")
		j.withoutSecret(server.Password)
		j.replicateToBucket()
		j.deleteUsed()
		for _, page := range []string{"", "/" + j.far() + "/edit"} {
			j.visit(j.home + "/replication/regions" + page)
			j.find("heading", map[bool]string{true: "Regions", false: "Edit region"}[page == ""])
			j.withoutSecret(server.Password)
		}
	})
}

// withoutSecret requires that a secret is nowhere in the page.
func (j *journey) withoutSecret(secret string) {
	j.t.Helper()
	j.whole()
	requireAbsent(j.t, secret, "the page "+j.path(), []byte(j.eval("document.documentElement.outerHTML")), "<main")
}

// replicateToBucket copies a backup into the bucket.
func (j *journey) replicateToBucket() {
	j.t.Helper()
	orders := strings.Repeat("INSERT INTO orders;\n", 1000)
	policy := j.c.protect(j.p, "bucket", map[string]string{"orders.sql": orders})
	j.c.backUp(policy)
	j.execute(policy)
	j.find("heading", "Finished: the backup is at the destination")
	far := j.p.seat().call(j.t, j.far())
	replicas := far.items("")
	require.Len(j.t, replicas, 1)
	require.Equal(j.t, orders, far.content(replicas[0].ID), "byte for byte")
}

// deleteUsed tries to delete a region in which there is a replica.
func (j *journey) deleteUsed() {
	j.t.Helper()
	j.visit(j.home + "/replication/regions/" + j.far())
	j.click("link", "Delete")
	j.find("heading", "Delete region")
	j.click("button", "Delete the region")
	j.sees("There are backups in " + j.far() + ". Delete them first.")
	j.photograph("region-in-use")
}

// A replication that takes too long is watched, and cancelled after a question;
// what was copied stays.
func TestReplicationThatIsCancelled(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.without(t, "a replication that has begun there cannot be cancelled")
	bothWays(t, p, "slow", func(j *journey) {
		far := j.c.region(j.p, j.far(), map[string]any{"bandwidth": 1})
		policy := j.c.protect(j.p, "slow", map[string]string{"dumps/big": "", "small.sql": "INSERT"})
		j.c.enlarge(j.p, "dumps/big", 48<<20)
		j.c.backUpAll(policy, 2)
		j.execute(policy)
		j.whole()
		j.markPage()
		j.find("heading", "Copying: 1 of 2 done")
		bar := func() int {
			n, _ := strconv.Atoi(j.eval(`document.querySelector("#run-bar")?.value`))
			return n
		}
		before := bar()
		eventually(j.t, "the copy to go on", func() (int, bool) { now := bar(); return now, now > before && now > 2<<20 })
		require.Contains(j.t, strings.Join(j.outcomes(), "\n"), "Copying")
		if j.scripted {
			j.requireSamePage()
		}
		j.photograph("run-under-way")
		j.click("link", "Cancel…")
		j.find("heading", "Cancel a replication")
		j.sees("Cancel the replication of slow to " + j.far() + "?")
		j.sees("1 backup that is waiting or being copied is skipped.")
		j.photograph("run-cancel")
		j.click("button", "Cancel the replication")
		j.find("heading", "Cancelled by admin: 1 of 2 were copied")
		eventually(j.t, "the rows to say so", func() ([]string, bool) {
			rows := j.outcomes()
			return rows, len(rows) == 2 && rows[0] == "Skipped | Somebody cancelled the run. Retry the run to copy what is left." && rows[1] == "Succeeded |"
		})
		require.Len(j.t, far.items(""), 1, "what was copied stays, and nothing of the other is there")
		j.visit(j.home + "/replication/" + policy + "/replicate")
		j.find("heading", "1 backup, 48.0 MB, would be copied.")
	})
}

// typeRegion sends the secret key of a bucket through every form and by the wire
// API; the region is saved as by_bucket.
func typeRegion(v *visitor, c *caller, server *testserver.Server, wrong string) {
	c.t.Helper()
	server.Exec(c.t, "bucket by-bucket")
	regions := "/p/" + c.project + "/replication/regions"
	with := func(secret string, more ...string) url.Values {
		form := url.Values{
			"name": {"by_bucket"}, "kind": {"s3"}, "endpoint": {"http://" + server.Addr()}, "bucket": {"by-bucket"}, "path_style": {"true"},
			"prefix": {"by-form"}, "access_key": {server.User}, "secret": {secret},
		}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	for _, verb := range []string{"/validate", "/edit", "/test"} {
		require.Equal(c.t, http.StatusOK, v.post(regions+verb, with(wrong)).status, verb)
	}
	require.Equal(c.t, http.StatusOK, v.post(regions+"/edit", with(wrong, "kind", "folder")).status)
	require.Equal(c.t, http.StatusUnprocessableEntity, v.post(regions, with(wrong, "bucket", "")).status)
	saved := v.post(regions, with(wrong))
	require.Equal(c.t, http.StatusSeeOther, saved.status, saved.body)
	replace := []string{"secret.mode", "replace", "version", "1"}
	require.Equal(c.t, http.StatusUnprocessableEntity, v.post(saved.location, with(server.Password, append(replace, "endpoint", "")...)).status)
	require.Equal(c.t, http.StatusOK, v.post(saved.location+"/test", with(server.Password, replace...)).status)
	require.Equal(c.t, http.StatusSeeOther, v.post(saved.location, with(server.Password, replace...)).status)
	for _, page := range []string{"", "/by_bucket", "/by_bucket/edit", "/by_bucket/delete"} {
		require.Equal(c.t, http.StatusOK, v.get(regions+page).status, page)
	}
	body := map[string]any{
		"name": "by_wire_bucket", "kind": "s3", "endpoint": "http://" + server.Addr(), "bucket": "by-bucket", "prefix": "by-wire", "path_style": true,
		"access_key": server.User, "secret": wrong,
	}
	c = c.unbound()
	c.ask(http.MethodPost, c.own("/regions"), http.StatusCreated, body, nil)
	body["secret"] = server.Password
	c.ask(http.MethodPut, c.own("/regions/by_wire_bucket"), http.StatusOK, body, nil)
	c.ask(http.MethodPost, c.own("/regions/by_wire_bucket/test"), http.StatusOK, body, nil)
	c.ask(http.MethodGet, c.own("/regions"), http.StatusOK, nil, nil)
}
