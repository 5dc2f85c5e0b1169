package embedded

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// lookups is how many entries one statement looks for.
const lookups = 1000

// JudgePermissions implements api.Whitelist.
func (p *Plane) JudgePermissions(ctx context.Context, s api.Scope, service string, drafts []api.PermissionDraft) ([]api.Verdict, error) {
	if len(drafts) > api.MaxAddition {
		return nil, api.Errorf(api.Limit, "permission.too_many", "max", api.MaxAddition)
	}
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return nil, err
	}
	return svc.verdicts(ctx, p.db.Read, drafts, time.Now())
}

// verdicts judges drafts for the service's whitelist.
func (r *serviceRow) verdicts(ctx context.Context, db bun.IDB, drafts []api.PermissionDraft, now time.Time) ([]api.Verdict, error) {
	verdicts := (&api.PermissionBatch{Entries: drafts}).Verdicts(now)
	present, err := r.presentAll(ctx, db, drafts, verdicts, now)
	for i := range verdicts {
		name := drafts[i].Permission
		switch {
		case !verdicts[i].Permission.IsZero():
		case present[name]:
			verdicts[i].Permission = presentMessage(name)
		case sameAccount(strings.TrimPrefix(name, api.AccountPrefix), r.AccountID):
			verdicts[i].Note = api.M("permission.own_account")
		}
	}
	return verdicts, err
}

// presentAll tells which drafts, of those that are well formed, the whitelist
// has.
func (r *serviceRow) presentAll(ctx context.Context, db bun.IDB, drafts []api.PermissionDraft, verdicts []api.Verdict, now time.Time) (map[string]bool, error) {
	all := map[string]bool{}
	if r.Entries == 0 {
		return all, nil
	}
	for batch := range slices.Chunk(wellNamed(drafts, verdicts), lookups) {
		present, err := r.present(ctx, db, batch, now)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, present)
	}
	return all, nil
}

// sameAccount compares account ids, of which some have hyphens in one place and
// none in another.
func sameAccount(a, b string) bool {
	return strings.ReplaceAll(a, "-", "") == strings.ReplaceAll(b, "-", "")
}

// WhoMayConnect implements api.Whitelist.
func (p *Plane) WhoMayConnect(ctx context.Context, s api.Scope, service, account string) (api.Access, error) {
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return api.Access{}, err
	}
	account = strings.TrimPrefix(strings.TrimSpace(account), api.AccountPrefix)
	if !api.ValidAccount(account) {
		return api.Access{}, api.Refuse([]api.Problem{{Path: "account", Message: api.M("permission.account_form")}})
	}
	return svc.access(ctx, p.db.Read, account, time.Now())
}

// access says whether an account may connect: the owner's always, others by an
// entry of their own or by that for everyone.
func (r *serviceRow) access(ctx context.Context, db bun.IDB, account string, now time.Time) (api.Access, error) {
	access := api.Access{Account: account, Owner: sameAccount(account, r.AccountID), Approval: r.Approval}
	var rows []permissionRow
	err := db.NewSelect().Model(&rows).Where("service_id = ?", r.ID).
		Where("permission IN (?, ?)", api.AccountPrefix+account, api.Everyone).Where(inForce, store.Micros(now)).Scan(ctx)
	for i := range rows {
		if entry := rows[i].permission(); access.By == nil || entry.Permission != api.Everyone {
			access.By = &entry
		}
	}
	access.Allowed = access.Owner || access.By != nil
	return access, err
}
