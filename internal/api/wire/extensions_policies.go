package wire

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// enablePolicy answers PUT …/policies/{id}/enabled {"enabled": true}.
func (s *server) enablePolicy(c echo.Context, scope api.Scope) error {
	enabled, err := readEnabled(c)
	if err != nil {
		return err
	}
	if err := s.Service.EnablePolicy(c.Request().Context(), scope, param(c, "policy"), enabled); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}

// ownPolicyJSON is what the dialect has no field for: when a policy is due, and
// until when its replicas are complete.
type ownPolicyJSON struct {
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Enabled    bool               `json:"enabled"`
	Operations []ownOperationJSON `json:"operations"`
	Syncs      []syncJSON         `json:"syncs"`
}

type ownOperationJSON struct {
	ID   string            `json:"id"`
	Type api.OperationType `json:"type"`
	Next time.Time         `json:"next,omitzero"`
}

// syncJSON says how far a policy and a destination are in step.
type syncJSON struct {
	Region      string    `json:"region"`
	Project     string    `json:"project"`
	ProjectName string    `json:"project_name"`
	At          time.Time `json:"in_sync_as_of,omitzero"`
	Oldest      time.Time `json:"oldest_behind,omitzero"`
	Run         string    `json:"run,omitempty"`
}

// showOwnPolicy answers GET …/policies/{id}.
func (s *server) showOwnPolicy(c echo.Context, scope api.Scope) error {
	policy, err := s.Service.Policy(c.Request().Context(), scope, param(c, "policy"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, &ownPolicyJSON{
		ID: policy.ID, Name: policy.Name, Enabled: policy.Enabled(),
		Operations: each(policy.Operations, func(o api.Operation) ownOperationJSON { return ownOperationJSON{o.ID, o.Type, o.Next} }),
		Syncs: each(policy.Syncs, func(y api.Sync) syncJSON {
			return syncJSON{y.Destination.Region, y.Destination.Project, y.ProjectName, y.At, y.Oldest, y.Run}
		}),
	})
}
