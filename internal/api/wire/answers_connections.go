package wire

import (
	"cmp"
	"encoding/json"
	"strings"

	"switchboard/internal/api"
)

// ConnectionIn reads the answer about one connection. Its tags, security group and
// network no answer tells.
func ConnectionIn(body []byte) (api.Connection, error) {
	var answer connectionJSON
	if err := readAnswer(body, &answer); err != nil {
		return api.Connection{}, err
	}
	return readOne(&answer, (*connectionJSON).connection)
}

// ConnectionsIn reads a list of them.
func ConnectionsIn(body []byte) ([]api.Connection, error) {
	var answer struct {
		Connections *[]connectionJSON `json:"connections"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	return readEach(answer.Connections, (*connectionJSON).connection)
}

func (a *connectionJSON) connection() (api.Connection, error) {
	c := api.Connection{
		ID: a.ID, Name: a.Name, Service: a.Service, URL: a.Destination, Cluster: a.Cluster, State: a.State, Progress: a.Process,
		Address: a.URL, Created: api.Stamp{At: unixMoment(a.Created)},
	}
	if c.State == api.ConnectionFailed {
		c.Message = itSaid(a.Message)
	}
	if a.Bound != nil || a.Queues != nil { // else no word of them
		c.Queues = []api.BoundQueue{}
	}
	for _, q := range a.Bound {
		c.Queues = append(c.Queues, api.BoundQueue{
			ID: cmp.Or(q.PeerID, q.UUID), Name: q.Name, State: q.Status, Updated: api.Stamp{At: unixMoment(q.Updated)},
		})
	}
	if a.Bound == nil { // the SDKs' lists have names alone
		for _, name := range a.Queues {
			c.Queues = append(c.Queues, api.BoundQueue{Name: name, State: a.State})
		}
	}
	return c, identified(c.ID, c.Name)
}

// CreatedConnectionIn reads the answer to a create: the id.
func CreatedConnectionIn(body []byte) (id string, err error) {
	var answer struct {
		ID string `json:"connection_id"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return "", err
	}
	return answer.ID, identified(answer.ID)
}

// answeredQueue is a queue in an answer, as far as it is read: what else there is has
// other types in the documents' samples than in their tables.
type answeredQueue struct {
	ID          string        `json:"resource_id"`
	Name        string        `json:"queue_name"`
	Description string        `json:"description"`
	Owner       string        `json:"owner"`
	Created     int64         `json:"create_time"` // milliseconds
	Type        api.QueueType `json:"queue_type"`
	CUs         int           `json:"cu_count"`
	CIDR        string        `json:"cidr_in_vpc"`
}

// QueuesIn reads a list of queues. Their tags no answer tells.
func QueuesIn(body []byte) ([]api.Queue, error) {
	var answer struct {
		Queues *[]answeredQueue `json:"queues"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	return readEach(answer.Queues, (*answeredQueue).queue)
}

func (a *answeredQueue) queue() (api.Queue, error) {
	return api.Queue{
		ID: a.ID, Name: a.Name, Description: a.Description, Type: a.Type, CUs: a.CUs, CIDR: a.CIDR,
		Created: api.Stamp{At: unixMoment(a.Created), By: a.Owner},
	}, identified(a.Name)
}

// ConnectivityTaskIn reads the answer to the begin of a test of an address: its id, which
// is a number in some documents and a text in others.
func ConnectivityTaskIn(body []byte) (id string, err error) {
	var answer struct {
		ID json.RawMessage `json:"task_id"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return "", err
	}
	if id = strings.Trim(string(answer.ID), `"`); id == "null" {
		id = ""
	}
	return id, identified(id)
}

// ConnectivityIn reads how far a test of an address is: whether it ended, and how.
func ConnectivityIn(body []byte) (reachable, ended bool, err error) {
	var answer struct {
		Connectivity string `json:"connectivity"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return false, false, err
	}
	reachable = answer.Connectivity == connected
	return reachable, reachable || answer.Connectivity == unconnected, identified(answer.Connectivity)
}
