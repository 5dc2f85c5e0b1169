package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// nosqlSystems are MongoDB and Redis.
var nosqlSystems = []*system{
	mongoSystem,
	redisSystem,
}

// maxMembers is how many members of a cluster a check connects to: a server
// could name a whole network.
const maxMembers = 256

// reachAll connects to the members of a cluster that a server named, at the same
// time, and returns those to which that was not possible, and whether that
// were all. It takes at most half of the time that is left, which is needed
// for the steps that follow.
func (a *attempt) reachAll(ctx context.Context, ats []endpoint) (lost []endpoint, all bool, err error) {
	slices.SortFunc(ats, func(one, other endpoint) int { return strings.Compare(one.String(), other.String()) })
	ats = slices.Compact(ats)
	total := len(ats)
	if total > maxMembers {
		a.warn(fault("cluster.many", a.at.hostPath))
		ats = ats[:maxMembers]
	}
	half, cancel := context.WithTimeout(ctx, time.Until(deadlineOf(ctx))/2)
	defer cancel()
	answered := make([]bool, len(ats))
	var wait sync.WaitGroup
	for i, at := range ats {
		wait.Go(func() {
			if conn, err := a.another(half, at); err == nil {
				answered[i] = true
				_ = conn.Close()
			}
		})
	}
	wait.Wait()
	for i, at := range ats {
		if !answered[i] {
			lost = append(lost, at)
		}
	}
	a.found(fmt.Sprintf("%d/%d", len(ats)-len(lost), total))
	return lost, len(lost) == len(ats), ctx.Err()
}

// naming lets a failure name a few of the members that cannot be reached, and
// not why: that one was refused must not be told from that it does not answer.
func (a *attempt) naming(lost []endpoint, f *failure) *failure {
	const few = 3
	var names []string
	for _, at := range lost[:min(len(lost), few)] {
		names = append(names, at.String())
	}
	if len(lost) > few {
		names = append(names, "…")
	}
	return f.with("peer", a.clean(strings.Join(names, ", "), maxFound))
}
