package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestCellsThatASpreadsheetWouldRun(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"  =1": "'  =1", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠SUM(A1)": "'＠SUM(A1)", "　＝1": "'　＝1", `"=1`: `'"=1`,
		"orders": "orders", "a=b": "a=b", "": "", "10.0.0.1:3306": "10.0.0.1:3306", "2026-11-22T00:00:00Z": "2026-11-22T00:00:00Z",
	} {
		require.Equal(t, []string{want}, api.Harmless(cell), "%q", cell)
	}
}
