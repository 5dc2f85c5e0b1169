package main

import (
	"context"
	"fmt"
	"html"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
)

// prepare starts the servers and fills them.
func (b *bench) prepare(ctx context.Context) (err error) {
	progress("three consoles, with %d and twice %s links", fewLinks, thousands(b.links))
	if b.few, err = b.newSite(ctx, "few", fewLinks); err != nil {
		return err
	}
	if b.many, err = b.newSite(ctx, "many", b.links); err != nil {
		return err
	}
	if b.watched, err = b.newSite(ctx, "watched", b.links); err != nil {
		return err
	}
	if err := watch(ctx, filepath.Join(b.folder, "watched")); err != nil {
		return err
	}
	b.bare = &program{}
	self := exec.CommandContext(ctx, "/proc/self/exe", baselineCommand, filepath.Join(b.folder, "bare.db")) //nolint:gosec // ourselves
	return b.bare.launch(self)
}

var (
	shownLink = regexp.MustCompile(`/links/[0-9a-f-]{36}/edit"`)
	nextPage  = regexp.MustCompile(`href="([^"]*cursor=[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*cursor=[^"]*)"`)
)

// lastPage goes through the list to its last page, and returns its path and
// number.
func (b *bench) lastPage(ctx context.Context) (path string, number int, err error) {
	path = b.many.links
	plain := b.many.table().with("Accept-Encoding", "identity")
	for number = 1; ; number++ {
		a, err := plain.must(ctx, http.MethodGet, path, nil)
		if err != nil {
			return "", 0, err
		}
		if n := len(shownLink.FindAll(a.body, -1)); n != pageLinks {
			return "", 0, fmt.Errorf("page %d of the list shows %d links", number, n)
		}
		next := nextPage.FindSubmatch(a.body)
		if next == nil {
			return path, number, nil
		}
		path = html.UnescapeString(string(next[1]) + string(next[2]))
	}
}

// Names of contenders that are compared.
const (
	nameEcho     = "bare echo"
	nameList     = "list page, 50 of %s links"
	nameTable    = "htmx refresh of the table, 50 of %s links"
	nameSearch   = "search that finds one of %s links"
	nameFormPage = "form page of a new MySQL link"

	nameWatched      = "list page with health"
	nameWatchedTable = "htmx refresh of the table with health"
)

// pages measures what a person looks at.
func (b *bench) pages(ctx context.Context) error {
	progress("walking to the last page of the list")
	last, number, err := b.lastPage(ctx)
	if err != nil {
		return err
	}
	all := []contender{{nameEcho, 1, newClient(b.bare).getting("/"), b.bare}}
	// What is compared most stands side by side.
	for _, page := range []struct {
		name string
		get  func(*site) *client
	}{
		{nameList, func(at *site) *client { return at.browser }},
		{nameTable, (*site).table},
	} {
		for _, at := range []*site{b.few, b.many} {
			all = append(all, contender{fmt.Sprintf(page.name, b.countOf(at)), 1, page.get(at).getting(at.links), at.program})
		}
	}
	all = append(all,
		contender{nameWatched, 1, b.watched.browser.getting(b.watched.links), b.watched.program},
		contender{nameWatchedTable, 1, b.watched.table().getting(b.watched.links), b.watched.program},
	)
	lastName := fmt.Sprintf("page %s of the list, the last one", thousands(number))
	all = append(all,
		contender{lastName, 1, b.many.browser.getting(last), b.many.program},
		contender{nameFormPage, 1, b.few.browser.getting(b.few.links + "/new?connector=mysql"), b.few.program},
		contender{"sign-in page", 1, newClient(b.few.program).with("Accept-Encoding", "gzip").getting("/sign-in"), b.few.program},
	)
	found, err := race(ctx, "pages", b.rounds, b.turn, all)
	if err != nil {
		return err
	}
	b.add(section{
		title: "Pages", lead: "One client. Every answer was read to its end and had status 200.",
		head: []string{"page", "latency", "to bare echo", "processor", "to bare echo"}, rows: againstEcho(found, all),
	})
	b.compareHealth(found)
	searches, err := b.searches(ctx)
	if err != nil {
		return err
	}
	maps.Copy(found, searches)
	b.compareCounts(found, lastName)
	return nil
}

