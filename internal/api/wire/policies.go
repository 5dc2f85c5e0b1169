package wire

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// csbsProvider is the one backup provider of CSBS (spec/replication.md §0).
const csbsProvider = "fc4d5750-22e7-4798-8a46-f48f62c4c1da"

// csbsRoutes is Cloud Server Backup Service, so far as replication needs it
// (spec/replication.md §1), and what the dialect lacks. Its quotas are on the path
// of VPCEP's (listQuotas).
func (s *server) csbsRoutes(e *echo.Echo) {
	csbs := family{s, csbsError}
	serve(e, "CreateCheckpoint", csbs.ofProvider(s.startCheckpoint))
	serve(e, "CopyCheckpoint", csbs.ofProvider(s.replicatePolicy))
	serve(e, "DeleteCheckpoint", csbs.ofProvider(s.deleteCheckpoint))
	serve(e, "CopyCheckpointItem", csbs.ofProvider(s.replicateItem))
	serve(e, "CheckProtectable", csbs.ofProvider(s.checkProtectable))
	serve(e, "ProtectResource", csbs.ofProvider(s.protect))

	serve(e, "ListCheckpointItems", csbs.inProject(s.listItems))
	serve(e, "CountCheckpointItems", csbs.inProject(s.countItems))
	serve(e, "ShowCheckpointItem", csbs.inProject(s.showItem))

	serve(e, "ShowReplicationCapabilities", csbs.inProject(s.listCapabilities))
	serve(e, "ListReplicationRecords", csbs.inProject(s.listRecords))
	serve(e, "ShowReplicationRecord", csbs.inProject(s.showRecord)) // ours: no page has it

	serve(e, "CreatePolicy", csbs.inProject(s.createPolicy))
	serve(e, "ListPolicies", csbs.inProject(s.listPolicies))
	serve(e, "ShowPolicy", csbs.inProject(s.showPolicy))
	serve(e, "UpdatePolicy", csbs.inProject(s.updatePolicy))
	serve(e, "DeletePolicy", csbs.inProject(s.deletePolicy))

	s.ownReplicationRoutes(e)
}

// ofProvider serves the calls that name a backup provider.
func (f family) ofProvider(h func(c echo.Context, scope api.Scope) error) echo.HandlerFunc {
	return f.inProject(func(c echo.Context, scope api.Scope) error {
		if param(c, "provider") != csbsProvider {
			return wrong("provider_id", api.M("wire.provider", "provider", csbsProvider))
		}
		return h(c, scope)
	})
}

// createPolicy answers POST …/policies: 200, never 201.
func (s *server) createPolicy(c echo.Context, scope api.Scope) error {
	body, err := readPolicy(c)
	if err != nil {
		return err
	}
	if err := body.complete(); err != nil {
		return err
	}
	var draft api.PolicyDraft
	if err := body.apply(&draft); err != nil {
		return err
	}
	policy, err := s.Service.CreatePolicy(c.Request().Context(), scope, draft)
	if err != nil {
		return err
	}
	return answerPolicy(c, &policy)
}

// policySorts are the dialect's names for the order of policies.
var policySorts = map[string]string{"created_at": "created", "updated_at": "updated", "protected_at": "created", "id": "created", "name": "name", "status": "name"}

// listPolicies answers GET …/policies; the name is exact.
func (s *server) listPolicies(c echo.Context, scope api.Scope) error {
	p, err := readPart(c, policySorts)
	if err != nil {
		return err
	}
	if err := readFlags(c, "all_tenants"); err != nil {
		return err
	}
	q := api.PolicyQuery{Name: c.QueryParam("name"), Sort: p.sort, Desc: p.desc}
	return streamPart(s, c, part[api.Policy]{
		partQuery: p, name: "policies",
		page: func(f from) (api.Page[api.Policy], error) {
			q.Cursor, q.After, q.Offset, q.Limit = f.cursor, f.marker, f.offset, f.limit
			return s.Service.ListPolicies(c.Request().Context(), scope, q)
		},
		encode: func(policy *api.Policy) (string, any) { return policy.ID, encodePolicy(c, policy) },
	})
}

// showPolicy answers GET …/policies/{id}.
func (s *server) showPolicy(c echo.Context, scope api.Scope) error {
	policy, err := s.Service.Policy(c.Request().Context(), scope, param(c, "policy"))
	if err != nil {
		return err
	}
	return answerPolicy(c, &policy)
}

// updatePolicy answers PUT …/policies/{id}: what is not sent stays as it is.
func (s *server) updatePolicy(c echo.Context, scope api.Scope) error {
	body, err := readPolicy(c)
	if err != nil {
		return err
	}
	stored, err := s.Service.Policy(c.Request().Context(), scope, param(c, "policy"))
	if err != nil {
		return err
	}
	draft := stored.Draft()
	if err := body.apply(&draft); err != nil {
		return err
	}
	policy, err := s.Service.UpdatePolicy(c.Request().Context(), scope, stored.ID, draft, stored.Version)
	if err != nil {
		return err
	}
	return answerPolicy(c, &policy)
}

// deletePolicy answers DELETE …/policies/{id}: 200 with nothing.
func (s *server) deletePolicy(c echo.Context, scope api.Scope) error {
	if err := s.Service.DeletePolicy(c.Request().Context(), scope, param(c, "policy"), 0); err != nil {
		return err
	}
	return answer(c, http.StatusOK, nil)
}

func answerPolicy(c echo.Context, policy *api.Policy) error {
	return answer(c, http.StatusOK, struct {
		Policy policyJSON `json:"policy"`
	}{encodePolicy(c, policy)})
}
