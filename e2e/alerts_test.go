package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// A project's receiver learns once when a link fails and once when it answers
// again, however many checks say the same.
func TestAlerts(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		alerts(t, "script", rand.Text()+"-plain")
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		alerts(t, "no-script", "whsec_"+base64.StdEncoding.EncodeToString([]byte(rand.Text())), withoutScript)
	})
}

func alerts(t *testing.T, pictures, secret string, options ...pageOption) {
	server := testserver.MariaDB(t)
	account := server.Account(t)
	hook := receive(t, secret)
	p := start(t, checkingForm)
	p.call(t).create("orders", accountInputs(server, account))
	w := p.browse(t, options...)
	w.signIn()
	w.visit(w.home + "/links")
	w.click("link", "Alerts")
	w.find("heading", "Alerts")
	w.sees("Save an address first")
	w.fill("Address", "ftp://127.0.0.1/")
	w.fill("Signing secret", "too short")
	w.submit("button", "Save")
	require.Contains(t, w.describedBy("Address"), "with http or https")
	require.Contains(t, w.describedBy("Signing secret"), "Use 24 to 500 characters")
	require.Empty(t, w.value("Signing secret"))
	w.fill("Address", hook.URL+"/events?of=switchboard")
	w.fill("Signing secret", secret)
	w.click("button", "Save")
	w.sees("The alerts were saved.")
	w.sees("Nothing was sent yet")

	w.submit("button", "Send a test event")
	w.sees("Taken")
	require.Equal(t, "test", hook.await(1).Type)
	w.picture("alerts-" + pictures)

	test := func(status string) {
		w.visit(w.home + "/links")
		w.submit("button", "Test orders")
		require.Equal(t, status, w.cell("orders", "Last check"))
	}
	test("Passed")
	server.Exec(t, "ALTER USER `"+account.User+"`@`127.0.0.1` IDENTIFIED BY 'changed'")
	test("Failed")
	e := hook.await(2)
	require.Equal(t, []string{"link.failed", "orders", "failed", "sign_in", "linkConfig.password"},
		[]string{e.Type, e.Link.Name, e.Check.Status, e.Check.Step, e.Check.Path})
	require.Equal(t, server.Addr(), e.Link.Endpoint)
	test("Failed")
	server.Exec(t, "ALTER USER `"+account.User+"`@`127.0.0.1` IDENTIFIED BY '"+account.Password+"'")
	test("Passed")
	require.Equal(t, "link.recovered", hook.await(3).Type)
	test("Passed")

	w.visit(w.home + "/links/alerts")
	w.click("button", "Send a test event")
	require.Equal(t, "test", hook.await(4).Type, "of the checks that said the same nothing was sent")
}

// A receiver that does not take an event is named, and what was typed stays.
func TestAlertsThatNobodyTakes(t *testing.T) {
	t.Parallel()
	p := start(t)
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/links/alerts")
	w.fill("Address", "http://127.0.0.1:1/")
	w.fill("Signing secret", rand.Text()+rand.Text())
	w.click("button", "Save")
	w.sees("The alerts were saved.")
	w.fill("Address", "http://127.0.0.1:1/typed-but-not-saved")
	w.submit("button", "Send a test event")
	w.sees("Not taken")
	w.sees("There was no answer.")
	require.Equal(t, "http://127.0.0.1:1/typed-but-not-saved", w.value("Address"))
	w.picture("alerts-not-taken")

	w.fill("Address", "http://127.0.0.1:2/")
	w.submit("button", "Save")
	require.Contains(t, w.describedBy("Signing secret"), "The address leads to another server.", "the secret signs for one receiver only")
	w.fill("Address", "")
	w.click("button", "Save")
	w.sees("The address was removed.")
}

// An address that the policy refuses, the console's own among them, looks like
// one that cannot be reached.
func TestAlertsReachNoForbiddenAddress(t *testing.T) {
	t.Parallel()
	p := start(t)
	v := p.enter(t)
	alerts := v.get("/").location + "/links/alerts"
	for _, address := range []string{p.URL + "/", "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/"} {
		saved := v.post(alerts, url.Values{"url": {address}, "secret": {rand.Text()}, "enabled": {"true"}})
		require.Equal(t, http.StatusSeeOther, saved.status, saved.body)
		require.Equal(t, http.StatusSeeOther, v.post(alerts+"/test", url.Values{}).status)
		require.Contains(t, v.get(alerts).body, "The address cannot be reached from this console.", address)
		require.Equal(t, http.StatusSeeOther, v.post(alerts, url.Values{"url": {""}}).status)
	}
}
