package governance

import (
	"context"
	"slices"

	"switchboard/internal/api"
)

// roleIn is what somebody may do in another project than the one he works in.
func (g *Service) roleIn(ctx context.Context, a api.Actor, project string) (api.Role, error) {
	if a.Role == api.RoleAdministrator { // in every project
		return a.Role, nil
	}
	return g.people.RoleIn(ctx, a.UserID, project)
}

// reach lets those send copies to other projects who could change something there
// (S19). Whether there is such a project nobody learns who may not.
func (g *Service) reach(ctx context.Context, s api.Scope, d api.Deed) error {
	projects, err := g.destinations(ctx, s, d)
	for _, project := range projects {
		if err != nil {
			break
		}
		err = g.reachProject(ctx, s.Actor, project)
	}
	return err
}

func (g *Service) reachProject(ctx context.Context, a api.Actor, project string) error {
	role, err := g.roleIn(ctx, a, project)
	if err != nil {
		return err
	}
	if role < api.RoleEditor {
		return api.Errorf(api.Forbidden, "access.destination", "needed", api.M("role."+api.RoleEditor.String()))
	}
	in, err := g.read(ctx, project)
	if err == nil && in.ArchivedAt != 0 {
		err = api.Errorf(api.Conflict, "access.destination_archived")
	}
	return err
}

// destinations are the projects that a deed sends copies to, now or on a schedule.
// Those that it leaves empty the next service asks for.
func (g *Service) destinations(ctx context.Context, s api.Scope, d api.Deed) (projects []string, err error) {
	switch d := d.(type) {
	case api.StartReplication:
		projects = []string{d.Draft.Project}
	case api.ReplicateBackup:
		projects = []string{d.Draft.Project}
	case api.CreatePolicy:
		projects = sendsTo(d.Draft)
	case api.UpdatePolicy:
		projects = sendsTo(d.Draft)
	case api.RetryReplication:
		run, failed := g.next.ReplicationRun(ctx, s, d.Run)
		projects, err = []string{run.Destination.Project}, failed
	case api.EnablePolicy:
		if d.Enabled {
			policy, failed := g.next.Policy(ctx, s, d.ID)
			projects, err = sendsTo(policy.Draft()), failed
		}
	}
	return slices.DeleteFunc(projects, func(id string) bool { return id == "" }), err
}

func sendsTo(d api.PolicyDraft) (projects []string) {
	for i := range d.Operations {
		if d.Operations[i].Type == api.OperationReplication {
			projects = append(projects, d.Operations[i].Project)
		}
	}
	return projects
}

// offer leaves those projects in a region that the actor has a role in: the others
// are none that he could send copies to, nor learn of.
func (g *Service) offer(ctx context.Context, s api.Scope, r *api.Region) error {
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
