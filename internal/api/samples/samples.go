// Package samples writes calls of the dialect as code: a request as it goes over the
// wire, a command line, programs with the official SDKs, Terraform. Secrets stand in
// it as variables of the environment.
package samples

import (
	"fmt"
	"strings"

	"switchboard/internal/api/wire"
)

// Language is one that calls can be written in.
type Language string

// The languages, in the order in which they are offered.
const (
	HTTP      Language = "http"
	Curl      Language = "curl"
	Go        Language = "go"
	Python    Language = "python"
	Java      Language = "java"
	Terraform Language = "terraform"
)

// Languages are all of them.
var Languages = []Language{HTTP, Curl, Go, Python, Java, Terraform}

// Server is where the calls go.
type Server struct {
	// URL is that of this console, without a slash at its end.
	URL     string
	Project string
	Region  string
}

// Variables that every sample takes what identifies its user from: an API token, or an
// access key where an SDK signs.
const (
	tokenVariable  = "TOKEN"
	accessVariable = "ACCESS_KEY"
	secretVariable = "SECRET_KEY"
)

// Write writes the calls, which are made one after the other.
func Write(l Language, calls []wire.Call, at Server) (string, error) {
	steps := make([]step, len(calls))
	for i := range calls {
		body, err := parse(calls[i].Body, wire.AsVariable)
		if err != nil {
			return "", fmt.Errorf("the body of %s: %w", calls[i].Operation.ID, err)
		}
		steps[i] = step{&calls[i], body}
	}
	return write(l, steps, at)
}

func write(l Language, steps []step, at Server) (string, error) {
	switch l {
	case HTTP:
		return writeHTTP(steps, at), nil
	case Curl:
		return writeCurl(steps, at), nil
	case Go:
		return writeGo(steps, at)
	case Python:
		return writeProgram(steps, at, writePythonTyped, writePythonPlain), nil
	case Java:
		return writeProgram(steps, at, writeJavaTyped, writeJavaPlain), nil
	case Terraform:
		return writeTerraform(steps, at), nil
	}
	return "", fmt.Errorf("there is no language %q", l)
}

// step is a call with its body read.
type step struct {
	*wire.Call

	body *value // nil for none
}

// writeProgram writes a program with the official SDK, or with the standard library if
// that SDK cannot make one of the calls.
func writeProgram(steps []step, at Server, sdk func(*strings.Builder, []typed, Server), plain func(*strings.Builder, []step, Server)) string {
	var b strings.Builder
	if all, ok := typedAll(steps); ok {
		sdk(&b, all, at)
	} else {
		plain(&b, steps, at)
	}
	return b.String()
}