// searches measures a search, in fewer rounds because it may take long.
func (b *bench) searches(ctx context.Context) (results, error) {
	all := []contender{{nameEcho, 1, newClient(b.bare).getting("/"), b.bare}}
	for _, at := range []*site{b.few, b.many} {
		path := at.links + "?q=" + fmt.Sprintf("link-%06d", pageLinks)
		all = append(all, contender{fmt.Sprintf(nameSearch, b.countOf(at)), 1, at.table().getting(path), at.program})
	}
	found, err := race(ctx, "search", max(b.rounds/4, 1), b.turn, all)
	if err != nil {
		return nil, err
	}
	b.add(section{
		title: "Search", lead: "The table's htmx refresh for a name that one link has.",
		head: []string{"search", "latency", "to bare echo", "processor", "to bare echo"}, rows: againstEcho(found, all),
	})
	delete(found, nameEcho)
	return found, nil
}

func (b *bench) countOf(at *site) string {
	if at == b.few {
		return thousands(fewLinks)
	}
	return thousands(b.links)
}

// againstEcho are the rows of a table that compares everything with the bare
// echo handler.
func againstEcho(found results, all []contender) [][]string {
	echo := found[nameEcho]
	var rows [][]string
	for _, c := range all {
		s := found[c.name]
		rows = append(rows, []string{
			c.name, figure(latency).of(s).short(), figure(latency).ratio(s, echo).times(),
			figure(cpu).of(s).short(), figure(cpu).ratio(s, echo).times(),
		})
	}
	return rows
}

// compareHealth compares the list of links that are checked again and again
// with that of links that never were.
func (b *bench) compareHealth(found results) {
	many := b.countOf(b.many)
	var rows [][]string
	for _, pair := range [][2]string{{nameWatched, fmt.Sprintf(nameList, many)}, {nameWatchedTable, fmt.Sprintf(nameTable, many)}} {
		waits, works := figure(latency).ratio(found[pair[0]], found[pair[1]]), figure(cpu).ratio(found[pair[0]], found[pair[1]])
		rows = append(rows, []string{pair[0], waits.times(), works.times()})
		b.goal(pair[0]+" to the same without, "+many+" links, latency", "≤ "+digits(goalMore), waits.times(), waits.median <= goalMore)
	}
	b.add(section{
		title: "Health on the list",
		lead: "Each of " + many + " links has a schedule, a last good time and 30 checks drawn as a line, against as many links " +
			"that were never checked.",
		head: []string{"", "latency", "processor"}, rows: rows,
	})
}

// goalMore is how much more a page may cost when there are many links.
const goalMore = 1.2

// compareCounts compares the same page of few and of many links.
func (b *bench) compareCounts(found results, last string) {
	few, many := b.countOf(b.few), b.countOf(b.many)
	list := found[fmt.Sprintf(nameList, few)]
	var rows [][]string
	for _, pair := range []struct {
		name         string
		many, few    []sample
		promisedSame bool
	}{
		{"list page", found[fmt.Sprintf(nameList, many)], list, true},
		{"htmx refresh", found[fmt.Sprintf(nameTable, many)], found[fmt.Sprintf(nameTable, few)], true},
		{last + ", to page 1 of " + few, found[last], list, true},
		{"search that finds one", found[fmt.Sprintf(nameSearch, many)], found[fmt.Sprintf(nameSearch, few)], false},
	} {
		waits, works := figure(latency).ratio(pair.many, pair.few), figure(cpu).ratio(pair.many, pair.few)
		rows = append(rows, []string{pair.name, waits.times(), works.times()})
		if pair.promisedSame {
			b.goal(pair.name+": "+many+" links to "+few+", latency", "≤ "+digits(goalMore), waits.times(), waits.median <= goalMore)
		}
	}
	b.add(section{
		title: many + " links against " + few,
		lead: "The same page of the same program over two databases. In the large one the names are in another order " +
			"than the rows, so that the 50 links of a page stand in 50 places of the file.",
		head: []string{"", "latency", "processor"}, rows: rows,
	})
}
