package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api/apitest"
	"switchboard/internal/testserver"
)

// A process that stands still in the middle of a transaction does not hold up the
// others for ever: PostgreSQL ends what asks nothing.
func TestAStoppedProcessLetsGo(t *testing.T) {
	t.Parallel()
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	db := apitest.Open(t, url)
	var allowed string
	require.NoError(t, db.Read.NewRaw("SHOW idle_in_transaction_session_timeout").Scan(t.Context(), &allowed))
	require.Equal(t, "1min", allowed)

	stopped := apitest.Open(t, url+"&idle_in_transaction_session_timeout=500ms") // the URL's word counts
	furnish(t, db)
	holds, goOn := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- stopped.InTx(context.WithoutCancel(t.Context()), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE projects SET name = 'lost'")
			close(holds)
			<-goOn
			return err
		})
	}()
	<-holds
	began := time.Now()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE projects SET name = 'kept'")
		return err
	}))
	require.Less(t, time.Since(began), 20*time.Second)
	close(goOn)
	require.Error(t, <-ended, "what was held is taken back, and says so")
	var name string
	require.NoError(t, db.Read.NewRaw("SELECT name FROM projects").Scan(t.Context(), &name))
	require.Equal(t, "kept", name)
}
