// Package paste reads a connection that was copied from somewhere else: a JDBC
// URL, a DSN, a connection string, the command line of a client. The text is
// only ever read: nothing in it is executed, expanded, looked up or dialled.
// What it says becomes values of the catalogue's inputs, each judged by its
// input, and two lists that tell people what was understood and what was not.
package paste

import (
	"regexp"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// MaxText is how many bytes of text are read.
const MaxText = 8 << 10

// Result is a link as far as the text describes one.
type Result struct {
	Connector *connector.Connector
	Tile      *connector.Tile
	Values    map[string]string     // canonical and without a fault of their own, by path; with the tile's variant
	Secrets   map[string]api.Secret // by path
	// Understood and Ignored say what became of the parts of the text: the
	// first in form order, the second as they were found. Neither holds a secret.
	Understood, Ignored []Note
}

// Note is what became of one part of the text.
type Note struct {
	Part  string           // what was understood, or the name of what was ignored; "" where it cannot be shown
	Input *connector.Input // where the part belongs, or nil
	Why   api.Message      // why it was ignored; zero if it was not
}

// Message is the note as a sentence, for a reader of that language ("en" or "zh").
func (n Note) Message(lang string) api.Message {
	switch {
	case n.Input == nil:
		return n.Why
	case !n.Why.IsZero():
		return api.M("paste.refused", "label", n.Input.Label.In(lang), "why", n.Why)
	case n.Input.Secret:
		return api.M("paste.secret", "label", n.Input.Label.In(lang))
	default:
		return api.M("paste.understood", "part", n.Part, "label", n.Input.Label.In(lang))
	}
}

// forms are the ways in which connections are written. Each adds to the draft
// what it reads, or says that the text is none of its own; its error says why
// a text that it does know cannot become a link.
var forms = []func(d *draft, text string) (bool, error){
	readJDBC,
	readDescriptor,
	readGoDSN,
	readURL,
	readCommand,
	readKeywords,
	readConnectionString,
	readEasyConnect,
	readShare,
	readServerList,
}

// Read understands text as far as it can. Its errors are *api.Error of code
// Invalid: the text is too long, in no form that is known, or it describes what
// no link can reach. They quote nothing of the text but the name of a scheme.
func Read(text string) (Result, error) {
	if len(text) > MaxText {
		return Result{}, refuse("paste.too_long", "max", MaxText>>10)
	}
	text = unwrap(text)
	if text == "" {
		return Result{}, refuse("paste.empty")
	}
	for _, read := range forms {
		d := &draft{}
		known, err := read(d, text)
		if err != nil {
			return Result{}, err
		}
		if known {
			return d.result(), nil
		}
	}
	return Result{}, refuse("paste.unrecognised")
}

func refuse(key string, args ...any) error { return api.Errorf(api.Invalid, key, args...) }

var (
	startsURL = regexp.MustCompile(`^(?i)(jdbc:|[a-z][a-z0-9+.-]*://)`)
	// assigned is a URL that stands in a configuration or a program:
	// spring.datasource.url=jdbc:…, export DATABASE_URL="postgres://…", url: '…'.
	assigned = regexp.MustCompile(`^(?:(?:(?:export|set|String|const|var|let|val)\s+)?[A-Za-z_][\w.-]*\s*:?[=:]\s*)?["']?((?i:jdbc:|[a-z][a-z0-9+.-]*://)[^"'\n]*)["']?\s*[;,]?$`)
)

// unwrap takes away what surrounds a URL.
func unwrap(text string) string {
	text = strings.TrimSpace(text)
	if found := assigned.FindStringSubmatch(text); found != nil && !startsURL.MatchString(text) {
		text = strings.TrimSpace(found[1])
	}
	return strings.ReplaceAll(text, "&amp;", "&")
}
