package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"switchboard/internal/api"
)

// shape is the form of a service's errors: where the number stands and where the text,
// what numbers look like, and the one of what a role is missing for.
type shape struct {
	path      string // how the service's paths begin, or with * what they have in them
	codes     []string
	texts     []string
	form      *regexp.Regexp
	forbidden string
}

// shapes are those of the services (spec/links.md §3.1, connections.md §3, aliases.md §7,
// whitelist.md §3, replication.md §3, iam.md §1.1, §4); the first that fits counts.
var shapes = []shape{
	{"/v3", []string{"error.code"}, []string{"error.message", "error.title"}, regexp.MustCompile(`^4\d\d$`), "403"},
	{"/v1.1/", []string{"code", "errCode"}, []string{"message", "externalMessage"}, regexp.MustCompile(`^Cdm\.\d{4}$`), "Cdm.0032"},
	{"/v1.0/", []string{"error_code"}, []string{"error_msg"}, regexp.MustCompile(`^DLI\.\d{4}$`), "DLI.0016"},
	{"/v2.0/", []string{"error_code"}, []string{"error_msg"}, regexp.MustCompile(`^DLI\.\d{4}$`), "DLI.0016"},
	{"/v2/", []string{"error_code"}, []string{"error_msg"}, regexp.MustCompile(`^FSS\.\d{4}$`), "FSS.0403"},
	{"*/vpc-endpoint", []string{"error.code"}, []string{"error.message"}, regexp.MustCompile(`^End[pP]oint\.\d{4}$`), "EndPoint.0004"},
	{"*/quotas", []string{"error.code"}, []string{"error.message"}, regexp.MustCompile(`^EndPoint\.\d{4}$`), "EndPoint.0004"},
	{"/v1/", []string{"error_code"}, []string{"error_msg"}, regexp.MustCompile(`^(CSBS|BackupService|APIGW)\.\d{4}$`), "APIGW.0302"},
	{"/switchboard/", []string{"code"}, []string{"message"}, regexp.MustCompile(`^[a-z_]+$`), "forbidden"},
}

// unsignedShape is the gateway's, which answers before any service.
var unsignedShape = shape{"", []string{"error_code"}, []string{"error_msg", "request_id"}, regexp.MustCompile(`^APIGW\.0301$`), ""}

// shapeOf is the shape of a route's errors.
func shapeOf(path string) shape {
	for _, s := range shapes {
		inside, anywhere := strings.CutPrefix(s.path, "*")
		if strings.HasPrefix(path, s.path) || anywhere && strings.HasPrefix(path, csbsAt+inside) {
			return s
		}
	}
	return shape{}
}

// misshapen says what is wrong with the form of a refusal; nothing, if it is the
// service's own.
func misshapen(c call, rec *httptest.ResponseRecorder) string {
	s := shapeOf(c.path)
	if rec.Code == http.StatusUnauthorized && c.role != anybody {
		s = unsignedShape
	}
	if c.method == http.MethodHead {
		return ""
	}
	var body map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		return "not JSON: " + rec.Body.String()
	}
	for _, at := range s.codes {
		code := textAt(body, at)
		if !s.form.MatchString(code) || rec.Code == http.StatusForbidden && code != s.forbidden && code != string(api.Approval) {
			return fmt.Sprintf("%s is %q: %s", at, code, rec.Body)
		}
	}
	for _, at := range s.texts {
		if textAt(body, at) == "" {
			return fmt.Sprintf("no %s: %s", at, rec.Body)
		}
	}
	return ""
}

// textAt is the text at a path of an object, empty if there is none.
func textAt(object map[string]any, path string) string {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		inner, _ := object[name].(map[string]any)
		return textAt(inner, rest)
	}
	text, _ := object[name].(string)
	return text
}
