package wire

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// checkpointJSON is one run of a policy's backup as clients read it
// (spec/replication.md §1.6).
type checkpointJSON struct {
	ID        string           `json:"id"`
	Status    api.BackupStatus `json:"status"`
	Created   string           `json:"created_at"`
	Graph     *string          `json:"resource_graph"` // null: the resources' own backups are all there is
	ProjectID string           `json:"project_id"`
	Plan      struct {
		ID        string         `json:"id"`
		Name      string         `json:"name"`
		Resources []resourceJSON `json:"resources"`
	} `json:"protection_plan"`
	Extra string `json:"extra_info"` // a text that holds JSON, as in the documents
}

// fakePlan is how the dialect begins the id of the policy of a checkpoint without one.
const fakePlan = "fake_"

func answerCheckpoint(c echo.Context, scope api.Scope, checkpoint *api.Checkpoint) error {
	out := checkpointJSON{
		ID: checkpoint.ID, Status: checkpoint.Status(), Created: csbsTime(checkpoint.Created.At), ProjectID: scope.Project,
		Extra: `{"created_by": "manual"}`,
	}
	if checkpoint.Auto {
		out.Extra = `{"created_by": "schedule"}`
	}
	out.Plan.ID, out.Plan.Name = checkpoint.Policy, checkpoint.PolicyName
	if checkpoint.Policy == "" {
		out.Plan.ID, out.Plan.Name = fakePlan+checkpoint.ID, "fake_plan"
	}
	// Without extra_info: clients of different years want a text there and an object.
	out.Plan.Resources = each(checkpoint.Resources, func(r api.Resource) resourceJSON {
		return resourceJSON{ID: r.ID, Type: r.Type, Name: r.Name}
	})
	return answer(c, http.StatusOK, struct {
		Checkpoint checkpointJSON `json:"checkpoint"`
	}{out})
}

// newCheckpointBody is the body of a new checkpoint (spec/replication.md §1.6).
type newCheckpointBody struct {
	Checkpoint *checkpointBody `json:"checkpoint"`
}

type checkpointBody struct {
	Policy     string                   `json:"plan_id"`
	Parameters checkpointParametersBody `json:"parameters,omitzero"`
}

type checkpointParametersBody struct {
	Auto      bool     `json:"auto_trigger"`
	Resources []string `json:"resources,omitempty"` // all if there are none
}

// startCheckpoint answers POST …/checkpoints: what a policy protects is backed up
// now.
func (s *server) startCheckpoint(c echo.Context, scope api.Scope) error {
	var body newCheckpointBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Checkpoint == nil {
		return wrongType("checkpoint", "object")
	}
	if body.Checkpoint.Policy == "" { // without one it would be any resources
		return wrongType("checkpoint.plan_id", "string")
	}
	checkpoint, err := s.Service.StartCheckpoint(c.Request().Context(), scope, api.CheckpointDraft{
		Policy: body.Checkpoint.Policy, Auto: body.Checkpoint.Parameters.Auto, Resources: body.Checkpoint.Parameters.Resources,
	})
	if err != nil {
		return renamed(err, checkpointPaths)
	}
	return answerCheckpoint(c, scope, &checkpoint)
}

// checkpointPaths are the body's names for a draft's paths.
var checkpointPaths = map[string]string{"policy": "plan_id", "resources": "parameters.resources"}

// deleteCheckpoint answers DELETE …/checkpoints/{id}: all its backups begin to be
// deleted or, with ?checkpoint_items=, those that it names.
func (s *server) deleteCheckpoint(c echo.Context, scope api.Scope) error {
	var ids []string
	for _, text := range c.QueryParams()["checkpoint_items"] {
		for id := range strings.SplitSeq(text, ",") {
			if id == "" { // somebody's variable is empty: he does not mean all of them
				return wrong("checkpoint_items", api.M("wire.item_id"))
			}
			ids = append(ids, id)
		}
	}
	if err := s.Service.DeleteBackups(c.Request().Context(), scope, param(c, "checkpoint"), ids); err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct{}{})
}

// protectionBody is the body of a backup of one resource.
type protectionBody struct {
	Protect *protectBody `json:"protect"`
}

type protectBody struct {
	Name        string `json:"backup_name,omitempty"`
	Description string `json:"description,omitempty"`
}

// protect answers POST …/resources/{id}/action {"protect": {…}}: one resource is
// backed up now, beside its policy. incremental, tags and the rest change nothing here.
func (s *server) protect(c echo.Context, scope api.Scope) error {
	var body protectionBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Protect == nil {
		return wrongType("protect", "object")
	}
	checkpoint, err := s.Service.StartCheckpoint(c.Request().Context(), scope, api.CheckpointDraft{
		Resources: []string{param(c, "resource")}, Name: body.Protect.Name, Description: body.Protect.Description,
	})
	if err != nil {
		return renamed(err, protectPaths)
	}
	return answerCheckpoint(c, scope, &checkpoint)
}

// protectPaths are the body's names for a draft's paths.
var protectPaths = map[string]string{"name": "backup_name", "resources": "resource_id"}

// protected are the resources of the project.
func (s *server) protected(c echo.Context, scope api.Scope) (map[string]bool, error) {
	page, err := s.Service.ListPolicies(c.Request().Context(), scope, api.PolicyQuery{Limit: api.MaxPage})
	all := map[string]bool{}
	for _, policy := range page.Items {
		for _, resource := range policy.Resources {
			all[resource.ID] = true
		}
	}
	return all, err
}

// protectableJSON says whether a resource can be backed up, and why not.
type protectableJSON struct {
	ID      string `json:"resource_id"`
	Type    string `json:"resource_type"`
	Result  bool   `json:"result"`
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
}

// checkBody names resources that somebody would like to back up.
type checkBody struct {
	Check *[]checkedBody `json:"check_protectable"`
}

type checkedBody struct {
	ID   string `json:"resource_id"`
	Type string `json:"resource_type"`
}

// checkProtectable answers POST …/resources/action {"check_protectable": […]}:
// resources are those of the policies, and can be backed up.
func (s *server) checkProtectable(c echo.Context, scope api.Scope) error {
	var body checkBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Check == nil {
		return wrongType("check_protectable", "array")
	}
	asked := *body.Check
	if len(asked) > api.MaxWirePage {
		return wrong("check_protectable", api.M("wire.list_long", "max", api.MaxWirePage))
	}
	known, err := s.protected(c, scope)
	if err != nil {
		return err
	}
	out := make([]protectableJSON, len(asked))
	for i, a := range asked {
		out[i] = protectableJSON{ID: a.ID, Type: a.Type, Result: true}
		m := api.Message{}
		if !known[a.ID] {
			m = api.M("backup.resource_unknown", "id", api.Shortened(a.ID))
		} else if a.Type != api.ResourceType {
			m = api.M("wire.resource_type", "type", api.ResourceType)
		}
		if !m.IsZero() {
			out[i].Result, out[i].Code, out[i].Message = false, csbsNumbers[m.Key].code, say(c, m)
		}
	}
	return answer(c, http.StatusOK, struct {
		Protectable []protectableJSON `json:"protectable"`
	}{out})
}
