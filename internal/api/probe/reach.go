package probe

import (
	"context"
	"net"
	"net/netip"

	"switchboard/internal/api"
)

// Reach tries whether an address, host:port, can be connected to from a queue.
// One within the queue's own network cannot: there is no need to try. It takes
// the steps resolve, queue_range and connect, and blames "address".
func (p *Prober) Reach(ctx context.Context, project, address string, from QueueNetwork) api.Check {
	sys := reaching(from)
	a := newAttempt(p, sys, inputs{pathAddress: address}, nil)
	return a.finish(p.run(ctx, project, sys, a))
}

const pathAddress = "address"

// reaching is the system of which no more is known than its address, as it is
// reached from a queue, or from anywhere if that has no network.
func reaching(from QueueNetwork) *system {
	return &system{
		plan: func(inputs) []api.StepName {
			if !from.Network.IsValid() {
				return []api.StepName{api.StepResolve, api.StepConnect}
			}
			return []api.StepName{api.StepResolve, api.StepQueueRange, api.StepConnect}
		},
		check: func(ctx context.Context, a *attempt) error {
			at, err := readEndpoint(a.in.text(pathAddress), pathAddress)
			if err != nil {
				return err
			}
			addrs, err := a.resolve(ctx, at)
			if err == nil && from.Network.IsValid() {
				err = a.outside(from, addrs)
			}
			if err != nil {
				return err
			}
			conn, err := a.connect(ctx, at, addrs)
			if err == nil {
				a.part(ctx, conn)
			}
			return err
		},
	}
}

// outside takes the step queue_range: what a queue has in its own network it
// never finds elsewhere.
func (a *attempt) outside(q QueueNetwork, addrs []netip.Addr) error {
	a.enter(api.StepQueueRange)
	a.found(q.String())
	for _, addr := range addrs {
		if q.Network.Contains(addr) {
			return q.holds("range.bound", pathAddress, addr).hinting("range.other_queue")
		}
		if addr.IsLoopback() { // it was we who connected, so that is what the answer is about
			a.warn(fault("range.here", pathAddress).with("peer", addr.String()))
		}
	}
	return nil
}

// part leaves a server about which no more is to be known than that it is there.
// MySQL speaks first, and expects manners.
func (a *attempt) part(ctx context.Context, conn net.Conn) {
	a.rest()
	first, _ := overhear(conn)
	if speaks(first) != mysqlSystem.protocol {
		return
	}
	a.also = mysqlSystem.protocol
	if _, conn, err := a.mysqlGreeting(ctx, again(first, conn)); err == nil {
		mysqlGoodbye(ctx, conn)
	}
}
