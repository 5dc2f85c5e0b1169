package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Sizes of what is measured of whitelists.
const (
	fewEntries  = 500
	batch       = 50     // entries that one request of the dialect adds
	pasted      = 10_000 // lines that somebody pastes
	mostAtOnce  = 20_000 // entries of one addition
	entryLength = 250    // bytes of a row, about
)

// Goals of whitelists.
const (
	goalFilter   = 2.0                    // a filter over many entries to one over few
	goalPaste    = 3.0                    // pasted entries to a plain transaction of as many rows
	goalVerdicts = 300 * time.Millisecond // on the processor
)

// account is the id of the n-th account, which looks like the cloud's.
func account(n int64) string {
	sum := sha256.Sum256(fmt.Append(nil, n))
	return hex.EncodeToString(sum[:16])
}

// whitelists measures lists of accounts that may connect to an endpoint
// service.
func (b *bench) whitelists(ctx context.Context) (err error) {
	many := max(b.links, 2*fewEntries)
	progress("whitelists of %d and %s entries", fewEntries, thousands(many))
	if b.lists, err = b.newSite(ctx, "whitelists", 1); err != nil {
		return err
	}
	few, err := b.lists.newWhitelist(ctx, fewEntries)
	if err != nil {
		return err
	}
	long, err := b.lists.newWhitelist(ctx, many)
	if err != nil {
		return err
	}
	if err := b.whitelistPages(ctx, few, long, many); err != nil {
		return err
	}
	return b.additions(ctx)
}

// newEndpointService makes an endpoint service and returns its id.
func (at *site) newEndpointService(ctx context.Context) (string, error) {
	const body = `{"vpc_id":"4189d3c2-8882-4871-a3c2-d380272eed88","port_id":"4189d3c2-8882-4871-a3c2-d380272eed80",` +
		`"server_type":"VM","ports":[{"client_port":8080,"server_port":90,"protocol":"TCP"}]}`
	a, err := at.caller.must(ctx, http.MethodPost, at.services, []byte(body))
	if err != nil {
		return "", err
	}
	var said struct{ ID string }
	return said.ID, json.Unmarshal(a.body, &said)
}

// newWhitelist makes an endpoint service that the first n accounts may connect
// to.
func (at *site) newWhitelist(ctx context.Context, n int) (string, error) {
	id, err := at.newEndpointService(ctx)
	if err != nil {
		return "", err
	}
	for from := 0; from < n; from += mostAtOnce {
		a, err := at.caller.send(ctx, http.MethodPost, at.additions(id), entries(int64(from), min(mostAtOnce, n-from)))
		if err == nil && a.status != http.StatusAccepted {
			err = fmt.Errorf("an addition was answered %d: %.300s", a.status, a.body)
		}
		var said struct{ ID string }
		if err == nil {
			err = json.Unmarshal(a.body, &said)
		}
		if err == nil {
			err = at.added(ctx, id, said.ID, min(mostAtOnce, n-from))
		}
		if err != nil {
			return "", err
		}
	}
	return id, nil
}

// additions is the path where many entries are added to a service.
func (at *site) additions(service string) string {
	return at.own + "/endpoint-services/" + service + "/permissions/additions"
}

