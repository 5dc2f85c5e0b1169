package handlers

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// browsed is how many entries of a folder the picker shows at once.
const browsed = 20

// browse does what a button of the picker asks for. It returns the path that gets
// the focus, and false if op is none of it.
func browse(v url.Values, op string) (focus string, ok bool) {
	if op == templates.PickerClose {
		v.Del(templates.PickerFolder)
		return templates.PolicyResources + ".add", true
	}
	if folder, ok := strings.CutPrefix(op, templates.PickerOpen); ok {
		v.Set(templates.PickerFolder, folder)
		v.Del(templates.PickerCursor)
		return templates.PickerID, true
	}
	if cursor, ok := strings.CutPrefix(op, templates.PickerNext); ok {
		v.Set(templates.PickerCursor, cursor)
		return templates.PickerID, true
	}
	path, ok := strings.CutPrefix(op, templates.PickerTake)
	if !ok {
		return "", false
	}
	rows := form.ReadRows(v, templates.PolicyResources)
	at := len(rows)
	for n, row := range rows {
		if strings.TrimSpace(row["name"]+row["path"]) == "" {
			at = n
			break
		}
	}
	if at == len(rows) {
		rows = append(rows, form.Row{})
	}
	rows[at]["path"] = path
	form.SetRows(v, templates.PolicyResources, rows)
	return form.RowPath(templates.PolicyResources, at) + ".path", true
}

// picker is what there is to choose from, if somebody wants to see that. A region
// that does not answer keeps nobody from typing a path.
func (p *pages) picker(c echo.Context, f *form.Form, region string) (templates.PickerView, error) {
	view := templates.PickerView{Form: f, Region: region}
	if !f.Values.Has(templates.PickerFolder) {
		return view, nil
	}
	view.Open, view.Folder, view.Cursor = true, f.Value(templates.PickerFolder), f.Value(templates.PickerCursor)
	page, err := p.Service.Browse(c.Request().Context(), p.scope(c), view.Folder, view.Cursor, browsed)
	if e := domainError(err); err != nil && e.Code != api.Internal {
		view.Refused = refusal(e)
		return view, nil
	}
	view.Page = page
	return view, err
}
