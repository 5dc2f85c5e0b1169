package governance

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// ApprovalRules implements api.Requests.
func (g *Service) ApprovalRules(ctx context.Context, s api.Scope) ([]api.ApprovalRule, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	in, err := g.read(ctx, s.Project)
	return in.rules(), err
}

// NeedsApproval implements api.Requests.
func (g *Service) NeedsApproval(ctx context.Context, s api.Scope, kind api.Kind, action api.Action) (bool, error) {
	if err := see(s); err != nil {
		return false, err
	}
	in, err := g.read(ctx, s.Project)
	return in.approves(api.About{Kind: kind, Action: action}), err
}

// SetApprovalRules implements api.Requests. Problems are at "rules.N".
func (g *Service) SetApprovalRules(ctx context.Context, s api.Scope, rules []api.ApprovalRule, confirm api.Confirmation) error {
	if err := g.act(ctx, s, api.RoleAdmin); err != nil {
		return err
	}
	if err := api.Refuse(api.ApprovalProblems(rules)); err != nil {
		return err
	}
	return g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		var was struct{ Name, Approval string }
		_, err := tx.NewUpdate().TableExpr("projects").Set("name = name").Where("id = ?", s.Project).
			Returning("name, approval").Exec(ctx, &was)
		if err != nil {
			return err
		}
		before, after := (&projectSettings{Approval: was.Approval}).rules(), api.SortedRules(rules)
		if slices.Equal(before, after) {
			return nil
		}
		if drops(before, after) {
			if err := confirm.Refuse(was.Name, "request.confirm_differs"); err != nil {
				return err
			}
		}
		_, err = tx.NewUpdate().TableExpr("projects").Set("approval = ?", encode(after)).Where("id = ?", s.Project).Exec(ctx)
		if err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "rules", Kind: api.KindProject, ID: s.Project, Name: was.Name, Before: auditedRules(before), After: auditedRules(after),
		})
	})
}

// drops reports whether something that has to be approved by default had to be, and
// has not any more.
func drops(before, after []api.ApprovalRule) bool {
	return slices.ContainsFunc(api.DefaultApproval, func(r api.ApprovalRule) bool {
		what := api.About{Kind: r.Kind, Action: r.Action}
		return named(before, what) && !named(after, what)
	})
}

// auditedRules are rules as the audit log keeps them: actions by kind.
func auditedRules(rules []api.ApprovalRule) any {
	kinds := map[api.Kind][]api.Action{}
	for _, r := range rules {
		kinds[r.Kind] = append(kinds[r.Kind], r.Action)
	}
	return map[string]any{"approval": kinds}
}

// read is what the project says of itself; a project that is not there says nothing,
// and the next service does not find anything in it.
func (g *Service) read(ctx context.Context, project string) (in projectSettings, err error) {
	if !store.Storable(project) {
		return in, nil
	}
	var rows []projectSettings
	if err := g.settings.Scan(ctx, &rows, project); err != nil || len(rows) == 0 {
		return in, err
	}
	return rows[0], nil
}

// rules are those of the project.
func (in *projectSettings) rules() []api.ApprovalRule {
	rules := []api.ApprovalRule{}
	if in.Approval == "" || json.Unmarshal([]byte(in.Approval), &rules) != nil {
		return api.DefaultApproval
	}
	return rules
}

// approves reports whether somebody has to approve that.
func (in *projectSettings) approves(a api.About) bool {
	return named(in.rules(), a)
}

func named(rules []api.ApprovalRule, a api.About) bool {
	return slices.ContainsFunc(rules, func(r api.ApprovalRule) bool { return r.Names(a) })
}

// encode is for values of our own making, which always have a JSON form.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
