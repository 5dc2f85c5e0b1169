package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// keyJSON is a new access key as it is printed: what an SDK needs to be told.
type keyJSON struct {
	AccessKey   string `json:"access_key"`
	SecretKey   string `json:"secret_key"`
	ProjectID   string `json:"project_id"`
	ProjectName string `json:"project_name"`
	DomainID    string `json:"domain_id"`
	DomainName  string `json:"domain_name"`
	UserName    string `json:"user_name"`
}

func (p *program) createKey(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	userName := flags.String("user", "", "")
	projectName := flags.String("project", "", "")
	label, asJSON := flags.String("name", "", ""), flags.Bool("json", false, "")
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	if *userName == "" {
		return errWhose
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	key, project, err := p.makeKey(ctx, all, *userName, *projectName, *label)
	if err != nil {
		return err
	}
	return p.printKey(*asJSON, keyJSON{
		AccessKey: key.Access, SecretKey: key.Secret.Reveal(), // the one time it is shown
		ProjectID: project.ID, ProjectName: project.Name,
		DomainID: key.User.Account.ID, DomainName: key.User.Account.Name, UserName: key.User.Name,
	})
}

// makeKey makes a key for one project if that is named, else for all, with the
// region's project as the one to start with, or the user's first.
func (p *program) makeKey(ctx context.Context, all *parts, userName, projectName, label string) (identity.AccessKey, identity.Project, error) {
	user, err := all.Identity.UserByName(ctx, userName)
	if err != nil {
		return identity.AccessKey{}, identity.Project{}, err
	}
	project, err := all.Identity.ProjectByName(ctx, user, cmp.Or(projectName, all.Region))
	if api.CodeOf(err) == api.NotFound && projectName == "" {
		project, err = firstProject(ctx, all, user)
	}
	if err != nil {
		return identity.AccessKey{}, identity.Project{}, err
	}
	var only *identity.Project
	if projectName != "" {
		only = &project
	}
	key, err := all.Identity.CreateKey(ctx, p.actor(), user, only, label)
	return key, project, err
}

// firstProject is a project that a user may use, zero if there is none yet.
func firstProject(ctx context.Context, all *parts, user identity.User) (identity.Project, error) {
	projects, err := all.Identity.Projects(ctx, user)
	if err != nil || len(projects) == 0 {
		return identity.Project{}, err
	}
	return projects[0], nil
}

func (p *program) printKey(asJSON bool, k keyJSON) error {
	if asJSON {
		return json.NewEncoder(p.stdout).Encode(k) //nolint:gosec // printing the key is what the command is for
	}
	_, err := fmt.Fprintf(p.stdout, "access key  %s\nsecret key  %s\nproject     %s (%s)\ndomain      %s (%s)\nuser        %s\n",
		k.AccessKey, k.SecretKey, k.ProjectName, k.ProjectID, k.DomainName, k.DomainID, k.UserName)
	return err
}
