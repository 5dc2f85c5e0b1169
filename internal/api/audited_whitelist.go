package api

import (
	"slices"
	"time"
)

// AuditedPermission is an entry of a whitelist as the audit log keeps it; of one among
// many, what it says.
type AuditedPermission struct {
	ID          string     `json:"id,omitempty"`
	Permission  string     `json:"permission"`
	Description string     `json:"description,omitempty"`
	Expires     *time.Time `json:"expires,omitempty"`
	Reason      string     `json:"reason,omitempty"`
}

// AuditedPermissions are entries as the audit log keeps them.
type AuditedPermissions struct {
	Permissions []AuditedPermission `json:"permissions"`
	Count       int                 `json:"count"`
	// First and Last are the ids of many that were added at once.
	First string `json:"first,omitempty"`
	Last  string `json:"last,omitempty"`
}

// Audited is the entry for the audit log.
func (p *Permission) Audited() AuditedPermission {
	a := AuditedPermission{ID: p.ID, Permission: p.Permission, Description: p.Description, Reason: p.Reason}
	a.expire(p.Expires)
	return a
}

func (a *AuditedPermission) expire(at time.Time) {
	if a.Expires = nil; !at.IsZero() {
		a.Expires = &at
	}
}

// Until is when the entry ends, zero if it does not.
func (a *AuditedPermission) Until() time.Time {
	if a.Expires == nil {
		return time.Time{}
	}
	return *a.Expires
}

// Draft describes the entry as it was.
func (a *AuditedPermission) Draft() PermissionDraft {
	return PermissionDraft{Permission: a.Permission, Description: a.Description, Expires: a.Until()}
}

// AuditPermissions are entries for the audit log: Everyone before others, and all that
// they say, so that they can be added again.
func AuditPermissions(entries ...AuditedPermission) AuditedPermissions {
	sorted := make([]AuditedPermission, 0, len(entries))
	for _, e := range entries {
		if e.Permission == Everyone {
			sorted = slices.Insert(sorted, 0, e)
		} else {
			sorted = append(sorted, e)
		}
	}
	return AuditedPermissions{Permissions: sorted, Count: len(sorted)}
}

// Brief are the entries as the log has them where more than MaxBatch were added, or
// have expired: no more than their names, and the first and last of their ids.
func (a AuditedPermissions) Brief() AuditedPermissions {
	if len(a.Permissions) <= MaxBatch {
		return a
	}
	brief := AuditedPermissions{Permissions: slices.Clone(a.Permissions), Count: a.Count}
	brief.First, brief.Last = a.Permissions[0].ID, a.Permissions[0].ID
	for i, e := range a.Permissions {
		brief.First, brief.Last = min(brief.First, e.ID), max(brief.Last, e.ID)
		if e.Permission != Everyone {
			brief.Permissions[i] = AuditedPermission{Permission: e.Permission}
		}
	}
	return brief
}

// auditDrafts are the entries that drafts make.
func auditDrafts(drafts []PermissionDraft) AuditedPermissions {
	entries := make([]AuditedPermission, len(drafts))
	for i, d := range drafts {
		entries[i] = AuditedPermission{Permission: d.Permission, Description: d.Description}
		entries[i].expire(d.Expires)
	}
	return AuditPermissions(entries...).Brief()
}
