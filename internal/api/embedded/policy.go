package embedded

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Policy implements api.Policies.
func (p *Plane) Policy(ctx context.Context, s api.Scope, id string) (api.Policy, error) {
	policy, err := readPolicy(ctx, p.db.Read, s, id)
	if err != nil {
		return api.Policy{}, err
	}
	found := []api.Policy{policy}
	err = p.addProgress(ctx, s, found)
	return found[0], err
}

// readPolicy reads a policy as it was described.
func readPolicy(ctx context.Context, db bun.IDB, s api.Scope, id string) (api.Policy, error) {
	row := new(policyRow)
	if err := find(ctx, db, s.Project, row, noPolicy, "id = ?", id); err != nil {
		return api.Policy{}, err
	}
	found := []api.Policy{row.policy()}
	err := addPolicyParts(ctx, db, found)
	return found[0], err
}

// addProgress fills in how far policies are.
func (p *Plane) addProgress(ctx context.Context, s api.Scope, policies []api.Policy) error {
	ids := policyIDs(policies)
	last, err := lastCheckpoints(ctx, p.db.Read, s.Project, ids)
	if err != nil {
		return err
	}
	syncs, err := syncsOf(ctx, p.db.Read, s.Project, ids)
	if err != nil {
		return err
	}
	for i := range policies {
		policies[i].Last, policies[i].Syncs = last[policies[i].ID], syncs[policies[i].ID]
	}
	return nil
}

// policyOrders are by columns that have an index each.
var policyOrders = orders[policyRow]{
	"":        {[]string{"name", "id"}, func(r *policyRow) []any { return []any{r.Name, r.ID} }},
	"created": {[]string{"created_at", "id"}, func(r *policyRow) []any { return []any{r.CreatedAt, r.ID} }},
	"updated": {[]string{"updated_at", "id"}, func(r *policyRow) []any { return []any{r.UpdatedAt, r.ID} }},
}

// ListPolicies implements api.Policies.
func (p *Plane) ListPolicies(ctx context.Context, s api.Scope, q api.PolicyQuery) (api.Page[api.Policy], error) {
	var page api.Page[api.Policy]
	if !store.Storable(q.Search, q.Name) {
		return page, nil
	}
	query := p.db.Read.NewSelect().Model((*policyRow)(nil)).Where("project_id = ?", s.Project)
	if q.Search != "" {
		query = like(query, strings.ToLower(q.Search), "search") // databases fold case differently
	}
	if q.Name != "" {
		query = query.Where("name = ?", q.Name)
	}
	if q.After != "" && q.Cursor == "" {
		var err error
		if q.Cursor, err = policyOrders.past(ctx, p.db.Read, s.Project, q.Sort, q.After); err != nil {
			return page, err
		}
	}
	page, err := list(ctx, query, asked{Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Offset: q.Offset, Limit: q.Limit},
		policyOrders, (*policyRow).policy)
	if err != nil || len(page.Items) == 0 {
		return page, err
	}
	return page, errors.Join(addPolicyParts(ctx, p.db.Read, page.Items), p.addProgress(ctx, s, page.Items))
}

// ValidatePolicy implements api.Policies.
func (p *Plane) ValidatePolicy(ctx context.Context, s api.Scope, id string, d api.PolicyDraft) error {
	d = d.Complete()
	stored := api.Policy{}
	if id != "" {
		var err error
		if stored, err = readPolicy(ctx, p.db.Read, s, id); err != nil {
			return err
		}
	}
	return p.judgePolicy(ctx, p.db.Read, s, &stored, &d)
}

// judgePolicy applies every rule to a complete draft of what the stored policy is to
// be, and gives resources that are known by their path their ids.
func (p *Plane) judgePolicy(ctx context.Context, db bun.IDB, s api.Scope, stored *api.Policy, d *api.PolicyDraft) error {
	if away, err := p.away(ctx, s.Project); err != nil {
		return err
	} else if away {
		layApart(d.Resources)
	}
	problems := d.Problems()
	more, err := p.operationProblems(ctx, db, s, stored, d)
	if err != nil {
		return err
	}
	problems = append(problems, more...)
	taken, err := takenByPolicies(ctx, db, s, stored, d)
	if err != nil {
		return err
	}
	if len(taken) > 0 {
		return &api.Error{Code: api.Conflict, Message: taken[0].Message, Problems: append(taken, problems...)}
	}
	return api.Refuse(problems)
}

