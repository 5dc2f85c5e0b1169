package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
)

// searched are the tables whose rows are found by a part of their column search,
// which is in lower case.
var searched = []string{"permissions"}

// searchIndex is the migration that makes what finds them: the one thing that
// the databases do in ways of their own.
func searchIndex(dialect goose.Dialect) *goose.Migration {
	index := trigramTables
	if dialect == goose.DialectPostgres {
		index = trigramIndex
	}
	up := func(ctx context.Context, tx *sql.Tx) error {
		for _, table := range searched {
			for statement := range strings.SplitSeq(strings.ReplaceAll(index, "TABLE_NAME", table), "\n\n") {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return goose.NewGoMigration(7, &goose.GoFunc{RunTx: up}, nil)
}

// trigramTables index every three letters of a text. They know rows by a number,
// because their own row ids may change.
const trigramTables = `CREATE TABLE TABLE_NAME_numbers (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)

CREATE VIRTUAL TABLE TABLE_NAME_trigrams
USING fts5(search, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1')

CREATE TRIGGER TABLE_NAME_inserted AFTER INSERT ON TABLE_NAME BEGIN
	INSERT INTO TABLE_NAME_numbers (id) VALUES (new.id);
	INSERT INTO TABLE_NAME_trigrams (rowid, search) VALUES (last_insert_rowid(), new.search);
END

CREATE TRIGGER TABLE_NAME_updated AFTER UPDATE OF search ON TABLE_NAME WHEN old.search <> new.search BEGIN
	INSERT INTO TABLE_NAME_trigrams (TABLE_NAME_trigrams, rowid, search)
		SELECT 'delete', n, old.search FROM TABLE_NAME_numbers WHERE id = old.id;
	INSERT INTO TABLE_NAME_trigrams (rowid, search) SELECT n, new.search FROM TABLE_NAME_numbers WHERE id = old.id;
END

CREATE TRIGGER TABLE_NAME_deleted AFTER DELETE ON TABLE_NAME BEGIN
	INSERT INTO TABLE_NAME_trigrams (TABLE_NAME_trigrams, rowid, search)
		SELECT 'delete', n, old.search FROM TABLE_NAME_numbers WHERE id = old.id;
	DELETE FROM TABLE_NAME_numbers WHERE id = old.id;
END`

// trigramIndex does the same where the extension may be used.
const trigramIndex = `DO $$ BEGIN
	CREATE EXTENSION IF NOT EXISTS pg_trgm;
	CREATE INDEX TABLE_NAME_search ON TABLE_NAME USING gin (search gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN NULL;
END $$`

// ByPart returns the ids of the rows of a table that contain a part of a text:
// more than those, but none is missing. It is false if there are more than
// limit, or if the part is too short: then to look at one after the other is as
// quick.
func (db *DB) ByPart(ctx context.Context, table, part string, limit int) (ids []string, few bool, err error) {
	if runes := []rune(part); len(runes) >= trigram {
		err = db.byPart(db.Read, table, runes).Limit(int64(limit+1)).Scan(ctx, &ids)
		few = err == nil && len(ids) <= limit
	}
	return ids, few, err
}

const (
	trigram     = 3  // letters
	maxTrigrams = 16 // of a text that is looked for: enough to tell it from others
)

func sqliteByPart(db *bun.DB, table string, part []rune) *bun.SelectQuery {
	var match []string
	for i := range min(len(part)-trigram+1, maxTrigrams) {
		match = append(match, `"`+strings.ReplaceAll(string(part[i:i+trigram]), `"`, `""`)+`"`)
	}
	return db.NewSelect().TableExpr("? AS t", bun.Ident(table+"_trigrams")).
		Join("JOIN ? AS r ON r.n = t.rowid", bun.Ident(table+"_numbers")).Column("r.id").
		Where("t.? MATCH ?", bun.Ident(table+"_trigrams"), strings.Join(match, " AND "))
}

func postgresByPart(db *bun.DB, table string, part []rune) *bun.SelectQuery {
	return db.NewSelect().TableExpr("?", bun.Ident(table)).Column("id").
		Where("search LIKE ? ESCAPE '!'", Pattern(string(part)))
}

// Pattern is what LIKE, with ! as its escape, finds a part of a text by.
func Pattern(part string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(part) + "%"
}
