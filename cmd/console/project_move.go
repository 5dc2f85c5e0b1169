package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/mirror"
	"switchboard/internal/api/probe"
)

// envRegionSecret is the secret key or the password that a project's region takes.
const envRegionSecret = envPrefix + "REGION_SECRET"

// moveProject lets a project live in a region of a cloud, after a test.
func (p *program) moveProject(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	d := backendFlags(flags)
	untested := flags.Bool("untested", false, "")
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	d.Secret = api.NewSecret(p.getenv(envRegionSecret))
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	project, err := all.project(ctx, names[0])
	if err != nil {
		return err
	}
	s := api.Scope{Project: project.ID, Actor: p.actor()}
	backends := mirror.NewBackends(mirror.BackendsOptions{
		DB: all.DB, Keys: all.Keys, Cloud: cloud.Options{Transport: probe.New(probe.Options{}).Transport()},
	})
	is, err := backends.Backend(ctx, s)
	if err != nil {
		return err
	}
	d.Version = is.Version
	depth := api.Connect
	if *untested {
		depth = api.Shape
	}
	if _, err := backends.SetBackend(ctx, s, *d, depth); err != nil {
		return whichStep(err)
	}
	_, err = fmt.Fprintf(p.stdout, "project %s lives in region %s\n", project.Name, d.Region)
	return err
}

func backendFlags(flags *flag.FlagSet) *api.BackendDraft {
	d := &api.BackendDraft{Kind: api.BackendCloud, Endpoints: map[string]string{}}
	flags.StringVar(&d.Cloud, "cloud", api.CloudCustom, "")
	flags.StringVar(&d.Base, "base", "", "")
	flags.StringVar(&d.Region, "cloud-region", "", "")
	flags.StringVar(&d.Project, "cloud-project", "", "")
	flags.StringVar(&d.Access, "access-key", "", "")
	flags.StringVar(&d.Domain, "domain", "", "")
	flags.StringVar(&d.User, "user", "", "")
	return d
}

// whichStep adds to a test that failed where it did.
func whichStep(err error) error {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Check == nil {
		return err
	}
	step := e.Check.Failure()
	if step == nil {
		return err
	}
	return &api.Error{Code: e.Code, Message: step.Message}
}
