package templates_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// connected is a connection whose every text is hostile.
func connected(state api.ConnectionState) api.Connection {
	then := time.Now().Add(-time.Hour)
	check := api.Check{Status: api.Failed, At: then, Steps: []api.Step{
		{Name: api.StepConnect, At: markup, Status: api.Passed, Found: markup},
		{Name: api.StepConnect, At: "zk2:2181", Status: api.Failed, Path: "url", Message: api.M("kit.check_message"), Hint: api.M("kit.check_hint"), Detail: markup},
	}}
	c := api.Connection{
		ID: "c-" + string(state), Name: markup, Service: "CloudTable", URL: markup, SecurityGroupID: markup, NetworkID: markup,
		Tags: []api.Tag{{Key: markup, Value: markup}, {Key: "team", Value: "orders"}}, State: state, Progress: 0.4, Address: markup,
		Created: api.Stamp{At: then, By: markup}, Updated: api.Stamp{At: then, By: markup}, Check: &check,
		Health: api.Pulse{Every: time.Hour, LastGood: then, Since: then, Recent: []api.Status{api.Passed, api.Failed}},
	}
	if state == api.ConnectionFailed {
		c.Message = api.M("shell.signed_in", "name", markup)
	}
	for _, name := range []string{markup, "etl", "reports", "adhoc"} {
		c.Queues = append(c.Queues, api.BoundQueue{ID: name, Name: name, Updated: c.Updated})
	}
	return c
}

// connectionPages are the pages about connections and queues.
func connectionPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	const base = "/p/1/connections"
	pages := map[string]templ.Component{}
	list := templates.ConnectionListView{
		Base: base, State: templates.EveryState,
		Query: api.ConnectionQuery{Search: markup, Queue: markup, Sort: "name", Tags: []api.Tag{{Key: markup, Value: markup}, {Key: "team"}}},
	}
	for _, state := range api.ConnectionStates {
		c := connected(state)
		list.Page.Items = append(list.Page.Items, c)
		view := templates.ConnectionView{
			Base: base, Connection: c, Queues: []api.Queue{{Name: api.DefaultQueue}, {Name: "free", Description: markup, Type: api.QueueSQL, CUs: 16}},
			History: templates.History{Path: base + "/1/history", Newer: true, Older: true, Changes: []api.Change{{
				Action: "bind", Kind: api.KindConnection, ObjectName: markup, At: c.Created.At, Actor: api.Actor{User: markup, Way: api.WayPage},
				Before: []byte(`{"state":"CREATING","queues":null,"tags":[{"key":"<b>","value":"1"}]}`),
				After:  []byte(`{"state":"x","queues":["<b>"],"tags":[{"key":1}]}`),
			}}},
		}
		failed, doubt := *c.Check, checkOf(api.Step{Name: api.StepRoute, Status: api.Warned, Message: api.M("kit.check_warning")})
		pages["connection "+string(state)] = templates.ConnectionDetail(f, view)
		pages["queues of "+string(state)] = templates.ConnectionQueues(f, view)
		pages["history of "+string(state)] = templates.ConnectionHistory(f, view)
		pages["delete "+string(state)] = templates.ConnectionDelete(f, view)
		pages["before a diagnosis of "+string(state)] = templates.Diagnosis(f, templates.DiagnosisView{ConnectionView: view})
		pages["diagnosis of "+string(state)] = templates.Diagnosis(f, templates.DiagnosisView{ConnectionView: view, Result: &failed})
		pages["doubts about "+string(state)] = templates.Diagnosis(f, templates.DiagnosisView{ConnectionView: view, Result: &doubt})
		pages["nothing wrong with "+string(state)] = templates.Diagnosis(f, templates.DiagnosisView{ConnectionView: view, Result: &api.Check{Status: api.Passed}})
	}
	pages["connections"] = templates.ConnectionList(f, list)
	pages["no connections"] = templates.ConnectionList(f, templates.ConnectionListView{Base: base})
	check := checkOf(refusal("kit.check_message"))
	from := connected(api.ConnectionFailed)
	pages["connection form"] = templates.ConnectionForm(f, templates.ConnectionFormView{Base: base, Form: addressForm(), From: &from, Check: from.Check})
	pages["tags"] = templates.ConnectionTags(f, templates.ConnectionView{Base: base, Connection: from}, addressForm())
	queue := api.Queue{Name: "etl", Description: markup, Type: api.QueueGeneral, CIDR: markup, Tags: from.Tags, Created: from.Created}
	used := queue
	used.Connections = []api.Used{{ID: "1", Name: markup}}
	test := api.AddressTest{Queue: markup, Address: markup, Check: check}
	pages["queues"] = templates.QueueList(f, templates.QueueListView{
		Base: base + "/queues", Connections: base, Queues: []api.Queue{{Name: api.DefaultQueue, Type: api.QueueSQL}, queue, used}, Test: addressForm(), Result: &test,
	})
	pages["delete a queue"] = templates.QueueDelete(f, templates.QueueDeleteView{Base: base + "/queues", Connections: base, Queue: queue})
	pages["a queue that is used"] = templates.QueueDelete(f, templates.QueueDeleteView{Base: base + "/queues", Connections: base, Queue: used})
	pages["queue form"] = templates.QueueForm(f, templates.QueueFormView{Base: base + "/queues", Connections: base, Form: addressForm()})
	return pages
}

