package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// What a page of the audit log costs at most, however long the log is: if what is
// asked for is rare, its entries are all found by an index; if not, entries are read
// in the order of time, twice as many with each look, and a page ends where its reach
// does, full or not.
const (
	auditFew   = 1000  // entries that an index finds are rare
	auditNear  = 500   // entries that are looked at first
	auditReach = 20000 // entries that a page may look at
)

// AuditEntry returns a change in a project, or in any if that is empty. NotFound if
// it is not there.
func (db *DB) AuditEntry(ctx context.Context, project, id string) (api.Change, error) {
	row := new(auditRow)
	if !Storable(id) {
		return api.Change{}, noEntry()
	}
	err := newAuditSearch(db, project, api.AuditQuery{}).in(db.Read.NewSelect().Model(row)).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = noEntry()
	}
	return row.change(), err
}

func noEntry() error { return api.Errorf(api.NotFound, "audit.not_found") }

// SearchAudit returns a page of changes in a project, or in all if that is empty,
// newest first. It may be shorter than asked for, even empty, and lead on: then
// there was nothing within its reach.
func (db *DB) SearchAudit(ctx context.Context, project string, q api.AuditQuery) (api.Page[api.Change], error) {
	limit := min(cmp.Or(max(q.Limit, 0), api.DefaultPage), api.MaxPage)
	s := newAuditSearch(db, project, q)
	if !s.possible() {
		return api.Page[api.Change]{}, nil
	}
	if err := s.plan(ctx); err != nil {
		return api.Page[api.Change]{}, err
	}
	return s.page(ctx, readAuditCursor(q.Cursor), limit)
}

// EachAudit calls each with every change that the query finds by now, oldest first.
func (db *DB) EachAudit(ctx context.Context, project string, q api.AuditQuery, each func(api.Change) error) error {
	s := newAuditSearch(db, project, q)
	if !s.possible() {
		return nil
	}
	if err := s.in(db.Read.NewSelect().Model((*auditRow)(nil))).ColumnExpr("COALESCE(MAX(id), '')").Scan(ctx, &s.newest); err != nil {
		return err
	}
	if err := s.plan(ctx); err != nil {
		return err
	}
	for from := (auditCursor{op: auditFrom}); ; {
		page, err := s.page(ctx, from, api.MaxPage)
		if err != nil {
			return err
		}
		for _, c := range slices.Backward(page.Items) {
			if err := each(c); err != nil {
				return err
			}
		}
		if page.Prev == "" {
			return nil
		}
		from = readAuditCursor(page.Prev)
	}
}

// auditSearch is how a query is answered.
type auditSearch struct {
	db      *DB
	project string
	q       api.AuditQuery
	newest  string // id; nothing after it, if set
	rare    bool   // then it can only be among those
	ids     []string
}

func newAuditSearch(db *DB, project string, q api.AuditQuery) *auditSearch {
	q.Text = strings.TrimSpace(q.Text)
	return &auditSearch{db: db, project: project, q: q}
}

func (s *auditSearch) possible() bool {
	return Storable(s.project, s.q.Text, string(s.q.Kind), s.q.Action, s.q.User, string(s.q.Way), s.q.Object)
}

// plan looks for the rarest of what is asked for.
func (s *auditSearch) plan(ctx context.Context) error {
	leads := s.leads()
	if len(leads) == 0 {
		return nil
	}
	unsealed, err := s.unsealed(ctx)
	if err != nil || len(unsealed) > auditFew {
		return err
	}
	for _, lead := range leads {
		if s.rare, err = s.follow(ctx, lead); err != nil {
			return err
		}
		if s.rare {
			s.ids = append(s.ids, unsealed...)
			return nil
		}
	}
	return nil
}

// lead is an index by which all that a query finds can be reached: conditions, of
// which at least one holds.
type lead struct {
	any      []func(*bun.SelectQuery) *bun.SelectQuery
	unsealed bool // the index has those, too
}

func (s *auditSearch) leads() (all []lead) {
	is := func(column, value string) {
		if value != "" {
			all = append(all, leadTo(func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where(column+" = ?", value) }))
		}
	}
	is("object_id", s.q.Object)
	if s.q.Text != "" {
		all = append(all, leadTo(s.text()...))
	}
	if s.q.User != "" {
		all = append(all, leadTo(func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where(s.db.folded("user_name")+" = ?", fold(s.q.User))
		}))
	}
	is("action", s.q.Action)
	is("way", string(s.q.Way))
	if s.project != "" && s.q.Kind != "" {
		kind := leadTo(func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("project_id = ? AND kind = ?", s.project, s.q.Kind)
		})
		kind.unsealed = true
		all = append(all, kind)
	}
	return all
}

