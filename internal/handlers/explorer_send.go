package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/telemetry"
	"switchboard/web/templates"
)

// sendCall makes the call, as who is signed in, and says what came of it.
func (p *pages) sendCall(c echo.Context, k *call) *templates.ExplorerAnswer {
	body := k.text()
	view := &templates.ExplorerAnswer{Method: k.operation.method, URL: p.base(c) + k.target(), RequestBody: body}
	r := k.request(c, k.filled(body))
	for name := range r.Header {
		view.RequestHeaders = append(view.RequestHeaders, templates.Header{Name: name, Value: k.shown(r.Header.Get(name))})
	}
	r.Header.Set(echo.HeaderXForwardedProto, scheme(c)) // of which the answer's own addresses are made
	w := &keptAnswer{header: http.Header{echo.HeaderXRequestID: {requestID(c)}}}
	began := time.Now()
	view.Cut = p.serveCall(w, r, c)
	view.Took = time.Since(began)
	view.Status = w.status()
	for name, values := range w.header {
		view.Headers = append(view.Headers, templates.Header{Name: name, Value: k.shown(strings.Join(values, ", "))})
	}
	if token := w.header.Get(subjectToken); token != "" {
		view.Headers = hideHeader(view.Headers, subjectToken)
	}
	view.Bytes, view.Most = w.total, mostShown
	view.Text, view.Binary = laidOut(w.body.Bytes(), w.total)
	view.Text = k.shown(view.Text)
	return view
}

// subjectToken is the header that a token comes in, which is not for a page.
const subjectToken = "X-Subject-Token"

func hideHeader(all []templates.Header, name string) []templates.Header {
	for i := range all {
		if all[i].Name == name {
			all[i].Value, all[i].Hidden = "", true
		}
	}
	return all
}

// serveCall reports whether the server cut its answer short.
func (p *pages) serveCall(w http.ResponseWriter, r *http.Request, c echo.Context) (cut bool) {
	defer func() {
		if fault := recover(); fault != nil {
			if fault != http.ErrAbortHandler { //nolint:errorlint // net/http compares it like this
				panic(fault)
			}
			cut = true
		}
	}()
	p.Programs.Serve(w, r, currentSession(c).User, *project(c))
	return false
}

// target is the path of the call with its query.
func (k *call) target() string {
	path, query := k.operation.path, url.Values{}
	for _, one := range k.operation.Parameters {
		value := k.values.Get(one.In + "." + one.Name)
		switch {
		case one.In == "path":
			path = strings.ReplaceAll(path, "{"+one.Name+"}", url.PathEscape(strings.TrimSpace(value)))
		case one.In == "query" && value != "":
			query.Set(one.Name, value)
		}
	}
	if len(query) > 0 {
		path += "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	}
	return path
}

// text is the body of the call, with variables for secrets.
func (k *call) text() string {
	if k.body == nil {
		return ""
	}
	if !k.flat() {
		return k.values.Get(callJSON)
	}
	object := map[string]any{}
	for key, one := range k.body.Properties {
		path := callBody + key
		if value, ok := k.typed(path, k.document.resolve(one)); ok || slices.Contains(k.body.Required, key) {
			object[key] = value
		}
	}
	if len(object) == 0 && !k.operation.Body.Required {
		return ""
	}
	text, _ := json.MarshalIndent(object, "", "  ") // texts, numbers and booleans always have a JSON form
	return string(text)
}

// typed is what stands in the input of a key, and whether anything does.
func (k *call) typed(path string, s *apiSchema) (any, bool) {
	if k.secrets[path] != "" {
		name := strings.TrimPrefix(path, callBody)
		k.secrets[callSecret+name] = k.secrets[path]
		return "${" + name + "}", true
	}
	text := k.values.Get(path)
	switch {
	case text == "":
		return "", false
	case s.Type == "integer", s.Type == "number":
		if _, err := json.Marshal(json.Number(text)); err != nil {
			return text, true // which is said to be none
		}
		return json.Number(text), true
	case s.Type == "boolean":
		return text == "true", true
	}
	return text, true
}

// request is the call as the server gets it; it has no credential.
func (k *call) request(c echo.Context, body string) *http.Request {
	from := c.Request()
	ctx, _ := telemetry.Watch(from.Context()) // the page's own is counted by itself
	target := k.target()
	address, err := url.ParseRequestURI(target)
	if err != nil {
		address = &url.URL{Path: "/"} // cannot be: all of it is escaped
	}
	r := (&http.Request{
		Method: k.operation.method, URL: address, Host: from.Host, RequestURI: target, RemoteAddr: from.RemoteAddr,
		Proto: from.Proto, ProtoMajor: from.ProtoMajor, ProtoMinor: from.ProtoMinor, Header: http.Header{}, Body: http.NoBody,
	}).WithContext(ctx)
	if body != "" {
		r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
		r.Body, r.ContentLength = closing{strings.NewReader(body)}, int64(len(body))
	}
	for _, one := range k.operation.Parameters {
		if one.In != "header" {
			continue
		}
		if value := k.values.Get(callHeader + one.Name); value != "" {
			r.Header.Set(one.Name, value)
		}
		if secret := k.secrets[callHeader+one.Name]; secret != "" {
			r.Header.Set(one.Name, secret)
		}
	}
	return r
}

// closing is a body that needs no closing.
type closing struct{ *strings.Reader }

func (closing) Close() error { return nil }
