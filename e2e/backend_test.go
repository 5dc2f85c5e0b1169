package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A project moves into another console, which is its region from then on: what is wrong
// is said at its input, until it is right; then it comes back.
func TestAProjectMovesIntoARegion(t *testing.T) {
	t.Parallel()
	region := start(t, checkingForm)
	bothWays(t, start(t, checkingForm), "moves", func(j *journey) {
		way := map[bool]string{true: "script", false: "no-script"}[j.scripted]
		there, key := region.addProject(t, way), region.key(t, way)
		j.visit(j.home + "/settings")
		j.click("link", "Location")
		j.find("heading", "Where the project lives")
		j.decide("kind-cloud", "#region")
		j.decide("cloud=custom", "#base")
		for input, text := range map[string]string{
			"#base": "http://127.0.0.1:1", "#region": regionName, "#project": there, "#access": key.AccessKey, "#secret": key.SecretKey + "x",
		} {
			j.fillIn(input, text)
		}
		j.submit("button", "Test region")
		j.find("heading", "The check failed.")
		require.Contains(j.t, j.describedBy("Base address"), "cannot be reached")
		j.withoutSecret(key.SecretKey)
		j.photograph("backend-unreachable")

		j.fillIn("#base", region.URL)
		j.submit("button", "Test region")
		j.query("#secret-error")
		require.Contains(j.t, j.describedBy("Secret key (SK)"), "does not accept this credential")
		j.submit("button", "Save")
		j.query("#anyway")
		j.withoutSecret(key.SecretKey)
		j.photograph("backend-refused")

		j.fillIn("#secret", key.SecretKey)
		j.submit("button", "Test region")
		j.find("heading", "The check passed, with a warning.")
		j.withoutSecret(key.SecretKey)
		j.photograph("backend-tested")
		j.click("button", "Save")
		j.sees("The project lives in " + regionName + " now.")
		require.Equal(j.t, "Region"+regionName, j.eval(`document.querySelector(".project-switch .badge").textContent`))
		j.withoutSecret(key.SecretKey)
		j.photograph("backend-moved")

		j.decide("kind-embedded", "#confirm")
		j.photograph("backend-back")
		j.fillIn("#confirm", "another")
		j.submit("button", "Save")
		require.Contains(j.t, j.describedBy("Name of the project"), "Type moves-")
		j.fillIn("#confirm", "moves-"+way)
		j.click("button", "Save")
		j.sees("The project lives in this console.")
	})
}

// decide chooses a card by its id, or an option by name=value, and waits for what then
// is there.
func (j *journey) decide(what, then string) {
	j.t.Helper()
	pick := func() {
		j.eval(`(() => {
			const [name, value] = "` + what + `".split("=");
			const input = value ? document.querySelector("select[name=" + name + "]") : document.getElementById(name);
			if (value) input.value = value; else input.checked = true;
			input.dispatchEvent(new Event("change", {bubbles: true}));
		})()`)
	}
	if j.scripted {
		j.answered(pick)
	} else {
		pick()
		j.clickOn(map[bool]string{true: "#field-cloud noscript button", false: "#field-kind noscript button"}[then == "#base"])
	}
	j.query(then)
}

func TestWhereAProjectLivesIsAccessible(t *testing.T) {
	t.Parallel()
	region, p := start(t, checkingForm), start(t, checkingForm)
	there, key := region.addProject(t, "there"), region.key(t, "there")
	c := p.call(t)
	for _, l := range looks {
		for _, options := range [][]pageOption{nil, {onPhone}} {
			name := l.String()
			if options != nil {
				name += "-phone"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := p.browse(t, options...)
				w.signInWearing(l)
				w.visit("/p/" + c.project + "/settings/backend")
				w.audit("here")
				w.answered(func() { w.clickOn("#kind-cloud") })
				w.query("#region")
				w.answered(func() {
					w.eval(`(() => {
						const cloud = document.querySelector("select[name=cloud]");
						cloud.value = "custom";
						cloud.dispatchEvent(new Event("change", {bubbles: true}));
					})()`)
				})
				w.query("#base")
				w.answered(func() { w.clickOn("#backend-save") })
				w.query("[aria-invalid=true]")
				w.audit("a refused form")
				for input, text := range map[string]string{
					"#base": region.URL, "#region": regionName, "#project": there, "#access": key.AccessKey, "#secret": key.SecretKey,
				} {
					w.fillIn(input, text)
				}
				w.answered(func() { w.clickOn("#backend-test") })
				w.query(".check-warned")
				w.audit("a passed check")
				w.answered(func() { w.clickOn("#credential-iam_user") })
				w.query("#domain")
				w.audit("an IAM user")
			})
		}
	}
}
