package api_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestEach(t *testing.T) {
	t.Parallel()
	shelf := api.Shelf[string, struct{}]{
		Get:  func(_ context.Context, _ api.Scope, id string) (string, error) { return id, nil },
		Name: func(item *string) (string, string) { return *item, *item },
	}
	sel := api.Selection[struct{}]{IDs: []string{"a", "b", "c"}}

	t.Run("is carried through when nobody waits for it any more", func(t *testing.T) {
		t.Parallel()
		ctx, leave := context.WithCancel(t.Context())
		outcomes, err := api.Each(ctx, shelf, api.Scope{}, sel, func(ctx context.Context, _ *string) error {
			leave()
			return ctx.Err()
		})
		require.NoError(t, err)
		require.Equal(t, []api.Outcome{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}, {ID: "c", Name: "c"}}, outcomes)
	})
	t.Run("does not begin for somebody who is gone", func(t *testing.T) {
		t.Parallel()
		ctx, leave := context.WithCancel(t.Context())
		leave()
		shelf := shelf
		shelf.Get = func(ctx context.Context, _ api.Scope, id string) (string, error) { return id, ctx.Err() }
		_, err := api.Each(ctx, shelf, api.Scope{}, sel, func(context.Context, *string) error {
			t.Error("something was done")
			return nil
		})
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("goes on after a refusal, and ends with what was done when something breaks", func(t *testing.T) {
		t.Parallel()
		refused, broken := api.Errorf(api.Conflict, "connection.creating"), errors.New("the disk is full")
		outcomes, err := api.Each(t.Context(), shelf, api.Scope{}, sel, func(_ context.Context, item *string) error {
			return map[string]error{"a": refused, "c": broken}[*item]
		})
		require.ErrorIs(t, err, broken)
		require.Equal(t, []api.Outcome{{ID: "a", Name: "a", Err: refused}, {ID: "b", Name: "b"}}, outcomes)
	})
}
