package mirror_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/mirror"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// room is where two projects live that have nothing, and a region that they can move to.
type room struct {
	*mirror.Backends

	db    *store.DB
	ring  string
	there *there
}

// eachRoom runs a test in an empty room on both databases.
func eachRoom(t *testing.T, f func(t *testing.T, r *room)) {
	t.Helper()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		r := &room{db: db, ring: keyring.NewKey(), there: newRegion(t)}
		r.write(t, "INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 0)")
		for name, s := range map[string]api.Scope{"orders": mine, "others": other} {
			r.write(t, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, 'a', ?, 0)", s.Project, name)
		}
		r.Backends = r.process(t, r.ring, nil)
		keys, err := keyring.Parse(r.ring)
		require.NoError(t, err)
		require.NoError(t, identity.New(db, keys).ProveKeys(t.Context()))
		f(t, r)
	})
}

// process is another process on the same database, with these keys.
func (r *room) process(t *testing.T, ring string, forget func(ctx context.Context, tx bun.Tx, project string) error) *mirror.Backends {
	t.Helper()
	keys, err := keyring.Parse(ring)
	require.NoError(t, err)
	return mirror.NewBackends(mirror.BackendsOptions{DB: r.db, Keys: keys, Forget: forget, Cloud: cloud.Options{
		Transport: probe.New(probe.Options{Timeout: 5 * time.Second}).Transport(), Pause: time.Millisecond, PerSecond: 1e6, Burst: 1e6,
	}})
}

// write writes past every service.
func (r *room) write(t *testing.T, query string, args ...any) {
	t.Helper()
	require.NoError(t, r.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

// draft is the project in the one there.
func (r *room) draft() api.BackendDraft { return r.there.draft(r.there.mine.Project) }

// move moves the project there and returns a draft that changes nothing.
func (r *room) move(t *testing.T) api.BackendDraft {
	t.Helper()
	d := r.draft()
	is, err := r.SetBackend(t.Context(), mine, d, api.Connect)
	require.NoError(t, err)
	d.Secret, d.Version = api.Secret{}, is.Version
	return d
}

// furnish puts something into the project.
func (r *room) furnish(t *testing.T) {
	t.Helper()
	r.write(t, `INSERT INTO queues (id, project_id, name, description, type, cus, cidr, tags, created_at, created_by, version)
		VALUES ('q', ?, 'etl', '', 'sql', 16, '', '[]', 0, '', 1)`, mine.Project)
}

// changes are what the audit log says of the project, newest first.
func (r *room) changes(t *testing.T) []api.Change {
	t.Helper()
	found, err := r.db.Changes(t.Context(), mine.Project, api.KindProject, mine.Project, "", 20)
	require.NoError(t, err)
	return found
}

// everything is all that the database holds, with its audit log.
func (r *room) everything(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, text := range apitest.Digest(t, r.db) {
		all.WriteString(text)
	}
	for _, c := range r.changes(t) {
		all.Write(c.Before)
		all.Write(c.After)
	}
	return all.String()
}

// requireProblem requires that a draft is refused for that alone.
func requireProblem(t *testing.T, err error, code api.Code, path, key string, what ...string) {
	t.Helper()
	e, ok := err.(*api.Error) //nolint:errorlint // as it comes
	require.True(t, ok, "%v: %v", what, err)
	require.Equal(t, code, e.Code, what)
	require.Len(t, e.Problems, 1, "%v: %v", what, e)
	require.Equal(t, path+" "+key, e.Problems[0].Path+" "+e.Problems[0].Message.Key, what)
}

func TestAProjectMovesIntoARegion(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		is, err := r.Backend(ctx, mine)
		require.NoError(t, err)
		require.Equal(t, api.Backend{Kind: api.BackendEmbedded}, is)
		client, _, err := r.Client(ctx, mine.Project)
		require.NoError(t, err)
		require.Nil(t, client)

		d := r.draft()
		d.Endpoints = map[string]string{"dli": strings.ToUpper(d.Base[:4]) + d.Base[4:] + "/"}
		is, err = r.SetBackend(ctx, mine, d, api.Connect)
		require.NoError(t, err)
		require.Equal(t, api.Warned, is.Check.Status, "it is not encrypted")
		require.NotEmpty(t, is.Check.Steps)
		require.NotZero(t, is.Version)
		require.Equal(t, "ada", is.Updated.By)
		is.Check, is.Version, is.Updated = nil, 0, api.Stamp{}
		require.Equal(t, api.Backend{
			Kind: api.BackendCloud, Cloud: api.CloudCustom, Region: regionName, Project: d.Project, Base: d.Base,
			Endpoints: map[string]string{"dli": d.Base}, Access: d.Access, HasSecret: true,
		}, is)
		client, place, err := r.Client(ctx, mine.Project)
		require.NoError(t, err)
		require.NotNil(t, client)
		require.Equal(t, d.Project+" "+regionName, place.Project+" "+place.Region)

		said := r.changes(t)
		require.Len(t, said, 1)
		require.Equal(t, "backend orders", said[0].Action+" "+said[0].ObjectName)
		require.JSONEq(t, `{"kind":"embedded"}`, string(said[0].Before))
		require.Contains(t, string(said[0].After), `"secret":true,"secret_typed":true,"check":"warned"`)
		require.NotContains(t, r.everything(t), r.there.key.Secret.Reveal(), "the secret is sealed")
	})
}