func leadTo(conditions ...func(*bun.SelectQuery) *bun.SelectQuery) lead { return lead{any: conditions} }

// text is what Text can be.
func (s *auditSearch) text() []func(*bun.SelectQuery) *bun.SelectQuery {
	begins := func(column string) func(q *bun.SelectQuery) *bun.SelectQuery {
		column, part := s.db.folded(column), fold(s.q.Text)
		return func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where(column+" >= ? AND "+column+" < ?", part, part+"\U0010ffff")
		}
	}
	is := func(column string) func(q *bun.SelectQuery) *bun.SelectQuery {
		return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where(column+" = ?", s.q.Text) }
	}
	return []func(*bun.SelectQuery) *bun.SelectQuery{begins("object_name"), begins("user_name"), is("request_id"), is("addr")}
}

// fold turns the letters of ASCII into small ones, as both databases do.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// follow reads what a lead leads to, if it is rare.
func (s *auditSearch) follow(ctx context.Context, l lead) (rare bool, err error) {
	s.ids = nil
	entries := func() *bun.SelectQuery {
		q := s.db.Read.NewSelect().Model((*auditRow)(nil))
		if !l.unsealed {
			q = q.Where("seq > 0")
		}
		return q
	}
	for _, condition := range l.any {
		// Only their number: the index alone has it.
		many, err := s.db.Read.NewSelect().TableExpr("(?) AS a", condition(entries()).ColumnExpr("1").Offset(auditFew).Limit(1)).Exists(ctx)
		if err != nil || many {
			return false, err
		}
	}
	for _, condition := range l.any {
		var ids []string
		if err := condition(entries()).Column("id").Limit(auditFew+1).Scan(ctx, &ids); err != nil {
			return false, err
		}
		if s.ids = append(s.ids, ids...); len(s.ids) > auditFew {
			return false, nil
		}
	}
	return true, nil
}

// unsealed returns the entries that are in no index yet, one more than a few at most.
func (s *auditSearch) unsealed(ctx context.Context) (ids []string, err error) {
	q := s.db.Read.NewSelect().Model((*auditRow)(nil)).Column("id").Where("seq = 0")
	return ids, q.Limit(auditFew+1).Scan(ctx, &ids)
}

// in narrows a query to what may be seen.
func (s *auditSearch) in(q *bun.SelectQuery) *bun.SelectQuery {
	if s.project != "" {
		q = q.Where("project_id = ?", s.project)
	}
	if s.newest != "" {
		q = q.Where("id <= ?", s.newest)
	}
	return q
}

// filtered narrows a query to what is asked for.
func (s *auditSearch) filtered(q *bun.SelectQuery) *bun.SelectQuery {
	q = s.dated(s.in(q))
	for _, f := range []struct{ column, value string }{
		{"kind", string(s.q.Kind)}, {"action", s.q.Action}, {"way", string(s.q.Way)}, {"object_id", s.q.Object},
	} {
		if f.value != "" {
			q = q.Where(f.column+" = ?", f.value)
		}
	}
	if s.q.User != "" {
		q = q.Where(s.db.folded("user_name")+" = ?", fold(s.q.User))
	}
	if s.q.Text != "" {
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			for _, condition := range s.text() {
				q = q.WhereGroup(" OR ", condition)
			}
			return q
		})
	}
	return q
}

// dated narrows a query to the times that are asked for. Ids begin with the time
// that they were made at, which is that of the entry but for the blink between.
func (s *auditSearch) dated(q *bun.SelectQuery) *bun.SelectQuery {
	if q = s.about(q); !s.q.From.IsZero() {
		q = q.Where("at >= ?", Micros(s.q.From))
	}
	if !s.q.Until.IsZero() {
		q = q.Where("at < ?", Micros(s.q.Until))
	}
	return q
}

// about narrows a query to the times that are asked for and the blink.
func (s *auditSearch) about(q *bun.SelectQuery) *bun.SelectQuery {
	const blink = time.Second
	if !s.q.From.IsZero() {
		q = q.Where("id >= ?", idAt(s.q.From.Add(-blink)))
	}
	if !s.q.Until.IsZero() {
		q = q.Where("id < ?", idAt(s.q.Until.Add(blink)))
	}
	return q
}

// idAt is before every id that NewID makes at that time, and after those before.
func idAt(at time.Time) string {
	var id uuid.UUID
	var millis [8]byte
	binary.BigEndian.PutUint64(millis[:], uint64(max(at.UnixMilli(), 0)))
	copy(id[:6], millis[2:])
	id[6] = 0x70
	return id.String()
}

