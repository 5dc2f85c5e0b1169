package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// Call is a request of the dialect as data: how a program asks for what a deed does.
// It can be shown, turned into code, or sent.
type Call struct {
	// Operation is what is asked for; it says where.
	Operation *Operation
	// Params are what stands in the path, by the names that the route gives them.
	Params map[string]string
	Query  url.Values
	Header map[string]string
	// Body is nil for none. A secret stands in it as a Variable.
	Body json.RawMessage
	// Secrets are those, by the name of the variable; zero where none was typed.
	Secrets map[string]api.Secret
}

// Place is where calls go, as far as it stands in them.
type Place struct {
	Project string
	Region  string // stands in the names of functions
	// Dialect asks for calls of the dialect, which every region has, also where an
	// extension says more exactly what is meant. What the dialect cannot say at all
	// are calls of extensions still.
	Dialect bool
	// ID is what the server calls an object that we call id; nil: the same.
	ID func(kind api.Kind, id string) string
}

func (p *Place) id(kind api.Kind, id string) string {
	if p.ID == nil || id == "" {
		return id
	}
	return p.ID(kind, id)
}

// Variable stands in a body for a secret, by its name. Its text has two characters
// around it that nobody types (a private use area of Unicode).
type Variable string

const variableOpens, variableCloses = "\ue000", "\ue001"

// MarshalText is the text that stands for the secret.
func (v Variable) MarshalText() ([]byte, error) {
	return []byte(variableOpens + string(v) + variableCloses), nil
}

// AsVariable is the name of the variable that the text stands for, if it is one.
func AsVariable(text string) (name string, ok bool) {
	rest, opened := strings.CutPrefix(text, variableOpens)
	name, closed := strings.CutSuffix(rest, variableCloses)
	return name, opened && closed
}

// Path is the path with its parameters, escaped, without a query.
func (c *Call) Path() string {
	segments := strings.Split(c.Operation.Route, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, ":"); ok {
			segments[i] = escaped(c.Params[name])
		}
	}
	return strings.Join(segments, "/")
}

// URL is the path with the query.
func (c *Call) URL() string {
	if len(c.Query) == 0 {
		return c.Path()
	}
	// A space is %20: some services read no plus (spec/clients.md).
	return c.Path() + "?" + strings.ReplaceAll(c.Query.Encode(), "+", "%20")
}

// Request is the call to a server, unsigned, and its body, with the secrets in it.
func (c *Call) Request(ctx context.Context, base string) (*http.Request, []byte, error) {
	body, err := c.filled()
	if err != nil {
		return nil, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, c.Operation.Method, strings.TrimSuffix(base, "/")+c.URL(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	for _, name := range slices.Sorted(maps.Keys(c.Header)) {
		r.Header.Set(name, c.Header[name])
	}
	return r, body, nil
}

// filled is the body with its secrets.
func (c *Call) filled() ([]byte, error) {
	body := []byte(c.Body)
	for name, secret := range c.Secrets {
		variable, err := json.Marshal(Variable(name))
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(secret.Reveal())
		if err != nil {
			return nil, err
		}
		body = bytes.ReplaceAll(body, variable, text)
	}
	return body, nil
}
