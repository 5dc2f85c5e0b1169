package embedded

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// What is kept of reachability tests: those of the last hour, and not too many.
const (
	testAge   = time.Hour
	keptTests = 1000 // of a project
)

// addressTestRow is the result of a reachability test.
type addressTestRow struct {
	bun.BaseModel `bun:"table:address_tests"`

	ID        string `bun:"id,pk"`
	ProjectID string
	Queue     string
	Address   string
	At        int64
	CheckJSON string
}

func (r *addressTestRow) test() api.AddressTest {
	t := api.AddressTest{ID: r.ID, Queue: r.Queue, Address: r.Address, At: store.Time(r.At)}
	decode(r.CheckJSON, &t.Check)
	return t
}

// TestAddress implements api.Queues. The embedded control plane has no queues
// to run, so it is this console that connects.
func (p *Plane) TestAddress(ctx context.Context, s api.Scope, queue, address string) (api.AddressTest, error) {
	return p.TestAddressFrom(ctx, s, queue, address, func(q *api.Queue) (api.Check, error) {
		dialled, _ := connector.ReadHostPort(address)
		from := probe.QueueNetwork{Queue: q.Name}
		from.Network, _ = netip.ParsePrefix(q.CIDR) // it is one
		return p.prober.Reach(ctx, s.Project, dialled, from), nil
	})
}

// TestAddressFrom is TestAddress with another way to try, which is called if there is
// the queue and the address is one.
func (p *Plane) TestAddressFrom(ctx context.Context, s api.Scope, queue, address string, try func(*api.Queue) (api.Check, error)) (api.AddressTest, error) {
	q, err := p.Queue(ctx, s, queue)
	if err != nil {
		return api.AddressTest{}, err
	}
	if m := api.AddressProblem(address); !m.IsZero() {
		return api.AddressTest{}, api.Refuse([]api.Problem{{Path: "address", Message: m}})
	}
	check, err := try(&q)
	if err != nil {
		return api.AddressTest{}, err
	}
	row := &addressTestRow{
		ProjectID: s.Project, Queue: q.Name, Address: address, At: store.Micros(time.Now()), CheckJSON: encode(check),
	}
	err = p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		if err := row.insert(ctx, tx); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*addressTestRow)(nil)).Where("at < ?", store.Micros(time.Now().Add(-testAge))).Exec(ctx)
		if err != nil {
			return err
		}
		return prune(ctx, tx, (*addressTestRow)(nil), "project_id", s.Project, keptTests)
	})
	if err != nil {
		return api.AddressTest{}, err
	}
	return row.test(), p.recordAsked(ctx, s, "test", about{Kind: api.KindQueue, ID: q.ID, Name: q.Name, Endpoint: address}, check)
}

// insert stores the row under the first free number from its time on: numbers
// grow, and have few enough digits for every client.
func (r *addressTestRow) insert(ctx context.Context, tx bun.Tx) error {
	for n := r.At; ; n++ {
		r.ID = strconv.FormatInt(n, 10)
		result, err := tx.NewInsert().Model(r).On("CONFLICT (id) DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		if rows, err := result.RowsAffected(); err != nil || rows > 0 {
			return err
		}
	}
}

// AddressTest implements api.Queues.
func (p *Plane) AddressTest(ctx context.Context, s api.Scope, queue, id string) (api.AddressTest, error) {
	row := new(addressTestRow)
	err := find(ctx, p.db.Read, s.Project, row, "queue.test_not_found",
		"id = ? AND queue = ? AND at >= ?", id, api.FoldQueue(queue), store.Micros(time.Now().Add(-testAge)))
	if err != nil {
		return api.AddressTest{}, err
	}
	return row.test(), nil
}
