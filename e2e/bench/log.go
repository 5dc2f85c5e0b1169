package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
)

// Sizes of what is measured of the audit log.
const (
	fewEvents     = 1_000
	eventsOfLink  = 10     // for each link of the large data folder
	eventsOfThing = 50     // of each thing, whatever there is
	eventsAtOnce  = 50_000 // in one transaction
)

// logFill copies the entry of the only link that was created. ?1 is how many there are
// in all, ?2 and ?3 which of them are written now. An id begins with the time, as those
// of the console do: there is one a second, the last one a second before the template.
// Numbers are beyond those that the console gives.
const logFill = `WITH RECURSIVE n(i, ms) AS (SELECT ?2, (SELECT at / 1000 FROM audit WHERE kind = 'link' AND seq < 1000000000) - 1000 * (?1 + 1 - ?2)
		UNION ALL SELECT i + 1, ms + 1000 FROM n WHERE i < ?3)
	INSERT INTO audit (id, project_id, at, user_id, user_name, way, addr, request_id, action, kind, object_id, object_name, before, after, seq, seal)
	SELECT printf('%08x-%04x-7000-8000-%012x', n.ms >> 16, n.ms & 65535, n.i), c.project_id, 1000 * n.ms, c.user_id,
		iif(n.i % 10 = 3, 'often', printf('seldom-%02d', n.i % 100)), c.way, c.addr, printf('%016x', n.i), iif(n.i % 7, 'update', 'create'),
		CASE n.i % 3 WHEN 0 THEN 'link' WHEN 1 THEN 'alias' ELSE 'connection' END,
		printf('%036x', (n.i * 7919) % (?1 / 50)), printf('thing-%06d', (n.i * 7919) % (?1 / 50)), c.after, c.after, 1000000000 + n.i, printf('%064x', n.i)
	FROM n, audit c WHERE c.kind = 'link' AND c.seq < 1000000000`

// fillLog writes entries of the audit log by SQL: through the console they would take
// an hour. Indexes are taken away and made anew in the end, as bulk loads do. The
// entries have numbers and seals, as sealed ones have; the seals prove nothing.
func fillLog(ctx context.Context, folder string, count int) (err error) {
	db, err := openSQLite(ctx, filepath.Join(folder, databaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	again, err := dropIndexes(ctx, db, "audit")
	if err != nil {
		return err
	}
	for from := 1; from <= count; from += eventsAtOnce {
		if _, err := db.ExecContext(ctx, logFill, count, from, min(from+eventsAtOnce-1, count)); err != nil {
			return fmt.Errorf("fill the log: %w", err)
		}
	}
	for _, text := range append(again, "PRAGMA wal_checkpoint(TRUNCATE)") {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// dropIndexes takes away the indexes of a table, but for its key's, and returns what
// makes them anew.
func dropIndexes(ctx context.Context, db *sql.DB, table string) (again []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", table)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		names, again = append(names, name), append(again, text)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return nil, err
		}
	}
	return again, nil
}

// newLog starts a console with so many entries in its log, and returns where its page
// in the middle begins.
func (b *bench) newLog(ctx context.Context, name string, entries int) (at *site, middle string, err error) {
	at, err = b.newSite(ctx, name, 1)
	b.others = append(b.others, at)
	if err == nil {
		err = fillLog(ctx, at.folder, entries)
	}
	if err != nil {
		return at, "", err
	}
	db, err := openSQLite(ctx, filepath.Join(at.folder, databaseFile))
	if err != nil {
		return at, "", err
	}
	err = db.QueryRowContext(ctx, "SELECT id FROM audit WHERE seq = ?", 1_000_000_000+entries/2).Scan(&middle)
	return at, middle, errors.Join(err, db.Close())
}

// auditLog measures the audit log of few and of many entries.
func (b *bench) auditLog(ctx context.Context) error {
	count := max(b.links*eventsOfLink, 2*fewEvents)
	progress("audit logs of %s and %s entries", thousands(fewEvents), thousands(count))
	few, fewMiddle, err := b.newLog(ctx, "few-events", fewEvents)
	if err != nil {
		return err
	}
	many, manyMiddle, err := b.newLog(ctx, "many-events", count)
	if err != nil {
		return err
	}
	pages := []struct {
		name, path string
		promised   bool
	}{
		{"page 1", "", true},
		{"page in the middle", "?cursor=b", true},
		{"kind that every third has", "?kind=alias", true},
		{"person with every tenth", "?user=often", true},
		{"person with every hundredth", "?user=seldom-17", false},
		{"text that 50 begin with", "?q=thing-000007", true},
		{"text that all begin with", "?q=thing", true},
		{"text that none begins with", "?q=nothing", true},
	}
	all := []contender{{nameEcho, 1, newClient(b.bare).getting("/"), b.bare}}
	for _, p := range pages {
		for _, log := range []struct {
			*site
			name, middle string
		}{{few, ", few", fewMiddle}, {many, ", many", manyMiddle}} {
			path := log.home + "/audit" + p.path
			if p.path == "?cursor=b" {
				path += log.middle
			}
			all = append(all, contender{p.name + log.name, 1, log.browser.getting(path), log.program})
		}
	}
	found, err := race(ctx, "audit log", max(b.rounds/3, 1), b.turn, all)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, p := range pages {
		short, long := found[p.name+", few"], found[p.name+", many"]
		ratio := figure(latency).ratio(long, short)
		rows = append(rows, []string{p.name, figure(latency).of(short).short(), figure(latency).of(long).short(), ratio.times(),
			figure(cpu).ratio(long, short).times()})
		if p.promised {
			b.goal("audit log, "+p.name+": "+thousands(count)+" entries to "+thousands(fewEvents)+", latency", "≤ "+digits(goalMore), ratio.times(), ratio.median <= goalMore)
		}
	}
	b.add(section{
		title: "Audit log, " + thousands(count) + " entries against " + thousands(fewEvents),
		lead: "Pages of 50 entries of one project, newest first. Persons and kinds are filters; a text is what the name of a thing begins with. " +
			"The entries were written by SQL, with numbers and seals as sealed ones have, but without the chain, which no list reads.",
		head: []string{"", "few", "many", "latency", "processor"}, rows: rows,
	})
	return nil
}
