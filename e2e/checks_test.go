package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A check that finds nothing proves something only if it can find something.
func TestTheChecksFindWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := start(t).browse(t)
	w.visit("/sign-in")

	w.eval(`document.querySelector("main").append(document.createElement("button"))`)
	require.Contains(t, w.violations(), "button-name")

	w.eval(`document.head.append(Object.assign(document.createElement("script"), {textContent: "window.evil = true"}))`)
	require.Contains(t, strings.Join(w.complaints(), "\n"), "Content Security Policy")
	w.expect("Content Security Policy")
}
