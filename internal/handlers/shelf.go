package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// shelf is what the handlers of a kind need to work on many of its things: T,
// found by queries, Q.
type shelf[T, Q any] struct {
	*pages

	kind  api.Kind
	where func(echo.Context) templates.Collection // the things that the request is about
	find  func(echo.Context) api.Shelf[T, Q]
	query func(url.Values) Q // from the address of a list, or what its form sends
}

// selection reads which things a bulk action is about: the one whose own button
// was pressed (only), those that are ticked (id, many times), or with all=true
// those that the list's filter finds.
func (sh *shelf[T, Q]) selection(c echo.Context) (api.Selection[Q], error) {
	values, err := formValues(c)
	if err != nil {
		return api.Selection[Q]{}, err
	}
	if one := values.Get("only"); one != "" {
		return api.Selection[Q]{IDs: []string{one}}, nil
	}
	if values.Get("all") != "true" {
		return api.Selection[Q]{IDs: values["id"]}, nil
	}
	q := sh.query(values)
	return api.Selection[Q]{Query: &q}, nil
}

// selected returns what a bulk action is about.
func (sh *shelf[T, Q]) selected(c echo.Context) ([]T, error) {
	sel, err := sh.selection(c)
	if err != nil {
		return nil, err
	}
	return api.Selected(c.Request().Context(), sh.find(c), sh.scope(c), sel)
}

// refuseSelection leads back to the page where things are ticked, which says
// what is wrong with them: none, or too many.
func (p *pages) refuseSelection(c echo.Context, err error) error {
	e := domainError(err)
	if e.Code != api.Invalid && e.Code != api.Limit {
		return err
	}
	message := e.Message
	if c.FormValue("id") == "" && c.FormValue("only") == "" && c.FormValue("all") == "" {
		message = api.M("bulk.none_ticked")
	}
	p.flashKind(c, templates.Warning, message)
	return redirect(c, backPath(c))
}

// confirmDelete asks before the selected things are removed, and names them:
// ask gives the words and the names, remove what removing one of them is.
func (sh *shelf[T, Q]) confirmDelete(c echo.Context, title string, ask func(found []T) templates.DeleteView, remove func(*T) api.Deed) error {
	found, err := sh.selected(c)
	if err != nil {
		return sh.refuseSelection(c, err)
	}
	view := ask(found)
	view.Collection, view.Back = sh.where(c), backPath(c)
	deeds := make([]api.Deed, len(found))
	for i := range found {
		deeds[i] = remove(&found[i])
	}
	frame := sh.frame(c, title)
	frame.Path = view.Back
	if err := sh.sampleMany(c, &frame, false, does(api.Message{}, deeds...)); err != nil {
		return err
	}
	return sh.render(c, http.StatusOK, templates.DeleteMany(frame, view))
}

// showCode shows as code what can be done with the selected things: each returns the deeds
// for one of them, in the order of labels.
func (sh *shelf[T, Q]) showCode(c echo.Context, labels []string, each func(*T) []api.Deed) error {
	found, err := sh.selected(c)
	if err != nil {
		return sh.refuseSelection(c, err)
	}
	actions := make([]action, len(labels))
	for i, label := range labels {
		actions[i] = action{label: api.M(label)}
	}
	for i := range found {
		for k, deed := range each(&found[i]) {
			actions[k].deeds = append(actions[k].deeds, deed)
		}
	}
	view := templates.ManyCodeView{Collection: sh.where(c), Back: backPath(c), Count: len(found)}
	frame := sh.frame(c, "sample.many_title")
	frame.Path = view.Back
	if err := sh.sampleMany(c, &frame, true, actions...); err != nil {
		return err
	}
	return sh.render(c, http.StatusOK, templates.ManyCode(frame, view))
}

// backPath is the page of this site that an action leads back to: the one that
// its form names, or the first of the section.
func backPath(c echo.Context) string { return backTo(c, "/p/"+project(c).ID+"/"+section(c)) }

// backTo is the page that an action leads back to: the one that its form names,
// or another.
func backTo(c echo.Context, other string) string {
	if back := safeNext(c.FormValue("back")); back != "/" {
		return back
	}
	return other
}

// sorting reads how a list is sorted: by one of sorts, of which the first is
// meant where the address names none.
func sorting(v url.Values, sorts []string) (sort string, desc bool) {
	sort = sorts[0]
	for _, known := range sorts {
		if known == v.Get("sort") {
			sort = known
		}
	}
	return sort, v.Get("order") == "desc"
}