func TestTheTestDecidesBeforeAProjectMoves(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx, d := t.Context(), r.draft()
		d.Secret = api.NewSecret("wrong-wrong-wrong")
		check, err := r.TestBackend(ctx, mine, d)
		require.NoError(t, err)
		require.Equal(t, "secret", check.Failure().Path)
		_, err = r.SetBackend(ctx, mine, d, api.Connect)
		require.Equal(t, api.CheckFailed, api.CodeOf(err), "%v", err)
		require.Equal(t, "secret", err.(*api.Error).Check.Failure().Path) //nolint:errorlint // as it comes
		is, err := r.Backend(ctx, mine)
		require.NoError(t, err)
		require.Equal(t, api.BackendEmbedded, is.Kind)
		require.Len(t, r.changes(t), 2)
		require.Equal(t, "test", r.changes(t)[0].Action)
		require.Contains(t, string(r.changes(t)[0].After), `"status":"failed","failed":"sign_in"`)

		is, err = r.SetBackend(ctx, mine, d, api.Anyway)
		require.NoError(t, err)
		require.Equal(t, api.Failed, is.Check.Status)
		d.Version = is.Version
		is, err = r.SetBackend(ctx, mine, d, api.Shape)
		require.NoError(t, err)
		require.Nil(t, is.Check, "nobody asked")
		require.NotContains(t, r.everything(t), "wrong-wrong-wrong")

		is, err = r.SetBackend(ctx, other, api.BackendDraft{}, api.Connect)
		require.NoError(t, err)
		require.Equal(t, api.BackendEmbedded, is.Kind, "it lives here, and stays")
	})
}

// A stored secret goes only where it was given for (S11).
func TestASecretIsAskedForAgainWhenItWouldGoElsewhere(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx, same := t.Context(), r.move(t)
		check, err := r.TestBackend(ctx, mine, same)
		require.NoError(t, err)
		require.Equal(t, api.Warned, check.Status, "%v", check.Failure())
		is, err := r.SetBackend(ctx, mine, same, api.Connect)
		require.NoError(t, err)
		require.Equal(t, same.Version+1, is.Version)
		require.NotContains(t, string(r.changes(t)[0].After), "secret_typed")

		for name, change := range map[string]func(d *api.BackendDraft){
			"cloud":    func(d *api.BackendDraft) { d.Cloud = api.CloudOTC },
			"base":     func(d *api.BackendDraft) { d.Base = "http://127.0.0.1:1" },
			"endpoint": func(d *api.BackendDraft) { d.Endpoints = map[string]string{"iam": "http://127.0.0.1:1"} },
			"key":      func(d *api.BackendDraft) { d.Access = "OTHER" },
			"user":     func(d *api.BackendDraft) { d.Access, d.Domain, d.User = "", "acme", "ada" },
		} {
			d := same
			d.Version = is.Version
			change(&d)
			requireProblem(t, r.ValidateBackend(ctx, mine, d), api.Invalid, "secret", "backend.secret_again", name)
			_, err := r.TestBackend(ctx, mine, d)
			requireProblem(t, err, api.Invalid, "secret", "backend.secret_again", name)
			_, err = r.SetBackend(ctx, mine, d, api.Anyway)
			requireProblem(t, err, api.Invalid, "secret", "backend.secret_again", name)
		}
	})
}

