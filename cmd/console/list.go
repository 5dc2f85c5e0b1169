package main

import (
	"context"
	"encoding/json"
	"fmt"

	"switchboard/internal/api/identity"
)

// list is a command that reads things of one kind and prints them: as JSON, or one line
// for each.
func list[T any](ctx context.Context, p *program, args []string, read func(all *parts) ([]T, error), line func(T) string) error {
	flags := newFlags()
	w, asJSON := whereFlags(flags), flags.Bool("json", false, "")
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	things, err := read(all)
	if err != nil {
		return err
	}
	return printAll(p, *asJSON, things, line)
}

// listOf is list for the things of the user that --user names.
func listOf[T any](
	ctx context.Context, p *program, args []string, read func(all *parts, user identity.User) ([]T, error), line func(T) string,
) error {
	flags := newFlags()
	w, asJSON := whereFlags(flags), flags.Bool("json", false, "")
	userName := flags.String("user", "", "")
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	if *userName == "" {
		return errWhose
	}
	return p.withUser(ctx, w, *userName, func(all *parts, user identity.User) error {
		things, err := read(all, user)
		if err != nil {
			return err
		}
		return printAll(p, *asJSON, things, line)
	})
}

func printAll[T any](p *program, asJSON bool, things []T, line func(T) string) error {
	if asJSON {
		return json.NewEncoder(p.stdout).Encode(append([]T{}, things...)) // none is [], not null
	}
	for _, thing := range things {
		if _, err := fmt.Fprintln(p.stdout, line(thing)); err != nil {
			return err
		}
	}
	return nil
}
