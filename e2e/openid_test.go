package e2e

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Somebody who has no password here signs in at the company's provider, is let in to
// what the groups there are for, and signs out.
func TestSignInAtTheProvider(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		signInAtTheProvider(t)
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		signInAtTheProvider(t, withoutScript)
	})
}

func signInAtTheProvider(t *testing.T, options ...pageOption) {
	provider, client := testserver.OpenID(t), "console-"+rand.Text()
	p := start(t, func(p *program) {
		p.args = append(p.args, "--oidc-issuer", "http://"+provider.Addr(), "--oidc-client-id", client,
			"--oidc-label", "Acme", "--oidc-admin-group", "platform")
		p.env = append(p.env, "SWITCHBOARD_OIDC_SECRET=of-the-client")
	})
	name := "mary-" + rand.Text()
	provider.Exec(t, "client "+client+" of-the-client "+p.URL+"/sign-in/oidc/callback",
		"user "+name+` secret {"preferred_username":"mary","groups":["platform"]}`)

	w := p.browse(t, options...)
	project := "/p/" + p.key(t).ProjectID
	w.visit(project + "/links")
	w.picture("openid-1-sign-in")
	w.click("link", "Sign in with Acme")
	w.find("heading", "Provider")
	w.fill("Name", name)
	w.fill("Password", "wrong")
	w.click("button", "Sign in")
	w.sees("wrong name or password")
	w.fill("Name", name)
	w.fill("Password", "secret")
	w.click("button", "Sign in")
	w.find("heading", "Links")
	require.Equal(t, project+"/links", w.path(), "the page that was wanted")

	w.visit("/sign-in/oidc/callback?code=again&state=again")
	w.find("heading", "Overview") // going back does no harm

	w.open("mary")
	w.click("button", "Sign out")
	w.sees("Acme may still know you")
	w.click("link", "Sign in with Acme")
	w.find("heading", "Provider")
	w.expect("status of 403")
	w.click("button", "Refuse")
	w.sees("Acme did not let you in (access_denied)")
	w.picture("openid-2-refused")
	w.signInAs(adminName, adminPassword)
}
