package main

import (
	"context"
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
	return listOf(ctx, p, args, func(all *parts, user identity.User) (encoded []keyInfoJSON, err error) {
		keys, err := all.Identity.Keys(ctx, p.as(user))
		for _, k := range keys {
			encoded = append(encoded, keyInfoJSON{k.Access, k.Name, k.Project.Name})
		}
		return encoded, err
	}, func(k keyInfoJSON) string { return fmt.Sprintf("%s  %s  %s", k.AccessKey, k.ProjectName, k.Name) })
}
