package audit_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

func names(page api.Page[api.Change]) []string {
	all := make([]string, len(page.Items))
	for i := range page.Items {
		all[i] = page.Items[i].ObjectName
	}
	return all
}

// search follows a search to its end and returns the names that it finds.
func (b *bundle) search(t *testing.T, s api.Scope, q api.AuditQuery) (all []string) {
	t.Helper()
	for {
		page, err := b.SearchAudit(t.Context(), s, q)
		require.NoError(t, err)
		if all = append(all, names(page)...); page.Next == "" {
			return all
		}
		q.Cursor = page.Next
	}
}

func TestTheLogIsSearched(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		other := viewer
		other.Project, other.Actor.User = "p2", "Bob"
		other.Actor.Addr, other.Actor.RequestID, other.Actor.Way = "192.0.2.9", "r-77", api.WayWire
		for _, sealed := range []bool{true, false} { // half of the entries are sealed
			suffix := fmt.Sprint(sealed)
			b.record(t, viewer, link("Orders-"+suffix))
			b.record(t, viewer, store.Event{Action: "delete", Kind: api.KindAlias, ID: "a1", Name: "订单-" + suffix})
			b.record(t, other, link("theirs-"+suffix))
			b.record(t, root, store.Event{Action: "sign_in", Kind: "user", ID: "u0", Name: "100%_" + suffix})
			if sealed {
				require.NoError(t, b.Seal(t.Context()))
			}
		}
		for name, c := range map[string]struct {
			scope api.Scope
			q     api.AuditQuery
			want  []string
		}{
			"everything of a project":      {viewer, api.AuditQuery{}, []string{"订单-false", "Orders-false", "订单-true", "Orders-true"}},
			"everything":                   {root, api.AuditQuery{User: "root"}, []string{"100%_false", "100%_true"}},
			"the beginning of a name":      {viewer, api.AuditQuery{Text: " orders-"}, []string{"Orders-false", "Orders-true"}},
			"not its middle":               {viewer, api.AuditQuery{Text: "rders"}, nil},
			"a Chinese name":               {viewer, api.AuditQuery{Text: "订单"}, []string{"订单-false", "订单-true"}},
			"signs that searches know":     {root, api.AuditQuery{Text: "100%_"}, []string{"100%_false", "100%_true"}},
			"a user's name":                {root, api.AuditQuery{Text: "bob"}, []string{"theirs-false", "theirs-true"}},
			"an address":                   {root, api.AuditQuery{Text: "192.0.2.9"}, []string{"theirs-false", "theirs-true"}},
			"a request":                    {root, api.AuditQuery{Text: "r-77"}, []string{"theirs-false", "theirs-true"}},
			"of a user":                    {root, api.AuditQuery{User: "BOB"}, []string{"theirs-false", "theirs-true"}},
			"of a kind":                    {viewer, api.AuditQuery{Kind: api.KindAlias}, []string{"订单-false", "订单-true"}},
			"an action":                    {viewer, api.AuditQuery{Action: "delete"}, []string{"订单-false", "订单-true"}},
			"a way":                        {root, api.AuditQuery{Way: api.WayWire}, []string{"theirs-false", "theirs-true"}},
			"an object":                    {viewer, api.AuditQuery{Object: "a1"}, []string{"订单-false", "订单-true"}},
			"several things at once":       {viewer, api.AuditQuery{Kind: api.KindLink, Action: "create", Text: "ord", User: "ann"}, []string{"Orders-false", "Orders-true"}},
			"nothing of another project":   {viewer, api.AuditQuery{Text: "theirs"}, nil},
			"before it began":              {viewer, api.AuditQuery{Until: time.Now().Add(-time.Hour)}, nil},
			"since an hour":                {viewer, api.AuditQuery{From: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour), Kind: api.KindAlias}, []string{"订单-false", "订单-true"}},
			"what no database can hold":    {viewer, api.AuditQuery{Text: "a\x00b"}, nil},
			"what is no text":              {viewer, api.AuditQuery{User: "\xff"}, nil},
			"with a cursor that is none":   {viewer, api.AuditQuery{Cursor: "x'; --", Kind: api.KindAlias}, []string{"订单-false", "订单-true"}},
			"with a cursor out of nowhere": {viewer, api.AuditQuery{Cursor: "b0"}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				require.Equal(t, c.want, b.search(t, c.scope, c.q))
			})
		}
		t.Run("only administrators see what is in no project", func(t *testing.T) {
			everything := viewer
			everything.Project = ""
			_, err := b.SearchAudit(t.Context(), everything, api.AuditQuery{})
			require.Equal(t, api.Forbidden, api.CodeOf(err))
			nobody := viewer
			nobody.Actor.Role = api.RoleNone
			_, err = b.SearchAudit(t.Context(), nobody, api.AuditQuery{})
			require.Equal(t, api.Forbidden, api.CodeOf(err))
		})
		t.Run("an entry is found in its project only", func(t *testing.T) {
			page, err := b.SearchAudit(t.Context(), other, api.AuditQuery{Limit: 1})
			require.NoError(t, err)
			_, err = b.AuditEntry(t.Context(), viewer, page.Items[0].ID)
			require.Equal(t, api.NotFound, api.CodeOf(err))
			entry, err := b.AuditEntry(t.Context(), root, page.Items[0].ID)
			require.NoError(t, err)
			require.Equal(t, page.Items[0], entry)
			require.Equal(t, "p2", entry.Project)
			_, err = b.AuditEntry(t.Context(), root, "\x00")
			require.Equal(t, api.NotFound, api.CodeOf(err))
		})
	})
}

func TestPagesLeadOnAndBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for i := range 9 {
			b.record(t, viewer, link(fmt.Sprintf("l%d", i)))
		}
		require.NoError(t, b.Seal(t.Context()))
		for _, q := range []api.AuditQuery{{}, {Kind: api.KindLink}, {Text: "l"}} {
			q.Limit = 4
			first, err := b.SearchAudit(t.Context(), viewer, q)
			require.NoError(t, err)
			require.Equal(t, []string{"l8", "l7", "l6", "l5"}, names(first))
			require.Empty(t, first.Prev)
			q.Cursor = first.Next
			second, err := b.SearchAudit(t.Context(), viewer, q)
			require.NoError(t, err)
			require.Equal(t, []string{"l4", "l3", "l2", "l1"}, names(second))
			q.Cursor = second.Next
			last, err := b.SearchAudit(t.Context(), viewer, q)
			require.NoError(t, err)
			require.Equal(t, []string{"l0"}, names(last))
			require.Empty(t, last.Next)
			q.Cursor = last.Prev
			back, err := b.SearchAudit(t.Context(), viewer, q)
			require.NoError(t, err)
			require.Equal(t, names(second), names(back))
			require.Equal(t, second.Next, back.Next)
			q.Cursor = back.Prev
			top, err := b.SearchAudit(t.Context(), viewer, q)
			require.NoError(t, err)
			require.Equal(t, names(first), names(top))
			require.Empty(t, top.Prev)
		}
	})
}

// fill writes n sealed entries past the console; what they are about is told by kind.
func (b *bundle) fill(t *testing.T, n int, kind func(i int) api.Kind) {
	t.Helper()
	var rows []benchRow
	for i := range n {
		rows = append(rows, benchRow{
			ID: store.NewID(), At: store.Micros(time.Now()), ProjectID: "p1", UserName: "ann", Way: "page", Action: "update",
			Kind: kind(i), ObjectID: "o", ObjectName: fmt.Sprintf("n%d", i), Seq: int64(i + 1),
		})
	}
	for chunk := range slices.Chunk(rows, 500) {
		require.NoError(t, b.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewInsert().Model(&chunk).Exec(ctx)
			return err
		}))
	}
}

func TestWhatIsRareIsFoundHoweverFarAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.fill(t, 25_000, func(i int) api.Kind {
			if i < 2 {
				return api.KindAlias
			}
			return api.KindLink
		})
		page, err := b.SearchAudit(t.Context(), viewer, api.AuditQuery{User: "ann", Way: api.WayPage, Kind: api.KindAlias, Limit: 10})
		require.NoError(t, err)
		require.Equal(t, []string{"n1", "n0"}, names(page), "in one page")
		require.Empty(t, page.Next)
	})
}

func TestAPageLooksAtSoManyEntriesAndLeadsOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		// Links are not rare, but far away.
		b.fill(t, 25_000, func(i int) api.Kind {
			if i < 1_500 {
				return api.KindLink
			}
			return api.KindQueue
		})
		q := api.AuditQuery{Kind: api.KindLink, Limit: 10}
		page, err := b.SearchAudit(t.Context(), viewer, q)
		require.NoError(t, err)
		require.Empty(t, page.Items, "the page ends where its reach does")
		q.Cursor = page.Next
		page, err = b.SearchAudit(t.Context(), viewer, q)
		require.NoError(t, err)
		require.Equal(t, "n1499", page.Items[0].ObjectName)
		require.Len(t, page.Items, 10)
		q.Cursor = page.Prev
		back, err := b.SearchAudit(t.Context(), viewer, q)
		require.NoError(t, err)
		require.Empty(t, back.Items)
		q.Cursor = back.Next
		again, err := b.SearchAudit(t.Context(), viewer, q)
		require.NoError(t, err)
		require.Equal(t, page.Items, again.Items)
	})
}

func TestAnExportHasEverythingOldestFirstAndIsRecorded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		const entries = 3*api.MaxPage + 1
		for i := range entries {
			b.record(t, viewer, link(fmt.Sprintf("l%03d", i)))
		}
		require.NoError(t, b.Seal(t.Context()))
		for _, q := range []api.AuditQuery{{Kind: api.KindLink}, {Text: "l"}, {Kind: api.KindLink, Limit: 1, Cursor: "b0"}} {
			var all []string
			require.NoError(t, b.ExportAudit(t.Context(), viewer, q, func(c api.Change) error {
				all = append(all, c.ObjectName)
				return nil
			}))
			require.Len(t, all, entries)
			require.True(t, slices.IsSorted(all))
		}
		page, err := b.SearchAudit(t.Context(), viewer, api.AuditQuery{Kind: api.KindAudit, Action: "export"})
		require.NoError(t, err)
		require.Len(t, page.Items, 3)
		require.JSONEq(t, `{"text":"l"}`, string(page.Items[1].After))
		require.Equal(t, "ann", page.Items[1].Actor.User)

		nobody := viewer
		nobody.Actor.Role = api.RoleNone
		require.Equal(t, api.Forbidden, api.CodeOf(b.ExportAudit(t.Context(), nobody, api.AuditQuery{}, nil)))
	})
}
