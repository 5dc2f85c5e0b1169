package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"

	"switchboard/internal/testserver"
)

// replicas is how many consoles share a database.
const replicas = 3

// goalReplicas is what several may at least do of the work of one.
const goalReplicas = 0.9

// together measures several consoles with one PostgreSQL against one of them.
func (b *bench) together(ctx context.Context) error {
	server, err := testserver.StartPostgreSQL( //nolint:contextcheck // it lives as long as the program
		testserver.Setting("fsync", "on"), testserver.Setting("synchronous_commit", "on"), testserver.Setting("full_page_writes", "on"))
	if err != nil {
		progress("replicas are left out: %v", err)
		b.machine = append(b.machine, []string{"left out", "replicas: " + err.Error()})
		return nil
	}
	b.postgres = server // it ends when nobody has it any more
	on := b.settings
	on.database = server.URL()
	all := make([]*site, replicas)
	for i := range all {
		if all[i], err = on.replica(ctx, all[0]); all[i] != nil {
			b.others = append(b.others, all[i])
		}
		if err != nil {
			return err
		}
	}
	return b.compareReplicas(ctx, all)
}

// replica starts a console with a page of links, or another one beside the first.
func (s *settings) replica(ctx context.Context, first *site) (*site, error) {
	if first == nil {
		at, err := s.newSite(ctx, "replicas", 1)
		for n := int64(1); err == nil && n < pageLinks; n++ {
			err = at.create(ctx, operation.Add(1))
		}
		return at, err
	}
	p, err := s.console(ctx, first.folder)
	if err != nil {
		return nil, err
	}
	at := *first
	at.program = p
	at.browser, at.caller = first.browser.at(p), first.caller.at(p)
	return &at, nil
}

// inTurn gives each operation to another replica than the one before.
func inTurn(all []*site, do func(at *site, ctx context.Context, n int64) error) func(context.Context, int64) error {
	return func(ctx context.Context, n int64) error { return do(all[n%int64(len(all))], ctx, n) }
}

func (b *bench) compareReplicas(ctx context.Context, all []*site) error {
	list := func(at *site, ctx context.Context, _ int64) error {
		_, err := at.browser.must(ctx, http.MethodGet, at.links, nil)
		return err
	}
	works := []struct {
		name string
		do   func(at *site, ctx context.Context, n int64) error
	}{{"list page", list}, {nameCreateSigned, (*site).createSigned}}
	one, three := ", 1 replica", fmt.Sprintf(", %d replicas", replicas)
	var contenders []contender
	for _, w := range works {
		contenders = append(contenders, contender{w.name + one, manyAtone, inTurn(all[:1], w.do), nil},
			contender{w.name + three, manyAtone, inTurn(all, w.do), nil})
	}
	found, err := race(ctx, "replicas", max(b.rounds/2, 1), b.turn, contenders)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, w := range works {
		few, many := found[w.name+one], found[w.name+three]
		ratio := figure(rate).ratio(many, few)
		rows = append(rows, []string{w.name, digits(figure(rate).of(few).median), digits(figure(rate).of(many).median), ratio.times(),
			figure(latency).ratio(many, few).times()})
		b.goal(fmt.Sprintf("%s, %d clients, %d replicas to 1, rate", w.name, manyAtone, replicas), "≥ "+digits(goalReplicas), ratio.times(), ratio.median >= goalReplicas)
	}
	b.add(section{
		title: fmt.Sprintf("%d replicas on one PostgreSQL", replicas),
		lead: fmt.Sprintf("Operations a second of %d clients, each of which goes to another replica with every request, as a balancer would send "+
			"it; against the same clients at one of them, while the others have nothing to do. PostgreSQL syncs every commit. Replicas, PostgreSQL "+
			"and clients share the %d cores of this machine, so that no more can be done here by more processes: what this can show is "+
			"that they do not stand in each other's way, not what more machines bring.", manyAtone, runtime.NumCPU()),
		head: []string{"", "1 replica", fmt.Sprintf("%d replicas", replicas), "rate", "latency"}, rows: rows,
	})
	return nil
}
