package wire

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// dliOutcome is the beginning of every answer of DLI.
type dliOutcome struct {
	Success bool   `json:"is_success"`
	Message string `json:"message"`
}

// connectionJSON is a connection as clients read it (spec/connections.md §1.5);
// in a list, too, each tells its own success. Tags, security group and network
// are not in it.
type connectionJSON struct {
	dliOutcome

	ID          string              `json:"connection_id"`
	Destination string              `json:"destination"`
	State       api.ConnectionState `json:"state"`
	Process     float64             `json:"process"` // 0 to 1
	Name        string              `json:"name"`
	URL         string              `json:"connection_url"`
	Cluster     string              `json:"cluster_name"`
	Service     string              `json:"service"`
	Created     int64               `json:"create_time"` // milliseconds
	// The documents have the one, the SDKs' lists the other.
	Bound  []boundJSON `json:"available_queue_info"`
	Queues []string    `json:"queue_list"`
	Count  int         `json:"count,omitempty"` // 1 if it is alone
}

// boundJSON is a queue that uses a connection. Its id is called peer_id in the
// documents and uuid in the SDKs.
type boundJSON struct {
	PeerID  string              `json:"peer_id"`
	UUID    string              `json:"uuid"`
	Status  api.ConnectionState `json:"status"`
	Name    string              `json:"name"`
	Fault   string              `json:"err_msg"`
	Updated int64               `json:"update_time"` // milliseconds
}

func encodeConnection(c echo.Context, conn *api.Connection) *connectionJSON {
	out := &connectionJSON{
		dliOutcome: dliOutcome{Success: true}, ID: conn.ID, Destination: conn.URL, State: conn.State,
		Process: conn.Progress, Name: conn.Name, URL: conn.Address, Cluster: conn.Cluster,
		Service: conn.Service, Created: conn.Created.At.UnixMilli(),
		Bound: make([]boundJSON, len(conn.Queues)), Queues: make([]string, len(conn.Queues)),
	}
	if !conn.Message.IsZero() {
		out.Message = say(c, conn.Message)
	}
	for i, q := range conn.Queues {
		out.Bound[i] = boundJSON{q.ID, q.ID, q.State, q.Name, "", q.Updated.At.UnixMilli()}
		if q.State == api.ConnectionFailed {
			out.Bound[i].Fault = out.Message
		}
		out.Queues[i] = q.Name
	}
	return out
}
