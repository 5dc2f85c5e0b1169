package compare_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/compare"
)

func TestALinkIsCopiedWithSecretsThatSomebodyTypes(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		d := apitest.MySQLDraft("orders")
		d.Extended = &api.Extended{Name: "base64", Value: "e30="}
		w.link(t, w.here, d)
		k := key(api.KindLink, "default", "orders")
		item := w.plan(t, nil, k)[0]
		require.True(t, item.New)
		require.Equal(t, []string{"linkConfig.password"}, item.Missing)
		require.False(t, item.Ready())
		require.Nil(t, item.Why)
		require.Contains(t, string(item.Steps[0].After), "db.example.com")
		require.Equal(t, []string{"orders: compare.secret_missing"}, w.do(t, nil, item))

		secrets := compare.Secrets{k: {"linkConfig.password": api.NewSecret("typed-again-7"), "linkConfig.host": api.NewSecret("no secret")}}
		again := w.plan(t, secrets, k)[0]
		require.Equal(t, item.Seen, again.Seen, "what was seen does not depend on what was typed")
		require.True(t, again.Ready())
		require.Equal(t, []string{"orders: done"}, w.do(t, secrets, item))
		require.Empty(t, w.differences(t, compare.Query{Kind: api.KindLink}))
		require.True(t, w.plan(t, nil, k)[0].Same)
	})
}

func TestALinkThatIsThereKeepsItsSecretsWhereItLeadsToTheSamePlace(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		d := apitest.MySQLDraft("orders")
		w.link(t, w.here, d)
		d.Inputs["linkConfig.database"] = "old"
		stored := w.link(t, w.there, d)
		k := key(api.KindLink, "default", "orders")
		item := w.plan(t, nil, k)[0]
		require.Empty(t, item.Missing)
		require.Equal(t, "compare.secrets_kept", item.Notes[0].Key)
		require.False(t, item.New)
		require.Contains(t, string(item.Steps[0].Before), `"old"`)
		require.Contains(t, string(item.Steps[0].After), `"orders"`)

		d.Inputs["linkConfig.database"], d.ID = "newer", stored.ID
		d.Secrets = nil
		_, err := w.plane.UpdateLink(t.Context(), w.there.Scope, d, api.Shape)
		require.NoError(t, err)
		require.Equal(t, []string{"orders: compare.moved"}, w.do(t, nil, item), "somebody changed it since")
		require.Equal(t, []string{"orders: done"}, w.do(t, nil, w.plan(t, nil, k)...))

		host := apitest.MySQLDraft("orders")
		host.Inputs["linkConfig.host"], host.ID = "db9.example.com", stored.ID
		_, err = w.plane.UpdateLink(t.Context(), w.there.Scope, host, api.Shape)
		require.NoError(t, err)
		require.Equal(t, []string{"linkConfig.password"}, w.plan(t, nil, k)[0].Missing, "another destination asks for it again")
	})
}