// addressForm is a form with rows that are sent as one text.
func addressForm() *form.Form {
	return &form.Form{
		ID: "rows-form", Action: "/f", Refused: true,
		Values:   url.Values{"url.0.host": {markup}, "url.0.port": {"1"}, "url.1.host": {"b"}},
		Problems: []api.Problem{{Path: "url.1.host", Message: api.M("kit.check_message")}, {Path: "url", Message: api.M("kit.check_message")}},
		Sections: []form.Section{{ID: "s", Fields: []form.Field{{
			Path: "url", Kind: form.Rows, Label: "Addresses", Help: "Help", Joined: true, Count: true, MaxLen: 9, Most: 3,
			Columns: []form.Column{{Name: "host", Label: "Host", Paste: true}, {Name: "port", Label: "Port", Kind: form.Number}},
		}}}},
	}
}

func TestWhatIsLookedAtForEachAddressStandsTogether(t *testing.T) {
	t.Parallel()
	doc := panel(t, &api.Check{Status: api.Passed, Steps: []api.Step{
		{Name: api.StepAddressForm, Status: api.Passed},
		{Name: api.StepNames, At: "zk1:2181", Status: api.Passed}, {Name: api.StepNames, At: "zk2:2181", Status: api.Passed},
		{Name: api.StepPorts, At: "zk1:2181", Status: api.Passed}, {Name: api.StepPorts, At: "zk2:2181", Status: api.Passed},
		{Name: api.StepNetwork, Status: api.Passed},
	}})
	require.Equal(t, 2, doc.Find(".step-group").Length(), "one for each cause, not for each address")
	require.Equal(t, 6, doc.Find(".step").Length())
	require.Equal(t, "zk1:2181: Passed", doc.Find(".step-group .step-name").First().Text())
}

func TestRowsThatAreSentAsOneText(t *testing.T) {
	t.Parallel()
	render := func(change func(*form.Field)) string {
		f := addressForm()
		change(&f.Sections[0].Fields[0])
		_, html := render(t, locale.With(t.Context(), "en"), form.Bound(f))
		return html
	}
	all := render(func(*form.Field) {})
	require.Contains(t, all, "2 of 3", "rows are counted")
	require.Regexp(t, `id="url-count" class="field-count field-over"[^>]*>\d+ of 9 characters`, all)
	require.Contains(t, all, "data-paste")
	require.Contains(t, all, `id="url-0-remove"`)
	one := render(func(d *form.Field) { d.Most = 1 })
	require.NotContains(t, one, `id="url-add"`, "there is no room for another")
	require.Contains(t, one, `id="url-0-remove"`, "but one of two that are there can be taken away")
}
