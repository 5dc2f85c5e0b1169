package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/vpcep/v1/model"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"
)

// An administrator invites somebody, who comes in by the link, sees one project and
// nothing that the role does not allow, and is out with the next click once disabled.
func TestAnInvitedPerson(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t, checkingForm), "invited", func(j *journey) {
		j.c.create("orders", somewhere(nil))
		name := "vera-" + j.key.ProjectName
		link := j.invite(name, "viewer")
		hers := j.another()
		hers.visit(link)
		hers.find("heading", "Welcome to Switchboard")
		hers.fill("New password", "short")
		hers.fill("Password again", "short")
		hers.submit("button", "Set the password and sign in")
		require.Equal(j.t, "true", hers.attribute("New password", "aria-invalid"))
		hers.fill("New password", adminPassword)
		hers.fill("Password again", adminPassword)
		hers.click("button", "Set the password and sign in")
		hers.find("heading", "Overview")
		require.Equal(j.t, j.home, hers.path(), "her one project")
		hers.home = j.home
		looksOnly(hers)
		require.Equal(j.t, http.StatusNotFound, j.p.visit(j.t).get(link).status, "the link works once")

		j.visit("/people?q=" + name)
		j.click("link", name)
		j.find("heading", name)
		j.photograph("person")
		j.click("link", "Disable")
		j.click("button", "Disable")
		j.sees(name + " is disabled.")
		hers.expect("status of 401")
		hers.clickOn("nav.sidebar a[href$='/links']")
		hers.find("heading", "Sign in")
		hers.fill("Name", name)
		hers.fill("Password", adminPassword)
		hers.submit("button", "Sign in")
		hers.find("heading", "Sign in")
	})
}

// invite invites somebody with a role in the journey's project and returns where
// the one-time link leads.
func (j *journey) invite(name, role string) string {
	j.t.Helper()
	j.visit("/people")
	j.click("link", "Invite somebody")
	j.fill("User name", name)
	j.fill("Full name", "Vera Vane")
	j.submit("button", "Add a project")
	j.pick("Roles in projects, row 1: Project", j.key.ProjectName)
	j.pick("Roles in projects, row 1: Role", role)
	j.click("button", "Create the invitation")
	j.find("heading", "Invitation created")
	j.photograph("person-invited")
	link := j.eval(`document.querySelector("#link").innerText.trim()`)
	path, found := strings.CutPrefix(link, j.base)
	require.True(j.t, found, link)
	return path
}

// another is somebody else's browser.
func (j *journey) another() *tab {
	if j.scripted {
		return j.p.browse(j.t)
	}
	return j.p.browse(j.t, withoutScript)
}

// looksOnly requires that a viewer is offered nothing that viewers may not do.
func looksOnly(w *tab) {
	w.t.Helper()
	require.Empty(w.t, w.all("link", "New link"))
	require.Equal(w.t, "1", w.eval(`document.querySelectorAll(".project-switch ~ .popup-panel li").length`), "one project to switch to")
	require.Equal(w.t, "0", w.eval(`document.querySelectorAll("a[href='/people'], a[href='/groups'], a[href='/projects'], a[href='/audit'], a[href='/settings']").length`))
	w.visit(w.home + "/links")
	require.Equal(w.t, "0", w.eval(`document.querySelectorAll("main :is(.bulk-bar, [name=id])").length`), "nothing is ticked")
	w.click("link", "orders")
	w.find("heading", "orders")
	require.Equal(w.t, "0", w.eval(`document.querySelectorAll("main :is(#check-now, a[href$='/edit'], a[href$='/delete'])").length`))
	w.expect("status of 403")
	w.expect("status of 404")
	at := w.path()
	w.visit("/people")
	w.sees("403")
	w.visit(at)
}