func TestWhatOthersNeedIsMadeBefore(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		_, err := w.plane.CreateQueue(ctx, w.here.Scope, api.QueueDraft{Name: "q1", CUs: 16, Description: "d"})
		require.NoError(t, err)
		connection, err := w.plane.CreateConnection(ctx, w.here.Scope, apitest.ConnectionTo("RDS", "dws", "127.0.0.1:1"))
		require.NoError(t, err)
		_, err = w.plane.BindQueues(ctx, w.here.Scope, connection.ID, []string{"q1"})
		require.NoError(t, err)
		draft := apitest.FunctionDraft("orders")
		draft.Code, draft.File = api.FunctionCode{Type: "obs", URL: "https://obs/code.zip"}, nil
		f := w.function(t, w.here, draft)
		_, err = w.plane.CreateAlias(ctx, w.here.Scope, f.ID, api.AliasDraft{Name: "prod", Version: api.LatestVersion})
		require.NoError(t, err)
		w.service(t, w.here, "mirror", apitest.PermissionDrafts(1)...)
		keys := []compare.Key{
			key(api.KindPermission, "mirror", apitest.PermissionDrafts(1)[0].Permission), key(api.KindAlias, "default:orders", "prod"),
			key(api.KindConnection, "", "dws"), key(api.KindEndpointService, "", "mirror"), key(api.KindFunction, "default", "orders"), key(api.KindQueue, "", "q1"),
		}
		for _, alone := range keys[:2] {
			require.Equal(t, api.NotFound, w.plan(t, nil, alone)[0].Why.Code, "%v needs what is not there", alone)
		}
		items := w.plan(t, nil, keys...)
		var order []api.Kind
		for _, item := range items {
			require.Nil(t, item.Why, "%v: %v", item.Key, item.Why)
			require.True(t, item.Ready())
			order = append(order, item.Key.Kind)
		}
		require.Equal(t, []api.Kind{
			api.KindQueue, api.KindConnection, api.KindFunction, api.KindAlias, api.KindEndpointService, api.KindPermission,
		}, order)
		require.Equal(t, key(api.KindFunction, "default", "orders"), items[3].Waits)
		require.Len(t, compare.Deeds(items), 4, "what waits is no call yet")
		for _, said := range w.do(t, nil, items...) {
			require.Contains(t, said, ": done")
		}
		for _, kind := range compare.Kinds() {
			require.Empty(t, w.differences(t, compare.Query{Kind: kind}), kind)
		}
	})
}

func TestAConnectionThatIsThereWaitsForAQueueOfThePlan(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for i, at := range []compare.Side{w.here, w.there} {
			c, err := w.plane.CreateConnection(t.Context(), at.Scope, apitest.ConnectionTo("RDS", "dws", "127.0.0.1:1"))
			require.NoError(t, err)
			if i == 0 {
				_, err = w.plane.CreateQueue(t.Context(), at.Scope, api.QueueDraft{Name: "q1", CUs: 16})
				require.NoError(t, err)
				_, err = w.plane.BindQueues(t.Context(), at.Scope, c.ID, []string{"q1"})
				require.NoError(t, err)
			}
		}
		alone := w.plan(t, nil, key(api.KindConnection, "", "dws"))[0]
		require.Equal(t, "compare.queues_absent", alone.Notes[0].Key)
		items := w.plan(t, nil, key(api.KindConnection, "", "dws"), key(api.KindQueue, "", "q1"))
		require.Equal(t, key(api.KindQueue, "", "q1"), items[1].Waits)
		require.Equal(t, api.ActionUpdate, items[1].Steps[0].About.Action)
		require.Equal(t, []string{"q1: done", "dws: done"}, w.do(t, nil, items...))
		require.Empty(t, w.differences(t, compare.Query{Kind: api.KindConnection}))
	})
}

func TestWhatWaitsForSomethingThatWasNotMadeIsNotMadeEither(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := w.function(t, w.here, apitest.FunctionDraft("orders"))
		_, err := w.plane.CreateAlias(t.Context(), w.here.Scope, f.ID, api.AliasDraft{Name: "prod", Version: api.LatestVersion})
		require.NoError(t, err)
		items := w.plan(t, nil, key(api.KindFunction, "default", "orders"), key(api.KindAlias, "default:orders", "prod"))
		w.function(t, w.there, apitest.FunctionDraft("orders"))
		require.Equal(t, []string{"orders: compare.moved", "prod: compare.moved"}, w.do(t, nil, items...))
		aliases, err := w.plane.ListAliases(t.Context(), w.there.Scope, api.AliasQuery{})
		require.NoError(t, err)
		require.Empty(t, aliases.Items)
	})
}

