package wire

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// itemSorts are the dialect's names for the order of backups.
var itemSorts = map[string]string{
	"created_at": "created", "updated_at": "updated", "protected_at": "created", "name": "name", "status": "status", "id": "id",
}

// listItems answers GET …/checkpoint_items.
func (s *server) listItems(c echo.Context, scope api.Scope) error {
	p, err := readPart(c, itemSorts)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	q, none, err := s.readItems(c, scope)
	if err != nil {
		return err
	}
	q.Sort, q.Desc = p.sort, p.desc
	return streamPart(s, c, part[api.Backup]{
		partQuery: p, name: "checkpoint_items",
		page: func(f from) (api.Page[api.Backup], error) {
			if none {
				return api.Page[api.Backup]{}, nil
			}
			q.Cursor, q.After, q.Offset, q.Limit = f.cursor, f.marker, f.offset, f.limit
			return s.Service.ListBackups(ctx, scope, q)
		},
		encode: func(b *api.Backup) (string, any) { return b.ID, encodeItem(c, b) },
	})
}

// countItems answers GET …/checkpoint_items/count, with the same filters.
func (s *server) countItems(c echo.Context, scope api.Scope) error {
	var body struct {
		Count int `json:"count"`
	}
	q, none, err := s.readItems(c, scope)
	if err == nil && !none {
		body.Count, err = s.Service.CountBackups(c.Request().Context(), scope, q)
	}
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, &body)
}

// showItem answers GET …/checkpoint_items/{id}.
func (s *server) showItem(c echo.Context, scope api.Scope) error {
	backup, err := s.Service.Backup(c.Request().Context(), scope, param(c, "item"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Item itemJSON `json:"checkpoint_item"`
	}{encodeItem(c, &backup)})
}
