package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
)

// signatures measures what a signature costs beside a token.
func (b *bench) signatures(ctx context.Context) error {
	path := b.few.wire + "/" + templateLink
	signed, err := b.few.key.signed(ctx, http.MethodGet, b.few.url+path, nil)
	if err != nil {
		return err
	}
	signer := newClient(b.few.program)
	signer.header = signed.Header // valid for 15 minutes, and as often as we like
	const plainly, signature = "one link by the wire API, with a token", "one link by the wire API, signed"
	all := []contender{
		{nameEcho, 1, newClient(b.bare).getting("/"), b.bare},
		{plainly, 1, b.few.caller.getting(path), b.few.program},
		{signature, 1, signer.getting(path), b.few.program},
	}
	found, err := race(ctx, "signatures", b.rounds, b.turn, all)
	if err != nil {
		return err
	}
	rows := againstEcho(found, all)
	rows = append(rows, []string{
		"**signed to token**", "", figure(latency).ratio(found[signature], found[plainly]).times(),
		"", figure(cpu).ratio(found[signature], found[plainly]).times(),
	})
	b.add(section{
		title: "AK/SK signatures",
		lead:  "The client signs once and sends the same request again, so that only the server's part is in it.",
		head:  []string{"request", "latency", "to bare echo", "processor", "to bare echo"}, rows: rows,
	})
	return nil
}

// Names of what writes.
const (
	namePlain        = "plain insert"
	nameHTTP         = "plain insert over HTTP"
	nameSameRows     = "the console's rows without the console"
	nameCreate       = "create a link, with a token"
	nameCreateSigned = "create a link, signed"
	nameSync         = "4 KiB written and synced"
)

// goalInsert is the part of the plain insert's rate that creating a link must
// reach.
const goalInsert = 0.7

// creates measures how fast links are created.
func (b *bench) creates(ctx context.Context) error {
	syncs, file, err := syncing(b.folder)
	if err != nil {
		return err
	}
	defer file.Close()
	db, err := openSQLite(ctx, filepath.Join(b.folder, "plain.db"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	insert, err := plainInsert(ctx, db)
	if err != nil {
		return err
	}
	rows, size, closeRows, err := b.rowsAlone(ctx)
	if err != nil {
		return err
	}
	defer closeRows()
	bare, row := newClient(b.bare), strings.Repeat("x", size)
	for _, clients := range []int{1, manyAtone} {
		all := []contender{
			{namePlain, clients, func(ctx context.Context, _ int64) error { return insert(ctx, row) }, nil},
			{nameHTTP, clients, func(ctx context.Context, _ int64) error {
				_, err := bare.must(ctx, http.MethodPost, "/", []byte(row))
				return err
			}, b.bare},
			{nameSameRows, clients, rows, nil},
			{nameCreate, clients, b.few.create, b.few.program},
			{nameCreateSigned, clients, b.few.createSigned, b.few.program},
			{nameSync, 1, syncs, nil},
		}
		found, err := race(ctx, fmt.Sprintf("creating links, %d at once", clients), b.rounds, b.turn, all)
		if err != nil {
			return err
		}
		b.compareWrites(clients, size, found)
	}
	return nil
}

// rowsAlone makes a data folder whose tables are the console's, with a link in
// it, and returns what adds to them without the console, and the size of a
// link's row.
func (b *bench) rowsAlone(ctx context.Context) (do func(context.Context, int64) error, size int, done func(), err error) {
	at, err := b.newSite(ctx, "rows", 1)
	if at != nil {
		err = errors.Join(err, at.stop())
	}
	if err != nil {
		return nil, 0, nil, err
	}
	db, err := openSQLite(ctx, filepath.Join(at.folder, databaseFile))
	if err != nil {
		return nil, 0, nil, err
	}
	_, link, err := firstRow(ctx, db, "links")
	if err == nil {
		do, err = sameRows(ctx, db)
	}
	if err != nil {
		return nil, 0, nil, errors.Join(err, db.Close())
	}
	for _, value := range link {
		size += len(fmt.Sprint(value))
	}
	return do, size, func() { _ = db.Close() }, nil
}

func (b *bench) compareWrites(clients, size int, found results) {
	count := fmt.Sprintf("%d clients", clients)
	if clients == 1 {
		count = "1 client"
	}
	var rows [][]string
	for _, name := range []string{namePlain, nameHTTP, nameSameRows, nameCreate, nameCreateSigned, nameSync} {
		s := found[name]
		rows = append(rows, []string{
			name, digits(figure(rate).of(s).median), figure(rate).ratio(s, found[nameHTTP]).times(),
			figure(rate).ratio(s, found[namePlain]).times(), figure(rate).ratio(s, found[nameSameRows]).times(), figure(cpu).of(s).short(),
		})
	}
	for _, base := range []string{nameHTTP, namePlain} {
		for _, name := range []string{nameCreate, nameCreateSigned} {
			part := figure(rate).ratio(found[name], found[base])
			b.goal(name+", "+count+", to "+base, "≥ "+digits(goalInsert), part.times(), part.median >= goalInsert)
		}
	}
	if clients == 1 {
		sync := figure(latency).of(found[nameSync])
		b.machine = append(b.machine, []string{nameSync, fmt.Sprintf("%s (%s–%s)", sync.short(), seconds(sync.low), seconds(sync.high))})
	}
	b.add(section{
		title: "Creating links, " + count,
		lead: fmt.Sprintf("Operations a second. *Plain insert* puts a text of %d bytes, as long as a link's row, into a table "+
			"without an index, by a prepared statement of database/sql, into SQLite with the console's settings (WAL, "+
			"`synchronous=FULL`) on the same disk; *over HTTP*, a bare echo handler does the same with what it is sent. The console "+
			"reads the credential, judges the form, seals the password, and writes a link (five indexes) and an audit entry "+
			"(three) in one transaction; *its rows without the console* are the same two rows by prepared statements, in the "+
			"same tables.", size),
		head: []string{"", "a second", "to plain insert over HTTP", "to plain insert", "to the same rows", "processor"}, rows: rows,
	})
}
