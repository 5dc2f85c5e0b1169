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

// Lengths of what people write about people, groups, projects and credentials, in
// characters; ours.
const (
	maxFullName    = 128
	maxEmail       = 254
	maxDescription = 255
	maxLabel       = 64
)

// ValidProjectName reports whether a project, and so a region, can have that
// name.
func ValidProjectName(name string) bool { return api.ValidRegionName(name) }

// judgePerson returns what is wrong with somebody new.
func judgePerson(n NewPerson) []api.Problem {
	var problems []api.Problem
	if !userName.MatchString(n.Name) {
		problems = append(problems, api.Problem{Path: "name", Message: api.M("identity.name_rule")})
	}
	return append(problems, judgeContact(n.FullName, n.Email)...)
}

// judgeContact returns what is wrong with a full name and an address. Nothing is sent
// to it, so that it has to be one at a glance only.
func judgeContact(fullName, email string) []api.Problem {
	problems := judgeText("fullname", fullName, maxFullName)
	local, domain, at := strings.Cut(email, "@")
	if email != "" && (!at || local == "" || domain == "" || strings.ContainsAny(email, " <>") || judgeText("", email, maxEmail) != nil) {
		problems = append(problems, api.Problem{Path: "email", Message: api.M("identity.email_rule")})
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

// judgeProject returns what is wrong with a new project.
func judgeProject(p Project) []api.Problem {
	var problems []api.Problem
	if !ValidProjectName(p.Name) {
		problems = append(problems, api.Problem{Path: "name", Message: api.M("identity.project_name_rule")})
	}
	if !hexID.MatchString(p.ID) {
		problems = append(problems, api.Problem{Path: "id", Message: api.M("identity.project_id_rule")})
	}
	return append(problems, judgeText("description", p.Description, maxDescription)...)
}

// judgeGroup returns what is wrong with a group.
func judgeGroup(g Group) []api.Problem {
	problems := judgeText("name", g.Name, maxLabel)
	if strings.TrimSpace(g.Name) == "" {
		problems = []api.Problem{{Path: "name", Message: api.M("identity.group_name_required")}}
	}
	problems = append(problems, judgeText("description", g.Description, maxDescription)...)
	return append(problems, judgeText("claim", g.Claim, maxDescription)...)
}

// judgeText returns what is wrong with a text that people read.
func judgeText(path, text string, most int) []api.Problem {
	if utf8.RuneCountInString(text) <= most && clip(text, most) == text {
		return nil
	}
	return []api.Problem{{Path: path, Message: api.M("identity.text_rule", "max", most)}}
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