// operationProblems judges ids and destinations of operations.
func (p *Plane) operationProblems(ctx context.Context, db bun.IDB, s api.Scope, stored *api.Policy, d *api.PolicyDraft) ([]api.Problem, error) {
	var problems []api.Problem
	seen := map[string]bool{}
	for i := range min(len(d.Operations), api.MaxOperations) {
		o, at := &d.Operations[i], "operations."+strconv.Itoa(i)+"."
		known := slices.ContainsFunc(stored.Operations, func(before api.Operation) bool { return before.ID == o.ID })
		if o.ID != "" && (!known || seen[o.ID]) {
			problems = append(problems, api.Problem{Path: at + "id", Message: api.M("policy.operation_unknown")})
		}
		seen[o.ID] = true
		if o.Type != api.OperationReplication || o.Region == "" || o.Project == "" {
			continue
		}
		_, found, err := p.destination(ctx, db, s, api.Destination{Region: o.Region, Project: o.Project})
		if err != nil {
			return nil, err
		}
		for _, problem := range found {
			problems = append(problems, api.Problem{Path: at + problem.Path, Message: problem.Message})
		}
	}
	return problems, nil
}

// takenByPolicies finds what of a draft another policy of the project has: its name,
// or resources by id or path.
func takenByPolicies(ctx context.Context, db bun.IDB, s api.Scope, stored *api.Policy, d *api.PolicyDraft) (taken []api.Problem, err error) {
	err = find(ctx, db, s.Project, new(policyRow), noPolicy, "name = ? AND id <> ?", d.Name, stored.ID)
	if err == nil {
		taken = append(taken, api.Problem{Path: "name", Message: api.M("policy.name_taken", "name", d.Name)})
	} else if api.CodeOf(err) != api.NotFound {
		return nil, err
	}
	var rows []resourceRow
	if err := db.NewSelect().Model(&rows).Where("project_id = ?", s.Project).Scan(ctx); err != nil {
		return nil, err
	}
	ids, paths := make(map[string]*resourceRow, len(rows)), make(map[string]*resourceRow, len(rows))
	for i := range rows {
		ids[rows[i].ID] = &rows[i]
		if rows[i].PolicyID != stored.ID || paths[rows[i].Path] == nil {
			paths[rows[i].Path] = &rows[i]
		}
	}
	for i := range d.Resources {
		r := &d.Resources[i]
		byID, byPath := ids[r.ID], paths[r.Path]
		switch {
		case byID != nil && byID.PolicyID != stored.ID, byPath != nil && byPath.PolicyID != stored.ID:
			taken = append(taken, api.Problem{Path: "resources." + strconv.Itoa(i), Message: api.M("policy.resource_taken", "name", r.Name)})
		case r.ID == "" && byPath != nil:
			r.ID = byPath.ID
		}
	}
	return taken, nil
}

// CreatePolicy implements api.Policies.
func (p *Plane) CreatePolicy(ctx context.Context, s api.Scope, d api.PolicyDraft) (api.Policy, error) {
	d = d.Complete()
	if away, err := p.away(ctx, s.Project); err != nil {
		return api.Policy{}, err
	} else if away {
		return p.createPolicyThere(ctx, s, d)
	}
	id := store.NewID()
	err := p.inTxTwice(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := lockProject(ctx, tx, s.Project); err != nil {
			return err
		}
		d := d
		if err := p.judgePolicy(ctx, tx, s, new(api.Policy), &d); err != nil {
			return err
		}
		if err := roomForPolicy(ctx, tx, s); err != nil {
			return err
		}
		row := &policyRow{ID: id, ProjectID: s.Project}
		row.describe(&d, s, time.Now())
		row.CreatedAt, row.CreatedBy = row.UpdatedAt, row.UpdatedBy
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return row.fill(ctx, tx, s, new(api.Policy), &d, "create")
	})
	if err != nil {
		return api.Policy{}, err
	}
	return p.Policy(ctx, s, id)
}

func roomForPolicy(ctx context.Context, tx bun.Tx, s api.Scope) error {
	n, err := tx.NewSelect().Model((*policyRow)(nil)).Where("project_id = ?", s.Project).Count(ctx)
	if err == nil && n >= api.MaxPolicies {
		err = api.Errorf(api.Limit, "policy.too_many", "max", api.MaxPolicies)
	}
	return err
}
