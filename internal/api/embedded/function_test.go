package embedded_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestTheEmbeddedControlPlaneHasFunctions(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Functions(t, func(t *testing.T) apitest.Plane {
			return plane(t, open(t), ring(t))
		})
	})
}

// manyFunctions writes n functions without asking the service.
func manyFunctions(t *testing.T, db *store.DB, n int) {
	t.Helper()
	numbers := "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
	exec(t, db, `INSERT INTO functions (id, project_id, package, name, created_at, created_by, updated_at, updated_by, version) `+
		numbers+`SELECT 'f' || i, ?, 'default', 'function_' || i, i, '', i, '', 1 FROM n`, n, mine.Project)
	for _, version := range []string{api.LatestVersion, "v1"} {
		exec(t, db, `INSERT INTO function_versions
			(function_id, name, description, config, code, upstream, created_at, created_by, updated_at, updated_by) `+
			numbers+`SELECT 'f' || i, ?, '', '{}', '{}', '', i, '', i, '' FROM n`, n, version)
	}
}

func TestAProjectHasRoomForSoManyFunctions(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		manyFunctions(t, db, api.MaxFunctions-1)
		var last api.Function
		worked := 0
		for i := range 2 {
			f, err := p.Service.CreateFunction(t.Context(), mine, apitest.FunctionDraft(fmt.Sprintf("last_%d", i)))
			if err == nil {
				worked, last = worked+1, f
				continue
			}
			require.Equal(t, api.Limit, api.CodeOf(err), "error: %v", err)
		}
		require.Equal(t, 1, worked)
		_, err := p.Service.CreateFunction(t.Context(), other, apitest.FunctionDraft("theirs"))
		require.NoError(t, err, "that is about one project")
		require.NoError(t, p.Service.DeleteFunction(t.Context(), mine, last.ID, 0, api.Confirmation{}))
		_, err = p.Service.CreateFunction(t.Context(), mine, apitest.FunctionDraft("again"))
		require.NoError(t, err)
	})
}

// asked counts queries.
type asked struct{ queries atomic.Int64 }

func (a *asked) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	a.queries.Add(1)
	return ctx
}

func (*asked) AfterQuery(context.Context, *bun.QueryEvent) {}

func TestAPageOfManyFunctionsAsksNoMoreThanOneOfFew(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		plane(t, db, ring(t)) // makes the projects
		manyFunctions(t, db, api.MaxFunctionPage)
		a := new(asked)
		counted := *db
		counted.Read = db.Read.WithQueryHook(a)
		p := planeOn(t, &counted, ring(t))
		var queries [2]int64
		for i, limit := range []int{1, api.MaxFunctionPage} {
			before := a.queries.Load()
			page, err := p.Service.ListFunctions(t.Context(), mine, api.FunctionQuery{Limit: limit})
			require.NoError(t, err)
			require.Len(t, page.Items, limit)
			require.Equal(t, 2, page.Items[limit-1].Versions)
			queries[i] = a.queries.Load() - before
		}
		require.Equal(t, [2]int64{3, 3}, queries)
	})
}
