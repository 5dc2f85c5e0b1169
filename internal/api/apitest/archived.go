package apitest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// Archivable is a Plane whose work in the background the test does itself.
type Archivable struct {
	Plane

	// CatchUp does what is due by now.
	CatchUp func(t *testing.T)
	// Archive keeps a project as it is, or takes it into use again.
	Archive func(t *testing.T, project string, archived bool)
}

// Archived says that nothing is done in the background in a project that is archived,
// however much waits there, and that it goes on when the project is in use again. open
// returns an empty Service.
func Archived(t *testing.T, open func(t *testing.T) Archivable) {
	t.Run("nothing is done in an archived project until it is in use again", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		kept, used := waiting(t, a.Plane, a.Mine), waiting(t, a.Plane, a.Other)
		a.Archive(t, a.Mine.Project, true)
		a.CatchUp(t)
		used.requireDone(t, a.Plane)
		kept.requireWaiting(t, a.Plane)

		a.Archive(t, a.Mine.Project, false)
		a.CatchUp(t)
		kept.requireDone(t, a.Plane)
	})
}

// waits is work of several kinds that waits in a project.
type waits struct {
	scope                            api.Scope
	run, connection, service, adding string // ids
}

func waiting(t *testing.T, p Plane, s api.Scope) waits {
	t.Helper()
	p.Mine = s
	w := waits{scope: s, connection: createConnection(t, p, ConnectionDraft(t, "orders")).ID, service: createService(t, p, ServiceDraft("mirror")).ID}
	run, err := p.Service.StartRun(t.Context(), s, api.KindLink, []string{create(t, p, ClosedDraft(t, "orders")).ID})
	require.NoError(t, err)
	w.run, w.adding = run.ID, startAddition(t, p, w.service, PermissionDrafts(3)).ID
	return w
}

// state is how far the work is: rows of the run that wait, whether the connection was
// looked at, entries that were added.
func (w *waits) state(t *testing.T, p Plane) (left int, connection api.ConnectionState, added int) {
	t.Helper()
	p.Mine = w.scope
	run, err := p.Service.Run(t.Context(), w.scope, w.run)
	require.NoError(t, err)
	addition, err := p.Service.Addition(t.Context(), w.scope, w.service, w.adding)
	require.NoError(t, err)
	return run.Left(), getConnection(t, p, w.connection).State, addition.Added
}

func (w *waits) requireWaiting(t *testing.T, p Plane) {
	t.Helper()
	left, connection, added := w.state(t, p)
	require.Equal(t, 1, left)
	require.Equal(t, api.ConnectionCreating, connection)
	require.Zero(t, added)
}

func (w *waits) requireDone(t *testing.T, p Plane) {
	t.Helper()
	left, connection, added := w.state(t, p)
	require.Zero(t, left)
	require.Equal(t, api.ConnectionFailed, connection, "nobody answers there")
	require.Equal(t, 3, added)
}
