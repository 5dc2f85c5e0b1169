package embedded

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"switchboard/internal/api/jobs"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// deliveries is how many hooks are told something at the same time.
const deliveries = 16

// laneTime is how long a worker stays with a project before others get a turn.
// With the last thing that is begun it ends well before a job's time is up.
const laneTime = 20 * time.Second

// lane is the work of one kind for one project.
type lane struct {
	kind    jobs.Kind
	project string
}

// lanes counts who works in each lane in this process, so that a project whose
// systems do not answer keeps its own share of workers busy, and no more.
type lanes struct {
	slots atomic.Int64 // of a project, for checks; the default if 0

	mu   sync.Mutex
	open map[lane]*traffic
}

type traffic struct {
	workers int
	missed  bool // somebody found the lane full: there may be more to do
}

// enter reports whether there is room for one more worker. If not, one of those
// inside looks again before it leaves.
func (l *lanes) enter(in lane, room int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[lane]*traffic{}
	}
	t := l.open[in]
	if t == nil {
		t = &traffic{}
		l.open[in] = t
	}
	if t.workers >= room {
		t.missed = true
		return false
	}
	t.workers++
	return true
}

// leave ends a worker's turn. It returns false to one that found nothing more
// to do, if something may have come since.
func (l *lanes) leave(in lane, idle bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.open[in]
	if idle && t.missed {
		t.missed = false
		return false
	}
	if t.workers--; t.workers == 0 {
		delete(l.open, in)
	}
	return true
}

// share is how many workers a project may have.
func (p *Plane) share(c chore) int {
	return c.share(cmp.Or(int(p.lanes.slots.Load()), probe.DefaultPerProject))
}

// Do implements jobs.Work: it does what the task's project has to do, the
// oldest first, until nothing is left or others should have a turn. If the
// project has its share of workers already they will do it, and nobody waits.
func (p *Plane) Do(ctx context.Context, t jobs.Task) error {
	c, in := choreOf(t.Kind), lane{t.Kind, t.Project}
	if !p.lanes.enter(in, p.share(c)) {
		return nil
	}
	var errs error
	tried := map[jobs.Task]bool{}
	for began := time.Now(); ctx.Err() == nil && time.Since(began) < laneTime; {
		found, err := p.next(ctx, in)
		if err != nil {
			p.lanes.leave(in, false)
			return errors.Join(errs, err)
		}
		i := slices.IndexFunc(found, func(t jobs.Task) bool { return !tried[t] })
		switch {
		case i >= 0:
			tried[found[i]] = true
			errs = errors.Join(errs, c.do(p, ctx, found[i]))
		case p.lanes.leave(in, true):
			return errs
		}
	}
	p.lanes.leave(in, false)
	p.nudge(ctx, jobs.Task{Kind: t.Kind, Project: t.Project, Due: store.Micros(time.Now())})
	return errs
}
