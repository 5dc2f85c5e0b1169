package views_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
	"switchboard/internal/api/views"
)

// open makes two users and two projects; scope is where one of them works.
func open(t *testing.T, db *store.DB) *views.Service {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, query := range []string{
			"INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 0)",
			"INSERT INTO projects (id, account_id, name, created_at) VALUES ('p', 'a', 'p', 0), ('q', 'a', 'q', 0)",
			"INSERT INTO users (id, account_id, name, password_hash, created_at) VALUES ('ada', 'a', 'ada', '', 0), ('eve', 'a', 'eve', '', 0)",
		} {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		return nil
	}))
	return views.New(db)
}

func scope(project, user string) api.Scope {
	return api.Scope{Project: project, Actor: api.Actor{UserID: user, User: user, Role: api.RoleViewer}}
}

// names are the views of a list.
func names(t *testing.T, v *views.Service, s api.Scope, section string) []string {
	t.Helper()
	found, err := v.Views(t.Context(), s, section)
	require.NoError(t, err)
	all := []string{}
	for _, view := range found {
		all = append(all, view.Name)
	}
	return all
}

func TestViews(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		v, ctx, ada := open(t, db), t.Context(), scope("p", "ada")
		save := func(name, query string) api.View {
			view, err := v.SaveView(ctx, ada, "links", name, query)
			require.NoError(t, err)
			return view
		}

		broken := save(" Broken ", "sort=updated&q=db&cursor=abc&tick=page&connector=")
		require.Equal(t, "Broken", broken.Name)
		require.Equal(t, "q=db&sort=updated", broken.Query, "the place in the list does not count, nor what is empty")
		save("All of ours", "tag=b&tag=a")
		require.Equal(t, []string{"All of ours", "Broken"}, names(t, v, ada, "links"), "by name")

		again := save("Broken", "q=other")
		require.Equal(t, broken.ID, again.ID, "what is saved under a name that is there takes its place")
		require.Equal(t, "q=other", again.Query)

		_, err := v.RenameView(ctx, ada, broken.ID, "All of ours")
		require.Equal(t, api.Conflict, api.CodeOf(err))
		renamed, err := v.RenameView(ctx, ada, broken.ID, "Others")
		require.NoError(t, err)
		require.Equal(t, api.View{ID: broken.ID, Section: "links", Name: "Others", Query: "q=other"}, renamed)

		for what, s := range map[string]api.Scope{"another user": scope("p", "eve"), "another project": scope("q", "ada")} {
			require.Empty(t, names(t, v, s, "links"), what)
			_, err := v.RenameView(ctx, s, broken.ID, "mine now")
			require.Equal(t, api.NotFound, api.CodeOf(err), what)
			require.Equal(t, api.NotFound, api.CodeOf(v.DeleteView(ctx, s, broken.ID)), what)
		}
		require.Empty(t, names(t, v, ada, "aliases"), "another list")

		require.NoError(t, v.DeleteView(ctx, ada, broken.ID))
		require.Equal(t, api.NotFound, api.CodeOf(v.DeleteView(ctx, ada, broken.ID)))
		require.Equal(t, []string{"All of ours"}, names(t, v, ada, "links"))
	})
}

func TestWhatIsNoViewIsRefused(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		v, ctx, ada := open(t, db), t.Context(), scope("p", "ada")
		for what, d := range map[string]struct{ name, query, key string }{
			"no name":         {"  ", "q=a", "views.name_empty"},
			"a long name":     {strings.Repeat("é", api.MaxViewName+1), "q=a", "views.name_long"},
			"two lines":       {"a\nb", "q=a", "views.name_long"},
			"no text":         {"a\x00", "q=a", "views.name_long"},
			"nothing to keep": {"a", "cursor=x", "views.query_empty"},
			"no query":        {"a", "%zz", "views.query_empty"},
			"a long query":    {"a", "q=" + strings.Repeat("a", api.MaxViewQuery), "views.query_long"},
		} {
			_, err := v.SaveView(ctx, ada, "links", d.name, d.query)
			e, ok := err.(*api.Error) //nolint:errorlint // it is not wrapped
			require.True(t, ok, what)
			require.Equal(t, api.Invalid, e.Code, what)
			require.Equal(t, []api.Problem{{Path: "name", Message: e.Message}}, e.Problems, what)
			require.Equal(t, d.key, e.Message.Key, what)
		}
		for _, section := range []string{"", "\x00", strings.Repeat("x", 1000)} {
			_, err := v.SaveView(ctx, ada, section, "a", "q=a")
			require.Equal(t, api.NotFound, api.CodeOf(err))
			require.Empty(t, names(t, v, ada, section))
		}
		view, err := v.SaveView(ctx, ada, "links", strings.Repeat("é", api.MaxViewName), "q=%00")
		require.NoError(t, err)
		require.Equal(t, "q=%00", view.Query, "it stays encoded")
		_, err = v.RenameView(ctx, ada, "\x00", "a")
		require.Equal(t, api.NotFound, api.CodeOf(err))

		nobody := ada
		nobody.Actor.Role = api.RoleNone
		_, err = v.Views(ctx, nobody, "links")
		require.Equal(t, api.Forbidden, api.CodeOf(err))
	})
}

func TestAListHasABoundedNumberOfViews(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		v, ctx, ada := open(t, db), t.Context(), scope("p", "ada")
		for i := range api.MaxViews {
			_, err := v.SaveView(ctx, ada, "links", fmt.Sprint(i), "q=a")
			require.NoError(t, err)
		}
		_, err := v.SaveView(ctx, ada, "links", "one more", "q=a")
		require.Equal(t, api.Limit, api.CodeOf(err))
		_, err = v.SaveView(ctx, ada, "links", "0", "q=b")
		require.NoError(t, err, "one that is there can still be replaced")
		_, err = v.SaveView(ctx, ada, "aliases", "one more", "q=a")
		require.NoError(t, err)
		require.Len(t, names(t, v, ada, "links"), api.MaxViews)
	})
}
