package wire

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// replicationBody is the body of both ways to replicate: of a policy and of one
// backup (spec/replication.md §1.1, §1.2).
type replicationBody struct {
	Policy      string `json:"policy_id,omitempty"`
	Auto        bool   `json:"auto_trigger,omitempty"`
	Region      string `json:"destination_region"`
	Project     string `json:"destination_project_id"`
	Accelerate  bool   `json:"enable_acceleration,omitempty"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
}

// newReplicationBody is it in its place.
type newReplicationBody struct {
	Replication *replicationBody `json:"replication"`
}

func readReplication(c echo.Context) (*replicationBody, error) {
	var body newReplicationBody
	if err := decodeBody(c, &body); err != nil {
		return nil, err
	}
	if body.Replication == nil {
		return nil, wrongType("replication", "object")
	}
	return body.Replication, nil
}

// placeJSON is where a replication goes, and from where.
type placeJSON struct {
	Source  string `json:"source_region"`
	Region  string `json:"destination_region"`
	Project string `json:"destination_project_id"`
}

func encodePlace(run *api.ReplicationRun) placeJSON {
	return placeJSON{run.Source, run.Destination.Region, run.Destination.Project}
}

// queuedJSON is one backup that is going to be copied.
type queuedJSON struct {
	Item   string `json:"checkpoint_item_id"`
	Record string `json:"replication_record_id"`
}

// replicatePolicy answers POST …/checkpoints/replicate: the backups of a policy
// that are not at the destination begin to be copied. The answer names them all,
// in the order in which they are copied.
func (s *server) replicatePolicy(c echo.Context, scope api.Scope) error {
	body, err := readReplication(c)
	if err != nil {
		return err
	}
	if body.Policy == "" {
		return wrongType("replication.policy_id", "string")
	}
	ctx := c.Request().Context()
	run, err := s.Service.StartReplication(ctx, scope, api.ReplicationDraft{
		Policy: body.Policy, Region: body.Region, Project: body.Project, Accelerate: body.Accelerate, Auto: body.Auto,
	})
	if err != nil {
		return err
	}
	head, err := json.Marshal(struct {
		ProjectID  string `json:"project_id"`
		ProviderID string `json:"provider_id"`
		PolicyID   string `json:"policy_id"`
		placeJSON
	}{scope.Project, csbsProvider, body.Policy, encodePlace(&run)})
	if err != nil {
		return err
	}
	return stream(s, c, list[api.ReplicationRecord]{
		head: `{"replication":` + strings.TrimSuffix(string(head), "}") + `,"checkpoint_items":[`,
		page: func(cursor string) (api.Page[api.ReplicationRecord], error) {
			if run.ID == "" { // there was nothing to copy
				return api.Page[api.ReplicationRecord]{}, nil
			}
			return s.Service.ListReplicationRecords(ctx, scope, api.RecordQuery{Run: run.ID, Cursor: cursor, Limit: api.MaxPage})
		},
		encode: func(r *api.ReplicationRecord) any { return queuedJSON{r.Backup.ID, r.ID} },
		tail:   func() string { return "]}}" },
	})
}

// replicateItem answers POST …/checkpoint_items/{id}/replicate: one backup begins
// to be copied.
func (s *server) replicateItem(c echo.Context, scope api.Scope) error {
	body, err := readReplication(c)
	if err != nil {
		return err
	}
	ctx, item := c.Request().Context(), param(c, "item")
	run, err := s.Service.ReplicateBackup(ctx, scope, item, api.BackupReplicationDraft{
		Region: body.Region, Project: body.Project, Name: body.Name, Description: body.Description, Accelerate: body.Accelerate,
	})
	if err != nil {
		return err
	}
	page, err := s.Service.ListReplicationRecords(ctx, scope, api.RecordQuery{Run: run.ID, Limit: 1})
	if err != nil {
		return err
	}
	record := ""
	for i := range page.Items {
		record = page.Items[i].ID
	}
	type replicationJSON struct {
		ProjectID  string `json:"project_id"`
		ProviderID string `json:"provider_id"`
		queuedJSON
		placeJSON
	}
	return answer(c, http.StatusOK, struct {
		Replication replicationJSON `json:"replication"`
	}{replicationJSON{scope.Project, csbsProvider, queuedJSON{item, record}, encodePlace(&run)}})
}

// capabilityJSON says where backups of a region can be replicated to.
type capabilityJSON struct {
	Name         string   `json:"name"`
	Destinations []string `json:"replication_destinations"`
}

// listCapabilities answers GET …/replication_capabilities: from each region to all
// others that have a project to take replicas.
func (s *server) listCapabilities(c echo.Context, scope api.Scope) error {
	regions, err := s.Service.Regions(c.Request().Context(), scope)
	if err != nil {
		return err
	}
	var body struct {
		Regions []capabilityJSON `json:"regions"`
	}
	body.Regions = each(regions, func(from api.Region) capabilityJSON {
		out := capabilityJSON{from.Name, []string{}}
		for i := range regions {
			if to := &regions[i]; to.Name != from.Name && len(to.Projects) > 0 {
				out.Destinations = append(out.Destinations, to.Name)
			}
		}
		return out
	})
	return answer(c, http.StatusOK, &body)
}
