package api

import (
	"cmp"
	"net"
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxHookURL bounds the address of a hook, in characters.
const maxHookURL = 2000

// HookURLProblem judges the address of a hook.
func HookURLProblem(text string) Message {
	u, err := url.Parse(text)
	switch {
	case utf8.RuneCountInString(text) > maxHookURL:
		return M("hook.url_too_long", "max", maxHookURL)
	case err != nil || !utf8.ValidString(text) || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "":
		return M("hook.url_form")
	case u.User != nil:
		return M("hook.url_user")
	}
	return Message{}
}

// HookDestination is who gets what is sent to an address: scheme, host and port,
// however they are written (S12).
func HookDestination(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	return u.Scheme + "://" + net.JoinHostPort(host, cmp.Or(u.Port(), port))
}
