package main

import (
	"context"
	"fmt"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// withUser runs f for the user that a command names.
func (p *program) withUser(ctx context.Context, w *where, name string, f func(all *parts, user identity.User) error) error {
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	user, err := all.Identity.UserByName(ctx, name)
	if err != nil {
		return err
	}
	return f(all, user)
}

// as is the person at the command line who does something in the name of a user.
func (p *program) as(user identity.User) api.Actor {
	a := p.actor()
	a.UserID = user.ID
	return a
}

func (p *program) disableUser(ctx context.Context, args []string) error {
	return p.setDisabled(ctx, args, (*identity.Service).DisablePerson, "disabled: sessions, tokens and access keys are gone")
}

func (p *program) enableUser(ctx context.Context, args []string) error {
	return p.setDisabled(ctx, args, (*identity.Service).EnablePerson, "enabled")
}

func (p *program) setDisabled(ctx context.Context, args []string,
	set func(s *identity.Service, ctx context.Context, actor api.Actor, id string) error, done string,
) error {
	flags := newFlags()
	w := whereFlags(flags)
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	return p.withUser(ctx, w, names[0], func(all *parts, user identity.User) error {
		if err := set(all.Identity, ctx, p.actor(), user.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "user %s is %s\n", user.Name, done)
		return err
	})
}

// resetUser takes the password away, or the second factor; who has lost both is reset
// twice. It is also how an installation gets an administrator back.
func (p *program) resetUser(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	factor, administrator := flags.Bool("factor", false, ""), flags.Bool("administrator", false, "")
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	return p.withUser(ctx, w, names[0], func(all *parts, user identity.User) error {
		if *administrator {
			if err := all.Identity.SetAdministrator(ctx, p.actor(), user.ID, true); err != nil {
				return err
			}
		}
		if *factor {
			if err := all.Identity.ResetFactor(ctx, p.actor(), user.ID); err != nil {
				return err
			}
			_, err := fmt.Fprintf(p.stdout, "user %s has no second factor any more\n", user.Name)
			return err
		}
		token, err := all.Identity.ResetPassword(ctx, p.actor(), user.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "user %s sets a new password here, once and within 24 hours: %s\n", user.Name, passwordPath(token))
		return err
	})
}
