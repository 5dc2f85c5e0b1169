package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// queueState is what a rendering of the form of a queue shows beside what was
// typed.
type queueState struct {
	problems []api.Problem
	refused  bool
	only     string // the element whose field alone was judged, or ""
	focus    string
	unsaved  bool
}

func (p *pages) newQueue(c echo.Context) error {
	values := url.Values{"type": {string(api.QueueSQL)}, "cu_count": {strconv.Itoa(api.QueueCUs[0])}, "cidr": {api.DefaultQueueCIDR}}
	return p.showQueueForm(c, http.StatusOK, values, queueState{focus: "name"})
}

func (p *pages) createQueue(c echo.Context) error {
	values, draft, tags, err := readQueue(c)
	if err != nil {
		return err
	}
	queue, err := p.Service.CreateQueue(c.Request().Context(), p.scope(c), draft)
	if err == nil {
		p.flash(c, api.M("queues.created_flash", "name", queue.Name))
		return redirect(c, queuesPath(c))
	}
	e := domainError(err)
	state := queueState{refused: true, problems: pinTags(e.Problems, tags)}
	switch {
	case len(e.Problems) > 0:
	case e.Code == api.Limit:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	return p.showQueueForm(c, http.StatusUnprocessableEntity, values, state)
}

// validateQueue judges the field that htmx wants to redraw, as it is left.
func (p *pages) validateQueue(c echo.Context) error {
	values, draft, tags, err := readQueue(c)
	if err != nil {
		return err
	}
	problems, err := problemsOf(p.Service.ValidateQueue(c.Request().Context(), p.scope(c), draft))
	if err != nil {
		return err
	}
	state := queueState{problems: pinTags(problems, tags), only: c.Request().Header.Get("HX-Target")}
	return p.showQueueForm(c, http.StatusOK, values, state)
}

// redrawQueue shows the form again with a row more or less, or in another
// language or theme.
func (p *pages) redrawQueue(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	focus, _ := form.Edit(values, c.FormValue("op"))
	state := queueState{focus: focus}
	if choosesPreferences(c) {
		state.unsaved = true
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.showQueueForm(c, http.StatusOK, values, state)
}

func (p *pages) showQueueForm(c echo.Context, status int, values url.Values, state queueState) error {
	f := queueForm(c)
	f.Values, f.Problems, f.Refused, f.Focus, f.Unsaved = values, state.problems, state.refused, state.focus, state.unsaved
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
		ripe(f)
	}
	draft, _ := queueDraft(values)
	if err := p.sample(c, f, api.CreateQueue{Draft: draft}); err != nil {
		return err
	}
	frame := p.frame(c, "queues.new")
	frame.Path = queuesPath(c) + "/new"
	return p.render(c, status, templates.QueueForm(frame, templates.QueueFormView{Base: queuesPath(c), Connections: connectionsPath(c), Form: f}))
}

func queueForm(c echo.Context) *form.Form {
	ctx := localised(c)
	t := func(key string) string { return locale.T(ctx, key) }
	sizes := make([]form.Choice, len(api.QueueCUs))
	for i, n := range api.QueueCUs {
		sizes[i] = form.Choice{Value: strconv.Itoa(n), Label: locale.T(ctx, "queues.cus", "n", n)}
	}
	types := []form.Choice{
		{Value: string(api.QueueSQL), Label: locale.T(ctx, "queue_type."+string(api.QueueSQL))},
		{Value: string(api.QueueGeneral), Label: locale.T(ctx, "queue_type."+string(api.QueueGeneral))},
	}
	return &form.Form{
		ID: "queue-form", Action: queuesPath(c), Guard: true,
		Sections: []form.Section{
			{ID: "section-queue", Fields: []form.Field{
				{Path: "name", Kind: form.Text, Required: true, Live: true, Placeholder: "etl_orders", Label: t("queues.name"), Help: t("queues.name_help")},
				{Path: "description", Kind: form.Text, Live: true, Label: t("queues.description"), MaxLen: api.MaxQueueDescription, Count: true},
				{Path: "type", Kind: form.Select, Required: true, Half: true, Live: true, Label: t("queues.type"), Choices: types},
				{Path: "cu_count", Kind: form.Select, Required: true, Half: true, Live: true, Label: t("queues.size"), Choices: sizes},
				{Path: "cidr", Kind: form.Text, Live: true, Placeholder: api.DefaultQueueCIDR, Label: t("queues.cidr"), Help: t("queues.cidr_help")},
			}},
			{ID: "section-tags", Fields: []form.Field{tagsField(c, api.ConnectionTags)}},
		},
	}
}
