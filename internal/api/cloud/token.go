package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

const signInOperation = "KeystoneCreateUserTokenByPassword"

const (
	// renewBefore is how long before its end a token is not used any more.
	renewBefore = 10 * time.Minute
	// usualToken is how long one lasts that does not say so (spec/iam.md §1).
	usualToken = 24 * time.Hour
	// refusalLasts is how long a refused password is not tried again: accounts are
	// locked after a few wrong ones.
	refusalLasts = 5 * time.Minute
)

// tokens is the token of who signs in. All of it belongs to who holds the door.
type tokens struct {
	door    chan struct{}
	text    api.Secret
	until   time.Time
	refusal error
	refused time.Time
}

// token returns a token that is good for a while, other than stale.
func (c *Client) token(ctx context.Context, stale api.Secret) (api.Secret, error) {
	t := &c.tokens
	select {
	case t.door <- struct{}{}:
	case <-ctx.Done():
		return api.Secret{}, api.Errorf(api.Unavailable, "cloud.late", "service", names[wire.IAM])
	}
	defer func() { <-t.door }()
	now := c.Now()
	if !t.text.IsZero() && t.text != stale && now.Before(t.until) {
		return t.text, nil
	}
	if t.refusal != nil && now.Before(t.refused.Add(refusalLasts)) {
		return api.Secret{}, t.refusal
	}
	t.text = api.Secret{}
	token, ends, err := c.signIn(ctx)
	t.refusal = nil
	if code := api.CodeOf(err); code == api.Forbidden || code == api.Invalid {
		t.refusal, t.refused = err, now
	}
	if err != nil {
		return api.Secret{}, err
	}
	t.text, t.until = token, ends
	return token, nil
}

// signIn asks IAM for a token of the project (spec/iam.md §1), and returns it and until
// when it is used.
func (c *Client) signIn(ctx context.Context) (token api.Secret, until time.Time, err error) {
	const password = wire.Variable("PASSWORD")
	type obj = map[string]any
	body, err := json.Marshal(obj{"auth": obj{
		"identity": obj{"methods": []string{"password"}, "password": obj{
			"user": obj{"name": c.at.User, "password": password, "domain": obj{"name": c.at.Domain}},
		}},
		"scope": obj{"project": obj{"id": c.at.Project}},
	}})
	if err != nil {
		return token, until, err
	}
	answer, err := c.insist(ctx, &wire.Call{
		Operation: wire.FindOperation(signInOperation), Body: body,
		Secrets: map[string]api.Secret{string(password): c.at.Secret},
	}, c.Attempt)
	if err != nil {
		return token, until, err
	}
	token = api.NewSecret(answer.Header.Get("X-Subject-Token"))
	if token.IsZero() {
		return token, until, noAnswer(wire.FindOperation(signInOperation))
	}
	return token, usedUntil(answer.Body, c.Now()), nil
}

// usedUntil is when a token is renewed: a while before it ends, by what IAM says about
// how long it lasts and not by its clock.
func usedUntil(body []byte, now time.Time) time.Time {
	var said struct {
		Token struct {
			Issued time.Time `json:"issued_at"`
			Ends   time.Time `json:"expires_at"`
		} `json:"token"`
	}
	lasts := usualToken
	if err := json.Unmarshal(body, &said); err == nil && said.Token.Ends.After(said.Token.Issued) && !said.Token.Issued.IsZero() {
		lasts = min(said.Token.Ends.Sub(said.Token.Issued), usualToken)
	}
	return now.Add(max(lasts-renewBefore, lasts/2))
}

// refusedCredential reports whether an error is about the credential.
func refusedCredential(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Message.Key == "cloud.credential"
}
