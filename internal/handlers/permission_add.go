package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// addPage is the form for many accounts: empty, or with the one that is meant.
func (p *pages) addPage(c echo.Context) error {
	view, err := p.addView(c)
	if err != nil {
		return err
	}
	rows := emptyRows()
	if account := c.QueryParam("account"); account != "" {
		rows[0] = form.Row{templates.RowAccount: account}
	}
	view.Form.Focus = form.RowPath(templates.AddRows, 0)
	form.SetRows(view.Form.Values, templates.AddRows, rows)
	return p.renderAdd(c, http.StatusOK, view)
}

// addView is the form for the service of the path, with what was typed.
func (p *pages) addView(c echo.Context) (templates.AddView, error) {
	service, err := p.serviceView(c)
	if err != nil {
		return templates.AddView{}, err
	}
	values := url.Values{}
	if c.Request().Method == http.MethodPost {
		if values, err = formValues(c); err != nil {
			return templates.AddView{}, err
		}
	}
	view := templates.AddView{EndpointServiceView: service, Form: templates.AddForm(localised(c), service)}
	view.Form.Values = values
	return view, nil
}

func (p *pages) renderAdd(c echo.Context, status int, view templates.AddView, beside ...any) error {
	frame := p.frame(c, "whitelist.add")
	frame.Path = view.Path() + "/add"
	// A cell that is left sends the whole form, which must not be long then.
	view.Form.Sections[0].Fields[0].Live = view.Form.Value(templates.AddRest) == ""
	code := templates.SampleView{ID: view.Form.ID + templates.SampleSuffix, Method: "post", Path: view.Form.Action + "/edit"}
	var err error
	if view.Form.Below, err = p.sampled(c, code, view.Form.Values, addition(view)); err != nil {
		return err
	}
	return p.render(c, status, templates.AddPermissions(frame, view), beside...)
}

// addition is what the form adds, without a file that was not read yet.
func addition(view templates.AddView) (a action) {
	b := &batch{lines: readRows(view.Form.Values)}
	for _, text := range []string{view.Form.Value(templates.AddRest), view.Form.Value(templates.AddText)} {
		b.lines = append(b.lines, api.ReadPermissionLines(text)...)
	}
	if len(b.lines) > maxSampled {
		a.of, b.lines = len(b.lines), b.lines[:maxSampled]
	}
	a.deeds = []api.Deed{api.AddPermissions{Service: view.Service.ID, Batch: api.PermissionBatch{Entries: b.drafts()}}}
	return a
}

// showBatch shows the form with what was read and judged.
func (p *pages) showBatch(c echo.Context, status int, view templates.AddView, b *batch) error {
	f := view.Form
	f.Unsaved = true
	if view.Refused = b.refused; !b.refused.IsZero() {
		return p.renderAdd(c, http.StatusUnprocessableEntity, view)
	}
	f.Problems, view.Hidden = b.place(f.Values)
	if len(f.Problems) > 0 {
		f.Focus = f.Problems[0].Path
	}
	b.sumUp(c, &view)
	return p.renderAdd(c, status, view)
}

// sumUp says in the view what was judged.
func (b *batch) sumUp(c echo.Context, view *templates.AddView) {
	view.Read, view.Bad, view.Notes, view.Said = true, b.bad(), b.notes(c), b.said
	view.Good, view.Everyone = len(b.lines)-view.Bad, b.everyone()
}

// readAdd reads the form and, if it can be read, has every line judged.
func (p *pages) readAdd(c echo.Context) (templates.AddView, *batch, error) {
	view, err := p.addView(c)
	if err != nil {
		return view, nil, err
	}
	b, err := readBatch(c, view.Form.Values)
	if err == nil && b.refused.IsZero() {
		err = p.judge(c, view.Service.ID, b)
	}
	return view, b, err
}

// checkPermissions tells what would become of each line. Nothing is stored.
func (p *pages) checkPermissions(c echo.Context) error {
	view, b, err := p.readAdd(c)
	if err != nil {
		return err
	}
	return p.showBatch(c, http.StatusOK, view, b)
}

// dropPermissions leaves out the lines that cannot be added.
func (p *pages) dropPermissions(c echo.Context) error {
	view, b, err := p.readAdd(c)
	if err != nil {
		return err
	}
	if b.refused.IsZero() {
		b.drop()
	}
	return p.showBatch(c, http.StatusOK, view, b)
}

// addPermissions adds what is in the form, if somebody has seen what was made of
// it and all of it can be added.
func (p *pages) addPermissions(c echo.Context) error {
	view, b, err := p.readAdd(c)
	if err != nil {
		return err
	}
	switch {
	case !b.refused.IsZero() || b.bad() > 0:
		return p.showBatch(c, http.StatusUnprocessableEntity, view, b)
	case b.unseen:
		return p.showBatch(c, http.StatusOK, view, b)
	}
	return p.saveBatch(c, view, b, "whitelist.added_many")
}

// saveBatch adds the entries in one request or, if there are more than it
// takes, in the background. If they are refused they are in the form again.
func (p *pages) saveBatch(c echo.Context, view templates.AddView, b *batch, done string) error {
	ctx, s, service := c.Request().Context(), p.scope(c), view.Service.ID
	drafts := b.drafts()
	if len(drafts) > api.MaxBatch {
		addition, err := p.Service.StartAddition(ctx, s, service, drafts)
		if err != nil {
			return p.refuseBatch(c, view, b, err)
		}
		return redirect(c, view.Path()+"/additions/"+addition.ID)
	}
	if _, err := p.Service.AddPermissions(ctx, s, service, api.PermissionBatch{Entries: drafts}); err != nil {
		return p.refuseBatch(c, view, b, err)
	}
	p.flash(c, api.M(done, "count", len(drafts)))
	return redirect(c, view.Path())
}

func (p *pages) refuseBatch(c echo.Context, view templates.AddView, b *batch, err error) error {
	e := domainError(err)
	switch e.Code {
	case api.Invalid, api.Conflict, api.Limit:
	default:
		return err
	}
	b.take(e.Problems)
	if len(e.Problems) == 0 {
		b.said = e.Message
	}
	return p.showBatch(c, http.StatusUnprocessableEntity, view, b)
}

// redrawPermissions shows the form with a row more or less, or in another
// language or theme. It judges nothing.
func (p *pages) redrawPermissions(c echo.Context) error {
	view, err := p.addView(c)
	if err != nil {
		return err
	}
	view.Form.Unsaved = true
	if focus, ok := form.Edit(view.Form.Values, c.FormValue("op")); ok {
		view.Form.Focus = focus
	} else if choosesPreferences(c) {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.renderAdd(c, http.StatusOK, view)
}

// validatePermissions judges the rows as one of their cells is left. What was
// said of the whole before is brought up to date along with them.
func (p *pages) validatePermissions(c echo.Context) error {
	view, err := p.addView(c)
	if err != nil {
		return err
	}
	b := &batch{lines: readRows(view.Form.Values)}
	if err := p.judge(c, view.Service.ID, b); err != nil {
		return err
	}
	for i := range b.lines {
		row := form.RowPath(templates.AddRows, b.lines[i].Number-1)
		view.Form.Problems = append(view.Form.Problems, b.problems(row, &b.verdicts[i])...)
	}
	if view.Form.Value(templates.AddRead) != "" {
		b.sumUp(c, &view)
		view.Beside, view.Form.Beside = true, []string{view.Form.Sections[0].ID}
	}
	return p.renderAdd(c, http.StatusOK, view, view.Parts()...)
}
