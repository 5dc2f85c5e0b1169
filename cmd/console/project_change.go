package main

import (
	"context"
	"errors"
	"fmt"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func (p *program) archiveProject(ctx context.Context, args []string) error {
	return p.setArchived(ctx, args, (*identity.Service).ArchiveProject, "archived: nothing in it changes any more")
}

func (p *program) restoreProject(ctx context.Context, args []string) error {
	return p.setArchived(ctx, args, (*identity.Service).RestoreProject, "in use again")
}

func (p *program) setArchived(ctx context.Context, args []string,
	set func(s *identity.Service, ctx context.Context, actor api.Actor, id string) error, done string,
) error {
	flags := newFlags()
	w := whereFlags(flags)
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	project, err := all.project(ctx, names[0])
	if err != nil {
		return err
	}
	if err := set(all.Identity, ctx, p.actor(), project.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "project %s is %s\n", project.Name, done)
	return err
}

// changeRole says who may do what in a project; without --role it lists that.
func (p *program) changeRole(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	userName, groupName := flags.String("user", "", ""), flags.String("group", "", "")
	role := api.RoleNone
	said := false
	flags.Func("role", "", func(text string) error {
		if role, said = api.ParseRole(text); said || text == api.RoleNone.String() {
			said = true
			return nil
		}
		return fmt.Errorf("it must be none, %s", roleNames())
	})
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	if said != (*userName != "" || *groupName != "") || *userName != "" && *groupName != "" {
		return errors.New("say who gets which role: --user NAME or --group NAME, and --role ROLE")
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	project, err := all.project(ctx, names[0])
	if err != nil {
		return err
	}
	scope := api.Scope{Project: project.ID, Actor: p.actor()}
	if !said {
		return p.listRoles(ctx, all, scope)
	}
	holder, err := p.holder(ctx, all, *userName, *groupName)
	if err != nil {
		return err
	}
	if err := all.Identity.SetProjectRole(ctx, scope, holder, role); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s is %s in project %s\n", *userName+*groupName, role, project.Name)
	return err
}

// holder is a user or a group by name.
func (p *program) holder(ctx context.Context, all *parts, userName, groupName string) (identity.Holder, error) {
	if groupName != "" {
		g, err := p.group(ctx, all, groupName)
		return identity.Holder{Group: g.ID}, err
	}
	user, err := all.Identity.UserByName(ctx, userName)
	return identity.Holder{User: user.ID}, err
}

func (p *program) listRoles(ctx context.Context, all *parts, scope api.Scope) error {
	roles, err := all.Identity.ProjectRoles(ctx, scope)
	for _, r := range roles {
		who := "user " + r.User.Name
		if r.Group.ID != "" {
			who = "group " + r.Group.Name
		}
		fmt.Fprintf(p.stdout, "%s  %s\n", r.Role, who)
	}
	return err
}