func TestWhatAProjectHasIsNotLeftBehind(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.furnish(t)
		requireProblem(t, r.ValidateBackend(ctx, mine, r.draft()), api.Conflict, "kind", "backend.furnished")
		_, err := r.SetBackend(ctx, mine, r.draft(), api.Anyway)
		requireProblem(t, err, api.Conflict, "kind", "backend.furnished")
		r.write(t, "DELETE FROM queues")

		d := r.move(t)
		r.furnish(t)
		d.Secret = r.there.key.Secret
		d.Endpoints = map[string]string{"dli": strings.Replace(d.Base, "127.0.0.1", "localhost", 1)}
		is, err := r.SetBackend(ctx, mine, d, api.Shape)
		require.NoError(t, err, "it is the same project of the same region")
		d.Version, d.Project = is.Version, r.there.other.Project
		_, err = r.SetBackend(ctx, mine, d, api.Shape)
		requireProblem(t, err, api.Conflict, "project", "backend.elsewhere")

		back := api.BackendDraft{Version: is.Version}
		_, err = r.SetBackend(ctx, mine, back, api.Connect)
		requireProblem(t, err, api.Conflict, "kind", "backend.furnished")
	})
}

func TestAProjectComesBack(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		var forgot []string
		here := r.process(t, r.ring, func(ctx context.Context, tx bun.Tx, project string) error {
			forgot = append(forgot, project)
			_, err := tx.ExecContext(ctx, "DELETE FROM queues WHERE project_id = ?", project)
			return err
		})
		d := r.move(t)
		r.furnish(t)
		r.write(t, "INSERT INTO mirror_kinds (project_id, kind, object_id) VALUES (?, 'queue', '')", mine.Project)
		back := api.BackendDraft{Version: d.Version, Confirm: api.Confirm("another")}
		_, err := here.SetBackend(ctx, mine, back, api.Connect)
		requireProblem(t, err, api.Invalid, "confirm", "backend.confirm_differs")
		require.Empty(t, forgot)

		back.Confirm = api.Confirm(" orders ")
		is, err := here.SetBackend(ctx, mine, back, api.Connect)
		require.NoError(t, err)
		require.Equal(t, api.Backend{Kind: api.BackendEmbedded}, is)
		require.Equal(t, []string{mine.Project}, forgot)
		said := r.changes(t)[0]
		require.JSONEq(t, `{"kind":"embedded"}`, string(said.After))
		require.Contains(t, string(said.Before), `"cloud":"custom"`)
		left := apitest.Digest(t, r.db)
		require.Empty(t, left["project_backends"]+left["backend_places"]+left["mirror_kinds"])
		client, _, err := r.Client(ctx, mine.Project)
		require.NoError(t, err)
		require.Nil(t, client)

		again := r.move(t)
		require.Greater(t, again.Version, d.Version, "no version is there twice")
	})
}

func TestTwoProjectsDoNotLiveInTheSamePlace(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.move(t)
		for name, change := range map[string]func(d *api.BackendDraft){
			"as it is":          func(*api.BackendDraft) {},
			"in another region": func(d *api.BackendDraft) { d.Region = "elsewhere" },
			"in some services": func(d *api.BackendDraft) {
				d.Base, d.Endpoints = "http://127.0.0.1:1", map[string]string{"cdm": d.Base}
			},
		} {
			d := r.draft()
			change(&d)
			requireProblem(t, r.ValidateBackend(ctx, other, d), api.Invalid, "project", "backend.place_taken", name)
			_, err := r.SetBackend(ctx, other, d, api.Anyway)
			requireProblem(t, err, api.Invalid, "project", "backend.place_taken", name)
		}
		_, err := r.SetBackend(ctx, other, r.there.draft(r.there.other.Project), api.Connect)
		require.NoError(t, err, "another project of the same region")
	})
}

