package main

import (
	"context"
	"fmt"

	"switchboard/internal/api/identity"
)

// groupJSON is a group as --json prints one.
type groupJSON struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	Description   string `json:"description"`
	Claim         string `json:"claim"`
	Administrator bool   `json:"administrator"`
	Members       int    `json:"members"`
}

func (p *program) addGroup(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	var g identity.Group
	flags.StringVar(&g.Description, "description", "", "")
	flags.StringVar(&g.Claim, "claim", "", "")
	flags.BoolVar(&g.Administrator, "administrator", false, "")
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	g.Name = names[0]
	if g, err = all.Identity.CreateGroup(ctx, p.actor(), g); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "group %s added\n", g.Name)
	return err
}

func (p *program) listGroups(ctx context.Context, args []string) error {
	return list(ctx, p, args, func(all *parts) (encoded []groupJSON, err error) {
		groups, err := all.Identity.Groups(ctx, p.actor())
		for _, g := range groups {
			encoded = append(encoded, groupJSON(g))
		}
		return encoded, err
	}, func(g groupJSON) string { return fmt.Sprintf("%s  %s  %d", g.ID, g.Name, g.Members) })
}

// group returns the group of that name.
func (p *program) group(ctx context.Context, all *parts, name string) (identity.Group, error) {
	groups, err := all.Identity.Groups(ctx, p.actor())
	if err != nil {
		return identity.Group{}, err
	}
	for _, g := range groups {
		if g.Name == name {
			return g, nil
		}
	}
	return identity.Group{}, fmt.Errorf("there is no group named %q", name)
}

func (p *program) deleteGroup(ctx context.Context, args []string) error {
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
	g, err := p.group(ctx, all, names[0])
	if err != nil {
		return err
	}
	if err := all.Identity.DeleteGroup(ctx, p.actor(), g.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "group %s deleted\n", g.Name)
	return err
}

func (p *program) changeMember(ctx context.Context, args []string) error {
	flags := newFlags()
	w, remove := whereFlags(flags), flags.Bool("remove", false, "")
	names, err := p.parse(flags, args, "GROUP", "USER")
	if err != nil {
		return err
	}
	return p.withUser(ctx, w, names[1], func(all *parts, user identity.User) error {
		g, err := p.group(ctx, all, names[0])
		if err != nil {
			return err
		}
		change, done := all.Identity.AddMember, "is in"
		if *remove {
			change, done = all.Identity.RemoveMember, "is not in"
		}
		if err := change(ctx, p.actor(), g.ID, user.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "user %s %s group %s\n", user.Name, done, g.Name)
		return err
	})
}
