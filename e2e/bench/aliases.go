package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
)

// Sizes of what is measured of aliases.
const (
	fewFunctions  = 10
	aliasesEach   = 10     // of a function: all that it may have
	manyFunctions = 10_000 // of a project: all that it may have
)

// templateFunction is the one function that is created through the API.
const templateFunction = "function-000000"

// aliasFill copies the only function of a data folder, gives each ten versions
// and as many aliases, every other one with a weight. ?1 is how many functions
// there are then; names are in another order than rows, as in madeByFill.
var aliasFill = []string{
	`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
	INSERT INTO functions (id, project_id, package, name, created_at, created_by, updated_at, updated_by, version)
	SELECT substr(f.id, 1, 24) || printf('%012x', n.i), f.project_id, f.package, printf('function-%06d', (n.i * 7919) % ?1),
		f.created_at, f.created_by, f.updated_at + n.i, f.updated_by, f.version
	FROM n, functions f WHERE f.name = '` + templateFunction + `'`,
	`WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < 10)
	INSERT INTO function_versions (function_id, name, description, config, code, upstream, created_at, created_by, updated_at, updated_by)
	SELECT f.id, iif(k.i = 0, 'latest', 'v' || k.i), v.description, v.config, v.code, v.upstream, v.created_at + k.i, v.created_by,
		v.updated_at + k.i, v.updated_by
	FROM functions f, k, (SELECT * FROM function_versions WHERE name = 'latest' LIMIT 1) v WHERE true ON CONFLICT DO NOTHING`,
	`INSERT INTO aliases (id, project_id, function_id, package, function_name, slot, name, search, description, main, additional, weight,
		combine, sticky, created_at, created_by, updated_at, updated_by, version)
	SELECT substr(f.id, 1, 19) || printf('%04x', substr(v.name, 2)) || substr(f.id, 24), f.project_id, f.id, f.package, f.name,
		substr(v.name, 2), 'alias-' || substr(v.name, 2), 'alias-' || substr(v.name, 2) || ' ' || f.name, '', v.name,
		iif(substr(v.name, 2) % 2, 'v' || (1 + substr(v.name, 2) % 10), NULL), iif(substr(v.name, 2) % 2, 25, NULL),
		'', '', f.created_at, f.created_by, f.updated_at, f.updated_by, 1
	FROM functions f JOIN function_versions v ON v.function_id = f.id WHERE v.name <> 'latest'`,
	"PRAGMA wal_checkpoint(TRUNCATE)",
}

// aliasLists measures the list of aliases of few and of many functions.
func (b *bench) aliasLists(ctx context.Context) (err error) {
	many := manyFunctions
	if b.links < manyFunctions*aliasesEach {
		many = max(b.links/aliasesEach, 2*fewFunctions)
	}
	progress("aliases of %d and %s functions", fewFunctions, thousands(many))
	few, err := b.newAliases(ctx, "few-aliases", fewFunctions)
	b.others = append(b.others, few)
	if err != nil {
		return err
	}
	long, err := b.newAliases(ctx, "many-aliases", many)
	b.others = append(b.others, long)
	if err != nil {
		return err
	}
	return b.aliasPages(ctx, few, long, many)
}

// newAliases starts a console with that many functions, each with all aliases
// that it may have.
func (b *bench) newAliases(ctx context.Context, name string, functions int) (*site, error) {
	at, err := b.newSite(ctx, name, 1)
	if err != nil {
		return at, err
	}
	const body = `{"func_name":"` + templateFunction + `","package":"default","runtime":"http","timeout":30,"handler":"-",` +
		`"memory_size":128,"code_type":"inline","func_code":{"file":""}}`
	if _, err := at.caller.must(ctx, http.MethodPost, at.functions, []byte(body)); err != nil {
		return at, err
	}
	db, err := openSQLite(ctx, filepath.Join(at.folder, databaseFile))
	if err != nil {
		return at, err
	}
	for i, text := range aliasFill {
		var args []any
		if i == 0 {
			args = append(args, functions)
		}
		if _, err := db.ExecContext(ctx, text, args...); err != nil {
			return at, errors.Join(fmt.Errorf("fill: %w", err), db.Close())
		}
	}
	return at, db.Close()
}

// aliasPages compares pages of a short and of a long list of aliases.
func (b *bench) aliasPages(ctx context.Context, few, long *site, many int) error {
	console := func(path string) func(*site) func(context.Context, int64) error {
		return func(at *site) func(context.Context, int64) error { return at.browser.getting(at.home + path) }
	}
	pages := []struct {
		name string
		get  func(*site) func(context.Context, int64) error
	}{
		{"list of aliases", console("/aliases")},
		{"list of gray aliases by function", console("/aliases?sort=function&gray=true")},
		{"aliases of one function over the wire", func(at *site) func(context.Context, int64) error {
			return at.caller.getting(at.functions + "/default:" + templateFunction + "/aliases")
		}},
	}
	all := []contender{{nameEcho, 1, newClient(b.bare).getting("/"), b.bare}}
	for _, p := range pages {
		all = append(all, contender{p.name + ", few", 1, p.get(few), few.program},
			contender{p.name + ", many", 1, p.get(long), long.program})
	}
	found, err := race(ctx, "lists of aliases", max(b.rounds/3, 1), b.turn, all)
	if err != nil {
		return err
	}
	var rows [][]string
	few10, many10 := thousands(fewFunctions*aliasesEach), thousands(many*aliasesEach)
	for _, p := range pages {
		short, long := found[p.name+", few"], found[p.name+", many"]
		ratio := figure(latency).ratio(long, short)
		rows = append(rows, []string{p.name, figure(latency).of(short).short(), figure(latency).of(long).short(), ratio.times(),
			figure(cpu).ratio(long, short).times()})
		b.goal(p.name+": "+many10+" aliases to "+few10+", latency", "≤ "+digits(goalMore), ratio.times(), ratio.median <= goalMore)
	}
	b.add(section{
		title: "Aliases, " + many10 + " of " + thousands(many) + " functions against " + few10 + " of " + thousands(fewFunctions),
		lead:  "Pages of 50 aliases, every other one with a second version; a function has ten.",
		head:  []string{"", "few", "many", "latency", "processor"}, rows: rows,
	})
	return nil
}
