package embedded

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api/store"
)

// mostTold bounds one thing that a region tells of, in bytes of JSON.
const mostTold = 64 << 10

// keepable reports whether what a region says of something can be kept: databases take no
// NUL, and it has an end.
func keepable(v any) bool {
	text := encode(v)
	return len(text) <= mostTold && !strings.Contains(text, `\u0000`)
}

// toldAt is a moment that a region tells, 0 if it tells none.
func toldAt(at time.Time) int64 {
	if at.Unix() <= 0 {
		return 0
	}
	return store.Micros(at)
}

// heldElsewhere finds which of some ids rows of other projects have. Whatever a region
// says, they stay these projects'.
func heldElsewhere(ctx context.Context, tx bun.Tx, model any, project string, ids []string) (map[string]bool, error) {
	held := map[string]bool{}
	for len(ids) > 0 {
		n := min(recordBatch, len(ids))
		var found []string
		err := tx.NewSelect().Model(model).Column("id").Where("id IN (?) AND project_id <> ?", bun.List(ids[:n]), project).Scan(ctx, &found)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			held[id] = true
		}
		ids = ids[n:]
	}
	return held, nil
}
