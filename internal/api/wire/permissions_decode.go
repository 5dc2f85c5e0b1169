package wire

import (
	"fmt"
	"unicode/utf8"

	"switchboard/internal/api"
)

// permissionsBody is the body of batch-create.
type permissionsBody struct {
	Permissions []newPermissionBody `json:"permissions"`
	Type        *string             `json:"permission_type,omitempty"`
}

type newPermissionBody struct {
	Permission  string `json:"permission"`
	Description string `json:"description"` // required, but clients leave it out
}

func (b *permissionsBody) batch() (api.PermissionBatch, error) {
	batch := api.PermissionBatch{Everyone: true}
	for _, p := range b.Permissions {
		batch.Entries = append(batch.Entries, api.PermissionDraft{Permission: p.Permission, Description: p.Description})
	}
	return batch, judgeType(b.Type)
}

// judgeType refuses permissions that are not for accounts.
func judgeType(kind *string) error {
	if kind != nil && *kind != accountPermission {
		return wrong("permission_type", api.M("wire.choice", "choices", accountPermission))
	}
	return nil
}

// removalBody is the body of batch-delete.
type removalBody struct {
	Permissions []namedPermissionBody `json:"permissions"`
}

type namedPermissionBody struct {
	ID string `json:"id"`
}

func (b *removalBody) ids() ([]string, error) {
	ids := make([]string, len(b.Permissions))
	for i, p := range b.Permissions {
		if ids[i] = p.ID; p.ID == "" || utf8.RuneCountInString(p.ID) > maxID {
			return nil, wrong(fmt.Sprintf("permissions.%d.id", i), api.M("wire.permission_id", "max", maxID))
		}
	}
	return ids, nil
}

// actionBody is the body of permissions/action.
type actionBody struct {
	Permissions []string `json:"permissions"`
	Action      string   `json:"action"` // "add" or "remove"
	Type        *string  `json:"permission_type,omitempty"`
}

func (b *actionBody) batch() (api.PermissionBatch, error) {
	if b.Action != "add" && b.Action != "remove" {
		return api.PermissionBatch{}, api.Errorf(api.Invalid, "wire.permission_action")
	}
	batch := api.PermissionBatch{Everyone: true, Repeat: true}
	for _, name := range b.Permissions {
		batch.Entries = append(batch.Entries, api.PermissionDraft{Permission: name})
	}
	return batch, judgeType(b.Type)
}

// descriptionBody is the body that changes an entry.
type descriptionBody struct {
	Permission *describedBody `json:"permission"`
}

type describedBody struct {
	Description *string `json:"description"`
}
