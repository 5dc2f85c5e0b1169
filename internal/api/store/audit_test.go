package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		s := api.Scope{Project: "p1", Actor: api.Actor{
			UserID: "u1", User: "ann", Way: api.WayPage, Addr: "192.0.2.1", RequestID: "r1",
		}}
		renamed := store.Event{
			Action: "update", Kind: "link", ID: "l1", Name: "orders",
			Before: map[string]string{"name": "order"}, After: map[string]string{"name": "orders"},
		}
		require.NoError(t, record(t.Context(), db, s, store.Event{Action: "create", Kind: "link", ID: "l1", Name: "order"}))
		require.NoError(t, record(t.Context(), db, s, renamed))
		require.NoError(t, record(t.Context(), db, s, store.Event{Action: "create", Kind: "link", ID: "l2"}))
		require.NoError(t, record(t.Context(), db, api.Scope{Project: "p2"}, renamed))

		t.Run("a change comes back whole", func(t *testing.T) {
			changes, err := db.Changes(t.Context(), "p1", "link", "l1", "", 1)
			require.NoError(t, err)
			require.Len(t, changes, 1)
			c := changes[0]
			require.NotEmpty(t, c.ID)
			require.False(t, c.At.IsZero())
			require.Equal(t, s.Actor, c.Actor)
			require.Equal(t, "update", c.Action)
			require.Equal(t, "orders", c.ObjectName)
			require.JSONEq(t, `{"name":"order"}`, string(c.Before))
			require.JSONEq(t, `{"name":"orders"}`, string(c.After))
		})
		t.Run("the newest comes first, of this project only", func(t *testing.T) {
			changes, err := db.Changes(t.Context(), "p1", "", "", "", 10)
			require.NoError(t, err)
			require.Len(t, changes, 3)
			require.Equal(t, "l2", changes[0].ObjectID)
			require.Equal(t, "create", changes[2].Action)
		})
		t.Run("pages go on before a change, and back after one", func(t *testing.T) {
			page := func(cursor string, limit int) (names []string, first, last string) {
				changes, err := db.Changes(t.Context(), "p1", "", "", cursor, limit)
				require.NoError(t, err)
				for _, c := range changes {
					names = append(names, c.Action+" "+c.ObjectID)
				}
				if len(changes) > 0 {
					first, last = changes[0].ID, changes[len(changes)-1].ID
				}
				return names, first, last
			}
			newest, first, last := page("", 1)
			require.Equal(t, []string{"create l2"}, newest)
			older, _, oldest := page(last, 10)
			require.Equal(t, []string{"update l1", "create l1"}, older)
			newer, _, _ := page("+"+oldest, 1)
			require.Equal(t, []string{"update l1"}, newer, "the nearest of the newer ones")
			for _, nowhere := range []string{oldest, "+" + first, "\x00"} {
				none, _, _ := page(nowhere, 10)
				require.Empty(t, none)
			}
		})
		t.Run("what was not there before is nil", func(t *testing.T) {
			changes, err := db.Changes(t.Context(), "p1", "link", "l2", "", 10)
			require.NoError(t, err)
			require.Nil(t, changes[0].Before)
			require.Nil(t, changes[0].After)
		})
	})
}

func TestRecordRefusesSecrets(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		leaky := struct{ Password api.Secret }{api.NewSecret("canary")}
		for name, e := range map[string]store.Event{
			"before": {Action: "update", Before: leaky},
			"after":  {Action: "update", After: map[string]any{"deep": []any{leaky}}},
		} {
			t.Run(name, func(t *testing.T) {
				err := db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
					if err := insertIn(ctx, tx, "with-"+name); err != nil {
						return err
					}
					return store.Record(ctx, tx, api.Scope{}, e)
				})
				require.Error(t, err)
				require.NotContains(t, err.Error(), "canary")
				require.False(t, exists(t, db, "with-"+name), "the change is undone with its record")
			})
		}
		changes, err := db.Changes(t.Context(), "", "", "", "", 10)
		require.NoError(t, err)
		require.Empty(t, changes)
	})
}

func record(ctx context.Context, db *store.DB, s api.Scope, e store.Event) error {
	return db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error { return store.Record(ctx, tx, s, e) })
}
