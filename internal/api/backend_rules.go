package api

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Clouds are the endpoint sets that a project in a region can have.
var Clouds = []string{CloudHuawei, CloudOTC, CloudCustom}

// BackendServices are the services that have an endpoint.
var BackendServices = []string{"iam", "cdm", "dli", "functiongraph", "vpcep", "csbs"}

var (
	// cloudRegion is what stands in the names of machines.
	cloudRegion  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	cloudProject = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// Complete says the same thing in one way, without what does not belong to the kind.
func (d BackendDraft) Complete() BackendDraft {
	d.Kind = cmp.Or(d.Kind, BackendEmbedded)
	if d.Kind == BackendEmbedded {
		return BackendDraft{Kind: d.Kind, Version: d.Version, Confirm: d.Confirm}
	}
	d.Base = plainEndpoint(d.Base)
	if d.Cloud != CloudCustom {
		d.Base = ""
	}
	d.Region, d.Project = strings.TrimSpace(d.Region), strings.TrimSpace(d.Project)
	d.Access, d.Domain, d.User = strings.TrimSpace(d.Access), strings.TrimSpace(d.Domain), strings.TrimSpace(d.User)
	endpoints := map[string]string{}
	for service, text := range d.Endpoints {
		if text = plainEndpoint(text); text != "" {
			endpoints[service] = text
		}
	}
	d.Endpoints = endpoints
	return d
}

// Problems judges a complete draft, in form order. stored is where the project lives
// now; nil if there is nothing whose secret may be kept.
func (d *BackendDraft) Problems(stored *Backend) []Problem {
	switch d.Kind {
	case BackendEmbedded:
		return nil
	case BackendCloud:
	default:
		return []Problem{{"kind", M("backend.kind_unknown")}}
	}
	problems := fieldProblems("",
		fieldProblem{"cloud", d.cloudProblem()},
		fieldProblem{"base", d.baseProblem()},
		fieldProblem{"region", formProblem(d.Region, cloudRegion, "backend.region_required", "backend.region_form")},
		fieldProblem{"project", formProblem(d.Project, cloudProject, "backend.project_required", "backend.project_form")})
	for _, service := range slices.Sorted(maps.Keys(d.Endpoints)) {
		problem := endpointFormProblem(d.Endpoints[service])
		if !slices.Contains(BackendServices, service) {
			problem = M("backend.service_unknown")
		}
		problems = append(problems, fieldProblems("endpoints.", fieldProblem{service, problem})...)
	}
	return append(problems, d.credentialProblems(stored)...)
}

func formProblem(text string, form *regexp.Regexp, required, wrong string) Message {
	switch {
	case text == "":
		return M(required)
	case !form.MatchString(text):
		return M(wrong)
	}
	return Message{}
}

func (d *BackendDraft) cloudProblem() Message {
	if !slices.Contains(Clouds, d.Cloud) {
		return M("backend.cloud_unknown")
	}
	return Message{}
}

// baseProblem wants a place for every service.
func (d *BackendDraft) baseProblem() Message {
	if d.Base != "" {
		return endpointFormProblem(d.Base)
	}
	missing := slices.ContainsFunc(BackendServices, func(service string) bool { return d.Endpoints[service] == "" })
	if d.Cloud == CloudCustom && missing {
		return M("backend.base_required")
	}
	return Message{}
}

// endpointFormProblem judges https://host[:port]: the official SDK puts its own path in
// the place of any other.
func endpointFormProblem(text string) Message {
	if !plainBase(text) {
		return M("backend.endpoint_form")
	}
	return Message{}
}

// credentialProblems wants an access key, or who signs in.
func (d *BackendDraft) credentialProblems(stored *Backend) []Problem {
	var access, domain, user Message
	signsIn := d.Domain != "" || d.User != ""
	switch {
	case d.Access != "" && signsIn:
		access = M("backend.credential_both")
	case d.Access == "" && !signsIn:
		access = M("backend.credential_required")
	case d.Access != "" && (len(d.Access) > maxAccessKey || !graphic(d.Access) || strings.ContainsAny(d.Access, " ,")):
		access = M("backend.access_form")
	case signsIn && d.Domain == "":
		domain = M("backend.domain_required")
	case signsIn && d.User == "":
		user = M("backend.user_required")
	}
	return fieldProblems("", fieldProblem{"access", access}, fieldProblem{"domain", domain},
		fieldProblem{"user", user}, fieldProblem{"secret", d.secretProblem(stored)})
}

// secretProblem asks for the secret again when it would sign in somebody else, or
// somewhere else (S11).
func (d *BackendDraft) secretProblem(stored *Backend) Message {
	text := d.Secret.Reveal()
	switch {
	case text == "" && (stored == nil || !stored.HasSecret):
		return M("backend.secret_required")
	case text == "" && !d.sameDoor(stored):
		return M("backend.secret_again")
	case utf8.RuneCountInString(text) > maxSecretKey:
		return M("backend.secret_long", "max", maxSecretKey)
	}
	return Message{}
}

// sameDoor reports whether the stored secret would sign in where it does.
func (d *BackendDraft) sameDoor(stored *Backend) bool {
	return d.Kind == stored.Kind && d.Cloud == stored.Cloud && d.Base == stored.Base && d.Region == stored.Region &&
		maps.Equal(d.Endpoints, stored.Endpoints) &&
		d.Access == stored.Access && d.Domain == stored.Domain && d.User == stored.User
}

// SamePlace reports whether a project that moves as a complete draft says still is the
// one that it was: that project of that region, wherever its services are by now.
func (d *BackendDraft) SamePlace(stored *Backend) bool {
	return d.Kind == stored.Kind && d.Cloud == stored.Cloud && d.Region == stored.Region && d.Project == stored.Project
}
