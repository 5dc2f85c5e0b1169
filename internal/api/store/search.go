package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
)

// searchIndex is the migration that makes it quick to find entries of whitelists
// by a part of their column search: the one thing that the databases index in
// ways of their own.
func searchIndex(dialect goose.Dialect) *goose.Migration {
	index := sqliteTrigrams
	if dialect == goose.DialectPostgres {
		index = postgresTrigrams
	}
	up := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, index)
		return err
	}
	return goose.NewGoMigration(7, &goose.GoFunc{RunTx: up}, nil)
}

// sqliteTrigrams index every three letters of a text. They know rows by a number
// because SQLite may change its own. The index is not tidied a little with each
// write, but at once when there is much to tidy: that makes long additions a
// third shorter.
const sqliteTrigrams = `
CREATE TABLE permission_numbers (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE permission_trigrams
	USING fts5(search, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1');
INSERT INTO permission_trigrams (permission_trigrams, rank) VALUES ('automerge', 0);
CREATE TRIGGER permission_inserted AFTER INSERT ON permissions BEGIN
	INSERT INTO permission_numbers (id) VALUES (new.id);
	INSERT INTO permission_trigrams (rowid, search) VALUES (last_insert_rowid(), new.search);
END;
CREATE TRIGGER permission_updated AFTER UPDATE OF search ON permissions WHEN old.search <> new.search BEGIN
	INSERT INTO permission_trigrams (permission_trigrams, rowid, search)
		SELECT 'delete', n, old.search FROM permission_numbers WHERE id = old.id;
	INSERT INTO permission_trigrams (rowid, search) SELECT n, new.search FROM permission_numbers WHERE id = old.id;
END;
CREATE TRIGGER permission_deleted AFTER DELETE ON permissions BEGIN
	INSERT INTO permission_trigrams (permission_trigrams, rowid, search)
		SELECT 'delete', n, old.search FROM permission_numbers WHERE id = old.id;
	DELETE FROM permission_numbers WHERE id = old.id;
END;`

// postgresTrigrams do the same if we may use the extension for it.
const postgresTrigrams = `DO $$ BEGIN
	CREATE EXTENSION IF NOT EXISTS pg_trgm;
	CREATE INDEX permissions_search ON permissions USING gin (search gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
	RAISE NOTICE 'searches of whitelists look at every entry: %', SQLERRM;
END $$`

const (
	trigram     = 3  // letters
	maxTrigrams = 16 // of a part: enough to tell it from others
)

// PermissionsByPart returns the ids of entries, of any whitelist, whose column
// search may contain a part: none is missing, some may not. It is false if there
// are more than limit, or no index for it: then one has to look at every entry.
func (db *DB) PermissionsByPart(ctx context.Context, part string, limit int) (ids []string, few bool, err error) {
	runes := []rune(part)
	if db.byPart == nil || len(runes) < trigram {
		return nil, false, nil
	}
	err = db.byPart(db.Read, runes).Limit(int64(limit+1)).Scan(ctx, &ids)
	return ids, err == nil && len(ids) <= limit, err
}

func sqliteByPart(db *bun.DB, part []rune) *bun.SelectQuery {
	var all []string
	for i := range min(len(part)-trigram+1, maxTrigrams) {
		all = append(all, `"`+strings.ReplaceAll(string(part[i:i+trigram]), `"`, `""`)+`"`)
	}
	return db.NewSelect().TableExpr("permission_trigrams AS t").Join("JOIN permission_numbers AS r ON r.n = t.rowid").
		Column("r.id").Where("t.permission_trigrams MATCH ?", strings.Join(all, " AND "))
}

func postgresByPart(db *bun.DB, part []rune) *bun.SelectQuery {
	return db.NewSelect().TableExpr("permissions").Column("id").Where("search LIKE ? ESCAPE '!'", Pattern(string(part)))
}

// postgresSearch returns postgresByPart if there is an index for it, else nil.
func postgresSearch(ctx context.Context, db *sql.DB) (byPart func(*bun.DB, []rune) *bun.SelectQuery, err error) {
	var there bool
	err = db.QueryRowContext(ctx, "SELECT to_regclass('permissions_search') IS NOT NULL").Scan(&there)
	if there {
		byPart = postgresByPart
	}
	return byPart, err
}

// Pattern is what LIKE, with ! as its escape, finds a part of a text by.
func Pattern(part string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(part) + "%"
}
