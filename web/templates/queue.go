package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// QueueListView is the queues of a project, and the test of an address. Base is
// the path of the queues and Connections that of the connections.
type QueueListView struct {
	Base, Connections string
	Queues            []api.Queue
	Test              *form.Form
	Result            *api.AddressTest // nil before a test
}

// QueueFormView is the form of a new queue.
type QueueFormView struct {
	Base, Connections string
	Form              *form.Form
}

// QueueDeleteView is the question before a queue is removed.
type QueueDeleteView struct {
	Base, Connections string
	Queue             api.Queue
}

func (v *QueueDeleteView) question(ctx context.Context) Confirm {
	return Confirm{
		Text:         locale.T(ctx, "queues.delete_text", "name", v.Queue.Name),
		Consequences: []string{locale.T(ctx, "queues.delete_jobs")},
		Action:       v.Base + "/" + v.Queue.Name + "/delete", Cancel: v.Base, Button: locale.T(ctx, "queues.delete_button"),
	}
}

// reached is the result of a test of an address in one sentence.
func reached(ctx context.Context, t *api.AddressTest) string {
	key := "queues.unreachable"
	if t.Reachable() {
		key = "queues.reachable"
	}
	return locale.T(ctx, key, "queue", t.Queue, "address", t.Address)
}

// queueNote says of a queue in one line what it is.
func queueNote(ctx context.Context, q *api.Queue) string {
	note := locale.T(ctx, "queue_type."+string(q.Type)) + " · " + queueSize(ctx, q)
	if q.Description != "" {
		note += " · " + q.Description
	}
	return note
}

// queueSize is how big a queue is; the built-in one has no size of its own.
func queueSize(ctx context.Context, q *api.Queue) string {
	if q.CUs == 0 {
		return locale.T(ctx, "queues.shared")
	}
	return locale.T(ctx, "queues.cus", "n", q.CUs)
}

// addressCheck is the place of the steps of a test of an address.
const addressCheck = "address-check"
