package embedded_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

func TestTheEmbeddedControlPlaneLeavesArchivedProjectsAlone(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Archived(t, func(t *testing.T) apitest.Archivable {
			db := open(t)
			p := plane(t, db, ring(t))
			return apitest.Archivable{
				Plane: p,
				CatchUp: func(t *testing.T) {
					t.Helper()
					require.NoError(t, p.Service.(*embedded.Plane).CatchUp(t.Context(), time.Now()))
				},
				Archive: func(t *testing.T, project string, archived bool) {
					t.Helper()
					at := int64(0)
					if archived {
						at = store.Micros(time.Now())
					}
					require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
						_, err := tx.ExecContext(ctx, "UPDATE projects SET archived_at = ? WHERE id = ?", at, project)
						return err
					}))
				},
			}
		})
	})
}
