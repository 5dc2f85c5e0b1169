package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// checkTime bounds a check.
const checkTime = 30 * time.Second

// inspection is a check as it goes on.
type inspection struct {
	client *Client
	draft  *api.BackendDraft
	check  api.Check
}

// Check asks a region whether it is as a draft describes it: its form, then IAM, step by
// step up to the sign-in, then each service for a list of one. That a single service
// does not answer is a warning, since the others work without it. The draft has its
// secret in it.
func Check(ctx context.Context, o Options, d api.BackendDraft) api.Check {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	o.Attempts = 2 // somebody waits for it
	began := time.Now()
	d = d.Complete()
	i := &inspection{draft: &d, check: api.Check{Status: api.Passed, At: began.UTC()}}
	if i.form() {
		i.client = New(o, AccountOf(&d))
		if i.reach(ctx) && i.signIn(ctx) {
			i.services(ctx)
		}
	}
	for _, name := range []api.StepName{api.StepResolve, api.StepConnect, api.StepTLS, api.StepSignIn, api.StepRead} {
		if i.check.Status == api.Failed && !i.took(name) {
			i.add(api.Step{Name: name, Status: api.Skipped})
		}
	}
	i.check.Took = time.Since(began)
	return i.check
}

func (i *inspection) took(name api.StepName) bool {
	for _, step := range i.check.Steps {
		if step.Name == name {
			return true
		}
	}
	return false
}

// add adds a step, and reports whether the check goes on.
func (i *inspection) add(step api.Step) bool {
	i.check.Steps = append(i.check.Steps, step)
	switch step.Status {
	case api.Failed:
		i.check.Status = api.Failed
	case api.Warned:
		if i.check.Status == api.Passed {
			i.check.Status = api.Warned
		}
	}
	return step.Status != api.Failed
}

func (i *inspection) form() bool {
	problems := i.draft.Problems(nil)
	if len(problems) == 0 {
		return i.add(api.Step{Name: api.StepForm, Status: api.Passed})
	}
	return i.add(api.Step{Name: api.StepForm, Status: api.Failed, Path: problems[0].Path, Message: problems[0].Message})
}

// reach asks IAM for its version, as anybody may: whatever it answers, it answers.
func (i *inspection) reach(ctx context.Context) bool {
	base := i.client.at.Endpoints[wire.IAM]
	u, err := url.Parse(base)
	if err != nil {
		return i.add(api.Step{Name: api.StepForm, Status: api.Failed, Path: i.blame(wire.IAM), Message: api.M("backend.endpoint_form")})
	}
	call := wire.Call{Operation: wire.FindOperation("KeystoneShowVersion")}
	timed, cancel := context.WithTimeout(ctx, i.client.Attempt)
	defer cancel()
	x := &exchange{ctx: timed, next: i.client.Transport}
	_ = x.send(&call, base, bearer{}) // what is wrong with it is in x
	step := api.Step{At: u.Host, Status: api.Failed, Took: x.answer.Took, Path: i.blame(wire.IAM)}
	said := api.M("cloud.unreachable", "service", names[wire.IAM], "host", u.Host)
	_, unknown := errors.AsType[*net.DNSError](x.err)
	switch {
	case unknown:
		step.Name, step.Message, step.Hint = api.StepResolve, api.M("cloud.name_unknown", "host", u.Hostname()), api.M("cloud.hint_address")
		return i.add(step)
	case !x.sent.Load() && !secretly(x.err):
		i.add(api.Step{Name: api.StepResolve, At: u.Host, Status: api.Passed})
		step.Name, step.Message, step.Hint = api.StepConnect, said, api.M("cloud.hint_address")
		return i.add(step)
	}
	i.add(api.Step{Name: api.StepResolve, At: u.Host, Status: api.Passed})
	i.add(api.Step{Name: api.StepConnect, At: u.Host, Status: api.Passed, Took: x.answer.Took})
	step.Name = api.StepTLS
	switch {
	case u.Scheme == "http":
		step.Status, step.Message = api.Warned, api.M("cloud.cleartext")
	case secretly(x.err):
		step.Message = api.M("cloud.tls", "service", names[wire.IAM], "host", u.Host)
		step.Hint = api.M("cloud.hint_tls")
	default:
		step.Status, step.Path = api.Passed, ""
	}
	return i.add(step)
}

// signIn asks for the projects that the credential can see; the project should be one.
func (i *inspection) signIn(ctx context.Context) bool {
	answer, err := i.client.Do(ctx, wire.Call{Operation: wire.FindOperation("KeystoneListProjects")})
	step := api.Step{Name: api.StepSignIn, Status: api.Passed, Took: answer.Took}
	e, _ := errors.AsType[*api.Error](err)
	switch {
	case refusedCredential(err):
		step.Status, step.Path, step.Message, step.Hint = api.Failed, "secret", api.M("cloud.credential_here", "service", names[wire.IAM]), api.M("cloud.hint_credential")
		step.Detail, _ = e.Message.Args["text"].(string)
		return i.add(step)
	case err != nil && api.CodeOf(err) == api.Forbidden: // it is who it says, but may not list them
		return i.add(step)
	case e != nil:
		step.Status, step.Path, step.Message = api.Failed, i.blame(wire.IAM), e.Message
		return i.add(step)
	case err != nil:
		step.Status, step.Message = api.Failed, api.M("cloud.late", "service", names[wire.IAM])
		return i.add(step)
	}
	var body struct {
		Projects []struct{ ID, Name string } `json:"projects"`
	}
	_ = json.Unmarshal(answer.Body, &body) // none, if it is something else
	for _, p := range body.Projects {
		if p.ID == i.draft.Project {
			step.Found = p.Name
			return i.add(step)
		}
	}
	step.Status, step.Path, step.Message = api.Warned, "project", api.M("cloud.project_unseen", "project", i.draft.Project)
	return i.add(step)
}

// blame is the input that says where a service is.
func (i *inspection) blame(service wire.API) string {
	switch {
	case i.draft.Endpoints[string(service)] != "":
		return "endpoints." + string(service)
	case i.draft.Cloud == api.CloudCustom:
		return "base"
	}
	return "region"
}