// narrow reports whether anything but project and time is asked for, so that an
// entry may have to be passed over.
func (s *auditSearch) narrow() bool {
	q := s.q
	return cmp.Or(q.Text, string(q.Kind), q.Action, q.User, string(q.Way), q.Object) != ""
}

// auditCursor is where a page begins: an id, and how its entries' ids compare to it.
type auditCursor struct {
	op byte
	id string
}

const (
	auditBefore = 'b' // older than
	auditUpTo   = 'u' // not newer than
	auditAfter  = 'a' // newer than
	auditFrom   = 'f' // not older than
)

var auditOps = map[byte]string{auditBefore: "id < ?", auditUpTo: "id <= ?", auditAfter: "id > ?", auditFrom: "id >= ?"}

// readAuditCursor reads a cursor; what is none is where the log ends.
func readAuditCursor(text string) auditCursor {
	if text == "" || auditOps[text[0]] == "" || len(text) > 64 || !Storable(text) {
		return auditCursor{}
	}
	return auditCursor{text[0], text[1:]}
}

func (c auditCursor) text() string { return string(c.op) + c.id }

func (c auditCursor) newer() bool { return c.op == auditAfter || c.op == auditFrom }

// opposite is the cursor of what c leaves out.
func (c auditCursor) opposite() auditCursor {
	c.op = map[byte]byte{auditBefore: auditFrom, auditFrom: auditBefore, auditAfter: auditUpTo, auditUpTo: auditAfter}[c.op]
	return c
}

func (c auditCursor) bound(q *bun.SelectQuery) *bun.SelectQuery {
	direction := " DESC"
	if c.newer() {
		direction = " ASC"
	}
	if c.op != 0 {
		q = q.Where(auditOps[c.op], c.id)
	}
	return q.OrderExpr("id" + direction)
}

// page reads the next entries from a cursor on.
func (s *auditSearch) page(ctx context.Context, from auditCursor, limit int) (api.Page[api.Change], error) {
	var rows []auditRow
	var end auditCursor
	for at, look, left := from, auditNear, auditReach; ; at, look = end.opposite(), min(2*look, left) {
		var err error
		if end, err = s.reach(ctx, at, look); err != nil {
			return api.Page[api.Change]{}, err
		}
		found, err := s.read(ctx, at, end, limit+1-len(rows))
		if err != nil {
			return api.Page[api.Change]{}, err
		}
		rows = append(rows, found...)
		if left -= look; len(rows) > limit || end.op == 0 || left == 0 {
			break
		}
	}
	var on string // where it goes on in the same direction
	if len(rows) > limit {
		rows = rows[:limit]
		on = auditCursor{from.onward(), rows[limit-1].ID}.text()
	} else if end.op != 0 {
		on = end.opposite().text()
	}
	return from.pageOf(rows, on), nil
}

// read returns what is found from a cursor on, up to an end if there is one.
func (s *auditSearch) read(ctx context.Context, from, end auditCursor, limit int) (rows []auditRow, err error) {
	q := from.bound(s.filtered(s.db.Read.NewSelect().Model(&rows))).Limit(int64(limit))
	if s.rare {
		q = q.Where("id IN (?)", bun.List(append(s.ids, "")))
	}
	if end.op != 0 {
		q = q.Where(auditOps[end.op], end.id)
	}
	return rows, q.Scan(ctx)
}

// onward is how the ids compare to the last of a page that come after it.
func (c auditCursor) onward() byte {
	if c.newer() {
		return auditAfter
	}
	return auditBefore
}

// pageOf makes a page of rows in the order in which they were read; on is where that
// goes on. The other way there is what the page came from.
func (c auditCursor) pageOf(rows []auditRow, on string) api.Page[api.Change] {
	back := ""
	switch {
	case c.op == 0:
	case len(rows) > 0:
		back = auditCursor{auditCursor{op: c.opposite().op}.onward(), rows[0].ID}.text()
	default:
		back = c.opposite().text()
	}
	page := api.Page[api.Change]{Next: on, Prev: back}
	if c.newer() {
		slices.Reverse(rows)
		page.Next, page.Prev = back, on
	}
	page.Items = changesOf(rows)
	return page
}

// reach is how far so many entries from a cursor on go, as a condition; none if there
// is no need for one.
func (s *auditSearch) reach(ctx context.Context, from auditCursor, entries int) (auditCursor, error) {
	if s.rare || !s.narrow() {
		return auditCursor{}, nil
	}
	var last string
	q := from.bound(s.about(s.in(s.db.Read.NewSelect().Model((*auditRow)(nil)).Column("id")))).Offset(int64(entries)).Limit(1)
	err := q.Scan(ctx, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return auditCursor{}, nil
	}
	end := auditCursor{auditFrom, last}
	if from.newer() {
		end.op = auditUpTo
	}
	return end, err
}
