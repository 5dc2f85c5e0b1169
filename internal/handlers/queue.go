package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// queueRoutes are the pages of queues.
func (p *pages) queueRoutes(queues *echo.Group) {
	queues.GET("", p.listQueues)
	queues.GET("/new", p.newQueue, p.editor)
	queues.POST("", p.createQueue, p.editor)
	queues.POST("/validate", p.validateQueue, p.editor)
	queues.POST("/edit", p.redrawQueue, p.editor)
	queues.POST("/test", p.testAddress, p.editor)
	queues.GET("/:name/delete", p.confirmDeleteQueue, p.editor)
	queues.POST("/:name/delete", p.deleteQueue, p.editor)
}

func queuesPath(c echo.Context) string { return connectionsPath(c) + "/queues" }

// listQueues lists the project's queues, which are few. The test of an address
// stands below it.
func (p *pages) listQueues(c echo.Context) error {
	return p.renderQueues(c, http.StatusOK, url.Values{"queue": {c.QueryParam("queue")}}, templates.QueueListView{}, nil)
}

func (p *pages) renderQueues(c echo.Context, status int, v url.Values, view templates.QueueListView, problems []api.Problem) error {
	queues, err := p.Service.ListQueues(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	view.Base, view.Connections, view.Queues = queuesPath(c), connectionsPath(c), queues
	view.Test = addressTestForm(c, queues, v)
	view.Test.Problems, view.Test.Refused = problems, len(problems) > 0
	frame := p.frame(c, "queues.title")
	frame.Path = queuesPath(c)
	return p.render(c, status, templates.QueueList(frame, view))
}

// addressTestForm asks which address is to be reached from which queue.
func addressTestForm(c echo.Context, queues []api.Queue, v url.Values) *form.Form {
	ctx := localised(c)
	t := func(key string) string { return locale.T(ctx, key) }
	if v.Get("queue") == "" {
		v.Set("queue", queues[len(queues)-1].Name)
	}
	from := form.Field{Path: "queue", Kind: form.Select, Half: true, Required: true, Label: t("queues.one")}
	for _, q := range queues {
		from.Choices = append(from.Choices, form.Choice{Value: q.Name, Label: q.Name})
	}
	return &form.Form{
		ID: "address-form", Action: queuesPath(c) + "/test", Values: v,
		Sections: []form.Section{{ID: "section-test", Title: t("queues.test_title"), Help: t("queues.test_help"), Fields: []form.Field{
			from, {Path: "address", Kind: form.Text, Half: true, Required: true, Label: t("queues.address"), Placeholder: "192.168.0.20:8000"},
		}}},
	}
}

// testAddress tries whether an address can be reached from a queue.
func (p *pages) testAddress(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	queue, address := values.Get("queue"), strings.TrimSpace(values.Get("address"))
	test, err := p.Service.TestAddress(c.Request().Context(), p.scope(c), queue, address)
	if err == nil {
		return p.renderQueues(c, http.StatusOK, values, templates.QueueListView{Result: &test}, nil)
	}
	e := domainError(err)
	switch {
	case len(e.Problems) > 0:
		return p.renderQueues(c, http.StatusUnprocessableEntity, values, templates.QueueListView{}, e.Problems)
	case e.Code == api.NotFound:
		return p.renderQueues(c, http.StatusUnprocessableEntity, values, templates.QueueListView{}, []api.Problem{{Path: "queue", Message: e.Message}})
	}
	return err
}

func (p *pages) confirmDeleteQueue(c echo.Context) error {
	queue, err := p.Service.Queue(c.Request().Context(), p.scope(c), c.Param("name"))
	if err != nil {
		return err
	}
	view := templates.QueueDeleteView{Base: queuesPath(c), Connections: connectionsPath(c), Queue: queue}
	frame := p.frame(c, "queues.delete_title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeleteQueue{Name: queue.Name})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.QueueDelete(frame, view))
}

// deleteQueue removes a queue, or says which connections are bound to it.
func (p *pages) deleteQueue(c echo.Context) error {
	name := c.Param("name")
	switch err := p.Service.DeleteQueue(c.Request().Context(), p.scope(c), name); api.CodeOf(err) {
	case "":
		p.flashUndo(c, api.M("queues.deleted_flash", "name", name))
	case api.Conflict:
		p.flashKind(c, templates.Warning, domainError(err).Message)
	default:
		return err
	}
	return redirect(c, queuesPath(c))
}

// readQueue reads the posted form of a new queue.
func readQueue(c echo.Context) (url.Values, api.QueueDraft, []int, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, api.QueueDraft{}, nil, err
	}
	draft, tags := queueDraft(values)
	return values, draft, tags, nil
}

// queueDraft is what the form describes, with the row of each tag.
func queueDraft(values url.Values) (api.QueueDraft, []int) {
	cus, err := strconv.Atoi(values.Get("cu_count"))
	if err != nil {
		cus = 0 // which no queue has
	}
	tags, at := readTags(values)
	return api.QueueDraft{
		Name: strings.TrimSpace(values.Get("name")), Description: strings.TrimSpace(values.Get("description")),
		Type: api.QueueType(values.Get("type")), CUs: cus, CIDR: strings.TrimSpace(values.Get("cidr")), Tags: tags,
	}, at
}
