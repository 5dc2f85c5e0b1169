package wire

import (
	"time"

	"switchboard/internal/api"
)

// queueJSON is a queue in a list (spec/connections.md §1.7). labels are left
// out: documents have a list of them, SDKs a text.
type queueJSON struct {
	Name        string        `json:"queue_name"`
	Description string        `json:"description"`
	Owner       string        `json:"owner"`
	Created     int64         `json:"create_time,omitempty"` // milliseconds; nobody created the built-in one
	Type        api.QueueType `json:"queue_type"`
	CUs         int           `json:"cu_count"`
	Charging    int           `json:"charging_mode"`
	ID          string        `json:"resource_id"`
	Enterprise  string        `json:"enterprise_project_id"`
	CIDR        string        `json:"cidr_in_vpc"`
	Management  string        `json:"cidr_in_mgntsubnet"`
	Subnet      string        `json:"cidr_in_subnet"`
	Mode        int           `json:"resource_mode"`
	Platform    string        `json:"platform"`
	Restarting  bool          `json:"is_restarting"`
	Feature     string        `json:"feature"`
	Resource    string        `json:"queue_resource_type"`
}

// What every queue has here.
const (
	queueCharging   = 1   // by compute units and hours
	queueEnterprise = "0" // no enterprise project
	queuePlatform   = "x86_64"
	queueFeature    = "basic"
	queueResource   = "vm"
)

func encodeQueue(q *api.Queue) queueJSON {
	return queueJSON{
		Name: q.Name, Description: q.Description, Owner: q.Created.By, Created: millis(q.Created.At),
		Type: q.Type, CUs: q.CUs, Charging: queueCharging, ID: q.ID, Enterprise: queueEnterprise,
		CIDR: q.CIDR, Subnet: q.CIDR, Mode: queueMode(q), Platform: queuePlatform, Feature: queueFeature, Resource: queueResource,
	}
}

// millis is a moment in milliseconds, 0 for none.
func millis(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// queueMode is 0 for a queue that projects share and 1 for one of their own.
func queueMode(q *api.Queue) int {
	if q.Name == api.DefaultQueue {
		return 0
	}
	return 1
}

// shownQueueJSON is a queue that was asked for by name; some of its data have
// names of their own here. The last is called so in the documents' sample and
// in lists, and like the one before in their table and in SDKs.
type shownQueueJSON struct {
	dliOutcome

	Name          string        `json:"queueName"`
	Description   string        `json:"description"`
	Owner         string        `json:"owner"`
	Created       int64         `json:"create_time,omitempty"` // milliseconds
	Type          api.QueueType `json:"queueType"`
	CUs           int           `json:"cuCount"`
	Charging      int           `json:"chargingMode"`
	ID            string        `json:"resource_id"`
	Mode          int           `json:"resource_mode"`
	Enterprise    string        `json:"enterprise_project_id"`
	Resource      string        `json:"resource_type"`
	QueueResource string        `json:"queue_resource_type"`
}

func encodeShownQueue(q *api.Queue) *shownQueueJSON {
	return &shownQueueJSON{
		dliOutcome: dliOutcome{Success: true}, Name: q.Name, Description: q.Description, Owner: q.Created.By,
		Created: millis(q.Created.At), Type: q.Type, CUs: q.CUs, Charging: queueCharging, ID: q.ID,
		Mode: queueMode(q), Enterprise: queueEnterprise, Resource: queueResource, QueueResource: queueResource,
	}
}
