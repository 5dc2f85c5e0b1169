package cloud

import (
	"bytes"
	"cmp"
	"encoding/json"
	"iter"
	"net/http"
	"regexp"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/wire"
)

// maxSaid bounds a service's own words, in characters.
const maxSaid = 500

// fate is what became of a call that was sent once.
type fate int

const (
	done      fate = iota
	refused        // the service said no
	busy           // it said: not now, and did nothing
	signedOut      // it does not accept the credential, and did nothing
	unsent         // it was not reached: nothing was sent
	hopeless       // the same, and it will be the same in a moment
	lost           // sent, and nothing came back that says what became of it
)

// judge reads an answer: the body first, then the status. Secrets are taken out of what
// the service said.
func judge(o *wire.Operation, a *Answer, secrets iter.Seq[api.Secret]) (fate, *api.Error) {
	body := bytes.TrimSpace(a.Body)
	success := a.Status >= http.StatusOK && a.Status < http.StatusMultipleChoices
	if success && (o.ID == invocation || len(body) == 0 && maySayNothing(o, a.Status)) {
		return done, nil
	}
	if len(body) == 0 || body[0] != '{' && body[0] != '[' || !json.Valid(body) {
		return lost, noAnswer(o)
	}
	s := read(body)
	s.text = probe.Clean(s.text, secrets, maxSaid)
	s.code = probe.Clean(s.code, secrets, maxSaid/10)
	if problems := s.problems(secrets); len(problems) > 0 {
		return refused, &api.Error{Code: api.Invalid, Message: api.M("error.invalid"), Problems: problems}
	}
	switch {
	case success && !s.failed && s.errorCode == "":
		return done, nil
	case success:
		return refused, refusal(o, cmp.Or(codes[s.code], api.Invalid), s)
	case a.Status < http.StatusBadRequest, s.code == "" && s.text == "":
		return lost, noAnswer(o)
	}
	return judgeRefusal(o, a.Status, s)
}

// judgeRefusal is about a readable error.
func judgeRefusal(o *wire.Operation, status int, s said) (fate, *api.Error) {
	code, known := codes[s.code]
	if !known {
		code = byStatus(status)
	}
	switch {
	case code == api.Unauthorised:
		// Forbidden: it is the project's credential that is not accepted, and not
		// that of who asks.
		return signedOut, api.Errorf(api.Forbidden, "cloud.credential", "service", names[o.API], "text", s.text)
	case code == api.NotFound && s.code == "" && o.API != wire.IAM:
		return lost, noAnswer(o) // of something before the service
	case s.code == tooManyRequests, status == http.StatusTooManyRequests:
		return busy, refusal(o, api.Limit, s)
	case status == http.StatusServiceUnavailable && code == api.Unavailable:
		return busy, refusal(o, code, s)
	case code == api.Unavailable && status >= http.StatusInternalServerError:
		return lost, refusal(o, code, s)
	}
	return refused, refusal(o, code, s)
}

// maySayNothing reports whether an empty answer is one.
func maySayNothing(o *wire.Operation, status int) bool {
	return o.Method == http.MethodDelete || o.Method == http.MethodHead || status == http.StatusNoContent && o.Method != http.MethodGet
}

func noAnswer(o *wire.Operation) *api.Error {
	return api.Errorf(api.Unavailable, "cloud.no_answer", "service", names[o.API])
}

// refusal is an error in the words of the service.
func refusal(o *wire.Operation, code api.Code, s said) *api.Error {
	key := "cloud.refused"
	if s.code != "" {
		key = "cloud.refused_code"
	}
	return api.Errorf(code, key, "service", names[o.API], "text", cmp.Or(s.text, s.code), "code", s.code)
}

// said is what a body says about a failure, in whichever shape.
type said struct {
	code, text string
	errorCode  string // as the services write it only if something failed
	failed     bool   // is_success: false
	findings   []finding
}

// finding is something that the check of a link found (spec/links.md §1.5).
type finding struct {
	Message string `json:"message"`
	Status  string `json:"status"`
}

// read looks for the shapes of errors: CDM's four names, the flat one of DLI,
// FunctionGraph, CSBS and the gateway, the nested one of VPCEP and IAM
// (spec/clients.md). A field of another type is as if it were not there.
func read(body []byte) said {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return said{} // a list
	}
	s := said{errorCode: first(fields, "error_code")}
	s.code = cmp.Or(s.errorCode, first(fields, "code", "errCode"))
	s.text = first(fields, "error_msg", "message", "externalMessage", "error_message")
	success, told := fields["is_success"]
	s.failed = told && string(success) == "false"
	var nested map[string]json.RawMessage
	if s.code == "" && json.Unmarshal(fields["error"], &nested) == nil {
		s.code = first(nested, "code", "error_code")
		s.text = cmp.Or(first(nested, "message", "error_msg"), s.text)
	}
	var results []map[string]json.RawMessage
	if json.Unmarshal(fields["validation-result"], &results) == nil {
		for _, result := range results {
			for _, list := range result {
				var found []finding
				_ = json.Unmarshal(list, &found) // what is no list of findings says nothing
				s.findings = append(s.findings, found...)
			}
		}
	}
	return s
}

// first is the first text that is there.
func first(fields map[string]json.RawMessage, names ...string) string {
	for _, name := range names {
		var text string
		if json.Unmarshal(fields[name], &text) == nil && text != "" {
			return text
		}
	}
	return ""
}

// blamed is a finding that names its input first, as in "linkConfig.host: …".
var blamed = regexp.MustCompile(`^([A-Za-z]\w*(?:\.[\w-]+)+):\s+(.+)$`)

// problems are the findings that are errors; warnings refuse nothing.
func (s *said) problems(secrets iter.Seq[api.Secret]) []api.Problem {
	var problems []api.Problem
	for _, f := range s.findings {
		if f.Status != "ERROR" {
			continue
		}
		path, text := "", probe.Clean(f.Message, secrets, maxSaid)
		if m := blamed.FindStringSubmatch(text); m != nil {
			path, text = m[1], m[2]
		}
		problems = append(problems, api.Problem{Path: path, Message: api.M("wire.it_said", "text", text)})
	}
	return problems
}
