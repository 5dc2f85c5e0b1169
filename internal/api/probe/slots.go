package probe

import (
	"context"
	"errors"
	"sync"
)

// slots bounds how many checks run at the same time, in all and of each
// project. Who waits for a slot of his project holds no other, so a project
// that waits is in nobody's way.
type slots struct {
	all  chan struct{}
	each int

	mu       sync.Mutex
	projects map[string]*share // of those that run or wait
}

// share are the slots of a project, while somebody uses them.
type share struct {
	slots chan struct{}
	users int
}

func newSlots(all, each int) *slots {
	return &slots{all: make(chan struct{}, all), each: each, projects: map[string]*share{}}
}

// acquire waits for a slot of the project, then for one of all, until ctx
// ends. The check that got both calls release at its end.
func (s *slots) acquire(ctx context.Context, project string) (release func(), err error) {
	own := s.join(project)
	if err := take(ctx, own); err != nil {
		s.leave(project)
		return nil, err
	}
	if err := take(ctx, s.all); err != nil {
		<-own
		s.leave(project)
		return nil, err
	}
	return func() { s.release(project, own) }, nil
}

// tryAcquire is acquire for who does not wait: ok is false if no slot is free.
func (s *slots) tryAcquire(project string) (release func(), ok bool) {
	own := s.join(project)
	for i, slots := range []chan struct{}{own, s.all} {
		select {
		case slots <- struct{}{}:
			continue
		default:
		}
		if i > 0 {
			<-own
		}
		s.leave(project)
		return nil, false
	}
	return func() { s.release(project, own) }, true
}

// release gives back what acquire and tryAcquire took.
func (s *slots) release(project string, own chan struct{}) {
	<-s.all
	<-own
	s.leave(project)
}

func (s *slots) join(project string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.projects[project]
	if own == nil {
		own = &share{slots: make(chan struct{}, s.each)}
		s.projects[project] = own
	}
	own.users++
	return own.slots
}

func (s *slots) leave(project string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.projects[project]
	if own.users--; own.users == 0 {
		delete(s.projects, project)
	}
}

// take puts a mark into slots, or says that none became free.
func take(ctx context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return fault("busy", "")
}
