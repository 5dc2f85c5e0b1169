package templates

import (
	"context"
	"strconv"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ConnectionView is one stored connection.
type ConnectionView struct {
	Base       string
	Connection api.Connection
	History    History     // on its page
	Queues     []api.Queue // all of the project's, on the page of its queues
	Checked    bool        // it was checked just now
}

func (v *ConnectionView) path() string { return v.Base + "/" + v.Connection.ID }

// ConnectionPart is the part of a connection's page that is asked for again
// while the connection is being created.
const ConnectionPart = "connection-now"

// ConnectionStateID names what shows the state of a connection in a row.
func ConnectionStateID(id string) string { return "state-" + id }

// is reports whether the connection is in that state.
func (v *ConnectionView) is(state api.ConnectionState) bool { return v.Connection.State == state }

// Watched is the connection as the parts about its checks show it.
func (v *ConnectionView) Watched(ctx context.Context) Watched {
	w := Watched{
		Path: v.path(), State: connectionVerdict(&v.Connection), Check: v.Connection.Check, Pulse: v.Connection.Health,
		Fields: v.path() + "/again", Checked: v.Checked,
	}
	if !v.is(api.ConnectionActive) {
		w.Resting = locale.T(ctx, "connections.resting")
	}
	return w
}

func (v *ConnectionView) tabs(ctx context.Context, current string) []Tab {
	tabs := []Tab{{Label: locale.T(ctx, "connections.tab_overview"), Href: v.path(), Current: current == "overview"}}
	if !v.is(api.ConnectionDeleted) {
		tabs = append(tabs,
			Tab{Label: locale.T(ctx, "watch.health"), Href: v.path() + "/health", Current: current == "health"},
			Tab{Label: locale.T(ctx, "connections.queues"), Href: v.path() + "/queues", Current: current == "queues"})
	}
	return append(tabs, Tab{Label: locale.T(ctx, "connections.tab_history"), Href: v.path() + "/history", Current: current == "history"})
}

// free are the queues that can be bound and are not.
func (v *ConnectionView) free() []api.Queue {
	var found []api.Queue
	for _, q := range v.Queues {
		if q.Name != api.DefaultQueue && !v.bound(q.Name) {
			found = append(found, q)
		}
	}
	return found
}

func (v *ConnectionView) bound(queue string) bool {
	for _, b := range v.Connection.Queues {
		if b.Name == queue {
			return true
		}
	}
	return false
}

// percent is how much of the connection's creation is done.
func percent(c *api.Connection) string {
	return strconv.Itoa(int(min(max(c.Progress, 0), 1) * 100))
}

// queueNames lists queues in one line.
func queueNames(ctx context.Context, queues []api.BoundQueue) string {
	names := make([]string, len(queues))
	for i, q := range queues {
		names[i] = q.Name
	}
	return strings.Join(names, locale.T(ctx, "connections.separator"))
}

// deletion is the question before a connection is removed.
func (v *ConnectionView) deletion(ctx context.Context) Confirm {
	c := &v.Connection
	unused := locale.T(ctx, "connections.delete_unused")
	if len(c.Queues) > 0 {
		unused = locale.T(ctx, "connections.delete_queues", "queues", queueNames(ctx, c.Queues))
	}
	return Confirm{
		Text:         locale.T(ctx, "connections.delete_text", "name", c.Name),
		Consequences: []string{unused, locale.T(ctx, "connections.delete_trace")},
		Action:       v.path() + "/delete", Cancel: v.path(), Button: locale.T(ctx, "connections.delete_button"),
		Hidden: []form.Hidden{{Name: "version", Value: version(c.Version)}},
	}
}

// DiagnosisView is what was found to be wrong with a connection; Result is nil
// before somebody asked.
type DiagnosisView struct {
	ConnectionView

	Result *api.Check
}

// diagnosisID is the place of the causes that were looked for.
const diagnosisID = "diagnosis"

// BindForm is the id of the form in which queues are chosen.
const BindForm = "bind-queues"

// doubtful returns the first step that is not a failure and no good news either.
func doubtful(c *api.Check) *api.Step {
	for i := range c.Steps {
		if c.Steps[i].Status == api.Warned {
			return &c.Steps[i]
		}
	}
	return nil
}

// causes are what a diagnosis looks for, in its order.
var causes = []api.StepName{
	api.StepAddressForm, api.StepNames, api.StepPorts, api.StepProtocol, api.StepRoute, api.StepQueueRange, api.StepNetwork,
}
