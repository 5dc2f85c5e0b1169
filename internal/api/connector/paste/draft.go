package paste

import (
	"regexp"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// draft is what was read, before it is judged.
type draft struct {
	slug       string // of the tile
	servers    []server
	port       string // where it was given apart from the server
	items      []item
	properties []pair // of a JDBC driver
	ignored    []Note
}

// server is a host and its port, which may be "".
type server struct{ host, port string }

// pair is a name and its value.
type pair struct{ name, value string }

// item is a value, what it is, and what the text calls it.
type item struct {
	role        role
	value, name string
}

// role is what a part of the text is, whatever the connector's input for it is
// called. A role with a dot is the path of an input.
type role string

// The roles.
const (
	host     role = "host" // servers, too
	port     role = "port"
	user     role = "user"
	password role = "password"
	database role = "database"
	tls      role = "tls"
	skip     role = "skip"   // known, and not needed for a link
	refused  role = "refuse" // known, and not allowed for a link
)

const useSSL role = "linkConfig.useSSL"

// placeholder is text that stands for a value: ${DB_HOST}, {{host}}, <password>.
// Nobody looks up what it stands for.
var placeholder = regexp.MustCompile(`[$#]\{|\{\{|^<[^<>]*>$`)

// put adds what a role is said to be; name is what the text calls it.
func (d *draft) put(r role, value, name string) {
	switch {
	case r == skip:
		d.ignore("paste.not_needed", name)
	case r == refused:
		d.ignore("paste.not_allowed", name)
	case value == "":
	case placeholder.MatchString(value):
		d.items = append(d.items, item{r, value, name})
	case r == host:
		d.addServers(value, ",")
	case r == port:
		d.port = value
	case r == tls:
		d.putTLS(value, name)
	default:
		d.items = append(d.items, item{r, value, name})
	}
}

// putTLS reads the many ways of saying whether to encrypt.
func (d *draft) putTLS(value, name string) {
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(value)) {
	case "true", "1", "yes", "on", "require", "required", "verifyca", "verifyfull", "verifyidentity", "strict", "mandatory", "skipverify", "custom":
		d.put(useSSL, "true", name)
	case "false", "0", "no", "off", "disable", "disabled", "none":
		d.put(useSSL, "false", name)
	default: // preferred, allow, optional
		d.ignore("paste.undecided", name)
	}
}

// addServers adds host[:port] of a list.
func (d *draft) addServers(list, separators string) {
	for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if s := splitServer(strings.TrimSpace(part)); s != (server{}) {
			d.servers = append(d.servers, s)
		}
	}
}

// splitServer reads host, host:port, [::1]:port and ::1.
func splitServer(text string) server {
	at := strings.LastIndexByte(text, ':')
	if at < 0 || strings.HasSuffix(text, "]") || strings.Count(text, ":") > 1 && !strings.HasPrefix(text, "[") {
		return server{host: text}
	}
	return server{text[:at], text[at+1:]}
}

// nameable are names that can be shown: options, settings, variables. Anything
// else could be a piece of something that was not understood, even of a secret.
var nameable = regexp.MustCompile(`^-{0,2}[A-Za-z][A-Za-z0-9 _.$-]{0,63}$`)

// mostIgnored bounds the list of a hostile text.
const mostIgnored = 50

// ignore notes that something by that name went nowhere.
func (d *draft) ignore(key, name string) {
	if nameable.MatchString(name) {
		d.note(Note{Part: name, Why: api.M(key, "part", name)})
	} else {
		d.note(Note{Why: api.M("paste.unreadable")})
	}
}

func (d *draft) note(n Note) {
	same := func(other Note) bool {
		return other.Part == n.Part && other.Input == n.Input && other.Why.Key == n.Why.Key
	}
	if len(d.ignored) < mostIgnored && !slices.ContainsFunc(d.ignored, same) {
		d.ignored = append(d.ignored, n)
	}
}
