package mirror

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/wire"
)

// copies is what was last read of the records of replications.
type copies struct {
	mu   sync.Mutex
	all  time.Time       // when all of them were read
	open map[string]bool // those that had not ended then, or since
}

// allEvery is how much rarer all records are read than those that go on: nothing becomes
// of those that have ended.
const allEvery = 12

// lookRecords reads the records of replications: often, only those that go on, as long as
// none of them has ended.
func (m *Service) lookRecords(ctx context.Context, r *region) (func(context.Context) error, error) {
	r.copies.mu.Lock()
	lately, open := m.now().Sub(r.copies.all) < allEvery*m.age, maps.Clone(r.copies.open)
	r.copies.mu.Unlock()
	began := m.now()
	var records []api.ReplicationRecord
	for _, status := range []api.ReplicationStatus{api.ReplicationWaiting, api.ReplicationRunning} {
		if !lately {
			break
		}
		some, err := recordsOf(ctx, r, url.Values{"status": {string(status)}})
		if err != nil {
			return nil, err
		}
		records = append(records, some...)
	}
	for i := range records {
		delete(open, records[i].ID)
	}
	all := !lately || len(open) > 0
	if all {
		var err error
		if records, err = recordsOf(ctx, r, url.Values{}); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context) error {
		if err := m.plane.AdoptRecords(ctx, r.scope.Project, records, all); err != nil {
			return err
		}
		r.copies.took(records, all, began)
		return nil
	}, nil
}

// took remembers what was taken over.
func (c *copies) took(records []api.ReplicationRecord, all bool, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = map[string]bool{}
	for i := range records {
		if status := records[i].Status; status == api.ReplicationWaiting || status == api.ReplicationRunning {
			c.open[records[i].ID] = true
		}
	}
	if all {
		c.all = at
	}
}

// began has all records read the next time: some that began may have ended by then.
func (c *copies) began() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = time.Time{}
}

// recordsOf reads a list of records. It has a count, and no documented filters: a region
// may leave them out of account.
func recordsOf(ctx context.Context, r *region, query url.Values) (records []api.ReplicationRecord, err error) {
	query.Set("limit", strconv.Itoa(partSize))
	query.Set("sort", "created_at:asc")
	for range partMost {
		call := r.call("ListReplicationRecords")
		call.Query = maps.Clone(query)
		call.Query.Set("offset", strconv.Itoa(len(records)))
		body, err := r.ask(ctx, call)
		if err != nil {
			return nil, err
		}
		read, count, err := wire.RecordsIn(body)
		if err != nil {
			return nil, err
		}
		records = append(records, read...)
		if len(read) == 0 || len(records) >= count {
			break
		}
	}
	return slices.DeleteFunc(records, func(r api.ReplicationRecord) bool { return !identifies(r.ID) || !identifies(r.Backup.ID) }), nil
}

// queued reads what answers say that is going to be copied.
func queued(answers []cloud.Answer) ([]api.Queued, error) {
	if len(answers) == 0 {
		return nil, api.Errorf(api.NotFound, "replication.not_found")
	}
	made := []api.Queued{}
	for i := range answers {
		some, err := wire.QueuedIn(answers[i].Body)
		if err != nil {
			return nil, err
		}
		for _, q := range some {
			if !identifies(q.Backup) || !identifies(q.Record) {
				return nil, wire.ErrNoAnswer
			}
		}
		made = append(made, some...)
	}
	return made, nil
}
