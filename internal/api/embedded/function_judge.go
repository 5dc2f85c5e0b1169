package embedded

import (
	"context"

	"switchboard/internal/api"
)

// ValidateFunction implements api.Functions.
func (p *Plane) ValidateFunction(ctx context.Context, s api.Scope, id string, d api.FunctionDraft) error {
	d = d.Complete()
	if id == "" {
		return p.judgeFunction(ctx, s, &d)
	}
	row, err := p.functionOf(ctx, s, id)
	if err != nil {
		return err
	}
	latest, err := row.read(ctx, p.db.Read, api.LatestVersion)
	if err != nil {
		return err
	}
	err = latest.judge(row, &d)
	if err == nil && d.Upstream != latest.Upstream {
		err = p.judgeUpstream(ctx, s)
	}
	return err
}

// judgeUpstream refuses another upstream in a project that lives in a region which runs
// the code itself.
func (p *Plane) judgeUpstream(ctx context.Context, s api.Scope) error {
	away, err := p.away(ctx, s.Project)
	if err != nil || !away {
		return err
	}
	if forwards, err := p.upstream.Forwards(ctx, s.Project); err != nil || forwards {
		return err
	}
	return api.Refuse([]api.Problem{{Path: "upstream", Message: api.M("function.upstream_there")}})
}

// judgeFunction applies every rule to a complete draft of a new function.
func (p *Plane) judgeFunction(ctx context.Context, s api.Scope, d *api.FunctionDraft) error {
	problems := d.Problems(nil)
	err := find(ctx, p.db.Read, s.Project, new(functionRow), noFunction, "package = ? AND name = ?", d.Package, d.Name)
	switch {
	case err == nil:
		return functionTaken(problems)
	case api.CodeOf(err) != api.NotFound:
		return err
	}
	if len(problems) == 0 && d.Upstream != "" {
		return p.judgeUpstream(ctx, s)
	}
	return api.Refuse(problems)
}

func functionTaken(others []api.Problem) error {
	m := api.M("function.name_taken")
	return &api.Error{Code: api.Conflict, Message: m, Problems: append([]api.Problem{{Path: "func_name", Message: m}}, others...)}
}

// judge judges a complete draft of what the version of the function is to be.
func (r *versionRow) judge(function *functionRow, d *api.FunctionDraft) error {
	d.Package, d.Name = function.Package, function.Name
	stored := r.code()
	return api.Refuse(d.Problems(&stored))
}
