package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// contender is one of the things that are compared.
type contender struct {
	name    string
	clients int
	// do is one operation; n is another number each time.
	do func(ctx context.Context, n int64) error
	// server is the process that serves it, whose time on the processor counts:
	// nil if the work is done in this one.
	server *program
}

// sample is what a contender did in one turn.
type sample struct {
	latency time.Duration // of one operation, median
	rate    float64       // operations a second
	cpu     time.Duration // the server's time on the processor for one operation
}

// results are the samples of each contender by name, one a round.
type results map[string][]sample

var operation atomic.Int64

// race lets the contenders take turns. Each round begins with another one, so
// that none always follows the same neighbour.
func race(ctx context.Context, title string, rounds int, turn time.Duration, all []contender) (results, error) {
	return slowRace(ctx, title, rounds, turn, 0, all)
}

// slowRace is race of contenders that rest before each operation, which does not count.
func slowRace(ctx context.Context, title string, rounds int, turn, rest time.Duration, all []contender) (results, error) {
	progress("%s: %d contenders, %d rounds", title, len(all), rounds)
	found := results{}
	for _, c := range all { // once to warm up
		if _, err := c.run(ctx, turn/2, rest); err != nil {
			return nil, err
		}
	}
	for round := range rounds {
		for i := range all {
			c := all[(i+round)%len(all)]
			s, err := c.run(ctx, turn, rest)
			if err != nil {
				return nil, err
			}
			found[c.name] = append(found[c.name], s)
		}
	}
	return found, nil
}

// run gives a contender its turn.
func (c *contender) run(ctx context.Context, turn, rest time.Duration) (sample, error) {
	var all []time.Duration
	var failed error
	var mu sync.Mutex
	var clients sync.WaitGroup
	busy, began := c.server.cpu(), time.Now()
	for range c.clients {
		clients.Go(func() {
			took, err := c.repeat(ctx, began.Add(turn), rest)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil {
				failed = fmt.Errorf("%s: %w", c.name, err)
			}
		})
	}
	clients.Wait()
	elapsed, busy := time.Since(began), c.server.cpu()-busy
	if failed != nil || len(all) == 0 {
		return sample{}, failed
	}
	count := time.Duration(len(all))
	return sample{median(all), float64(count) / elapsed.Seconds(), busy / count}, nil
}

// repeat is one client: it goes on until the end, and at least once.
func (c *contender) repeat(ctx context.Context, end time.Time, rest time.Duration) ([]time.Duration, error) {
	var took []time.Duration
	for len(took) == 0 || time.Now().Before(end) {
		time.Sleep(rest)
		began := time.Now()
		if err := c.do(ctx, operation.Add(1)); err != nil {
			return took, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}
