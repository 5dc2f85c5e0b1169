package templates

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// History is a page of what was done to a thing, newest first.
type History struct {
	Path         string // of the page that it is on
	Changes      []api.Change
	Newer, Older bool // there are more
	// Back leads to the question whether the state after a change is to be brought
	// back, or nowhere if it is nil or returns "".
	Back func(api.Change) string
	// Undo leads to the question whether a change is to be taken back, in the same way.
	Undo func(api.Change) string
}

// HistoryCursor names what the address says of a history: which page it is, as
// a cursor of api.History.
const HistoryCursor = "changes"

// historyID is the panel that turns its pages.
const historyID = "history"

// pager leads to the neighbours of the page. Beyond the last change, where there
// is nothing, it leads back to the first page.
func (h *History) pager() Pager {
	p := Pager{Target: historyID}
	if len(h.Changes) == 0 {
		if h.Newer || h.Older {
			p.Prev = h.Path
		}
		return p
	}
	if h.Newer {
		p.Prev = address(h.Path, url.Values{HistoryCursor: {"+" + h.Changes[0].ID}})
	}
	if h.Older {
		p.Next = address(h.Path, url.Values{HistoryCursor: {h.Changes[len(h.Changes)-1].ID}})
	}
	return p
}

// changedBy says who changed something, and which way.
func changedBy(ctx context.Context, c api.Change) string {
	if c.Actor.User == "" {
		return locale.T(ctx, "way."+string(c.Actor.Way))
	}
	return locale.T(ctx, "change.by", "user", c.Actor.User, "way", api.M("way."+string(c.Actor.Way)))
}

// valueChange is a value that a change changed. Both sides are empty where the
// value cannot be shown, and Note says what happened to it. Lines tell of a list
// item by item.
type valueChange struct {
	Label, Before, After, Note string
	Lines                      []lineChange
}

// lineChange is an item of a list that was changed: where it is afterwards, from
// 1, or 0 if it is gone, and what became of it.
type lineChange struct {
	N    int
	Text string
	What lineFate
}

// lineFate is what became of an item of a list.
type lineFate string

// The fates.
const (
	lineAdded   lineFate = "change.line_added"
	lineRemoved lineFate = "change.line_removed"
	lineMoved   lineFate = "change.line_moved"
	lineKept    lineFate = "change.line_kept"
)

// changedLines compares lists: first what is there afterwards, in its order, then
// what is gone. An item has moved if it stands elsewhere among those that stay.
func changedLines(before, after []string) []lineChange {
	var lines []lineChange
	gone := slices.Clone(before)
	for i, text := range after {
		line := lineChange{N: i + 1, Text: text, What: lineAdded}
		if at := slices.Index(gone, text); at >= 0 {
			gone, line.What = slices.Delete(gone, at, at+1), lineKept
		}
		lines = append(lines, line)
	}
	was := slices.Clone(before)
	for _, text := range gone {
		lines = append(lines, lineChange{Text: text, What: lineRemoved})
		at := slices.Index(was, text)
		was = slices.Delete(was, at, at+1)
	}
	n := 0
	for i := range lines {
		if lines[i].What == lineKept {
			if was[n] != lines[i].Text {
				lines[i].What = lineMoved
			}
			n++
		}
	}
	return lines
}

// changedValues lists what a change changed, as far as its kind has something to
// show.
func changedValues(ctx context.Context, c api.Change) []valueChange {
	switch c.Kind {
	case api.KindLink:
		return changedLink(ctx, c)
	case api.KindConnection:
		return changedConnection(ctx, c)
	case api.KindEndpointService:
		return changedEndpointService(ctx, c)
	case api.KindPermission:
		return changedPermissions(ctx, c)
	case api.KindFunction:
		return changedFunction(ctx, c)
	case api.KindAlias:
		return changedAlias(ctx, c)
	case api.KindRegion:
		return changedRegion(ctx, c)
	case api.KindPolicy:
		return changedPolicy(ctx, c)
	case api.KindHook:
		return changedHook(ctx, c)
	case api.KindProject:
		return changedProject(ctx, c)
	case api.KindRequest:
		return changedRequest(ctx, c)
	case api.KindAudit:
		return changedLog(ctx, c)
	case "user":
		return changedUser(ctx, c)
	case "group":
		return changedGroup(ctx, c)
	case "token", "access_key":
		return changedCredential(ctx, c)
	default:
		return nil
	}
}

// auditField is a member of an audit entry that is shown when it changes.
type auditField struct {
	Name  string // in the entry
	Label string // in the reader's language
	// Shown puts a value into words; nil shows it as auditText does.
	Shown func(context.Context, any) string
}

// changedFields compares members of both sides of a change. The making and the
// end of a thing have nothing to compare.
func changedFields(ctx context.Context, c api.Change, fields []auditField) []valueChange {
	var before, after map[string]any
	if json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil {
		return nil
	}
	var found []valueChange
	for _, f := range fields {
		if f.Shown == nil {
			f.Shown = auditText
		}
		was, is := f.Shown(ctx, before[f.Name]), f.Shown(ctx, after[f.Name])
		if len(before) == 0 {
			was = "" // the thing was not there, so that nothing of it was
		}
		if was != is {
			found = append(found, valueChange{Label: f.Label, Before: was, After: is})
		}
	}
	return found
}

// auditText is a value of an audit entry in one line; what is not there is empty.
func auditText(ctx context.Context, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return yesNoText(ctx, v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		text, _ := json.Marshal(v) // it was read from JSON
		return string(text)
	}
}

// auditInterval is a schedule as the audit log keeps it: a duration's text.
func auditInterval(ctx context.Context, value any) string {
	text := auditText(ctx, value)
	d, err := time.ParseDuration(text)
	if err != nil || !api.ValidInterval(d) {
		return text
	}
	return every(ctx, d)
}
