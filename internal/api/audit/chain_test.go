package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/audit"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

func TestAChainThatNobodyTouchedIsProved(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		require.Equal(t, api.AuditProof{First: 1}, b.verify(t), "an empty log")
		const entries = 600 // more than one transaction seals
		for i := range entries {
			b.record(t, viewer, link(fmt.Sprintf("l%d", i)))
		}
		require.EqualValues(t, entries, b.verify(t).Waiting)

		require.NoError(t, b.Seal(t.Context()))
		proof := b.verify(t)
		require.Zero(t, proof.Broken, "%v", proof.Why)
		require.EqualValues(t, entries, proof.Entries)
		require.EqualValues(t, entries, proof.Last)
		require.Regexp(t, "^[0-9a-f]{64}$", proof.Head)
		require.Zero(t, proof.Waiting)

		b.record(t, viewer, link("later"))
		require.NoError(t, b.Seal(t.Context()))
		later, err := b.Verify(t.Context(), root, audit.Noted{Seq: proof.Last, Seal: proof.Head})
		require.NoError(t, err)
		require.Zero(t, later.Broken)
		require.NotEqual(t, proof.Head, later.Head)
	})
}

// tampering is something done to a chain of ten entries behind the console's back,
// and what is then found.
var tampering = map[string]struct {
	do     []string
	broken int64
	why    string
}{
	"a changed entry":      {[]string{"UPDATE audit SET after = '{}' WHERE seq = 4"}, 4, "audit.entry_changed"},
	"another author":       {[]string{"UPDATE audit SET user_name = 'eve' WHERE seq = 1"}, 1, "audit.entry_changed"},
	"another project":      {[]string{"UPDATE audit SET project_id = 'p2' WHERE seq = 10"}, 10, "audit.entry_changed"},
	"a re-dated entry":     {[]string{"UPDATE audit SET at = at + 1 WHERE seq = 5"}, 5, "audit.entry_changed"},
	"another id":           {[]string{"UPDATE audit SET id = 'x' || id WHERE seq = 5"}, 5, "audit.entry_changed"},
	"a removed entry":      {[]string{"DELETE FROM audit WHERE seq = 7"}, 7, "audit.entry_missing"},
	"the first removed":    {[]string{"DELETE FROM audit WHERE seq = 1"}, 1, "audit.entry_missing"},
	"a truncated tail":     {[]string{"DELETE FROM audit WHERE seq > 8"}, 9, "audit.entry_missing"},
	"everything removed":   {[]string{"DELETE FROM audit"}, 1, "audit.entry_missing"},
	"two swapped entries":  {[]string{"UPDATE audit SET seq = 99 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 99"}, 3, "audit.entry_changed"},
	"a swap with seals":    {[]string{"UPDATE audit SET object_name = 'x' WHERE seq = 3", "UPDATE audit SET seal = (SELECT seal FROM audit WHERE seq = 4) WHERE seq = 3"}, 3, "audit.entry_changed"},
	"an entry closed up":   {[]string{"DELETE FROM audit WHERE seq = 6", "UPDATE audit SET seq = 6 WHERE seq = 7", "UPDATE audit SET seq = 7 WHERE seq = 8", "UPDATE audit SET seq = 8 WHERE seq = 9", "UPDATE audit SET seq = 9 WHERE seq = 10"}, 6, "audit.entry_changed"},
	"an entry added":       {[]string{"UPDATE audit SET seq = 11 WHERE seq = 10", "INSERT INTO audit (id, project_id, at, user_id, user_name, way, addr, request_id, action, kind, object_id, object_name, seq, seal) SELECT 'y', project_id, at, user_id, user_name, way, addr, request_id, action, kind, object_id, object_name, 10, seal FROM audit WHERE seq = 2"}, 10, "audit.entry_changed"},
	"an entry appended":    {[]string{"INSERT INTO audit (id, project_id, at, user_id, user_name, way, addr, request_id, action, kind, object_id, object_name, seq, seal) SELECT 'y', project_id, at, user_id, user_name, way, addr, request_id, action, kind, object_id, object_name, 11, seal FROM audit WHERE seq = 2"}, 11, "audit.entry_added"},
	"tail and end cut off": {[]string{"DELETE FROM audit WHERE seq > 8", "UPDATE audit_chain SET last = 8, head = (SELECT seal FROM audit WHERE seq = 8)"}, 8, "audit.anchor_broken"},
	"beginning moved":      {[]string{"UPDATE audit_chain SET first = 3, base = (SELECT seal FROM audit WHERE seq = 3)", "DELETE FROM audit WHERE seq <= 3"}, 10, "audit.anchor_broken"},
	"begun again":          {[]string{"UPDATE audit SET seq = 0, seal = '', user_name = 'eve'", "UPDATE audit_chain SET first = 0, base = '', last = 0, head = ''"}, 1, "audit.anchor_broken"},
	"sealed by another":    {[]string{"UPDATE audit_chain SET sealed = 'abcdabcd.AAAA'"}, 10, "audit.anchor_broken"},
}

func TestTamperingIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		for name, c := range tampering {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b := newBundle(t, open(t))
				for i := range 10 {
					b.record(t, viewer, link(fmt.Sprintf("l%d", i)))
				}
				require.NoError(t, b.Seal(t.Context()))
				require.Zero(t, b.verify(t).Broken)
				for _, query := range c.do {
					b.exec(t, query)
				}
				proof := b.verify(t)
				require.Equal(t, c.broken, proof.Broken)
				require.Equal(t, c.why, proof.Why.Key)
				// What is sealed afterwards does not cover it up.
				b.record(t, viewer, link("later"))
				_ = b.Seal(t.Context())
				require.Equal(t, c.why, b.verify(t).Why.Key)
			})
		}
	})
}

func TestAChainThatWasReplacedIsFoundByANotedSeal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.record(t, viewer, link("a"))
		require.NoError(t, b.Seal(t.Context()))
		noted := b.verify(t)
		b.exec(t, "UPDATE audit SET seq = 0, seal = '', user_name = 'eve'")
		b.exec(t, "UPDATE audit_chain SET first = 0, base = '', last = 0, head = '', proof = '', sealed = ''")
		require.NoError(t, b.Seal(t.Context()))

		proof, err := b.Verify(t.Context(), root, audit.Noted{Seq: noted.Last, Seal: noted.Head})
		require.NoError(t, err)
		require.EqualValues(t, 1, proof.Broken)
		require.Equal(t, "audit.noted_differs", proof.Why.Key)

		proof, err = b.Verify(t.Context(), root, audit.Noted{Seq: 7, Seal: noted.Head})
		require.NoError(t, err)
		require.EqualValues(t, 7, proof.Broken)
		require.Equal(t, "audit.entry_missing", proof.Why.Key)
	})
}

func TestProcessesThatSealAtTheSameTimeMakeOneChain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		const writers, entries = 4, 60
		second := audit.New(b.db, b.keys)
		var group sync.WaitGroup
		errs := make(chan error, writers+2*20)
		for w := range writers {
			group.Go(func() {
				for i := range entries {
					errs <- nil
					err := b.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
						return store.Record(ctx, tx, viewer, link(fmt.Sprintf("l%d-%d", w, i)))
					})
					if err != nil {
						errs <- err
					}
				}
			})
		}
		for _, l := range []*audit.Log{b.Log, second} {
			group.Go(func() {
				for range 20 {
					errs <- l.Seal(t.Context())
				}
			})
		}
		go func() { group.Wait(); close(errs) }()
		var all error
		for err := range errs {
			all = errors.Join(all, err)
		}
		require.NoError(t, all)
		require.NoError(t, second.Seal(t.Context()))
		proof := b.verify(t)
		require.Zero(t, proof.Broken, "%v", proof.Why)
		require.EqualValues(t, writers*entries, proof.Entries)
	})
}

func TestWhatIsCommittedLateGetsALaterNumber(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		if b.db.Sole {
			// One writer: nothing is written between a record and its commit.
			first, second := b.record(t, viewer, link("a")), b.record(t, viewer, link("b"))
			require.NoError(t, b.Seal(t.Context()))
			require.Less(t, b.seq(t, first), b.seq(t, second))
			return
		}
		recorded, sealed, done := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			done <- b.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				if err := store.Record(ctx, tx, viewer, link("late")); err != nil {
					return err
				}
				close(recorded)
				<-sealed
				return nil
			})
		}()
		<-recorded
		early := b.record(t, viewer, link("early"))
		require.NoError(t, b.Seal(t.Context()))
		close(sealed)
		require.NoError(t, <-done)
		require.NoError(t, b.Seal(t.Context()))

		page, err := b.SearchAudit(t.Context(), viewer, api.AuditQuery{Text: "late"})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		require.Less(t, page.Items[0].ID, early, "it was written before")
		require.Greater(t, page.Items[0].Seq, b.seq(t, early))
		require.Zero(t, b.verify(t).Broken)
	})
}

func (b *bundle) seq(t *testing.T, id string) int64 {
	t.Helper()
	c, err := b.AuditEntry(t.Context(), root, id)
	require.NoError(t, err)
	require.NotZero(t, c.Seq)
	return c.Seq
}