// added waits until an addition has ended, and requires that all was added.
func (at *site) added(ctx context.Context, service, addition string, n int) error {
	for {
		a, err := at.caller.must(ctx, http.MethodGet, at.additions(service)+"/"+addition, nil)
		if err != nil {
			return err
		}
		var said struct {
			Ended *time.Time
			Added int
		}
		if err := json.Unmarshal(a.body, &said); err != nil {
			return err
		}
		if said.Ended != nil {
			if said.Added != n {
				return fmt.Errorf("%d of %d entries were added", said.Added, n)
			}
			return nil
		}
		select {
		case <-time.After(2 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// entries is the body that adds n accounts.
func entries(from int64, n int) []byte {
	var body strings.Builder
	body.WriteString(`{"permissions":[`)
	for i := range int64(n) {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"permission":"iam:domain::%s","description":"customer %d"}`, account(from+i), from+i)
	}
	body.WriteString(`]}`)
	return []byte(body.String())
}

// whitelistPages compares pages of a short and of a long whitelist.
func (b *bench) whitelistPages(ctx context.Context, few, long string, many int) error {
	at := b.lists
	type page struct {
		name string
		get  func(service string, n int) func(context.Context, int64) error
		goal float64
	}
	rare := func(n int) string { return account(int64(n / 2))[:8] }
	pages := []page{
		{"console page", func(id string, _ int) func(context.Context, int64) error {
			return at.browser.getting(at.whitelist + "/" + id)
		}, goalMore},
		{"console page, filter that finds one", func(id string, n int) func(context.Context, int64) error {
			return at.browser.getting(at.whitelist + "/" + id + "?q=" + rare(n))
		}, goalFilter},
		{"console page, filter that all match", func(id string, _ int) func(context.Context, int64) error {
			return at.browser.getting(at.whitelist + "/" + id + "?q=customer")
		}, goalFilter},
		{"wire list, 50 entries", func(id string, _ int) func(context.Context, int64) error {
			return at.caller.getting(at.services + "/" + id + "/permissions?limit=50")
		}, goalMore},
		{"wire list, filter that finds one", func(id string, n int) func(context.Context, int64) error {
			return at.caller.getting(at.services + "/" + id + "/permissions?permission=" + rare(n))
		}, goalFilter},
	}
	all := []contender{{nameEcho, 1, newClient(b.bare).getting("/"), b.bare}}
	for _, p := range pages {
		all = append(all, contender{p.name + ", short", 1, p.get(few, fewEntries), at.program},
			contender{p.name + ", long", 1, p.get(long, many), at.program})
	}
	found, err := race(ctx, "pages of whitelists", max(b.rounds/3, 1), b.turn, all)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, p := range pages {
		short, long := found[p.name+", short"], found[p.name+", long"]
		ratio := figure(latency).ratio(long, short)
		rows = append(rows, []string{p.name, figure(latency).of(short).short(), figure(latency).of(long).short(), ratio.times(),
			figure(cpu).ratio(long, short).times()})
		b.goal(p.name+": "+thousands(many)+" entries to "+thousands(fewEntries)+", latency", "≤ "+digits(p.goal), ratio.times(), ratio.median <= p.goal)
	}
	b.add(section{
		title: "Whitelists, " + thousands(many) + " entries against " + thousands(fewEntries),
		lead:  "Pages of 50 entries. The filter that finds one looks for eight characters of an account in the middle.",
		head:  []string{"", "short", "long", "latency", "processor"}, rows: rows,
	})
	return nil
}

// additions measures how fast accounts come into a whitelist.
func (b *bench) additions(ctx context.Context) error {
	db, err := openSQLite(ctx, filepath.Join(b.folder, "plain-entries.db"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := plainInsert(ctx, db); err != nil {
		return err
	}
	if err := b.batches(ctx, db); err != nil {
		return err
	}
	alone, err := b.entriesAlone(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = alone.Close() }()
	return b.paste(ctx, db, alone)
}

// entriesAlone makes a data folder with one entry of a whitelist, without the
// index for searches, and opens it without the console.
func (b *bench) entriesAlone(ctx context.Context) (*sql.DB, error) {
	at, err := b.newSite(ctx, "entries", 1)
	if err == nil {
		_, err = at.newWhitelist(ctx, 1)
	}
	if at != nil {
		err = errors.Join(err, at.stop())
	}
	if err != nil {
		return nil, err
	}
	db, err := openSQLite(ctx, filepath.Join(at.folder, databaseFile))
	if err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, "DROP TRIGGER permission_inserted")
	return db, err
}

// sameEntries inserts copies of the only entry into the console's own table, in
// one transaction and without the console.
func sameEntries(ctx context.Context, db *sql.DB, from int64, n int) error {
	columns, values, err := firstRow(ctx, db, "permissions")
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit it does nothing
	const insert = "INSERT INTO permissions (%s) VALUES (?%s)"
	statement, err := tx.PrepareContext(ctx, fmt.Sprintf(insert, strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)-1)))
	if err != nil {
		return err
	}
	defer func() { _ = statement.Close() }()
	for i := range int64(n) {
		for c, column := range columns {
			switch column {
			case "id":
				values[c] = fmt.Sprintf("%.24s%012x", values[c], from*pasted+i)
			case "permission":
				values[c] = "iam:domain::" + account(from*pasted+i)
			}
		}
		if _, err := statement.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// plainRows inserts n rows in one transaction, by a prepared statement.
func plainRows(ctx context.Context, db *sql.DB, n int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit it does nothing
	statement, err := tx.PrepareContext(ctx, "INSERT INTO plain (body) VALUES (?)")
	if err != nil {
		return err
	}
	defer func() { _ = statement.Close() }()
	row := strings.Repeat("x", entryLength)
	for range n {
		if _, err := statement.ExecContext(ctx, row); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// batches measures one request of the dialect.
func (b *bench) batches(ctx context.Context, db *sql.DB) error {
	at, service, made := b.lists, "", 0
	const name, plain = "50 accounts by one request", "50 rows in a plain transaction"
	found, err := race(ctx, "batches of a whitelist", max(b.rounds/3, 1), b.turn, []contender{
		{plain, 1, func(ctx context.Context, _ int64) error { return plainRows(ctx, db, batch) }, nil},
		{name, 1, func(ctx context.Context, n int64) (err error) {
			if made%1000 == 0 { // a whitelist has an end
				if service, err = at.newEndpointService(ctx); err != nil {
					return err
				}
			}
			made++
			_, err = at.caller.must(ctx, http.MethodPost, at.services+"/"+service+"/permissions/batch-create", entries(n*batch, batch))
			return err
		}, at.program},
	})
	if err != nil {
		return err
	}
	b.add(section{
		title: "Adding 50 accounts",
		lead: "One client. The plain transaction puts 50 texts into a table without an index, by a prepared statement, with the " +
			"console's settings of SQLite on the same disk. The console judges 50 entries, looks for them in the list, and writes " +
			"them with their indexes, and an audit entry that names them.",
		head: []string{"", "latency", "to the plain transaction", "processor"},
		rows: [][]string{
			{plain, figure(latency).of(found[plain]).short(), "", ""},
			{name, figure(latency).of(found[name]).short(), figure(latency).ratio(found[name], found[plain]).times(), figure(cpu).of(found[name]).short()},
		},
	})
	return nil
}

// paste measures 10,000 lines that somebody pastes: the verdicts, and until the
// last account is on the list.
func (b *bench) paste(ctx context.Context, db, alone *sql.DB) error {
	at := b.lists
	empty, err := at.newEndpointService(ctx)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for i := range int64(pasted) {
		fmt.Fprintf(&lines, "%s, customer %d\n", account(i), i)
	}
	browser := at.browser.with("Content-Type", "application/x-www-form-urlencoded")
	text, rest := []byte(url.Values{"text": {lines.String()}}.Encode()), []byte(url.Values{"rest": {lines.String()}}.Encode())
	const plain, same = "10,000 rows in a plain transaction", "10,000 of the console's rows in one transaction"
	const verdicts, name = "verdicts of 10,000 pasted lines", "10,000 pasted accounts, to the last one"
	found, err := race(ctx, "pasting accounts", max(b.rounds/6, 1), b.turn, []contender{
		{plain, 1, func(ctx context.Context, _ int64) error { return plainRows(ctx, db, pasted) }, nil},
		{same, 1, func(ctx context.Context, n int64) error { return sameEntries(ctx, alone, n, pasted) }, nil},
		{verdicts, 1, func(ctx context.Context, _ int64) error {
			_, err := browser.must(ctx, http.MethodPost, at.whitelist+"/"+empty+"/add/check", text)
			return err
		}, at.program},
		{name, 1, func(ctx context.Context, _ int64) error {
			service, err := at.newEndpointService(ctx)
			if err != nil {
				return err
			}
			a, err := browser.send(ctx, http.MethodPost, at.whitelist+"/"+service+"/add", rest)
			_, addition, ok := strings.Cut(a.header.Get("Location"), "/additions/")
			if err == nil && !ok {
				err = fmt.Errorf("pasted accounts were answered %d: %.300s", a.status, a.body)
			}
			if err != nil {
				return err
			}
			return at.added(ctx, service, addition, pasted)
		}, at.program},
	})
	if err != nil {
		return err
	}
	ratio, work := figure(latency).ratio(found[name], found[plain]), figure(cpu).of(found[verdicts])
	rows := figure(latency).ratio(found[name], found[same])
	b.goal(name+", to a plain transaction", "≤ "+digits(goalPaste), ratio.times(), ratio.median <= goalPaste)
	b.goal(name+", to a transaction of the same rows", "≤ "+digits(goalPaste), rows.times(), rows.median <= goalPaste)
	b.goal(verdicts+", processor", "< "+seconds(goalVerdicts.Seconds()), work.short(), work.median < goalVerdicts.Seconds())
	b.add(section{
		title: "Pasting 10,000 accounts",
		lead: "Through the page's form. The first figure is the plain transaction of the table above, with 10,000 rows; the second " +
			"writes the console's own rows with their indexes (but that for searches) in one transaction, by a prepared statement; the " +
			"verdicts are the page that says what is wrong with each line; the last is from sending the form, over the batches in " +
			"the background, to the last account on the list, with its index for searches and the audit entries.",
		head: []string{"", "latency", "to the plain transaction", "to the same rows", "processor"},
		rows: [][]string{
			{plain, figure(latency).of(found[plain]).short(), "", "", ""},
			{same, figure(latency).of(found[same]).short(), figure(latency).ratio(found[same], found[plain]).times(), "", ""},
			{verdicts, figure(latency).of(found[verdicts]).short(), figure(latency).ratio(found[verdicts], found[plain]).times(), "", work.short()},
			{name, figure(latency).of(found[name]).short(), ratio.times(), rows.times(), figure(cpu).of(found[name]).short()},
		},
	})
	return nil
}
