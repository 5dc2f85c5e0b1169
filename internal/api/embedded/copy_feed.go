package embedded

import (
	"context"

	"switchboard/internal/api"
)

// feed hands out what is left, in the order of the records: large ones alone, small
// ones in packs.
func (d *copying) feed(ctx context.Context, packs chan<- []*copied) error {
	last, small := "", packed{}
	send := func(pack []*copied) bool {
		select {
		case packs <- pack:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for {
		page, err := d.left(ctx, last)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		last = page[len(page)-1].ID
		for i := range page {
			for _, ready := range small.add(d.copied(page[i])) {
				if !send(ready) {
					return context.Cause(ctx)
				}
			}
		}
	}
	if len(small.items) > 0 && !send(small.items) {
		return context.Cause(ctx)
	}
	return nil
}

// copied is a record that is to be copied, or to be carried on.
func (d *copying) copied(row recordRow) *copied {
	c := &copied{rec: row, resume: row.Resume}
	c.bytes.Store(row.Bytes)
	c.high.Store(row.Bytes)
	if row.Status == api.ReplicationRunning { // whoever copied it was cut off
		before := row.record()
		c.rec.note(d.p.now(), api.M("replication.resumed", "percent", before.Percent()), "")
	}
	return c
}

// recordPage is how many records are read at a time, so that a run needs as much
// memory with many as with few.
const recordPage = 512

// left are the next records after one that are to be copied.
func (d *copying) left(ctx context.Context, after string) (page []recordRow, err error) {
	err = d.insist(ctx, func() error {
		page = nil
		return d.p.db.Read.NewSelect().Model(&page).Where("project_id = ? AND run_id = ? AND id > ?", d.row.ProjectID, d.row.ID, after).
			Where("status IN (?)", unfinishedRecords).OrderExpr("id").Limit(recordPage).Scan(ctx)
	})
	return page, err
}

// Small objects are copied one after the other by the same worker and made visible
// together, with one sync: so many, and so many bytes.
const (
	smallObject = 1 << 20
	packObjects = 64
	packBytes   = 8 << 20
)

// packed gathers small objects.
type packed struct {
	items []*copied
	bytes int64
}

// add takes an object, and returns what is ready to be copied: a pack that is full, or
// before a large object, and that.
func (p *packed) add(c *copied) (ready [][]*copied) {
	large := c.rec.Size >= smallObject
	if !large {
		p.items, p.bytes = append(p.items, c), p.bytes+c.rec.Size
	}
	if len(p.items) > 0 && (large || len(p.items) == packObjects || p.bytes >= packBytes) {
		ready = append(ready, p.items)
		*p = packed{}
	}
	if large {
		ready = append(ready, []*copied{c})
	}
	return ready
}
