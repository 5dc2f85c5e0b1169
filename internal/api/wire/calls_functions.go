package wire

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"switchboard/internal/api"
)

func (p *program) aboutFunctions(ctx context.Context, d api.Deed) error {
	switch d := d.(type) {
	case api.CreateFunction:
		return p.createFunction(d.Draft.Complete())
	case api.UpdateFunction:
		return p.withFunction(ctx, d.ID, func(stored *api.Function) error { return p.updateFunction(stored, d.Draft.Complete()) })
	case api.DeleteFunction:
		return p.withFunction(ctx, d.ID, func(stored *api.Function) error {
			return p.add("DeleteFunction", p.function(stored, ""), nil, nil)
		})
	case api.PublishVersion:
		return p.withFunction(ctx, d.Function, func(stored *api.Function) error {
			return p.add("CreateFunctionVersion", p.function(stored, ""), versionBody(d.Draft), nil)
		})
	case api.SetUpstream:
		return p.withFunction(ctx, d.Function, func(stored *api.Function) error { return p.setUpstream(stored, d.Version, d.Upstream) })
	case api.DeleteVersion:
		return p.withFunction(ctx, d.Function, func(stored *api.Function) error {
			return p.add("DeleteFunction", p.function(stored, d.Version), nil, nil)
		})
	}
	return noCalls(d)
}

func (p *program) withFunction(ctx context.Context, id string, write func(stored *api.Function) error) error {
	stored, err := p.from.Function(ctx, p.scope, id)
	if err != nil {
		return err
	}
	return write(&stored)
}

func (p *program) function(f *api.Function, qualifier string) pathParams {
	return pathParams{"function": p.urn(f.Package, f.Name, qualifier)}
}

func (p *program) urn(pkg, name, qualifier string) string {
	return api.FunctionURN{Region: p.at.Region, Project: p.at.Project, Package: pkg, Name: name, Qualifier: qualifier}.String()
}

func (p *program) setUpstream(f *api.Function, version, upstream string) error {
	params := p.function(f, "")
	params["version"] = version
	return p.add("UpdateVersionUpstream", params, upstreamBody{&upstream}, nil)
}

func (p *program) createFunction(d api.FunctionDraft) error {
	vars := variables{}
	body := &functionBody{
		Name: &d.Name, Package: &d.Package, Type: given(d.Config.Type), Upstream: given(d.Upstream),
		functionConfigBody: configOf(&d.Config, &api.FunctionConfig{}), functionCodeBody: codeOf(&d, vars),
	}
	keepIn(append(body.keptBody.fields(), body.fields()...), d.Config.Kept, nil)
	if !p.at.Dialect || d.Upstream == "" {
		return p.add("CreateFunction", nil, body, vars)
	}
	body.Upstream = nil
	if err := p.add("CreateFunction", nil, body, vars); err != nil {
		return err
	}
	return p.setUpstream(&api.Function{Package: d.Package, Name: d.Name}, api.LatestVersion, d.Upstream)
}

// updateFunction changes the configuration and, if they are others, the code and where
// invocations go. The generation of a function cannot be changed.
func (p *program) updateFunction(stored *api.Function, d api.FunctionDraft) error {
	latest, params := &stored.Latest, p.function(stored, "")
	body := configOf(&d.Config, &latest.Config)
	keepIn(append(body.keptBody.fields(), body.dependsBody.fields()...), d.Config.Kept, latest.Config.Kept)
	if err := p.add("UpdateFunctionConfig", params, body, nil); err != nil {
		return err
	}
	now, before := d.Code, latest.Code
	now.Size, now.Digest, before.Size, before.Digest = 0, "", 0, ""
	if len(d.File) > 0 || now != before {
		vars := variables{}
		code := codeOf(&d, vars)
		code.URL, code.Filename, code.Code.Link = said(d.Code.URL, before.URL), said(d.Code.Filename, before.Filename), said(d.Code.Link, before.Link)
		if err := p.add("UpdateFunctionCode", params, code, vars); err != nil {
			return err
		}
	}
	if d.Upstream == latest.Upstream {
		return nil
	}
	return p.setUpstream(stored, api.LatestVersion, d.Upstream)
}

// configOf says all of a configuration but what is empty and was.
func configOf(c, stored *api.FunctionConfig) functionConfigBody {
	body := functionConfigBody{
		Runtime: &c.Runtime, Timeout: new(int(c.Timeout / time.Second)), Handler: &c.Handler, MemoryMB: &c.MemoryMB,
		UserData: said(c.UserData, stored.UserData), XRole: said(c.XRole, stored.XRole), AppXRole: said(c.AppXRole, stored.AppXRole),
		Description: said(c.Description, stored.Description), EnterpriseProject: said(c.EnterpriseProject, stored.EnterpriseProject),
		Strategy: strategyBody{c.Concurrency, c.PerInstance},
	}
	if c.Concurrency == nil && stored.Concurrency != nil {
		body.Strategy.Concurrency = new(api.Unlimited)
	}
	if c.PerInstance == nil && stored.PerInstance != nil {
		body.Strategy.PerInstance = new(1)
	}
	return body
}

// said is a value that a body says, nil if it is none and there was none.
func said(value, stored string) *string {
	if value == "" && stored == "" {
		return nil
	}
	return &value
}

// codeOf says what the code is. A file stands in it as a variable: it may be long.
func codeOf(d *api.FunctionDraft, vars variables) functionCodeBody {
	body := functionCodeBody{
		CodeType: given(d.Code.Type), URL: given(d.Code.URL), Filename: given(d.Code.Filename), Code: codeBody{Link: given(d.Code.Link)},
	}
	if len(d.File) > 0 {
		body.Code.File = vars.of("funcCode", api.NewSecret(base64.StdEncoding.EncodeToString(d.File))).text()
	}
	return body
}

// keepIn puts what is only kept into a body, if it is not what is there.
func keepIn(fields []keptField, kept, stored map[string]string) {
	for _, f := range fields {
		switch text, there := kept[f.name]; {
		case text == stored[f.name]:
		case !there:
			*f.text = json.RawMessage(f.unset)
		default:
			*f.text = rawJSON(text)
		}
	}
}

// rawJSON is a text that should be JSON: as it is if it is, else as a text.
func rawJSON(text string) json.RawMessage {
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	quoted, _ := json.Marshal(text) // texts always have a JSON form
	return quoted
}
