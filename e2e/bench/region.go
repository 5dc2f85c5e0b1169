package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// goalAway is what a page of a project in a region takes longer than the call to the
// region that it waits for.
const goalAway = 3 * time.Millisecond

// awayAge is from when on what is kept of the region is read again: everybody rests that
// long before each operation, so that each page waits for one reading.
const awayAge = 50 * time.Millisecond

// away measures the pages of a project that lives in a region: another console on the
// same machine, which is asked for each page anew.
func (b *bench) away(ctx context.Context) error {
	progress("a project in a region")
	there, err := b.newSite(ctx, "region", fewLinks)
	b.others = append(b.others, there)
	if err != nil {
		return err
	}
	at, err := b.newAway(ctx, there)
	b.others = append(b.others, at)
	if err != nil {
		return err
	}
	const call, page, table, kept = "calls to the region: its clusters, 100 links", "list page of a project in a region, 50 of 100 links",
		"its table's htmx refresh", "the same page while what is kept is young"
	all := []contender{
		{call, 1, there.listing, there.program},
		{page, 1, at.browser.getting(at.links), at.program},
		{table, 1, at.table().getting(at.links), at.program},
		{kept, 1, there.browser.getting(there.links), there.program},
	}
	found, err := slowRace(ctx, "a project in a region", max(b.rounds/2, 1), b.turn, awayAge, all)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range all {
		s := found[c.name]
		rows = append(rows, []string{c.name, figure(latency).of(s).short(), seconds(figure(latency).more(s, found[call]).median), figure(cpu).of(s).short()})
	}
	for _, name := range []string{page, table} {
		more := figure(latency).more(found[name], found[call])
		b.goal(name+", beyond the call", "≤ "+seconds(goalAway.Seconds()), seconds(more.median), more.median <= goalAway.Seconds())
	}
	itself := figure(latency).of(found[kept]).median
	added := figure(latency).more(found[page], found[call]).median - itself
	b.goal("what living in a region adds to its list page, beyond the call and the page itself", "≤ "+seconds(goalAway.Seconds()), seconds(added), added <= goalAway.Seconds())
	b.add(section{
		title: "A project in a region",
		lead: "The region is another console on this machine, asked with signed calls, both at once, for its clusters and all links; every page waits for them. " +
			"The last line is the list page of a project that lives here, as pages are while what is kept of a region is young.",
		head: []string{"", "latency", "beyond the call", "processor of the console"}, rows: rows,
	})
	return nil
}

// newAway starts a console whose project lives in that of another one.
func (b *bench) newAway(ctx context.Context, there *site) (*site, error) {
	folder := filepath.Join(b.folder, "away")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	p, err := b.console(ctx, folder, "SWITCHBOARD_ADMIN_PASSWORD="+adminPassword, "SWITCHBOARD_REGION_AGE="+awayAge.String(), "SWITCHBOARD_REGION_CALLS=1000000")
	if err != nil {
		return nil, err
	}
	at := &site{program: p}
	move := b.command(ctx, folder, "project", "move", "local-1", "--base", there.url, "--cloud-region", "local-1",
		"--cloud-project", there.project, "--access-key", there.key.Access)
	move.Env = append(move.Environ(), "SWITCHBOARD_REGION_SECRET="+there.key.Secret)
	if out, err := move.CombinedOutput(); err != nil {
		return at, fmt.Errorf("project move: %w: %s", err, out)
	}
	browser, home, err := signIn(ctx, p)
	if err != nil {
		return at, err
	}
	at.browser, at.home, at.links = browser, home, home+"/links"
	a, err := at.browser.with("Accept-Encoding", "identity").must(ctx, http.MethodGet, at.links, nil)
	if err == nil && len(shownLink.FindAll(a.body, -1)) != pageLinks {
		err = fmt.Errorf("the list of a project in a region shows %d links", len(shownLink.FindAll(a.body, -1)))
	}
	return at, err
}

// listing asks for the clusters and all links with signed calls at once, as the console does.
func (at *site) listing(ctx context.Context, _ int64) error {
	paths := []string{"/v1.1/" + at.project + "/clusters", at.wire + "/all"}
	failed := make([]error, len(paths))
	var both sync.WaitGroup
	for i, path := range paths {
		both.Go(func() { failed[i] = at.ask(ctx, path) })
	}
	both.Wait()
	return errors.Join(failed...)
}

func (at *site) ask(ctx context.Context, path string) error {
	r, err := at.key.signed(ctx, http.MethodGet, at.url+path, nil)
	if err != nil {
		return err
	}
	a, err := at.caller.do(r)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%s was answered %d: %.300s", path, a.status, a.body)
	}
	return err
}
