package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"switchboard/internal/api"
)

// Reverse implements api.History. What the audit log keeps of an object is read back
// by the type that wrote it, so that each kind's file beside this one says what a
// change of it is taken back by.
func (p *Plane) Reverse(ctx context.Context, s api.Scope, change string, secrets map[string]api.Secret) (api.Reversal, error) {
	if s.Project == "" {
		return api.Reversal{}, api.Errorf(api.NotFound, "audit.not_found")
	}
	c, err := p.db.AuditEntry(ctx, s.Project, change)
	if err != nil {
		return api.Reversal{}, err
	}
	r := &reversal{p: p, s: s, secrets: secrets, Reversal: api.Reversal{Change: c}}
	reverse, ok := reversers[c.Kind]
	if !ok {
		return api.Reversal{}, final("reverse.people")
	}
	if err := reverse(r, ctx); err != nil {
		return api.Reversal{}, err
	}
	slices.Sort(r.Asks)
	r.Asks = slices.Compact(r.Asks)
	return r.Reversal, nil
}

// reversers say how a change of a kind is taken back.
var reversers = map[api.Kind]func(r *reversal, ctx context.Context) error{
	api.KindLink: (*reversal).link, api.KindConnection: (*reversal).connection, api.KindQueue: (*reversal).queue,
	api.KindEndpointService: (*reversal).endpointService, api.KindPermission: (*reversal).permission, api.KindEndpoint: (*reversal).endpoint,
	api.KindFunction: (*reversal).function, api.KindAlias: (*reversal).alias, api.KindPolicy: (*reversal).policy,
	api.KindRegion: (*reversal).region, api.KindHook: (*reversal).hook,
	api.KindBackup: refusing("reverse.backup"), api.KindReplication: refusing("reverse.copies"), api.KindRun: refusing("reverse.event"),
	api.KindAudit: refusing("reverse.audit"),
}

// refusing is for what can be taken back by nobody; key says why.
func refusing(key string) func(*reversal, context.Context) error {
	return func(*reversal, context.Context) error { return final(key) }
}

// final refuses to take a change back.
func final(key string, args ...any) error { return api.Errorf(api.Invalid, key, args...) }

// reversal is a Reversal in the making.
type reversal struct {
	p *Plane
	api.Reversal

	s       api.Scope
	secrets map[string]api.Secret
}

// before reads what the object was before the change, and reports whether it was.
func (r *reversal) before(into any) (bool, error) { return read(r.Change.Before, into) }

// after is the same of what became of it.
func (r *reversal) after(into any) (bool, error) { return read(r.Change.After, into) }

func read(object []byte, into any) (bool, error) {
	if object == nil {
		return false, nil
	}
	if err := json.Unmarshal(object, into); err != nil {
		return false, fmt.Errorf("audit entry: %w", err)
	}
	return true, nil
}

// tell says what the object is and what it would be; nil is not there. It reports
// whether there is a difference.
func (r *reversal) tell(now, then any) bool {
	r.Now, r.Then = seen(now), seen(then)
	return !bytes.Equal(r.Now, r.Then)
}

func seen(object any) []byte {
	if object == nil {
		return nil
	}
	return []byte(encode(object))
}

// ask asks for a secret, unless it was typed.
func (r *reversal) ask(path string) {
	if _, typed := r.secrets[path]; !typed {
		r.Asks = append(r.Asks, path)
	}
}

// note says what is not brought back.
func (r *reversal) note(key string, args ...any) { r.Notes = append(r.Notes, api.M(key, args...)) }

// askFor turns a refusal because of secrets, at paths, into the wish to have them.
// Other refusals stay.
func (r *reversal) askFor(err error, paths ...string) error {
	e, ok := err.(*api.Error) //nolint:errorlint // rules return it as it is
	if !ok || e.Code != api.Invalid || len(e.Problems) == 0 {
		return err
	}
	for _, problem := range e.Problems {
		if _, typed := r.secrets[problem.Path]; typed || !slices.Contains(paths, problem.Path) {
			return err
		}
	}
	for _, problem := range e.Problems {
		r.ask(problem.Path)
	}
	return nil
}

// presence reads whether there is an object from how it was found.
func presence(err error) (bool, error) {
	switch api.CodeOf(err) {
	case "":
		return true, nil
	case api.NotFound:
		return false, nil
	}
	return false, err
}

// gone is why a change cannot be taken back of what is not there any more.
func gone() error { return final("reverse.gone") }
