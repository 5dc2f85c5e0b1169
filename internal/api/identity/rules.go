package identity

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"switchboard/internal/api"
)

// What names and ids look like. Nothing else is ever looked up, so that no
// odd byte reaches the database.
var (
	userName = regexp.MustCompile(`^[A-Za-z0-9._@-]{1,64}$`)
	hexID    = regexp.MustCompile(`^[0-9a-f]{32}$`)
	accessID = regexp.MustCompile(`^[A-Z0-9]{20}$`)
)

// Lengths of a password in characters.
const (
	minPassword = 10
	maxPassword = 128
)

// ValidProjectName reports whether a project, and so a region, can have that
// name.
func ValidProjectName(name string) bool { return api.ValidRegionName(name) }

// judgeUser returns what is wrong with a new user's name and password.
func judgeUser(name string, password api.Secret) []api.Problem {
	var problems []api.Problem
	if !userName.MatchString(name) {
		problems = append(problems, api.Problem{Path: "name", Message: api.M("identity.name_rule")})
	}
	if m := judgePassword(name, password.Reveal()); !m.IsZero() {
		problems = append(problems, api.Problem{Path: "password", Message: m})
	}
	return problems
}

func judgePassword(name, password string) api.Message {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return api.M("identity.password_short", "min", minPassword)
	case n > maxPassword:
		return api.M("identity.password_long", "max", maxPassword)
	case strings.EqualFold(password, name):
		return api.M("identity.password_is_name")
	default:
		return api.Message{}
	}
}

// judgeProject returns what is wrong with a new project's name and id.
func judgeProject(name, id string) []api.Problem {
	var problems []api.Problem
	if !ValidProjectName(name) {
		problems = append(problems, api.Problem{Path: "name", Message: api.M("identity.project_name_rule")})
	}
	if !hexID.MatchString(id) {
		problems = append(problems, api.Problem{Path: "id", Message: api.M("identity.project_id_rule")})
	}
	return problems
}

// taken is the Conflict of a name or an id that somebody else has.
func taken(path, key, value string) error {
	m := api.M(key, "value", value)
	return &api.Error{Code: api.Conflict, Message: m, Problems: []api.Problem{{Path: path, Message: m}}}
}

// clip makes a text from outside fit to be kept: no control characters, no
// broken UTF-8, at most n characters.
func clip(text string, n int) string {
	kept := make([]rune, 0, n)
	for _, r := range text {
		if len(kept) == n {
			break
		}
		if unicode.IsPrint(r) && r != utf8.RuneError {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
