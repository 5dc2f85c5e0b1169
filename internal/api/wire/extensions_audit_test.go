package wire

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestTheAuditLogOverTheWire(t *testing.T) {
	t.Parallel()
	w := start(t)
	rec := w.signed(http.MethodPost, w.links("default", ""), sftp("orders"))
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	base := "/switchboard/v1/projects/" + w.project.ID + "/audit"

	rec = w.signed(http.MethodGet, base+"?kind=link&action=create&limit=5", "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var page struct{ Entries []api.AuditLine }
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &page))
	require.Len(t, page.Entries, 1)
	require.Equal(t, "orders", page.Entries[0].Object)
	require.Equal(t, api.WayWire, page.Entries[0].Way)
	require.NotContains(t, rec.Body.String(), "hunter2hunter2")

	rec = w.signed(http.MethodGet, base+"/"+page.Entries[0].ID, "")
	require.Equal(t, http.StatusOK, rec.Code)
	var entry api.AuditLine
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &entry))
	require.Equal(t, page.Entries[0].ID, entry.ID)
	require.Equal(t, http.StatusNotFound, w.signed(http.MethodGet, base+"/nothing", "").Code)
	require.Equal(t, http.StatusBadRequest, w.signed(http.MethodGet, base+"?from=yesterday", "").Code)

	rec = w.signed(http.MethodGet, base+"/export?kind=link", "")
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, "application/jsonl; charset=utf-8", rec.Header().Get("Content-Type"))
	require.Len(t, strings.Split(strings.TrimSpace(rec.Body.String()), "\n"), 1)
}
