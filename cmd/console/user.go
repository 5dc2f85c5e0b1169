package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// newUser is somebody to be added, as flags say it: roles by the names of projects.
type newUser struct {
	identity.NewPerson

	roles map[string]api.Role
}

func newUserFlags(flags *flag.FlagSet) *newUser {
	n := &newUser{roles: map[string]api.Role{}}
	flags.StringVar(&n.FullName, "full-name", "", "")
	flags.StringVar(&n.Email, "email", "", "")
	flags.BoolVar(&n.Administrator, "administrator", false, "")
	flags.Func("role", "", func(text string) error {
		project, name, _ := strings.Cut(text, "=")
		role, known := api.ParseRole(name)
		if project == "" || !known {
			return fmt.Errorf("say PROJECT=ROLE, where ROLE is %s", roleNames())
		}
		n.roles[project] = role
		return nil
	})
	return n
}

// roleNames are the roles that somebody can have in a project.
func roleNames() string {
	var names []string
	for _, role := range api.Roles {
		names = append(names, role.String())
	}
	return strings.Join(names, ", ")
}

// person resolves the names of projects.
func (n *newUser) person(ctx context.Context, all *parts, name string) (identity.NewPerson, error) {
	n.Name, n.Roles = name, map[string]api.Role{}
	for name, role := range n.roles {
		project, err := all.project(ctx, name)
		if err != nil {
			return n.NewPerson, err
		}
		n.Roles[project.ID] = role
	}
	return n.NewPerson, nil
}

// project returns the project of that name, whoever may use it.
func (all *parts) project(ctx context.Context, name string) (identity.Project, error) {
	projects, err := all.Identity.AllProjects(ctx)
	if err != nil {
		return identity.Project{}, err
	}
	for _, p := range projects {
		if p.Name == name {
			return p, nil
		}
	}
	return identity.Project{}, fmt.Errorf("there is no project named %q", name)
}

func (p *program) addUser(ctx context.Context, args []string) error {
	flags := newFlags()
	w, wanted := whereFlags(flags), newUserFlags(flags)
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	password, err := p.password(ctx, "Password of "+names[0])
	if err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	person, err := wanted.person(ctx, all, names[0])
	if err != nil {
		return err
	}
	user, err := all.Identity.CreateUser(ctx, p.actor(), person, password)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "user %s added\n", user.Name)
	return err
}

func (p *program) inviteUser(ctx context.Context, args []string) error {
	flags := newFlags()
	w, wanted := whereFlags(flags), newUserFlags(flags)
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	person, err := wanted.person(ctx, all, names[0])
	if err != nil {
		return err
	}
	_, token, err := all.Identity.Invite(ctx, p.actor(), person)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "user %s invited, who sets a password here, once and within 7 days: %s\n", names[0], passwordPath(token))
	return err
}

// passwordPath is the page where a token of identity.Invite or ResetPassword is used.
// Only the server knows what stands before it.
func passwordPath(token string) string { return "/password?token=" + url.QueryEscape(token) }

// userJSON is a user as --json prints one.
type userJSON struct {
	ID            string            `json:"id"`
	Name          string            `json:"name"`
	FullName      string            `json:"full_name"`
	Email         string            `json:"email"`
	Administrator bool              `json:"administrator"`
	State         string            `json:"state"`
	SecondFactor  bool              `json:"second_factor"`
	Groups        []string          `json:"groups"`
	Roles         map[string]string `json:"roles"`
}

func encodeUser(person identity.Person) userJSON {
	u := userJSON{
		ID: person.ID, Name: person.Name, FullName: person.FullName, Email: person.Email,
		Administrator: person.Administrator, State: "enabled", SecondFactor: person.Factor,
		Groups: []string{}, Roles: map[string]string{},
	}
	switch {
	case person.Disabled:
		u.State = "disabled"
	case person.Invited:
		u.State = "invited"
	}
	for _, g := range person.Groups {
		u.Groups = append(u.Groups, g.Name)
	}
	for _, r := range person.Roles {
		u.Roles[r.Project.Name] = r.Role.String()
	}
	return u
}

func (p *program) listUsers(ctx context.Context, args []string) error {
	return list(ctx, p, args, func(all *parts) (users []userJSON, err error) {
		for q := (identity.PeopleQuery{Limit: api.MaxPage}); ; {
			page, err := all.Identity.People(ctx, p.actor(), q)
			if err != nil {
				return nil, err
			}
			for _, person := range page.Items {
				users = append(users, encodeUser(person))
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return users, nil
			}
		}
	}, userJSON.line)
}

func (u userJSON) line() string {
	line := u.ID + "  " + u.Name
	if u.Administrator {
		line += "  administrator"
	}
	if u.State != "enabled" {
		line += "  " + u.State
	}
	return line
}