// A password is not enough any more where there is a second factor; a code counts
// once, and so does a recovery code.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "factor", func(j *journey) {
		name := "fay-" + j.key.ProjectName
		j.p.addPerson(j.t, name, j.key.ProjectName, "editor")
		w := j.another()
		w.signInAs(name, adminPassword)
		w.visit("/profile/factor")
		w.click("button", "Set up the second factor")
		w.sees("Scan this picture")
		eventually(j.t, "the picture", func() (string, bool) {
			width := w.eval(`document.querySelector("main img").naturalWidth`)
			return width, width != "0"
		})
		w.picture("factor-" + j.key.ProjectName)
		key := w.eval(`document.querySelector("#factor-key").innerText.trim()`)
		w.fill("Code", "000000")
		w.submit("button", "Turn it on")
		require.Equal(j.t, "true", w.attribute("Code", "aria-invalid"))
		code := codeNow(j.t, key)
		w.fill("Code", code)
		w.click("button", "Turn it on")
		w.find("heading", "The second factor is on")
		recovery := strings.Fields(w.eval(`document.querySelector("#recovery").innerText`))
		require.NotEmpty(j.t, recovery)

		w.leaveAndReturn(name)
		w.fill("Code", code)
		w.submit("button", "Sign in")
		require.Equal(j.t, "true", w.attribute("Code", "aria-invalid"), "a code counts once")
		w.fill("Code", nextCode(j.t, key, code))
		w.click("button", "Sign in")
		w.find("heading", "Overview")

		w.leaveAndReturn(name)
		w.fill("Code", recovery[0])
		w.click("button", "Sign in")
		w.find("heading", "Overview")
		w.leaveAndReturn(name)
		w.fill("Code", recovery[0])
		w.submit("button", "Sign in")
		require.Equal(j.t, "true", w.attribute("Code", "aria-invalid"), "so does a recovery code")
		w.visit(j.home)
		w.find("heading", "Sign in") // the password alone opens nothing
	})
}

// leaveAndReturn signs out and in again, up to the second step.
func (w *tab) leaveAndReturn(name string) {
	w.t.Helper()
	w.visit("/")
	w.find("heading", "Overview")
	w.open(name)
	w.click("button", "Sign out")
	w.find("heading", "Sign in")
	w.fill("Name", name)
	w.fill("Password", adminPassword)
	w.click("button", "Sign in")
	w.find("heading", "One more step")
}

func codeNow(t *testing.T, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, time.Now())
	require.NoError(t, err)
	return code
}

// nextCode is one that was not used: the app of somebody whose clock is half a
// minute ahead shows it already.
func nextCode(t *testing.T, key, used string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, time.Now().Add(30*time.Second))
	require.NoError(t, err)
	require.NotEqual(t, used, code)
	return code
}

// Who signs out everywhere is out in every other browser with its next click.
func TestSignOutEverywhere(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "everywhere", func(j *journey) {
		name := "sue-" + j.key.ProjectName
		j.p.addPerson(j.t, name, j.key.ProjectName, "editor")
		here, there := j.another(), j.another()
		here.signInAs(name, adminPassword)
		there.signInAs(name, adminPassword)
		here.visit("/profile/sessions")
		require.Equal(j.t, "2", here.eval(`document.querySelectorAll("tbody tr").length`))
		here.click("link", "Sign out everywhere")
		here.click("button", "Sign out everywhere")
		here.find("heading", "Sign in")
		there.expect("status of 401")
		there.clickOn("nav.sidebar a[href$='/links']")
		there.find("heading", "Sign in")
	})
}

// What somebody gives to programs on the profile's pages works with curl and with
// the SDK, and dies with him.
func TestKeysAndTokensOfAProfile(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "keys", func(j *journey) {
		name := "pat-" + j.key.ProjectName
		j.p.addPerson(j.t, name, j.key.ProjectName, "editor")
		w := j.another()
		w.signInAs(name, adminPassword)
		w.visit("/profile/keys/new")
		w.fill("What it is for", "terraform")
		w.click("button", "Create the key")
		w.find("heading", "Access key created")
		once := func(id string) string { return w.eval(`document.querySelector("#` + id + `").innerText.trim()`) }
		key := j.key
		key.AccessKey, key.SecretKey = once("access"), once("secret")
		w.click("link", "I have copied it")
		w.sees(key.AccessKey)
		require.NotContains(j.t, w.everything(), key.SecretKey, "it is shown once")
		w.visit("/profile/tokens/new")
		w.fill("What it is for", "nightly report")
		w.click("button", "Create the token")
		w.find("heading", "API token created")
		program := *j.c
		program.token = once("token")

		client := vpcepClient(j.t, j.p, key)
		service := offer(j.t, client)
		require.Equal(j.t, http.StatusOK, program.send(http.MethodGet, program.services()+"/"+service, nil).status)
		w.visit("/profile/tokens")
		w.sees("nightly report")

		j.p.run(j.t, "user", "disable", name)
		_, err := client.ListEndpointService(&model.ListEndpointServiceRequest{})
		require.Equal(j.t, http.StatusUnauthorized, refusal(j.t, err).StatusCode)
		require.Equal(j.t, http.StatusUnauthorized, program.send(http.MethodGet, program.services(), nil).status)
		w.expect("status of 401")
		w.click("link", "Access keys")
		w.find("heading", "Sign in")
	})
}
