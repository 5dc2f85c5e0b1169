package wire

import "switchboard/internal/api"

// accountPermission is the type of permissions that name an account. Terraform
// leaves out rows that have none.
const accountPermission = "domainId"

// permissionJSON is an entry of a whitelist. Documents of different years show
// different fields of it; clients pass over what they do not know
// (spec/whitelist.md §1.1).
type permissionJSON struct {
	ID          string `json:"id"`
	Permission  string `json:"permission"`
	Type        string `json:"permission_type"`
	Description string `json:"description"`
	Created     string `json:"created_at"`
}

// permissionsJSON is the answer about some entries.
type permissionsJSON struct {
	Permissions []permissionJSON `json:"permissions"`
}

// listedPermissionsJSON is a part of a whitelist.
type listedPermissionsJSON struct {
	permissionsJSON
	Total int `json:"total_count"` // of all that the filter finds
}

func encodePermissions(all []api.Permission) permissionsJSON {
	return permissionsJSON{each(all, func(p api.Permission) permissionJSON {
		return permissionJSON{p.ID, p.Permission, accountPermission, p.Description, vpcepTime(p.Created.At)}
	})}
}
