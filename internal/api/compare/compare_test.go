package compare_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/compare"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

const (
	hereID  = "11111111111111111111111111111111"
	thereID = "22222222222222222222222222222222"
)

type people struct{}

func (people) RoleIn(context.Context, string, string) (api.Role, error) { return api.RoleEditor, nil }

// town is two projects, each as an editor of both sees it.
type town struct {
	here, there compare.Side
	plane       api.Service // without anybody who governs it
	rules       api.Requests
}

// each runs a test with two empty projects on both databases.
func each(t *testing.T, f func(t *testing.T, w *town)) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 0)")
			for _, id := range []string{hereID, thereID} {
				if err == nil {
					_, err = tx.ExecContext(ctx, "INSERT INTO projects (id, account_id, name, region, created_at) VALUES (?, 'a', ?, 'local-1', 0)", id, id)
				}
			}
			return err
		}))
		keys, err := keyring.Parse(keyring.NewKey())
		require.NoError(t, err)
		plane := embedded.New(db, keys, probe.New(probe.Options{}), embedded.Options{Folders: []string{t.TempDir()}})
		require.NoError(t, plane.EnsureRegions(t.Context()))
		governed := governance.New(governance.Options{Next: plane, DB: db, Keys: keys, People: people{}})
		f(t, &town{side(governed, hereID), side(governed, thereID), plane, governed})
	})
}

func side(service api.Service, project string) compare.Side {
	actor := api.Actor{UserID: "ed", User: "ed", Way: api.WayPage, Role: api.RoleEditor}
	return compare.Side{Service: service, Scope: api.Scope{Project: project, Actor: actor, Reason: "It was agreed."}, Region: "local-1"}
}

func (w *town) link(t *testing.T, at compare.Side, d api.LinkDraft) api.Link {
	t.Helper()
	link, err := w.plane.CreateLink(t.Context(), at.Scope, d, api.Shape)
	require.NoError(t, err)
	return link
}

func (w *town) function(t *testing.T, at compare.Side, d api.FunctionDraft, versions ...string) api.Function {
	t.Helper()
	f, err := w.plane.CreateFunction(t.Context(), at.Scope, d)
	require.NoError(t, err)
	for _, name := range versions {
		_, err := w.plane.SetUpstream(t.Context(), at.Scope, f.ID, api.LatestVersion, "http://127.0.0.1:1/"+name)
		require.NoError(t, err)
		_, err = w.plane.PublishVersion(t.Context(), at.Scope, f.ID, api.VersionDraft{Name: name})
		require.NoError(t, err)
	}
	return f
}

func (w *town) service(t *testing.T, at compare.Side, name string, entries ...api.PermissionDraft) api.EndpointService {
	t.Helper()
	made, err := w.plane.CreateEndpointService(t.Context(), at.Scope, apitest.ServiceDraft(name))
	require.NoError(t, err)
	if len(entries) > 0 {
		_, err = w.plane.AddPermissions(t.Context(), at.Scope, made.ID, api.PermissionBatch{Entries: entries, Everyone: true})
		require.NoError(t, err)
	}
	return made
}

// differences are the rows of a kind, as "state of/name".
func (w *town) differences(t *testing.T, q compare.Query) []string {
	t.Helper()
	found := []string{}
	for {
		page, err := compare.Compare(t.Context(), w.here, w.there, q)
		require.NoError(t, err)
		for _, row := range page.Rows {
			found = append(found, fmt.Sprintf("%s %s/%s", row.State, row.Key.Of, row.Key.Name))
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return found
		}
	}
}

func key(kind api.Kind, of, name string) compare.Key {
	return compare.Key{Kind: kind, Of: of, Name: name}
}

// plan plans to copy from here to there.
func (w *town) plan(t *testing.T, secrets compare.Secrets, keys ...compare.Key) []compare.Item {
	t.Helper()
	items, err := compare.Plan(t.Context(), w.here, w.there, keys, secrets)
	require.NoError(t, err)
	return items
}

// do carries out all items of a plan and returns the keys of what became of each.
func (w *town) do(t *testing.T, secrets compare.Secrets, items ...compare.Item) []string {
	t.Helper()
	var wanted []compare.Wanted
	for _, item := range items {
		wanted = append(wanted, compare.Wanted{Key: item.Key, Seen: item.Seen})
	}
	results, err := compare.Do(t.Context(), w.here, w.there, wanted, secrets)
	require.NoError(t, err)
	var found []string
	for _, r := range results {
		said := "done"
		if r.Err != nil {
			said = r.Err.Message.Key
		}
		found = append(found, r.Key.Name+": "+said)
	}
	return found
}

