package handlers_test

import (
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// to is the form of a replication, filled in.
func to(d api.Destination) url.Values { return url.Values{"to": {templates.DestinationValue(d)}} }

func TestWhatAReplicationWouldCopy(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	policy := s.dumps("orders", 3)
	page := s.replication() + "/" + policy.ID + "/replicate"
	runs := func() int {
		found, err := s.service.ReplicationRuns(t.Context(), s.scope(), api.RunQuery{})
		require.NoError(t, err)
		return len(found.Items)
	}

	t.Run("is on the page at once for the only destination", func(t *testing.T) {
		p := s.get(page).requireStatus(http.StatusOK)
		require.Equal(t, templates.DestinationValue(s.there()), p.value("to"))
		require.Equal(t, 1, p.Find("#to option").Length(), "the project's own region is no destination")
		require.Contains(t, p.text("#plan-title"), "3 backups")
		require.Contains(t, p.text("tbody"), "dump-00")
		require.Equal(t, 3, p.Find("#replicate tbody tr").Length())
		require.Contains(t, p.text("#plan"), "only reads")
		require.Contains(t, p.text("#plan"), "unknown Nothing was copied there yet.")
		require.Zero(t, p.Find("#replicate-start[disabled]").Length())
		require.Contains(t, p.text("#accelerate-help"), "billed extra")
		require.Contains(t, p.text("#replicate noscript"), "Show what would be copied")
	})
	t.Run("is shown again after a choice, without the page around it", func(t *testing.T) {
		p := s.get(page+"?"+to(s.there()).Encode()+"&accelerate=true", fragment("replicate")...)
		require.False(t, p.whole())
		require.Equal(t, 1, p.Find("#accelerate[checked]").Length())
		require.Contains(t, p.Find("#replicate").AttrOr("data-announce", ""), "3 backups")
	})
	t.Run("changes nothing", func(t *testing.T) {
		s.get(page)
		require.Zero(t, runs())
	})
	t.Run("waits for a destination", func(t *testing.T) {
		p := s.get(page + "?to=").requireStatus(http.StatusOK)
		require.Zero(t, p.Find("#plan").Length())
		require.Contains(t, p.text("#replicate-off"), "Choose a destination")
		require.Equal(t, 1, p.Find("#replicate-start[disabled][aria-describedby=replicate-off]").Length())
	})
	t.Run("is refused for a destination that there is not", func(t *testing.T) {
		for _, nowhere := range []string{"mars/1", "x", "/", s.region(true).Name + "/" + s.project.ID} {
			p := s.get(page + "?to=" + url.QueryEscape(nowhere)).requireStatus(http.StatusOK)
			require.NotEmpty(t, p.text("#to-error"))
			require.Equal(t, 1, p.Find("#to[aria-invalid]").Length())
			s.post(page, url.Values{"to": {nowhere}}).requireStatus(http.StatusUnprocessableEntity)
		}
		require.Zero(t, runs())
	})
	t.Run("is not there for a policy of another project", func(t *testing.T) {
		other := *s
		other.project.ID = s.there().Project
		s.get(other.replication() + "/" + policy.ID + "/replicate").requireStatus(http.StatusNotFound)
		s.post(other.replication()+"/"+policy.ID+"/replicate", to(s.there())).requireStatus(http.StatusNotFound)
	})
}

func TestExecutingAReplication(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	policy := s.dumps("orders", 2)
	page := s.replication() + "/" + policy.ID + "/replicate"

	form := to(s.there())
	form.Set("accelerate", "true")
	p := s.post(page, form).requireStatus(http.StatusSeeOther)
	found, err := s.service.ReplicationRuns(t.Context(), s.scope(), api.RunQuery{Open: true})
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	run := found.Items[0]
	require.True(t, run.Accelerate)
	require.Equal(t, s.replication()+"/runs/"+run.ID, p.header.Get("Location"))

	t.Run("can be done once at a time", func(t *testing.T) {
		require.Contains(t, s.get(page).text("#plan-title"), "on its way")
		s.exec("UPDATE replication_runs SET driver = 'another process', driven_until = ?", time.Now().Add(20*time.Second).UnixMicro())
		s.write("orders/dump-99", "new")
		s.backUp(policy)
		p := s.get(page)
		require.Contains(t, p.text("#plan-title"), "1 backup,")
		require.Contains(t, p.text("#replicate-off"), "under way")
		require.Equal(t, s.replication()+"/runs/"+run.ID, p.Find("#replicate-off a").AttrOr("href", ""))
		require.Equal(t, 1, p.Find("#replicate-start[disabled]").Length())
		require.NotEmpty(t, s.post(page, form).requireStatus(http.StatusUnprocessableEntity).text("[role=alert]"))
		s.exec("UPDATE replication_runs SET driver = '', driven_until = 0")
	})
	s.settled(run.ID)
	t.Run("and again for what came later", func(t *testing.T) {
		p := s.get(page)
		require.Contains(t, p.text("#plan-title"), "1 backup,")
		require.Contains(t, p.text("tbody"), "dump-99")
		s.settled(s.replicate(policy).ID)
	})
	t.Run("but not if everything is there", func(t *testing.T) {
		p := s.get(page).requireStatus(http.StatusOK)
		require.Contains(t, p.text("#plan-title"), "Nothing to copy: everything is there.")
		require.Contains(t, p.text("#replicate-off"), "everything is there")
		require.Equal(t, 1, p.Find("#replicate-start[disabled]").Length())
		s.post(page, to(s.there())).requireRedirect(page)
		require.Contains(t, s.get(page).text(".flashes"), "there is nothing to copy")
	})
	t.Run("to where the policy goes on its schedule", func(t *testing.T) {
		d := s.there()
		_, err := s.service.UpdatePolicy(t.Context(), s.scope(), policy.ID, api.PolicyDraft{
			Name: policy.Name, Resources: []api.ResourceDraft{{ID: policy.Resources[0].ID, Path: "orders", Adopt: true}},
			Operations: []api.OperationDraft{{
				Type: api.OperationReplication, Pattern: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", Region: d.Region, Project: d.Project, Accelerate: true,
			}},
		}, policy.Version)
		require.NoError(t, err)
		p := s.get(page)
		require.Equal(t, templates.DestinationValue(d), p.value("to"))
		require.Equal(t, 1, p.Find("#accelerate[checked]").Length())
	})
}

func TestReplicatingOneBackup(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	policy := s.dumps("orders", 1)
	found, err := s.service.ListBackups(t.Context(), s.scope(), api.BackupQuery{Policy: policy.ID})
	require.NoError(t, err)
	backup := found.Items[0]
	page := s.replication() + "/backups/" + backup.ID + "/replicate"

	t.Run("asks where to, and what the replica is called", func(t *testing.T) {
		p := s.get(page).requireStatus(http.StatusOK)
		require.Contains(t, p.text("h1"), backup.Name)
		require.Equal(t, templates.DestinationValue(s.there()), p.value("to"))
		require.Equal(t, "manual_rep_from_"+backup.ID, p.Find("#name").AttrOr("placeholder", ""))
	})
	t.Run("says what is wrong where it is wrong", func(t *testing.T) {
		p := s.post(page, url.Values{"to": {"mars/1"}, "name": {"a b"}, "description": {"<b>"}}).requireStatus(http.StatusUnprocessableEntity)
		for _, field := range []string{"to", "name", "description"} {
			require.NotEmpty(t, p.text("#"+field+"-error"), field)
		}
		require.Equal(t, "a b", p.value("name"))
	})
	t.Run("leads to the run, which leads to the replica", func(t *testing.T) {
		form := to(s.there())
		form.Set("name", "copy_of_orders")
		run := s.post(page, form).requireStatus(http.StatusSeeOther).header.Get("Location")
		require.Contains(t, s.get(run).text("h1"), "one backup")
		records := s.records(run[len(s.replication()+"/runs/"):])
		require.Len(t, records, 1)
		s.settled(records[0].Run)
		p := s.get(run + "/records/" + records[0].ID).requireStatus(http.StatusOK)
		record, err := s.service.ReplicationRecord(t.Context(), s.scope(), records[0].ID)
		require.NoError(t, err)
		require.Equal(t, 1, p.Find(`a[href="/p/`+s.there().Project+`/replication/backups/`+record.Replica+`"]`).Length())
		replica, err := s.service.Backup(t.Context(), api.Scope{Project: s.there().Project}, record.Replica)
		require.NoError(t, err)
		require.Equal(t, "copy_of_orders", replica.Name)
	})
	t.Run("is refused where it is already", func(t *testing.T) {
		p := s.post(page, to(s.there())).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#to-error"))
	})
	t.Run("of another project is not found", func(t *testing.T) {
		other := "/p/" + s.there().Project + "/replication/backups/" + backup.ID + "/replicate"
		s.get(other).requireStatus(http.StatusNotFound)
		s.post(other, to(s.there())).requireStatus(http.StatusNotFound)
	})
}

func TestRunsOfReplication(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	list := s.replication() + "/runs"

	t.Run("where there are none lead to the policies", func(t *testing.T) {
		p := s.get(list).requireStatus(http.StatusOK)
		require.Equal(t, s.replication(), p.Find(".empty a").AttrOr("href", ""))
	})
	orders, users := s.dumps("orders", 2), s.dumps("users", 2)
	require.NoError(t, os.Remove(s.object("orders/dump-01")))
	first, second := s.replicate(orders), s.replicate(users)
	s.settled(first.ID)
	third := s.settled(second.ID)

	t.Run("are listed from the newest, with what became of them", func(t *testing.T) {
		p := s.get(list)
		rows := p.Find("tbody tr")
		require.Equal(t, 2, rows.Length())
		require.Contains(t, rows.First().Text(), "users")
		require.Contains(t, rows.First().Text(), "Succeeded")
		require.Contains(t, rows.First().Text(), "grace")
		require.Contains(t, rows.First().Text(), third.Destination.Region)
		require.Contains(t, rows.Last().Text(), "With gaps")
		require.Contains(t, rows.Last().Text(), "1 failed")
		require.Equal(t, list+"/"+first.ID, rows.Last().Find("a").AttrOr("href", ""))
	})
	t.Run("can be narrowed to a policy, and to those under way", func(t *testing.T) {
		p := s.get(list + "?policy=" + orders.ID)
		require.Equal(t, 1, p.Find("tbody tr").Length())
		require.Equal(t, orders.ID, p.value("policy"))
		p = s.get(list + "?open=true")
		require.Zero(t, p.Find("tbody tr").Length())
		require.Contains(t, p.text(".empty"), "Nothing")
	})
	t.Run("of a policy that is gone can be found by its name", func(t *testing.T) {
		stored, err := s.service.Policy(t.Context(), s.scope(), orders.ID)
		require.NoError(t, err)
		require.NoError(t, s.service.DeletePolicy(t.Context(), s.scope(), orders.ID, stored.Version))
		p := s.get(list + "?policy=" + orders.ID)
		require.Equal(t, "orders", p.text("#filter-policy option[selected]"))
	})
	t.Run("of another project are not there", func(t *testing.T) {
		other := "/p/" + s.there().Project + "/replication/runs"
		require.Zero(t, s.get(other).Find("tbody tr").Length())
		for _, path := range []string{"", "/events", "/cancel", "/records/" + s.records(first.ID)[0].ID} {
			s.get(other + "/" + first.ID + path).requireStatus(http.StatusNotFound)
		}
		s.post(other+"/"+first.ID+"/cancel", nil).requireStatus(http.StatusNotFound)
		s.post(other+"/"+first.ID+"/retry", nil).requireStatus(http.StatusNotFound)
	})
}
