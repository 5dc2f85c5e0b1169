package wire

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// maxPermissionPage is the most that a list of permissions shows at once.
const maxPermissionPage = 500

// listPermissions answers GET …/permissions (spec/whitelist.md §1.1). Behind
// the end there is an empty list, where clients stop.
func (s *server) listPermissions(c echo.Context, scope api.Scope, service string) error {
	p, err := readPage(c, maxPermissionPage)
	if err != nil {
		return err
	}
	text, err := readText(c, "permission", maxPermissionText)
	if err != nil {
		return err
	}
	q := api.PermissionQuery{Permission: text, Sort: p.sort, Desc: p.desc, Offset: p.offset, Limit: p.limit}
	found, err := s.Service.ListPermissions(c.Request().Context(), scope, service, q)
	if err != nil {
		return err
	}
	total, err := s.Service.CountPermissions(c.Request().Context(), scope, service, q)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, listedPermissionsJSON{encodePermissions(found.Items), total})
}

// addPermissions answers POST …/permissions/batch-create: all or nothing, in
// the order of the request (spec/whitelist.md §1.2, §7).
func (s *server) addPermissions(c echo.Context, scope api.Scope, service string) error {
	var body permissionsBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	batch, err := body.batch()
	if err != nil {
		return err
	}
	added, err := s.Service.AddPermissions(c.Request().Context(), scope, service, batch)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodePermissions(added))
}

// removePermissions answers POST …/permissions/batch-delete: all or nothing.
func (s *server) removePermissions(c echo.Context, scope api.Scope, service string) error {
	var body removalBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	ids, err := body.ids()
	if err != nil {
		return err
	}
	if _, err := s.Service.RemovePermissions(c.Request().Context(), scope, service, api.PermissionRemoval{IDs: ids}); err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodePermissions(nil))
}

// describePermission answers PUT …/permissions/{id}: a list of the one that
// was changed.
func (s *server) describePermission(c echo.Context, scope api.Scope, service string) error {
	var body descriptionBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Permission == nil || body.Permission.Description == nil {
		return api.Errorf(api.Invalid, "wire.body_type", "field", "permission.description", "want", "string")
	}
	change := api.PermissionChange{Description: body.Permission.Description}
	changed, err := s.Service.ChangePermission(c.Request().Context(), scope, service, param(c, "permission"), change)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodePermissions([]api.Permission{changed}))
}

// changePermissions answers POST …/permissions/action, the older way to add
// and to remove. What is there already, or is not there, is no error: Terraform
// repeats itself (spec/whitelist.md §1.5, §7.1). The answer is the whole list.
func (s *server) changePermissions(c echo.Context, scope api.Scope, service string) error {
	var body actionBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	ctx := c.Request().Context()
	batch, err := body.batch()
	if err != nil {
		return err
	}
	switch body.Action {
	case "add":
		_, err = s.Service.AddPermissions(ctx, scope, service, batch)
	case "remove":
		err = s.removeNamed(ctx, scope, service, body.Permissions)
	}
	if err != nil {
		return err
	}
	q := api.PermissionQuery{Limit: api.MaxWirePage}
	return stream(s, c, list[api.Permission]{
		head: `{"permissions":[`,
		page: func(cursor string) (api.Page[api.Permission], error) {
			q.Cursor = cursor
			return s.Service.ListPermissions(ctx, scope, service, q)
		},
		encode: func(p *api.Permission) any { return p.Permission },
		tail:   func() string { return "]}" },
	})
}

// removeNamed removes the entries that say just this, if they are there.
func (s *server) removeNamed(ctx context.Context, scope api.Scope, service string, names []string) error {
	if len(names) == 0 {
		return api.Errorf(api.Invalid, "permission.none")
	}
	found, err := s.Service.ListPermissions(ctx, scope, service, api.PermissionQuery{Only: names, Limit: api.MaxWirePage})
	if err != nil || len(found.Items) == 0 {
		return err
	}
	ids := each(found.Items, func(p api.Permission) string { return p.ID })
	_, err = s.Service.RemovePermissions(ctx, scope, service, api.PermissionRemoval{IDs: ids, Repeat: true})
	return err
}
