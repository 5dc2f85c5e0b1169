package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestWhatABackupIsCalledOutside(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]api.Backup{
		"autobk_1.tar":             {Name: "autobk_1", Path: "docs", Archive: true},
		"docs.tar":                 {Name: "docs.tar", Path: "docs", Archive: true},
		"autobk_2-orders.sql.gz":   {Name: "autobk_2", Path: "dumps/orders.sql.gz"},
		"old-orders.sql.gz":        {Name: "old-orders.sql.gz", Path: "dumps/orders.sql.gz"},
		"orders-2026-11-22.sql.gz": {Name: "taken", Path: "dumps/orders-2026-11-22.sql.gz", Adopted: true},
		"unknown":                  {Name: "unknown"},
	} {
		require.Equal(t, want, b.File())
	}
}
