package main

import (
	"context"
	"encoding/json"
	"fmt"

	"switchboard/internal/api/identity"
)

// projectJSON is a project as --json prints it, with the names of the wire
// dialect.
type projectJSON struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	DomainID   string `json:"domain_id"`
	DomainName string `json:"domain_name"`
	Region     string `json:"region,omitempty"`
}

func (p *program) addProject(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	id := flags.String("id", "", "")
	asJSON := flags.Bool("json", false, "")
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	project, err := all.Identity.AddProject(ctx, p.actor(), identity.Project{Name: names[0], ID: *id, Region: w.said})
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(p.stdout).Encode(encodeProject(project))
	}
	_, err = fmt.Fprintf(p.stdout, "project %s added, its id is %s\n", project.Name, project.ID)
	return err
}

func (p *program) listProjects(ctx context.Context, args []string) error {
	return list(ctx, p, args, func(all *parts) (encoded []projectJSON, err error) {
		projects, err := all.Identity.AllProjects(ctx)
		for _, project := range projects {
			encoded = append(encoded, encodeProject(project))
		}
		return encoded, err
	}, func(project projectJSON) string { return project.ID + "  " + project.Name })
}

func encodeProject(project identity.Project) projectJSON {
	return projectJSON{project.ID, project.Name, project.Account.ID, project.Account.Name, project.Region}
}