func TestThingsAreComparedByTheirNames(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.link(t, w.here, apitest.MySQLDraft("same"))
		w.link(t, w.there, apitest.MySQLDraft("same"))
		w.link(t, w.here, apitest.MySQLDraft("ours"))
		w.link(t, w.there, apitest.MySQLDraft("theirs"))
		other := apitest.MySQLDraft("other")
		w.link(t, w.here, other)
		other.Inputs["linkConfig.host"] = "db2.example.com"
		w.link(t, w.there, other)
		elsewhere := apitest.MySQLDraft("ours")
		elsewhere.Cluster = "c2"
		w.link(t, w.there, elsewhere)

		all := compare.Query{Kind: api.KindLink}
		require.ElementsMatch(t, []string{"different default/other", "here default/ours", "there c2/ours", "there default/theirs"}, w.differences(t, all))
		page, err := compare.Compare(t.Context(), w.here, w.there, all)
		require.NoError(t, err)
		require.Equal(t, 1, page.Same)
		require.Contains(t, string(page.Rows[0].Here.View)+string(page.Rows[0].There.View), "db2.example.com")

		for show, want := range map[compare.Show][]string{
			compare.ShowHere:      {"here default/ours"},
			compare.ShowThere:     {"there c2/ours", "there default/theirs"},
			compare.ShowDifferent: {"different default/other"},
		} {
			require.ElementsMatch(t, want, w.differences(t, compare.Query{Kind: api.KindLink, Show: show}), show)
		}
		require.Equal(t, []string{"there default/theirs"}, w.differences(t, compare.Query{Kind: api.KindLink, Text: "THEIR"}))
		require.Empty(t, w.differences(t, compare.Query{Kind: api.KindLink, Text: "db2.example"}), "an address is no name")
		page, err = compare.Compare(t.Context(), w.here, w.there, compare.Query{Kind: api.KindLink, Show: compare.ShowAll})
		require.NoError(t, err)
		require.Equal(t, []compare.Key{key(api.KindLink, "default", "same")}, page.Named)
	})
}

func TestWhatChangesByItselfIsNoDifference(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		for i, at := range []compare.Side{w.here, w.there} {
			link := apitest.MySQLDraft("orders")
			link.Secrets["linkConfig.password"] = api.NewSecret(fmt.Sprint("correct-horse-", i))
			w.link(t, at, link)
			_, err := w.plane.CreateConnection(ctx, at.Scope, apitest.ConnectionTo("RDS", "dws", "127.0.0.1:1"))
			require.NoError(t, err)
			_, err = w.plane.CreateQueue(ctx, at.Scope, api.QueueDraft{Name: "q1", CUs: 16})
			require.NoError(t, err)
			f := w.function(t, at, apitest.FunctionDraft("orders"), "v1")
			_, err = w.plane.CreateAlias(ctx, at.Scope, f.ID, api.AliasDraft{Name: "prod", Version: "v1"})
			require.NoError(t, err)
			w.service(t, at, "mirror", apitest.PermissionDrafts(3)...)
			_, err = w.plane.CreatePolicy(ctx, at.Scope, nightly("nightly", fmt.Sprint("data/", 0)))
			require.NoError(t, err)
		}
		require.NoError(t, w.plane.(*embedded.Plane).CatchUp(ctx, time.Now())) // the connection that is looked at first fails
		for _, kind := range compare.Kinds() {
			page, err := compare.Compare(ctx, w.here, w.there, compare.Query{Kind: kind})
			require.NoError(t, err)
			for _, row := range page.Rows {
				t.Errorf("%s %v\n%s\n%s", kind, row.Key, row.Here.View, row.There.View)
			}
			require.NotZero(t, page.Same, kind)
		}
	})
}

// nightly is a policy that backs a path up and says so twice.
func nightly(name, path string) api.PolicyDraft {
	every := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	return api.PolicyDraft{
		Name: name, Resources: []api.ResourceDraft{{Path: path}},
		Operations: []api.OperationDraft{{Name: "weekly", Enabled: true, Pattern: every, Max: "7"}},
	}
}

