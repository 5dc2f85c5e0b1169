package main

import (
	"context"
	"fmt"
)

func (p *program) addUser(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
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
	user, err := all.Identity.CreateUser(ctx, p.actor(), names[0], password)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "user %s added\n", user.Name)
	return err
}