func TestAChangeThatHasToBeApprovedBecomesARequest(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		admin := w.there.Scope
		admin.Actor.Role = api.RoleAdmin
		rules := append([]api.ApprovalRule{{Kind: api.KindAlias, Action: api.ActionCreate}}, api.DefaultApproval...)
		require.NoError(t, w.rules.SetApprovalRules(t.Context(), admin, rules, api.Confirmation{}))
		for _, at := range []compare.Side{w.here, w.there} {
			w.function(t, at, apitest.FunctionDraft("orders"), "v1")
		}
		f, err := w.plane.FindFunction(t.Context(), w.here.Scope, "", "orders")
		require.NoError(t, err)
		_, err = w.plane.CreateAlias(t.Context(), w.here.Scope, f.ID, api.AliasDraft{Name: "prod", Version: "v1"})
		require.NoError(t, err)
		require.Equal(t, []string{"prod: request.made"}, w.do(t, nil, w.plan(t, nil, key(api.KindAlias, "default:orders", "prod"))...))
		waiting, err := w.rules.ListRequests(t.Context(), admin, api.RequestQuery{})
		require.NoError(t, err)
		require.Len(t, waiting.Items, 1)
		require.Len(t, w.differences(t, compare.Query{Kind: api.KindAlias}), 1, "nothing was made yet")
	})
}

func TestWhatCannotBeCopiedSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		for i, at := range []compare.Side{w.here, w.there} {
			_, err := w.plane.CreateQueue(ctx, at.Scope, api.QueueDraft{Name: "q1", CUs: []int{16, 64}[i]})
			require.NoError(t, err)
			address := []string{"127.0.0.1:1", "127.0.0.1:2"}[i]
			_, err = w.plane.CreateConnection(ctx, at.Scope, apitest.ConnectionTo("RDS", "dws", address))
			require.NoError(t, err)
			code := apitest.FunctionDraft("orders")
			code.File = append(code.File, byte('0'+i))
			w.function(t, at, code)
		}
		service := w.service(t, w.here, "mirror", append(apitest.PermissionDrafts(1), api.PermissionDraft{Permission: api.Everyone})...)
		w.service(t, w.there, "mirror")
		f := w.function(t, w.here, apitest.FunctionDraft("billing"), "v1")
		w.function(t, w.there, apitest.FunctionDraft("billing"))
		_, err := w.plane.CreateAlias(ctx, w.here.Scope, f.ID, api.AliasDraft{Name: "prod", Version: "v1"})
		require.NoError(t, err)
		for k, want := range map[compare.Key]string{
			key(api.KindQueue, "", "q1"):                       "compare.queue_fixed",
			key(api.KindConnection, "", "dws"):                 "compare.connection_fixed",
			key(api.KindFunction, "default", "orders"):         "compare.code_only",
			key(api.KindPermission, "mirror", api.Everyone):    "compare.everyone",
			key(api.KindAlias, "default:billing", "prod"):      "error.invalid",
			key(api.KindLink, "default", "gone"):               "compare.gone",
			key(api.KindLink, "a\x00b", "c\xff"):               "compare.gone",
			key(api.KindConnection, "", "\x00"):                "compare.gone",
			key(api.KindPermission, "mirror", "\x00"):          "compare.gone",
			key(api.KindAlias, "\x00:\xff", "\x00"):            "compare.gone",
			key(api.KindPolicy, "", "\xff"):                    "compare.gone",
			key(api.KindQueue, "", "\x00"):                     "compare.gone",
			key(api.KindEndpointService, "", service.Name):     "compare.gone",
			key(api.KindPermission, "mirror", "no such entry"): "compare.gone",
		} {
			item := w.plan(t, nil, k)[0]
			require.NotNil(t, item.Why, "%v", k)
			require.Equal(t, want, item.Why.Message.Key, "%v", k)
			require.Len(t, w.do(t, nil, item), 1)
		}
		notes := w.plan(t, nil, key(api.KindFunction, "default", "billing"))[0].Notes
		require.Equal(t, "compare.versions_absent", notes[0].Key)
		require.Equal(t, "v1", notes[0].Args["versions"])
	})
}

