package wire

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// unknownLink is the status for a link that is not there. The service answers
// 400, although its pages list 404, too (spec/links.md §6.1).
const unknownLink = http.StatusBadRequest

// validationFailed is the status of what the check stage refuses: the body is
// a validation-result, not a number.
const validationFailed = http.StatusInternalServerError

// cdmNumbers gives each message its number (spec/links.md §3.3). Messages with
// validationFailed belong to an input; their number is quoted in the text.
var cdmNumbers = map[string]number{
	"wire.body_json":        {http.StatusBadRequest, "Cdm.0018"},
	"wire.body_object":      {http.StatusBadRequest, "Cdm.0018"},
	"wire.body_type":        {http.StatusBadRequest, "Cdm.0004"},
	"wire.one_link":         {http.StatusBadRequest, "Cdm.0018"},
	"wire.input_name":       {http.StatusBadRequest, "Cdm.0018"},
	"wire.input_type":       {http.StatusBadRequest, "Cdm.0004"},
	"wire.link_unknown":     {unknownLink, "Cdm.0101"},
	"wire.update_unknown":   {unknownLink, "Cdm.0316"},
	"wire.project_mismatch": {http.StatusForbidden, "Cdm.0032"},

	"link.not_found":          {unknownLink, "Cdm.0101"},
	"link.name_required":      {http.StatusBadRequest, "Cdm.0238"},
	"link.name_too_long":      {http.StatusBadRequest, "Cdm.0109"},
	"link.name_form":          {http.StatusBadRequest, "Cdm.0110"},
	"link.name_reserved":      {http.StatusBadRequest, "Cdm.0317"},
	"link.name_taken":         {http.StatusBadRequest, "Cdm.0315"},
	"link.cluster_form":       {http.StatusNotFound, "Cdm.0001"},
	"link.connector_unknown":  {http.StatusBadRequest, "Cdm.0102"},
	"link.connector_required": {http.StatusBadRequest, "Cdm.0238"},
	"link.connector_fixed":    {http.StatusBadRequest, "Cdm.0014"},
	"link.extended_too_long":  {http.StatusBadRequest, "Cdm.0014"},

	"input.unknown":  {http.StatusBadRequest, "Cdm.0089"},
	"input.required": {validationFailed, "Cdm.0238"},
	"input.integer":  {validationFailed, "Cdm.0009"},
	"input.port":     {validationFailed, "Cdm.0009"},
	"input.range":    {validationFailed, "Cdm.0010"},
	"input.choice":   {validationFailed, "Cdm.0024"},
	"input.bool":     {validationFailed, "Cdm.0004"},
}

// cdmByCode numbers the messages that have none of their own.
var cdmByCode = map[api.Code]number{
	api.Invalid:     {http.StatusBadRequest, "Cdm.0014"},
	api.Forbidden:   {http.StatusForbidden, "Cdm.0032"},
	api.Approval:    {http.StatusForbidden, "Cdm.0032"},
	api.NotFound:    {http.StatusNotFound, "Cdm.0001"},
	api.Conflict:    {http.StatusBadRequest, "Cdm.0014"},
	api.Limit:       {http.StatusBadRequest, "Cdm.0085"},
	api.Unavailable: {http.StatusServiceUnavailable, "Cdm.0000"},
}

var cdmInternal = number{http.StatusInternalServerError, "Cdm.0000"}

const (
	cdmBadInput   = "Cdm.0088" // a configuration item is wrong
	cdmNoAnswer   = "Cdm.0901" // the database server cannot be reached
	cdmSignIn     = "Cdm.0950" // it refuses the credentials
	cdmNoDatabase = "Cdm.0029" // the database does not exist
)

// cdmBody is the form of CDM's errors. Documents show the outer pair, new
// answers all four, and each SDK reads another one (spec/links.md §3.1).
type cdmBody struct {
	Code            string `json:"code"`
	ErrCode         string `json:"errCode"`
	Message         string `json:"message"`
	ExternalMessage string `json:"externalMessage"`
}

func cdmReply(n number, text string) *reply {
	return &reply{n.status, cdmBody{n.code, n.code, text, text}}
}

// cdmError gives err the shape of CDM: what the check stage refuses is a list
// of findings, all else a number.
func cdmError(c echo.Context, err error) *reply {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Code == api.Internal {
		return cdmReply(cdmInternal, messageOf(c, err))
	}
	if e.Check != nil {
		return &reply{validationFailed, validation{Result: checkFindings(c, e.Check)}}
	}
	if e.Code != api.Invalid || len(e.Problems) == 0 {
		return cdmReply(cmp.Or(cdmNumbers[e.Message.Key], cdmByCode[e.Code], cdmInternal), messageOf(c, err))
	}
	for _, p := range e.Problems {
		if n := numberOf(p); n.status != validationFailed {
			return cdmReply(n, say(c, p.Message))
		}
	}
	return &reply{validationFailed, validation{Result: problemFindings(c, e.Problems)}}
}

func numberOf(p api.Problem) number {
	return cmp.Or(cdmNumbers[p.Message.Key], number{validationFailed, cdmBadInput})
}

// validation is the body of a create or update that got as far as the check.
// Name is there if it succeeded and the service says so.
type validation struct {
	Name   string     `json:"name,omitempty"`
	Result []findings `json:"validation-result"`
}

// findings is what the check found. SDKs know one key, so all stands under it;
// no findings are an empty object.
type findings struct {
	LinkConfig []finding `json:"linkConfig,omitempty"`
}

type finding struct {
	Message string `json:"message"`
	Status  string `json:"status"` // ERROR or WARNING
}

func problemFindings(c echo.Context, problems []api.Problem) []findings {
	var found []finding
	for _, p := range problems {
		found = append(found, finding{sentence(p.Path, say(c, p.Message), "", numberOf(p).code), "ERROR"})
	}
	return []findings{{found}}
}

// checkFindings is what a check has to tell; a passed one, or none, has
// nothing to.
func checkFindings(c echo.Context, check *api.Check) []findings {
	var found []finding
	if check == nil {
		return []findings{{}}
	}
	for i := range check.Steps {
		step := &check.Steps[i]
		switch step.Status {
		case api.Failed:
			found = append(found, finding{sentence(step.Path, say(c, step.Message), step.Detail, stepNumber(step.Name)), "ERROR"})
		case api.Warned:
			found = append(found, finding{sentence(step.Path, say(c, step.Message), step.Detail, ""), "WARNING"})
		}
	}
	return []findings{{found}}
}

func stepNumber(step api.StepName) string {
	switch step {
	case api.StepForm:
		return cdmBadInput
	case api.StepSignIn:
		return cdmSignIn
	case api.StepDatabase:
		return cdmNoDatabase
	}
	return cdmNoAnswer
}

// sentence names the input before what is wrong with it and the number after
// it: "linkConfig.host: Enter a value. (Cdm.0238)".
func sentence(path, text, detail, number string) string {
	var parts []string
	if path != "" {
		parts = append(parts, path+":")
	}
	parts = append(parts, text)
	if detail != "" {
		parts = append(parts, detail)
	}
	if number != "" {
		parts = append(parts, "("+number+")")
	}
	return strings.Join(parts, " ")
}
