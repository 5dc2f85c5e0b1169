package handlers

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// history is a page of what was done to an object, which the audit log may keep
// under several kinds. The address says which page.
func (p *pages) history(c echo.Context, path, id string, limit int, kinds ...api.Kind) (templates.History, error) {
	cursor := c.QueryParam(templates.HistoryCursor)
	h := templates.History{Path: path, Undo: undoOf(c)}
	for _, kind := range kinds {
		changes, err := p.Service.Changes(c.Request().Context(), p.scope(c), kind, id, cursor, limit+1)
		if err != nil {
			return h, err
		}
		h.Changes = append(h.Changes, changes...)
	}
	slices.SortFunc(h.Changes, func(a, b api.Change) int { return cmp.Compare(b.ID, a.ID) })
	more := len(h.Changes) > limit
	if strings.HasPrefix(cursor, "+") {
		h.Changes = h.Changes[max(0, len(h.Changes)-limit):]
		h.Newer, h.Older = more, true
	} else {
		h.Changes = h.Changes[:min(limit, len(h.Changes))]
		h.Newer, h.Older = cursor != "", more
	}
	return h, nil
}

// undoOf leads to the question whether a change is to be taken back. Changes that
// left the object as it was have nothing to take back.
func undoOf(c echo.Context) func(api.Change) string {
	return func(change api.Change) string {
		if bytes.Equal(change.Before, change.After) {
			return ""
		}
		return rollBackPath(c, change.ID)
	}
}
