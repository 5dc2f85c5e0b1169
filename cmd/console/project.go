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
	flags := newFlags()
	w := whereFlags(flags)
	asJSON := flags.Bool("json", false, "")
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	projects, err := all.Identity.AllProjects(ctx)
	if err != nil {
		return err
	}
	if *asJSON {
		list := []projectJSON{}
		for _, project := range projects {
			list = append(list, encodeProject(project))
		}
		return json.NewEncoder(p.stdout).Encode(list)
	}
	for _, project := range projects {
		fmt.Fprintf(p.stdout, "%s  %s\n", project.ID, project.Name)
	}
	return nil
}

func encodeProject(project identity.Project) projectJSON {
	return projectJSON{project.ID, project.Name, project.Account.ID, project.Account.Name, project.Region}
}
