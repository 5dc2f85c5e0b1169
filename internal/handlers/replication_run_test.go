package handlers_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

func TestTheRunOfAReplication(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	policy := s.dumps("orders", 3)
	require.NoError(t, os.Remove(s.object("orders/dump-01")))
	run := s.replicate(policy)
	page := s.replication() + "/runs/" + run.ID

	t.Run("looks at itself again without JavaScript while it goes on", func(t *testing.T) {
		p := s.get(page).requireStatus(http.StatusOK)
		require.Contains(t, p.html, `<noscript><meta http-equiv="refresh" content="2"></noscript>`)
		require.Equal(t, page+"/events", p.Find("[sse-connect]").AttrOr("sse-connect", ""))
		require.Contains(t, p.text("h1"), "orders")
		require.Equal(t, 3, p.Find("#records tbody tr").Length())
		require.Equal(t, "3", p.text("#count-all"))
		require.Equal(t, page+"/cancel", p.Find("#run-cancel").AttrOr("href", ""))
		require.Zero(t, p.Find("#run-retry").Length())
	})
	s.settled(run.ID)
	failed := s.records(run.ID)[1]
	t.Run("keeps its figures, and says why something was not copied", func(t *testing.T) {
		p := s.get(page)
		require.NotContains(t, p.html, "http-equiv")
		require.Zero(t, p.Find("[sse-connect], #run-cancel").Length())
		require.Contains(t, p.text("#run-verdict"), "2 of 3 copied · 1 failed")
		require.Equal(t, []string{"0", "0", "2", "1", "0"}, []string{
			p.text("#count-waiting_replicate"), p.text("#count-replicating"), p.text("#count-success"), p.text("#count-fail"), p.text("#count-skip"),
		})
		row := p.text("#record-" + failed.ID)
		require.Contains(t, row, "Failed")
		require.Contains(t, row, "dump-01")
		require.NotEmpty(t, p.text("#record-"+failed.ID+" .run-reason"))
		require.NotEmpty(t, p.text("#record-"+failed.ID+" td .row-note"), "what to do about it")
	})
	t.Run("shows the backups of one state", func(t *testing.T) {
		p := s.get(page + "?status=fail")
		require.Equal(t, 1, p.Find("#records tbody tr").Length())
		require.Equal(t, "fail", strings.TrimPrefix(p.Find(".tab-bar [aria-current]").AttrOr("href", ""), page+"?status="))
		require.Contains(t, s.get(page+"?status=skip").text("#records"), "No backup")
		require.Equal(t, 3, s.get(page+"?status=evil").Find("#records tbody tr").Length())
	})
	t.Run("has a page for each backup, with what happened", func(t *testing.T) {
		p := s.get(page + "/records/" + failed.ID).requireStatus(http.StatusOK)
		require.Contains(t, p.text("h1"), failed.Backup.Name)
		require.NotEmpty(t, p.Find(".episodes li").Length())
		require.Equal(t, 1, p.Find(`a[href="`+s.replication()+`/backups/`+failed.Backup.ID+`"]`).Length())
		require.Zero(t, p.Find("#record[hx-trigger]").Length(), "it is not looked at again")
		s.get(page + "/records/" + run.ID).requireStatus(http.StatusNotFound)
	})
	t.Run("can be cancelled once it has ended, which changes nothing", func(t *testing.T) {
		s.get(page + "/cancel").requireRedirect(page)
		s.post(page+"/cancel", nil).requireRedirect(page)
		require.Contains(t, s.get(page).text("#run-verdict"), "2 of 3 copied")
	})
	t.Run("is retried for what failed only", func(t *testing.T) {
		s.write("orders/dump-01", "dump 1 of orders")
		next := s.post(page+"/retry", nil).requireStatus(http.StatusSeeOther).header.Get("Location")
		require.NotEqual(t, page, next)
		p := s.get(next).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("#records tbody tr").Length())
		require.Equal(t, 1, p.Find(`.run-state a[href="`+page+`"]`).Length(), "it says what it is a retry of")
		s.settled(next[strings.LastIndex(next, "/")+1:])
	})
}

// TestARunThatIsCancelled needs no work in the background: nothing was begun.
func TestARunThatIsCancelled(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	run := s.replicate(s.dumps("orders", 2))
	page := s.replication() + "/runs/" + run.ID

	p := s.get(page + "/cancel").requireStatus(http.StatusOK)
	require.Contains(t, p.text(".confirm"), "2 backups")
	require.Equal(t, page+"/cancel", p.Find(".confirm form").AttrOr("action", ""))
	require.Equal(t, page, p.Find(".confirm a").AttrOr("href", ""))
	s.post(page+"/cancel", nil).requireRedirect(page)
	s.settled(run.ID)
	p = s.get(page)
	require.Contains(t, p.text("#run-verdict"), "Cancelled by "+user)
	require.Equal(t, "2", p.text("#count-skip"))
	require.Equal(t, 1, p.Find("#run-retry").Length())
}

func TestARunThatNobodyWorksOnSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	run := s.replicate(s.dumps("orders", 1))
	page := s.replication() + "/runs/" + run.ID
	require.NotContains(t, s.get(page).text("#replication-state"), "Nobody")
	s.exec("UPDATE replication_runs SET started_at = ?, seen_at = ?", time.Now().Add(-time.Hour).UnixMicro(), time.Now().Add(-time.Minute).UnixMicro())
	require.Contains(t, s.get(page).text("#replication-state"), "Nobody works on this run at the moment.")
	require.Contains(t, s.get(s.replication()+"/runs").text("tbody"), "Nobody works on it")
}

// exec changes the database behind the service's back.
func (s *site) exec(query string, args ...any) {
	s.t.Helper()
	require.NoError(s.t, s.db.InTx(s.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

func TestTheEventsOfAReplication(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	policy := s.dumps("orders", 60)

	run := s.replicate(policy)
	page := s.replication() + "/runs/" + run.ID
	events, res := s.listen(t.Context(), page+"/events")
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))

	first := next(t, events)
	require.Equal(t, "records", first.name, "what is shown now, in case that something has changed since the page was made")
	require.Equal(t, api.DefaultPage, strings.Count(first.data, "<tr id="), "of one page")
	figures := next(t, events)
	require.Equal(t, "figures", figures.name)
	require.Contains(t, figures.data, "0 of 60 done")
	require.NotContains(t, figures.data, "data-announce", "figures are not read out")
	require.NotContains(t, figures.data, "<a ", "nothing that can have the focus is replaced")
	s.settled(run.ID)

	var last event
	news := 0
	for e := range events {
		require.Contains(t, []string{"rows", "figures", "state", "done"}, e.name)
		if e.name == "rows" {
			require.LessOrEqual(t, strings.Count(e.data, "<tr id="), api.DefaultPage)
			require.Contains(t, e.data, `hx-swap-oob="true"`)
		}
		news += strings.Count(e.data, "data-announce")
		last = e
	}
	require.Equal(t, "done", last.name)
	require.Contains(t, last.data, "all 60 backups are at the destination")
	require.LessOrEqual(t, news, 2, "that it began, and how it ended")
}

func TestTheEventsOfAReplicationThatHasEndedAreItsEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	run := s.settled(s.replicate(s.dumps("orders", 2)).ID)
	events, _ := s.listen(t.Context(), s.replication()+"/runs/"+run.ID+"/events?status=fail")
	require.Equal(t, "records", next(t, events).name)
	require.Equal(t, "figures", next(t, events).name)
	require.Equal(t, "done", next(t, events).name)
	requireEnd(t, events)
}
