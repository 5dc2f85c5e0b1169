package embedded

import (
	"math"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// never is when an entry expires that does not.
const never = math.MaxInt64

// inForce is the one condition for entries that are there: every query of a
// whitelist has it, with the present time. The plus keeps databases from looking
// for these, nearly all, by the index of the others.
const inForce = "+expires_at > ?"

// ofService is the condition for entries of a service that are named by their
// ids, and to be found by these and not by the index of the service.
const ofService = "service_id || '' = ?"

// permissionRow is an entry of a whitelist as it is stored.
type permissionRow struct {
	bun.BaseModel `bun:"table:permissions"`

	ID          string `bun:"id,pk"`
	ServiceID   string
	Permission  string
	Description string
	Search      string
	Reason      string
	ExpiresAt   int64
	CreatedAt   int64
	CreatedBy   string
	UpdatedAt   int64
	UpdatedBy   string
}

// newPermissions makes the rows of judged drafts. Their ids ascend, so that
// they stay in this order.
func newPermissions(service string, drafts []api.PermissionDraft, by string, now time.Time) []permissionRow {
	at := store.Micros(now)
	rows := make([]permissionRow, len(drafts))
	for i, d := range drafts {
		rows[i] = permissionRow{
			ID: store.NewID(), ServiceID: service, Permission: d.Permission, ExpiresAt: expiresAt(d.Expires),
			CreatedAt: at, CreatedBy: by, UpdatedAt: at, UpdatedBy: by,
		}
		rows[i].describe(d.Description)
	}
	return rows
}

// describe sets the description and with it what a search looks at. Case is
// folded here because the databases do it differently.
func (r *permissionRow) describe(text string) {
	r.Description = text
	r.Search = strings.ToLower(r.Permission + "\n" + text)
}

// change takes a judged change over, and returns the word for it in the audit
// log: none if it changes nothing.
func (r *permissionRow) change(c *api.PermissionChange) (action string) {
	if c.Description != nil {
		r.describe(*c.Description)
		action = "describe"
	}
	if c.Expires != nil {
		r.ExpiresAt = expiresAt(*c.Expires)
		action = "renew"
	}
	if c.Description != nil && c.Expires != nil {
		action = "update"
	}
	return action
}

func expiresAt(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return store.Micros(t)
}

func expiry(micros int64) time.Time {
	if micros == never {
		return time.Time{}
	}
	return store.Time(micros)
}

// permission is the row as the domain knows it.
func (r *permissionRow) permission() api.Permission {
	return api.Permission{
		ID: r.ID, Service: r.ServiceID, Permission: r.Permission, Description: r.Description, Reason: r.Reason,
		Expires: expiry(r.ExpiresAt),
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
	}
}

func permissionsOf(rows []permissionRow) []api.Permission {
	permissions := make([]api.Permission, len(rows))
	for i := range rows {
		permissions[i] = rows[i].permission()
	}
	return permissions
}

// auditedPermissions are entries for the audit log.
func auditedPermissions(rows []permissionRow) api.AuditedPermissions {
	entries := make([]api.AuditedPermission, len(rows))
	for i := range rows {
		entry := rows[i].permission()
		entries[i] = entry.Audited()
	}
	return api.AuditPermissions(entries...)
}
