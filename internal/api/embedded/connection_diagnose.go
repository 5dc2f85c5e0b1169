package embedded

import (
	"context"
	"net/netip"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

// DiagnoseConnection implements api.Connections.
func (p *Plane) DiagnoseConnection(ctx context.Context, s api.Scope, id string) (api.Check, error) {
	row := new(connectionRow)
	if err := present(row, find(ctx, p.db.Read, s.Project, row, row.missing(), "id = ?", id)); err != nil {
		return api.Check{}, err
	}
	t := probe.DiagnosisTarget{Project: s.Project, Connection: row.draft().Normalised()}
	queues, err := p.ListQueues(ctx, s)
	if err != nil {
		return api.Check{}, err
	}
	t.Queues, t.Bound = networksOf(queues, id)
	check := p.prober.Diagnose(ctx, t)
	return check, p.recordAsked(ctx, s, "diagnose", row.about(), check)
}

// networksOf returns the networks of the queues that use a connection or, if
// there are none, of all that could.
func networksOf(queues []api.Queue, connection string) (networks []probe.QueueNetwork, bound bool) {
	var all []probe.QueueNetwork
	for _, q := range queues {
		network, err := netip.ParsePrefix(q.CIDR)
		if err != nil || q.Name == api.DefaultQueue {
			continue
		}
		n := probe.QueueNetwork{Queue: q.Name, Network: network}
		all = append(all, n)
		for _, c := range q.Connections {
			if c.ID == connection {
				networks = append(networks, n)
			}
		}
	}
	if len(networks) > 0 {
		return networks, true
	}
	return all, false
}
