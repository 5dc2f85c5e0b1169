package main

import (
	"context"
	"encoding/json"
	"fmt"

	"switchboard/internal/api/identity"
)

// keyInfoJSON is an access key as --json lists one.
type keyInfoJSON struct {
	AccessKey   string `json:"access_key"`
	Name        string `json:"name"`
	ProjectName string `json:"project_name,omitempty"`
}

func (p *program) listKeys(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	userName, asJSON := flags.String("user", "", ""), flags.Bool("json", false, "")
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	if *userName == "" {
		return errWhose
	}
	return p.withUser(ctx, w, *userName, func(all *parts, user identity.User) error {
		keys, err := all.Identity.Keys(ctx, p.as(user))
		if err != nil {
			return err
		}
		list := []keyInfoJSON{}
		for _, k := range keys {
			list = append(list, keyInfoJSON{k.Access, k.Name, k.Project.Name})
		}
		if *asJSON {
			return json.NewEncoder(p.stdout).Encode(list) //nolint:gosec // the half that is no secret
		}
		for _, k := range list {
			fmt.Fprintf(p.stdout, "%s  %s  %s\n", k.AccessKey, k.ProjectName, k.Name)
		}
		return nil
	})
}
