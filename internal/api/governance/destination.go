package governance

import (
	"context"
	"fmt"

	"switchboard/internal/api"
)

// roleIn is what somebody may do in another project than the one he works in.
func (g *Service) roleIn(ctx context.Context, a api.Actor, project string) (api.Role, error) {
	switch {
	case a.Limited:
		return api.RoleNone, nil
	case a.Role == api.RoleAdministrator: // in every project
		return a.Role, nil
	}
	return g.people.RoleIn(ctx, a.UserID, project)
}

// target is where a deed sends copies to. Path is where its caller named it, empty if
// something stored does.
type target struct {
	api.Destination

	path string
}

// reach lets those send copies to other projects who could change something there
// (S19). A project that is none of theirs is not there for them.
func (g *Service) reach(ctx context.Context, s api.Scope, d api.Deed) error {
	if cloud, err := g.inCloud(ctx, s); err != nil || cloud {
		return err // the region says what there is, and who may
	}
	targets, err := g.targets(ctx, s, d)
	for _, to := range targets {
		if err != nil || to.Project == "" { // the next service asks for it
			continue
		}
		err = g.reachOne(ctx, s, d, to)
	}
	return err
}

// inCloud reports whether the project lives in a region of a cloud.
func (g *Service) inCloud(ctx context.Context, s api.Scope) (bool, error) {
	if g.backends == nil {
		return false, nil
	}
	b, err := g.backends.Backend(ctx, s)
	return b.Kind == api.BackendCloud, err
}

func (g *Service) reachOne(ctx context.Context, s api.Scope, d api.Deed, to target) error {
	role, err := g.roleIn(ctx, s.Actor, to.Project)
	switch {
	case err != nil:
		return err
	case role == api.RoleNone && to.path != "":
		if _, err := d.Plan(ctx, g.next, s); err != nil {
			return err
		}
		return api.Refuse([]api.Problem{{Path: to.path, Message: api.M("region.project_unknown", "region", to.Region)}})
	case role < api.RoleEditor:
		return api.Errorf(api.Forbidden, "access.destination", "needed", api.M("role."+api.RoleEditor.String()))
	}
	in, err := g.read(ctx, to.Project)
	if err == nil && in.ArchivedAt != 0 {
		err = api.Errorf(api.Conflict, "access.destination_archived")
	}
	return err
}

// targets are where a deed sends copies to, now or on a schedule.
func (g *Service) targets(ctx context.Context, s api.Scope, d api.Deed) ([]target, error) {
	switch d := d.(type) {
	case api.StartReplication:
		return []target{{api.Destination{Region: d.Draft.Region, Project: d.Draft.Project}, "project"}}, nil
	case api.ReplicateBackup:
		return []target{{api.Destination{Region: d.Draft.Region, Project: d.Draft.Project}, "project"}}, nil
	case api.RetryReplication:
		run, err := g.next.ReplicationRun(ctx, s, d.Run)
		return []target{{run.Destination, ""}}, err
	case api.CreatePolicy:
		return targetsOf(d.Draft), nil
	case api.UpdatePolicy:
		return targetsOf(d.Draft), nil
	case api.EnablePolicy:
		if !d.Enabled {
			return nil, nil
		}
		policy, err := g.next.Policy(ctx, s, d.ID)
		targets := targetsOf(policy.Draft())
		for i := range targets {
			targets[i].path = ""
		}
		return targets, err
	}
	return nil, nil
}

func targetsOf(d api.PolicyDraft) (targets []target) {
	for i := range d.Operations {
		if o := &d.Operations[i]; o.Type == api.OperationReplication {
			targets = append(targets, target{api.Destination{Region: o.Region, Project: o.Project}, fmt.Sprintf("operations.%d.project", i)})
		}
	}
	return targets
}

// offer leaves those projects in a region that the actor has a role in: the others
// are none that he could send copies to, nor learn of.
func (g *Service) offer(ctx context.Context, s api.Scope, r *api.Region) error {
	if r.Kind == api.StoreCloud {
		return nil // they are projects of the cloud, as it told the project's own credential
	}
	var offered []api.RegionProject
	for _, p := range r.Projects {
		role, err := s.Actor.Role, error(nil)
		if p.ID != s.Project {
			role, err = g.roleIn(ctx, s.Actor, p.ID)
		}
		if err != nil {
			return err
		}
		if role > api.RoleNone {
			offered = append(offered, p)
		}
	}
	r.Projects = offered
	return nil
}
