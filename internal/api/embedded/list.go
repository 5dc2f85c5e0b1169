package embedded

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// order is a way to sort rows, R: by columns that have an index together and of
// which the last is unique, and a row's keys in them: string or int64, whatever
// types they have names of.
type order[R any] struct {
	columns []string
	keys    func(*R) []any
}

// orders are the ways in which a list can be sorted, by the names that queries
// have for them. The one without a name is that of queries that name none, or
// one that is not there.
type orders[R any] map[string]order[R]

// asked is what the queries of all lists have, and how a list is read.
type asked struct {
	Sort   string
	Desc   bool
	Cursor string
	Offset int // rows to skip
	Limit  int // api.DefaultPage if 0
	Max    int // of Limit; api.MaxPage if 0
	// Columns are those that the list shows, all if there are none.
	Columns []string
	// Thin is for a search that has to look at every row: it looks at an index
	// alone, which holds what is searched, and at the rows of the page only.
	Thin bool
}

// list reads a page of the rows that query finds. It goes on from the last
// row's keys, so that page 2,000 costs what page 1 costs; only who asks with an
// offset pays for what is skipped.
func list[R, T any](ctx context.Context, query *bun.SelectQuery, a asked, by orders[R], item func(*R) T) (api.Page[T], error) {
	o, ok := by[a.Sort]
	if !ok {
		o = by[""]
	}
	from := o.readCursor(a.Cursor)
	limit := min(cmp.Or(max(a.Limit, 0), api.DefaultPage), cmp.Or(a.Max, api.MaxPage))
	desc := a.Desc != from.Back
	page := o.sorted(o.after(query, from, desc), desc).Limit(int64(limit + 1)).Offset(int64(max(a.Offset, 0)))
	if a.Thin {
		found := query.NewSelect().Model((*R)(nil)).Where("id IN (?)", page.Column("id"))
		page = o.sorted(found, desc)
	}
	var rows []R
	if err := page.Column(a.Columns...).Scan(ctx, &rows); err != nil {
		return api.Page[T]{}, err
	}
	more := len(rows) > limit
	rows = rows[:min(len(rows), limit)]
	if from.Back {
		slices.Reverse(rows)
	}
	return pageOf(rows, o, from, more, item), nil
}

// pageOf makes a page of its rows.
func pageOf[R, T any](rows []R, o order[R], from cursor, more bool, item func(*R) T) api.Page[T] {
	page := api.Page[T]{Items: make([]T, len(rows))}
	for i := range rows {
		page.Items[i] = item(&rows[i])
	}
	if len(rows) == 0 {
		return page
	}
	// Going back there is always the page we came from; going on, always the
	// one before unless this is the first.
	if more || from.Back {
		page.Next = cursor{Keys: o.keys(&rows[len(rows)-1])}.text()
	}
	if from.Back && more || !from.Back && len(from.Keys) > 0 {
		page.Prev = cursor{Keys: o.keys(&rows[0]), Back: true}.text()
	}
	return page
}

func (o order[R]) sorted(query *bun.SelectQuery, desc bool) *bun.SelectQuery {
	direction := " ASC"
	if desc {
		direction = " DESC"
	}
	return query.OrderExpr(strings.Join(o.columns, direction+", ") + direction)
}

func (o order[R]) after(query *bun.SelectQuery, from cursor, desc bool) *bun.SelectQuery {
	if len(from.Keys) == 0 {
		return query
	}
	than := " > "
	if desc {
		than = " < "
	}
	row := "(" + strings.Join(o.columns, ", ") + ")" + than + "(?" + strings.Repeat(", ?", len(o.columns)-1) + ")"
	return query.Where(row, from.Keys...)
}

// cursor is a place in a sorted list: the keys of a row that the page comes
// after, or before.
type cursor struct {
	Keys []any `json:"k"`
	Back bool  `json:"b,omitempty"`
}

func (c cursor) text() string { return base64.RawURLEncoding.EncodeToString([]byte(encode(c))) }

// readCursor reads a cursor of a list sorted that way; one that is not, or was
// tampered with, is the list's start.
func (o order[R]) readCursor(text string) cursor {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || text == "" {
		return cursor{}
	}
	var c cursor
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&c); err != nil {
		return cursor{}
	}
	// Keys of the same kinds as those of an empty row are safe to compare with.
	like := o.keys(new(R))
	if len(c.Keys) != len(like) {
		return cursor{}
	}
	for i, key := range c.Keys {
		if n, ok := key.(json.Number); ok {
			c.Keys[i], err = n.Int64()
		}
		if err != nil || kindOf(c.Keys[i]) != kindOf(like[i]) || !store.Storable(c.Keys[i]) {
			return cursor{}
		}
	}
	return c
}

// past is the cursor that leads on after a row of the project, for those who know
// only its id. NotFound if it is not there any more.
func (by orders[R]) past(ctx context.Context, db bun.IDB, project, sort, id string) (string, error) {
	o, ok := by[sort]
	if !ok {
		o = by[""]
	}
	row := new(R)
	if err := find(ctx, db, project, row, "error.not_found", "id = ?", id); err != nil {
		return "", err
	}
	return cursor{Keys: o.keys(row)}.text(), nil
}

func kindOf(key any) reflect.Kind { return reflect.ValueOf(key).Kind() }

// longest is the length of a text, in characters, that no column with names,
// addresses or ids has. Databases refuse to look for much longer ones.
const longest = 4096

// like finds the rows of which one of the columns contains a text, in any case.
func like(query *bun.SelectQuery, text string, columns ...string) *bun.SelectQuery {
	if utf8.RuneCountInString(text) > longest {
		return query.Where("FALSE")
	}
	return query.WhereGroup(" AND ", func(either *bun.SelectQuery) *bun.SelectQuery {
		for _, column := range columns {
			either = either.WhereOr("LOWER(?) LIKE LOWER(?) ESCAPE '!'", bun.Ident(column), store.Pattern(text))
		}
		return either
	})
}
