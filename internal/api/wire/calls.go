package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"switchboard/internal/api"
)

// CallsOf is what a program sends to do what a deed does, one call after the other.
// What the deed names by id is looked up through from: NotFound if it is not there.
// A deed that is not complete, as while somebody fills in a form, has calls, too: they
// say what the deed says. None says that there is nothing to change.
func CallsOf(ctx context.Context, from api.Service, s api.Scope, at Place, d api.Deed) ([]Call, error) {
	p := &program{from: from, scope: s, at: at}
	var err error
	switch d.About().Kind {
	case api.KindLink:
		err = p.aboutLinks(ctx, d)
	case api.KindConnection, api.KindQueue:
		err = p.aboutConnections(d)
	case api.KindEndpointService, api.KindPermission, api.KindEndpoint:
		err = p.aboutEndpoints(ctx, d)
	case api.KindFunction:
		err = p.aboutFunctions(ctx, d)
	case api.KindAlias:
		err = p.aboutAliases(ctx, d)
	case api.KindPolicy, api.KindBackup, api.KindReplication:
		err = p.aboutBackups(ctx, d)
	case api.KindRegion, api.KindHook:
		err = p.aboutConsole(d)
	default:
		err = noCalls(d)
	}
	if err != nil {
		return nil, err
	}
	return p.calls, nil
}

// noCalls is about a deed that nobody has written calls for.
func noCalls(d api.Deed) error { return fmt.Errorf("wire: no calls for %T", d) }

// program is the calls of a deed as they are written.
type program struct {
	from  api.Service
	scope api.Scope
	at    Place
	calls []Call
}

// pathParams are what stands in a path, by name; the project need not be among them.
type pathParams map[string]string

// add adds a call. body is nil for none; its secrets are what vars put aside.
func (p *program) add(operation string, params pathParams, body any, vars variables) error {
	c := Call{Operation: FindOperation(operation), Params: pathParams{"project": p.at.Project}, Secrets: vars}
	if c.Operation == nil {
		return fmt.Errorf("wire: there is no operation %q", operation)
	}
	maps.Copy(c.Params, params)
	// A line of a header has no line breaks.
	if reason := strings.Join(strings.Fields(p.scope.Reason), " "); reason != "" {
		c.Header = map[string]string{headerReason: reason}
	}
	if body != nil {
		var b bytes.Buffer
		if err := encoder(&b).Encode(body); err != nil {
			return err
		}
		c.Body = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	}
	p.calls = append(p.calls, c)
	return nil
}

// last is the call that was added last.
func (p *program) last() *Call { return &p.calls[len(p.calls)-1] }

// variables are the secrets of one body, by the name of what stands for them.
type variables map[string]api.Secret

// of puts a secret aside that an input has, and returns what stands for it.
func (v variables) of(input string, secret api.Secret) Variable {
	name := VariableName(input)
	for n := 2; ; n++ {
		if _, taken := v[name]; !taken {
			break
		}
		name = fmt.Sprint(VariableName(input), "_", n)
	}
	v[name] = secret
	return Variable(name)
}

// text is the variable where a text must stand.
func (v Variable) text() string {
	text, _ := v.MarshalText() // never fails
	return string(text)
}

// VariableName is the name of a variable, made out of that of an input:
// "linkConfig.accessKey" is ACCESS_KEY.
func VariableName(input string) string {
	var b strings.Builder
	low := false // the character before was a small letter or a digit
	for _, r := range input[strings.LastIndexByte(input, '.')+1:] {
		small, large := 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z'
		digit := '0' <= r && r <= '9' && b.Len() > 0
		switch {
		case !small && !large && !digit:
			r = '_'
		case large && low:
			b.WriteByte('_')
		}
		b.WriteRune(r)
		low = small || digit
	}
	if name := strings.Trim(strings.ToUpper(b.String()), "_"); name != "" {
		return name
	}
	return "SECRET"
}

// typed is what somebody typed where a number should stand: the number if it is one,
// else the text. Nothing is nil.
func typed(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	number := strings.TrimSpace(text) == text && strings.ContainsAny(text[:1], "-0123456789") && json.Valid([]byte(text))
	if number {
		return json.RawMessage(text)
	}
	quoted, _ := json.Marshal(text) // texts always have a JSON form
	return quoted
}

// given is a value that a body says, nil if it is that of nothing.
func given[T comparable](value T) *T {
	var none T
	if value == none {
		return nil
	}
	return &value
}

// changed is a value that a body says, nil if it is what is there.
func changed[T comparable](value, stored T) *T {
	if value == stored {
		return nil
	}
	return &value
}
