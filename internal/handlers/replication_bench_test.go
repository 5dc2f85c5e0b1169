package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// grow adds records that failed to a run, which has one.
func (s *site) grow(run string, count int) {
	s.t.Helper()
	var columns []string
	require.NoError(s.t, s.db.Read.NewRaw("SELECT name FROM pragma_table_info('replication_records')").Scan(s.t.Context(), &columns))
	own := map[string]string{
		"id": "id || '-' || i", "backup_id": "backup_id || i", "backup_name": "backup_name || i", "status": "'fail'", "present": "false", "ended_at": "created_at",
	}
	values := make([]string, len(columns))
	for i, column := range columns {
		if values[i] = column; own[column] != "" {
			values[i] = own[column]
		}
	}
	s.exec("INSERT INTO replication_records ("+strings.Join(columns, ", ")+") "+
		"WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < ?) "+
		"SELECT "+strings.Join(values, ", ")+" FROM replication_records, counted WHERE run_id = ?", count, run)
	s.exec("UPDATE replication_runs SET total = total + ?, failed = failed + ? WHERE id = ?", count, count, run)
}

// bigRun is the page of a run of ten thousand backups.
func (s *site) bigRun() string {
	run := s.replicate(s.dumps("orders", 1))
	s.grow(run.ID, 9_999)
	return s.replication() + "/runs/" + run.ID
}

func TestARunOfTenThousandIsShownPageByPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	run := s.bigRun()
	p := s.get(run).requireStatus(http.StatusOK)
	require.Equal(t, api.DefaultPage, p.Find("#records tbody tr").Length())
	require.Equal(t, "10,000", p.text("#count-all"))
	require.Equal(t, "9,999", p.text("#count-fail"))

	next, _ := p.Find(".pager a[rel=next]").Attr("href")
	second := s.get(next).requireStatus(http.StatusOK)
	require.Equal(t, api.DefaultPage, second.Find("#records tbody tr").Length())
	require.NotEqual(t, p.text("#records tbody"), second.text("#records tbody"))
	require.True(t, strings.HasPrefix(second.Find("[sse-connect]").AttrOr("sse-connect", ""), run+"/events?cursor="), "it listens to what changes of its own page")
}

// BenchmarkRunOfReplication is the first page of a run of ten thousand.
func BenchmarkRunOfReplication(b *testing.B) {
	s := newSite(b)
	run := s.bigRun()
	for b.Loop() {
		s.get(run, header{"Accept-Encoding", "gzip"})
	}
}
