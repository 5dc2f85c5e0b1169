package api

import "context"

// SetHook says where the project's changes of state are told.
type SetHook struct {
	Draft HookDraft
}

// About implements Deed.
func (d SetHook) About() About {
	return About{Kind: KindHook, Action: ActionUpdate}
}

// Do implements Deed.
func (d SetHook) Do(ctx context.Context, to Service, s Scope) error {
	return to.SetHook(ctx, s, d.Draft)
}

func (d SetHook) apart() (Deed, map[string]Secret) {
	secrets := take(&d.Draft.Secret)
	return d, secrets
}

func (d SetHook) with(secrets map[string]Secret) Deed {
	d.Draft.Secret = secrets[secretPath]
	return d
}