func TestWhatIsThereBecomesAsHereAndNothingIsDeleted(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		drafts := apitest.PermissionDrafts(3)
		w.service(t, w.here, "mirror", drafts[:2]...)
		changed := drafts[1]
		changed.Description, changed.Expires = "another", time.Now().Add(48*time.Hour)
		there := w.service(t, w.there, "mirror", changed, drafts[2])
		update := apitest.ServiceDraft("mirror")
		update.ID, update.Description, update.Tags = there.ID, "of theirs", nil
		_, err := w.plane.UpdateEndpointService(ctx, w.there.Scope, update)
		require.NoError(t, err)

		_, err = w.plane.CreatePolicy(ctx, w.here.Scope, nightly("nightly", "data/here"))
		require.NoError(t, err)
		policy, err := w.plane.CreatePolicy(ctx, w.there.Scope, nightly("nightly", "data/there"))
		require.NoError(t, err)
		for i, at := range []compare.Side{w.here, w.there} {
			for _, q := range []string{"q1", "q2"} {
				_, err := w.plane.CreateQueue(ctx, at.Scope, api.QueueDraft{Name: q, CUs: 16})
				require.NoError(t, err)
			}
			d := apitest.ConnectionTo("RDS", "dws", "127.0.0.1:1")
			d.Tags = []api.Tag{{Key: "team", Value: []string{"ours", "theirs"}[i]}}
			c, err := w.plane.CreateConnection(ctx, at.Scope, d)
			require.NoError(t, err)
			_, err = w.plane.BindQueues(ctx, at.Scope, c.ID, []string{[]string{"q1", "q2"}[i]})
			require.NoError(t, err)
			code := apitest.FunctionDraft("orders")
			code.Config.MemoryMB = []int{128, 256}[i]
			f := w.function(t, at, code, "v1", "v2")
			_, err = w.plane.CreateAlias(ctx, at.Scope, f.ID, api.AliasDraft{Name: "prod", Version: []string{"v2", "v1"}[i]})
			require.NoError(t, err)
		}
		items := w.plan(t, nil,
			key(api.KindConnection, "", "dws"), key(api.KindFunction, "default", "orders"), key(api.KindAlias, "default:orders", "prod"),
			key(api.KindEndpointService, "", "mirror"), key(api.KindPermission, "mirror", drafts[0].Permission),
			key(api.KindPermission, "mirror", drafts[1].Permission), key(api.KindPolicy, "", "nightly"))
		for _, item := range items {
			require.True(t, item.Ready(), "%v: %v", item.Key, item.Why)
			for _, step := range item.Steps {
				require.True(t, json.Valid(step.After), "%v", item.Key)
			}
		}
		for _, said := range w.do(t, nil, items...) {
			require.Contains(t, said, ": done")
		}
		var left []string
		for _, kind := range compare.Kinds() {
			left = append(left, w.differences(t, compare.Query{Kind: kind})...)
		}
		require.ElementsMatch(t, []string{"different /dws", "there mirror/" + drafts[2].Permission}, left, "what there is more there stays")
		require.Equal(t, "compare.more_there", w.plan(t, nil, key(api.KindConnection, "", "dws"))[0].Why.Message.Key)
		kept, err := w.plane.Policy(ctx, w.there.Scope, policy.ID)
		require.NoError(t, err)
		require.Equal(t, policy.Operations[0].ID, kept.Operations[0].ID, "the schedule goes on")
		stored, err := w.plane.EndpointService(ctx, w.there.Scope, there.ID)
		require.NoError(t, err)
		require.Equal(t, "package mirror", stored.Description)
	})
}

func TestAPlanHasABound(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		var keys []compare.Key
		for i := range compare.MaxItems + 1 {
			keys = append(keys, key(api.KindLink, "default", string(rune('a'+i))))
		}
		_, err := compare.Plan(t.Context(), w.here, w.there, keys, nil)
		require.Equal(t, api.Limit, api.CodeOf(err))
		require.Len(t, w.plan(t, nil, append(keys[:compare.MaxItems:compare.MaxItems], keys[0])...), compare.MaxItems, "each once")
	})
}