func TestRetentionKeepsTheRestProvable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for i := range 5 {
			b.record(t, viewer, link(fmt.Sprintf("l%d", i)))
		}
		require.NoError(t, b.Seal(t.Context()))
		head := b.verify(t)
		require.NoError(t, b.Retain(t.Context()))
		require.EqualValues(t, 5, b.verify(t).Entries, "without a setting everything is kept")

		require.NoError(t, b.SetAuditRetention(t.Context(), root, 30))
		require.NoError(t, b.Seal(t.Context()))
		b.at = b.at.Add(29 * 24 * time.Hour)
		require.NoError(t, b.Retain(t.Context()))
		require.EqualValues(t, 6, b.verify(t).Entries)

		b.at = b.at.Add(3 * 24 * time.Hour)
		require.NoError(t, b.Retain(t.Context()))
		proof := b.verify(t)
		require.Zero(t, proof.Broken, "%v", proof.Why)
		require.Zero(t, proof.Entries)
		require.EqualValues(t, 7, proof.First)
		require.EqualValues(t, 1, proof.Waiting, "that they were removed is told of")

		require.NoError(t, b.Seal(t.Context()))
		proof = b.verify(t)
		require.Zero(t, proof.Broken, "%v", proof.Why)
		require.EqualValues(t, 7, proof.Last)
		page, err := b.SearchAudit(t.Context(), root, api.AuditQuery{Kind: api.KindAudit, Action: "prune"})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		require.Contains(t, string(page.Items[0].Before), `"entries":6,"first":1,"last":6`)
		require.NotEqual(t, head.Head, proof.Head)
	})
}

func TestRetentionRemovesNothingThatWasTamperedWith(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.record(t, viewer, link("a"))
		require.NoError(t, b.SetAuditRetention(t.Context(), root, 30))
		require.NoError(t, b.Seal(t.Context()))
		b.exec(t, "UPDATE audit SET user_name = 'eve' WHERE seq = 1")
		b.at = b.at.Add(90 * 24 * time.Hour)
		require.ErrorContains(t, b.Retain(t.Context()), "audit.retain_broken")
		require.EqualValues(t, 1, b.verify(t).Broken)
	})
}

func TestTheSettingOfRetention(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		days, err := b.AuditRetention(t.Context(), viewer)
		require.NoError(t, err)
		require.Zero(t, days)
		for _, wrong := range []int{-1, 1, api.MinAuditRetention - 1, api.MaxAuditRetention + 1} {
			require.Equal(t, api.Invalid, api.CodeOf(b.SetAuditRetention(t.Context(), root, wrong)))
		}
		require.Equal(t, api.Forbidden, api.CodeOf(b.SetAuditRetention(t.Context(), viewer, 90)))
		require.NoError(t, b.SetAuditRetention(t.Context(), root, 90))
		require.NoError(t, b.SetAuditRetention(t.Context(), root, 90))
		require.NoError(t, b.SetAuditRetention(t.Context(), root, 0))
		page, err := b.SearchAudit(t.Context(), root, api.AuditQuery{Kind: api.KindAudit})
		require.NoError(t, err)
		require.Len(t, page.Items, 2, "each change once")
		require.JSONEq(t, `{"days":90}`, string(page.Items[0].Before))
		require.JSONEq(t, `{"days":0}`, string(page.Items[0].After))
	})
}

func TestTheChainOutlivesARotationOfTheKeys(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		first, second := keyring.NewKey(), keyring.NewKey()
		with := func(text string) *bundle {
			keys, err := keyring.Parse(text)
			require.NoError(t, err)
			return &bundle{Log: audit.New(db, keys), db: db, keys: keys}
		}
		b := with(first)
		b.record(t, viewer, link("a"))
		require.NoError(t, b.Seal(t.Context()))
		rotated := with(second + "\n" + first)
		n, err := rotated.Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, n)
		n, err = rotated.Reseal(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
		require.Zero(t, with(second).verify(t).Broken, "the old key can go")
		require.Equal(t, "audit.anchor_broken", with(first).verify(t).Why.Key)
	})
}

func TestOnlyAdministratorsProveTheChain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		_, err := b.VerifyAudit(t.Context(), viewer)
		require.Equal(t, api.Forbidden, api.CodeOf(err))
	})
}

// What cannot be read stops nobody who takes the log away, and is said.
func TestAnEntryThatCannotBeReadIsExportedAsItIsAndNamed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.record(t, viewer, link("first"))
		id := b.record(t, viewer, link("second"))
		b.record(t, viewer, link("third"))
		b.exec(t, `UPDATE audit SET after = '{"name": "sec' WHERE id = ?`, id)
		require.NoError(t, b.Seal(t.Context()))
		proof := b.verify(t)
		require.EqualValues(t, 2, proof.Broken)
		require.Equal(t, "audit.entry_unreadable", proof.Why.Key)
		require.EqualValues(t, 3, proof.Entries, "the others are looked at all the same")

		var text bytes.Buffer
		file := api.NewAuditLines(&text)
		require.NoError(t, b.ExportAudit(t.Context(), viewer, api.AuditQuery{Kind: api.KindLink}, func(c api.Change) error { return file.Add(&c) }))
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		require.Len(t, lines, 3)
		require.Contains(t, lines[1], `"after":"{\"name\": \"sec","broken":["after"]`)
		require.Contains(t, lines[2], `"after":{"name":"third"}`)
		for _, line := range lines {
			require.True(t, json.Valid([]byte(line)), line)
		}

		b.exec(t, "UPDATE audit SET user_name = 'eve' WHERE seq = 3")
		proof = b.verify(t)
		require.EqualValues(t, 3, proof.Broken, "what was changed after it was sealed is worse")
		require.Equal(t, "audit.entry_changed", proof.Why.Key)
	})
}