func TestAPageCostsWhatItShows(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for i := range 90 {
			d := apitest.MySQLDraft(fmt.Sprintf("link-%02d", i))
			w.link(t, w.here, d)
			if i%3 > 0 {
				w.link(t, w.there, d)
			}
		}
		for i := range 25 {
			w.link(t, w.there, apitest.MySQLDraft(fmt.Sprintf("there-%02d", i)))
		}
		q := compare.Query{Kind: api.KindLink, Limit: 10, Looks: 30}
		pages, rows, looked := 0, map[string]int{}, 0
		for {
			page, err := compare.Compare(t.Context(), w.here, w.there, q)
			require.NoError(t, err)
			require.LessOrEqual(t, page.Looked, 30+20)
			for _, row := range page.Rows {
				rows[row.Key.Name]++
			}
			looked += page.Looked
			pages++
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		require.Len(t, rows, 30+25)
		for name, n := range rows {
			require.Equal(t, 1, n, name)
		}
		require.Equal(t, 90+85, looked, "each thing of either project was looked at once")
		require.Greater(t, pages, 3)
		for _, wrong := range []string{"x", "h!!", "t" + strings.Repeat("a", 3000), "\x00"} {
			_, err := compare.Compare(t.Context(), w.here, w.there, compare.Query{Kind: api.KindLink, Cursor: wrong})
			require.NoError(t, err, wrong)
		}
	})
}

func TestEntriesAreComparedServiceByService(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		drafts := apitest.PermissionDrafts(60)
		w.service(t, w.here, "alpha", drafts[:50]...)
		w.service(t, w.there, "alpha", drafts[1:50]...)
		w.service(t, w.here, "beta", drafts[:2]...)
		changed := drafts[0]
		changed.Description = "another"
		w.service(t, w.there, "beta", changed)
		w.service(t, w.there, "gamma", drafts[59])
		found := w.differences(t, compare.Query{Kind: api.KindPermission, Limit: 1, Looks: 5})
		require.ElementsMatch(t, []string{
			"here alpha/" + drafts[0].Permission, "different beta/" + drafts[0].Permission, "here beta/" + drafts[1].Permission,
			"there gamma/" + drafts[59].Permission,
		}, found)
		require.Len(t, w.differences(t, compare.Query{Kind: api.KindPermission, Text: "BETA"}), 2)
	})
}

func TestAServiceThatSharesItsNameIsNotCompared(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.service(t, w.here, "twice", apitest.PermissionDrafts(1)...)
		w.service(t, w.here, "twice")
		w.service(t, w.here, "")
		w.service(t, w.there, "twice")
		found := strings.Join(w.differences(t, compare.Query{Kind: api.KindEndpointService}), "\n")
		require.Equal(t, 4, strings.Count(found, "unclear "), found)
		require.Empty(t, w.differences(t, compare.Query{Kind: api.KindPermission}))
		item := w.plan(t, nil, key(api.KindEndpointService, "", "twice"))[0]
		require.Equal(t, "compare.several", item.Why.Message.Key)
		require.False(t, item.Ready())
	})
}

func TestWhoMaySeeAProjectMayCompareItAndItsEditorsCopyIntoIt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.link(t, w.here, apitest.MySQLDraft("orders"))
		keys := []compare.Key{key(api.KindLink, "default", "orders")}
		w.there.Scope.Actor.Role = api.RoleViewer
		require.Len(t, w.differences(t, compare.Query{Kind: api.KindLink}), 1)
		_, err := compare.Plan(t.Context(), w.here, w.there, keys, nil)
		require.Equal(t, api.Forbidden, api.CodeOf(err))
		_, err = compare.Do(t.Context(), w.here, w.there, []compare.Wanted{{Key: keys[0]}}, nil)
		require.Equal(t, api.Forbidden, api.CodeOf(err))

		w.here.Scope.Actor.Role, w.there.Scope.Actor.Role = api.RoleNone, api.RoleEditor
		_, err = compare.Compare(t.Context(), w.here, w.there, compare.Query{Kind: api.KindLink})
		require.Equal(t, api.Forbidden, api.CodeOf(err))
		require.Equal(t, api.Forbidden, w.plan(t, nil, keys...)[0].Why.Code, "what he may not see he does not copy")
		w.here.Scope.Actor.Role = api.RoleViewer
		require.Nil(t, w.plan(t, nil, keys...)[0].Why)
	})
}

func TestAKeyTravelsThroughAForm(t *testing.T) {
	t.Parallel()
	for _, k := range []compare.Key{
		key(api.KindLink, "c/1", "a b"), key(api.KindPermission, "%2F", "*"), key(api.KindAlias, "default:orders", "名"), key(api.KindQueue, "", "."),
	} {
		read, ok := compare.ParseKey(k.Text())
		require.True(t, ok)
		require.Equal(t, k, read)
	}
	for _, wrong := range []string{"", "link", "link/a", "link//", "region//a", "link/a/b/c", "link/%/a", "link/a/%zz"} {
		_, ok := compare.ParseKey(wrong)
		require.False(t, ok, wrong)
	}
}