func TestOfTwoWhoMoveToTheSamePlaceOneDoes(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		var all sync.WaitGroup
		errs := make([]error, 2)
		for i, s := range []api.Scope{mine, other} {
			process := r.process(t, r.ring, nil)
			all.Go(func() { _, errs[i] = process.SetBackend(t.Context(), s, r.draft(), api.Shape) })
		}
		all.Wait()
		if errs[0] != nil {
			errs[0], errs[1] = errs[1], errs[0]
		}
		require.NoError(t, errs[0])
		requireProblem(t, errs[1], api.Invalid, "project", "backend.place_taken")
	})
}

func TestWhoSavesSecondIsToldOf(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx, stale := t.Context(), r.draft()
		d := r.move(t)
		_, err := r.SetBackend(ctx, mine, stale, api.Connect)
		require.ErrorContains(t, err, "conflict: backend.changed", "it was seen as one that lives here")
		_, err = r.SetBackend(ctx, mine, d, api.Connect)
		require.NoError(t, err)
		_, err = r.SetBackend(ctx, mine, d, api.Connect)
		require.ErrorContains(t, err, "conflict: backend.changed")
		r.write(t, "DELETE FROM project_backends")
		_, err = r.SetBackend(ctx, mine, r.there.draftOf(d.Version), api.Connect)
		require.ErrorContains(t, err, "conflict: backend.came_back")
	})
}

// draftOf is a draft that was made of a version.
func (w *there) draftOf(version int64) api.BackendDraft {
	d := w.draft(w.mine.Project)
	d.Version = version
	return d
}

func TestAClientFollowsWhatOtherProcessesChange(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx, elsewhere := t.Context(), r.process(t, r.ring, nil)
		client := func() *cloud.Client {
			c, _, err := r.Client(ctx, mine.Project)
			require.NoError(t, err)
			return c
		}
		d := r.move(t)
		first := client()
		require.Same(t, first, client(), "it keeps its token and its connections")
		is, err := elsewhere.SetBackend(ctx, mine, d, api.Connect)
		require.NoError(t, err)
		second := client()
		require.NotSame(t, first, second)
		_, err = elsewhere.SetBackend(ctx, mine, api.BackendDraft{Version: is.Version}, api.Connect)
		require.NoError(t, err)
		require.Nil(t, client())
		r.move(t)
		require.NotSame(t, second, client())
		nobody, _, err := r.Client(ctx, "a\x00b")
		require.NoError(t, err)
		require.Nil(t, nobody)
	})
}

func TestSecretsOfBackendsAreResealedAndBoundToTheirProject(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		ctx, d := t.Context(), r.move(t)
		newer := keyring.NewKey()
		both := r.process(t, newer+"\n"+r.ring, nil)
		for _, want := range []int{1, 0} {
			n, err := both.Reseal(ctx)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		alone := r.process(t, newer, nil)
		check, err := alone.TestBackend(ctx, mine, d)
		require.NoError(t, err)
		require.Nil(t, check.Failure(), "it signs in")
		_, err = r.TestBackend(ctx, mine, d)
		require.ErrorIs(t, err, keyring.ErrSealed, "the old key opens nothing any more")

		_, err = alone.SetBackend(ctx, other, r.there.draft(r.there.other.Project), api.Shape)
		require.NoError(t, err)
		r.write(t, "UPDATE project_backends SET sealed = (SELECT sealed FROM project_backends WHERE project_id = ?) WHERE project_id = ?",
			mine.Project, other.Project)
		_, _, err = r.process(t, newer, nil).Client(ctx, other.Project)
		require.ErrorIs(t, err, keyring.ErrSealed, "of another project")
	})
}

func TestNoBackendOfAProjectThatIsNotThere(t *testing.T) {
	t.Parallel()
	eachRoom(t, func(t *testing.T, r *room) {
		nowhere := api.Scope{Project: strings.Repeat("9", 32), Actor: mine.Actor}
		_, err := r.SetBackend(t.Context(), nowhere, r.draft(), api.Shape)
		require.Equal(t, api.NotFound, api.CodeOf(err), "%v", err)
	})
}
