package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLanguageAndTheme(t *testing.T) {
	t.Parallel()
	p := start(t)
	w := p.browse(t)
	w.signIn()
	form := w.home + "/links/new?connector=postgresql"
	w.visit(form)

	w.click("button", "中文")
	w.find("heading", "新建连接")
	w.at(form)
	require.Equal(t, "zh-Hans", w.eval("document.documentElement.lang"))
	w.find("textbox", "主机")
	w.picture("form-chinese")
	w.submit("button", "创建连接")
	require.Equal(t, "true", w.attribute("主机", "aria-invalid"))
	require.Contains(t, w.describedBy("名称"), "请")
	w.picture("form-refused-chinese")

	w.open("主题")
	w.submit("button", "深色")
	w.at(form)
	require.Equal(t, "dark", w.eval("document.documentElement.dataset.theme"))
	require.Equal(t, "dark", w.eval("getComputedStyle(document.documentElement).colorScheme"))
	w.picture("form-chinese-dark")

	w.click("button", "English")
	w.find("heading", "New link")
	require.Equal(t, "en", w.eval("document.documentElement.lang"))
	w.open("Theme")
	w.submit("button", "Light")
	require.Equal(t, "light", w.eval("document.documentElement.dataset.theme"))
}

// A person's choice comes along to the next browser.
func TestPreferencesFollowTheUser(t *testing.T) {
	t.Parallel()
	p := start(t)
	one := p.browse(t)
	one.signIn()
	one.click("button", "中文")
	one.find("heading", "总览")

	two := p.visit(t)
	two.signIn(adminName)
	require.Contains(t, two.get(one.home).body, "总览")
}

// A page that is the answer to a form has no address of its own; the switches
// on it lead somewhere all the same.
func TestLanguageSwitchOnARefusedForm(t *testing.T) {
	t.Parallel()
	w := start(t).browse(t, withoutScript)
	w.signIn()
	for _, button := range []string{"Test connection", "Create link"} {
		w.visit(w.home + "/links/new?connector=mysql")
		w.submit("button", button)
		require.Equal(t, "true", w.attribute("Host", "aria-invalid"))
		w.submit("button", "中文")
		require.NotContains(t, w.text(), "404", "after "+button)
		w.submit("button", "English")
	}
}
