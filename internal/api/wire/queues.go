package wire

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// queueBody is the body of a create. What else the cloud's has says which
// machines the queue gets; there are none here. cidr_in_vpc is ours: the cloud
// sets it in a call of its own.
type queueBody struct {
	Name        string        `json:"queue_name"`
	Description string        `json:"description,omitempty"`
	Type        api.QueueType `json:"queue_type,omitempty"`
	CUs         int           `json:"cu_count"`
	CIDR        string        `json:"cidr_in_vpc,omitempty"`
	Tags        []api.Tag     `json:"tags,omitempty"`
}

// queuePaths are the body's names for a draft's paths.
var queuePaths = map[string]string{"name": "queue_name", "type": "queue_type", "cidr": "cidr_in_vpc"}

// createQueue answers POST …/queues.
func (s *server) createQueue(c echo.Context, scope api.Scope) error {
	var body queueBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	queue, err := s.Service.CreateQueue(c.Request().Context(), scope, api.QueueDraft(body))
	if err != nil {
		return renamed(err, queuePaths)
	}
	return answer(c, http.StatusOK, struct {
		dliOutcome

		Name string `json:"queue_name"`
	}{dliOutcome{Success: true}, queue.Name})
}

// renamed returns err with its problems at the paths that the caller knows.
func renamed(err error, paths map[string]string) error {
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Problems = slices.Clone(e.Problems)
	for i := range out.Problems {
		if path, ok := paths[out.Problems[i].Path]; ok {
			out.Problems[i].Path = path
		}
	}
	return &out
}

// listQueues answers GET …/queues?queue_type=sql|general|all&tags=: those for
// SQL unless said otherwise. with-priv and with-charge-info change nothing:
// whoever may see a queue may do everything with it, and nobody pays.
func (s *server) listQueues(c echo.Context, scope api.Scope) error {
	kind, err := readChoice(c, "queue_type", "sql", "general", "all")
	if err != nil {
		return err
	}
	tags, err := readTags(c)
	if err != nil {
		return err
	}
	all, err := s.Service.ListQueues(c.Request().Context(), scope)
	if err != nil {
		return err
	}
	body := struct {
		dliOutcome

		Queues []queueJSON `json:"queues"`
	}{dliOutcome{Success: true}, []queueJSON{}}
	for i := range all {
		if q := &all[i]; (kind == "all" || kind == string(q.Type)) && hasTags(q.Tags, tags) {
			body.Queues = append(body.Queues, encodeQueue(q))
		}
	}
	return answer(c, http.StatusOK, &body)
}

// hasTags reports whether all of the wanted tags are there; an empty value is
// any.
func hasTags(tags, wanted []api.Tag) bool {
	return !slices.ContainsFunc(wanted, func(w api.Tag) bool {
		return !slices.ContainsFunc(tags, func(t api.Tag) bool { return t.Key == w.Key && (w.Value == "" || t.Value == w.Value) })
	})
}

// showQueue answers GET …/queues/{name}.
func (s *server) showQueue(c echo.Context, scope api.Scope) error {
	queue, err := s.Service.Queue(c.Request().Context(), scope, param(c, "queue"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeShownQueue(&queue))
}

// deleteQueue answers DELETE …/queues/{name}.
func (s *server) deleteQueue(c echo.Context, scope api.Scope) error {
	if err := s.Service.DeleteQueue(c.Request().Context(), scope, param(c, "queue")); err != nil {
		return err
	}
	return answer(c, http.StatusOK, dliOutcome{Success: true})
}

// testAddress answers POST …/queues/{name}/connection-test {"address":
// "host:port"}. The test is over when the answer comes.
func (s *server) testAddress(c echo.Context, scope api.Scope) error {
	var body struct {
		Address string `json:"address"`
	}
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	test, err := s.Service.TestAddress(c.Request().Context(), scope, param(c, "queue"), body.Address)
	if err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(test.Address)
	return answer(c, http.StatusOK, struct {
		dliOutcome

		ID json.Number `json:"task_id"` // text in the documents' table, a number in their sample and in SDKs
	}{dliOutcome{true, "check connectivity to address:" + host + " with port: " + port + " successfully"}, json.Number(test.ID)})
}

// How a test of an address ends.
const connected, unconnected = "REACHABLE", "UNREACHABLE"

// showAddressTest answers GET …/queues/{name}/connection-test/{id}.
func (s *server) showAddressTest(c echo.Context, scope api.Scope) error {
	test, err := s.Service.AddressTest(c.Request().Context(), scope, param(c, "queue"), param(c, "task"))
	if err != nil {
		return err
	}
	found := unconnected
	if test.Reachable() {
		found = connected
	}
	return answer(c, http.StatusOK, struct {
		dliOutcome

		Connectivity string `json:"connectivity"`
	}{dliOutcome{true, "Get node connectivity status successfully for addressId:" + test.ID}, found})
}
