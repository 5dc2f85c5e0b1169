package templates

import (
	"context"

	"switchboard/internal/api"
)

type roleKey struct{}

// WithRole returns a context for pages of somebody who may do as much as the role
// where the page is. Without one a page is that of somebody who may do nothing.
func WithRole(ctx context.Context, role api.Role) context.Context {
	return context.WithValue(ctx, roleKey{}, role)
}

// may reports whether the reader is offered what needs the role. It decides about
// buttons only: what is done all the same is judged by the service.
func may(ctx context.Context, needed api.Role) bool {
	role, _ := ctx.Value(roleKey{}).(api.Role)
	return api.Allow(api.Actor{Role: role}, needed) == nil
}
