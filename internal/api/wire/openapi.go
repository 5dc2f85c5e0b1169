package wire

import (
	"cmp"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// documentRoute is where the document is; it takes no credential.
const documentRoute = "/openapi.json"

// section is a service in the document, with what its errors look like.
type section struct {
	api    API
	errors []any
}

// sections are all of them, in the document's order.
var sections = []section{
	{IAM, []any{keystoneBody{}}},
	{CDM, []any{cdmBody{}, validation{}}},
	{DLI, []any{flatBody{}}},
	{FunctionGraph, []any{flatBody{}}},
	{VPCEP, []any{vpcepBody{}}},
	{CSBS, []any{flatBody{}}},
	{Extensions, []any{extensionBody{}}},
}

// document is one that is being written, in one language.
type document struct {
	lang            string
	bodies, answers *schemas
}

// Document is the OpenAPI 3.1 document of the dialect as JSON, in a language of
// package locale. Version is that of the program.
func Document(lang, version string) []byte {
	shared := schemas{lang: lang, named: map[string]schema{}, types: map[string]reflect.Type{}}
	lenient := shared
	lenient.lenient = true
	d := &document{lang, &lenient, &shared}
	paths, about := schema{}, documentation()
	for i := range operations {
		o := &operations[i]
		path, names := d.path(o)
		if paths[path] == nil {
			paths[path] = schema{}
		}
		paths[path].(schema)[strings.ToLower(o.Method)] = d.operation(o, about[o.ID], names)
	}
	text, err := json.Marshal(schema{
		"openapi": "3.1.0",
		"info":    schema{"title": d.say("openapi.title"), "description": d.say("openapi.about"), "version": cmp.Or(version, "dev")},
		"servers": []schema{{"url": "/"}},
		"tags": each(sections, func(s section) schema {
			return schema{"name": s.api, "description": d.say("openapi.service." + string(s.api))}
		}),
		"security": []schema{{"token": []string{}}, {"signature": []string{}}},
		"paths":    paths,
		"components": schema{
			"schemas": shared.named,
			"securitySchemes": schema{
				"token":     schema{"type": "apiKey", "in": "header", "name": headerAuth, "description": d.say("openapi.token")},
				"signature": schema{"type": "apiKey", "in": "header", "name": echo.HeaderAuthorization, "description": d.say("openapi.signature")},
			},
		},
	})
	if err != nil {
		panic(err) // cannot be: all of it has a JSON form
	}
	return text
}

func (d *document) say(key string) string { return locale.In(d.lang, api.M(key)) }

// path is the route as OpenAPI writes it, and the names in it.
func (d *document) path(o *Operation) (path string, names []string) {
	segments := strings.Split(o.Route, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, ":"); ok {
			segments[i] = "{" + name + "}"
			names = append(names, name)
		}
	}
	return strings.Join(segments, "/"), names
}

func (d *document) operation(o *Operation, about described, names []string) schema {
	out := schema{
		"operationId": o.ID, "tags": []API{o.API}, "summary": d.say("openapi.operation." + o.ID),
		"parameters": d.parameters(about, names), "responses": d.responses(o, about),
	}
	if opensToAnybody(o) {
		out["security"] = []schema{}
	}
	if about.Removes {
		out["x-removes"] = true
	}
	if about.Body != nil {
		body := d.bodies.of(about.Body, o.ID)
		if about.Needs != nil {
			body = schema{"allOf": []schema{body, {"required": about.Needs}}}
		}
		content := schema{"schema": body}
		if about.Example != "" {
			content["example"] = json.RawMessage(about.Example)
		}
		out["requestBody"] = schema{"required": !about.Optional, "content": schema{echo.MIMEApplicationJSON: content}}
	}
	return out
}

// opensToAnybody reports whether an operation takes no credential.
func opensToAnybody(o *Operation) bool {
	return o.API == IAM && (o.ID == "KeystoneCreateUserTokenByPassword" || !strings.HasPrefix(o.Route, "/v3/") || o.Route == "/v3/")
}

func (d *document) parameters(about described, names []string) []schema {
	out := []schema{}
	for _, name := range names {
		one := schema{"type": "string"}
		if name == "provider" {
			one["default"] = csbsProvider
		}
		if name == "cluster" {
			one["default"] = api.DefaultCluster
		}
		out = append(out, schema{"name": name, "in": "path", "required": true, "schema": one, "description": d.say("openapi.parameter." + name)})
	}
	for _, p := range about.Query {
		out = append(out, d.parameter(p, "query"))
	}
	for _, p := range about.Header {
		out = append(out, d.parameter(p, "header"))
	}
	if slices.Contains(names, "project") {
		out = append(out, d.parameter(text(headerReason), "header"))
	}
	return append(out, d.parameter(choice("X-Language", "en-us", "zh-cn"), "header"))
}

func (d *document) parameter(p parameter, in string) schema {
	key := strings.ToLower(strings.ReplaceAll(p.Name, "-", "_"))
	return schema{"name": p.Name, "in": in, "required": p.Required, "schema": p.Schema, "description": d.say("openapi.parameter." + key)}
}

// responses are the answer of success, and by default an error of the service, or of
// the gateway before it.
func (d *document) responses(o *Operation, about described) schema {
	status := cmp.Or(about.Status, http.StatusOK)
	success := schema{"description": http.StatusText(status), "headers": schema{
		echo.HeaderXRequestID: schema{"schema": schema{"type": "string"}, "description": d.say("openapi.request_id")},
	}}
	switch {
	case about.Type != "":
		success["content"] = schema{about.Type: schema{"schema": schema{"type": "string"}}}
	case about.Answer != nil:
		success["content"] = schema{echo.MIMEApplicationJSON: schema{"schema": d.answers.of(about.Answer, o.ID)}}
	}
	return schema{
		strconv.Itoa(status): success,
		"default": schema{
			"description": d.say("openapi.error"),
			"content":     schema{echo.MIMEApplicationJSON: schema{"schema": schema{"anyOf": d.failures(o.API)}}},
		},
	}
}

func (d *document) failures(of API) []schema {
	out := []schema{d.answers.of(gatewayBody{}, "")}
	for _, s := range sections {
		if s.api == of {
			for _, body := range s.errors {
				out = append(out, d.answers.of(body, ""))
			}
		}
	}
	return out
}
