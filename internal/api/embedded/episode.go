package embedded

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// What is kept of a subject's episodes.
const (
	keptEpisodes = 100
	keptReasons  = 20 // of an episode; later ones are counted as the last of them
)

// episodeRow is an episode as it is stored.
type episodeRow struct {
	bun.BaseModel `bun:"table:episodes"`

	ID       string `bun:"id,pk"`
	Kind     api.Kind
	ObjectID string
	BeganAt  int64
	LastAt   int64
	EndedAt  int64
	Failures int
	Reasons  string
	Reason   int
}

func (r *episodeRow) episode() api.Episode {
	e := api.Episode{
		ID: r.ID, Began: store.Time(r.BeganAt), Last: store.Time(r.LastAt), Ended: store.Time(r.EndedAt), Failures: r.Failures,
	}
	decode(r.Reasons, &e.Reasons)
	return e
}

// openEpisode returns the episode that lasts, or nil.
func openEpisode(ctx context.Context, tx bun.Tx, id string) (*episodeRow, error) {
	var rows []episodeRow
	err := tx.NewSelect().Model(&rows).Where("object_id = ?", id).OrderExpr("id DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 || rows[0].EndedAt != 0 {
		return nil, err
	}
	return &rows[0], nil
}

// tellEpisode begins, continues or ends the episode of a locked subject. It
// reports whether the check failed for another reason than the one before.
func tellEpisode(ctx context.Context, tx bun.Tx, of about, c *api.Check) (otherwise bool, err error) {
	open, err := openEpisode(ctx, tx, of.ID)
	if err != nil {
		return false, err
	}
	failed := c.Failure()
	switch {
	case failed == nil && open != nil:
		return false, endEpisode(ctx, tx, open, store.Micros(c.At))
	case failed == nil:
		return false, nil
	case open == nil:
		return false, beginEpisode(ctx, tx, of, c, *failed)
	}
	before := open.Reason
	open.add(c, *failed)
	_, err = tx.NewUpdate().Model(open).WherePK().Exec(ctx)
	return open.Reason != before, err
}

func beginEpisode(ctx context.Context, tx bun.Tx, of about, c *api.Check, failed api.Step) error {
	row := &episodeRow{ID: store.NewID(), Kind: of.Kind, ObjectID: of.ID, BeganAt: store.Micros(c.At)}
	row.add(c, failed)
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return err
	}
	return prune(ctx, tx, (*episodeRow)(nil), "object_id", of.ID, keptEpisodes)
}

func endEpisode(ctx context.Context, tx bun.Tx, open *episodeRow, at int64) error {
	open.EndedAt = max(at, open.LastAt) // the good check may have begun before the last failed one
	_, err := tx.NewUpdate().Model(open).Column("ended_at").WherePK().Exec(ctx)
	return err
}

// leaveEpisode ends the episode that lasts, if there is one, because the locked
// subject leads elsewhere now.
func leaveEpisode(ctx context.Context, tx bun.Tx, id string) error {
	open, err := openEpisode(ctx, tx, id)
	if err != nil || open == nil {
		return err
	}
	return endEpisode(ctx, tx, open, store.Micros(time.Now()))
}

// add counts a failure under its reason.
func (r *episodeRow) add(c *api.Check, failed api.Step) {
	var reasons []api.Reason
	decode(r.Reasons, &reasons)
	at := slices.IndexFunc(reasons, func(known api.Reason) bool { return sameReason(&known.Step, &failed) })
	switch {
	case at < 0 && len(reasons) == keptReasons:
		at = keptReasons - 1
	case at < 0:
		at = len(reasons)
		reasons = append(reasons, api.Reason{At: c.At, Step: failed})
	}
	reasons[at].Count++
	r.Reason, r.Reasons = at, encode(reasons)
	r.LastAt = max(r.LastAt, store.Micros(c.At))
	r.Failures++
}

// sameReason reports whether two steps failed for the same reason. A detail
// may hold numbers that differ each time: ports, threads, times.
func sameReason(a, b *api.Step) bool {
	return a.Name == b.Name && a.Path == b.Path && a.Message.Key == b.Message.Key && gist(a.Detail) == gist(b.Detail)
}

var digits = regexp.MustCompile(`[0-9]+`)

func gist(detail string) string {
	return digits.ReplaceAllString(strings.Join(strings.Fields(strings.ToLower(detail)), " "), "0")
}
