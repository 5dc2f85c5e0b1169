package wire

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// vpcepNumbers gives each message its number (spec/whitelist.md §3, §7).
var vpcepNumbers = map[string]number{
	"wire.body_empty":        {http.StatusBadRequest, "EndPoint.0011"}, // the table says 504, which clients would repeat
	"wire.project_mismatch":  {http.StatusForbidden, "EndPoint.0004"},
	"wire.service_id":        {http.StatusBadRequest, "EndPoint.3062"},
	"wire.connection_action": {http.StatusBadRequest, "EndPoint.0007"},
	"wire.permission_action": {http.StatusBadRequest, "EndPoint.3035"},

	"permission.none":  {http.StatusBadRequest, "EndPoint.3036"},
	"permission.twice": {http.StatusBadRequest, "EndPoint.0002"},
	"permission.full":  {http.StatusBadRequest, "EndPoint.3049"},

	"endpoint.not_found":    {http.StatusNotFound, "EndPoint.2006"},
	"endpoint.not_admitted": {http.StatusBadRequest, "EndPoint.2012"},
	"endpoint.too_many":     {http.StatusBadRequest, "Endpoint.1018"}, // so written in the table

	"endpoint_service.in_use":         {http.StatusBadRequest, "EndPoint.3006"},
	"endpoint_service.too_many":       {http.StatusBadRequest, "Endpoint.1018"},
	"endpoint_service.port_twice":     {http.StatusBadRequest, "EndPoint.3044"},
	"endpoint_service.ports_too_many": {http.StatusBadRequest, "EndPoint.3074"},
	"tag.key_required":                {http.StatusBadRequest, "EndPoint.3066"},
	"tag.key_twice":                   {http.StatusBadRequest, "EndPoint.3067"},
}

// vpcepByPath numbers what is wrong with a field where the message has no
// number of its own. Places in a list are left out.
var vpcepByPath = map[string]string{
	"limit":     "EndPoint.0006",
	"offset":    "EndPoint.0010",
	"sort_key":  "EndPoint.0017",
	"sort_dir":  "EndPoint.0018",
	"status":    "EndPoint.0019",
	"marker_id": "EndPoint.0021",
	"endpoints": "EndPoint.2031",

	"endpoint_service_id": "EndPoint.3062",

	"permissions.permission": "EndPoint.3002",
	"permission_type":        "EndPoint.3002",

	"service_name":      "EndPoint.1003",
	"port_id":           "EndPoint.3063",
	"vip_port_id":       "EndPoint.3051",
	"vpc_id":            "EndPoint.0020",
	"subnet_id":         "EndPoint.0023",
	"server_type":       "EndPoint.3021",
	"ports":             "EndPoint.3043",
	"ports.client_port": "EndPoint.3043",
	"ports.server_port": "EndPoint.3043",
	"ports.protocol":    "EndPoint.3075",
	"tags":              "EndPoint.3069",
	"tags.key":          "EndPoint.3068",
	"tags.value":        "EndPoint.3068",
}

// vpcepByCode numbers the messages that have no number otherwise.
var vpcepByCode = map[api.Code]number{
	api.Invalid:     {http.StatusBadRequest, "EndPoint.0002"},
	api.Forbidden:   {http.StatusForbidden, "EndPoint.0004"},
	api.Approval:    {http.StatusForbidden, "EndPoint.0004"},
	api.NotFound:    {http.StatusNotFound, "EndPoint.0005"},
	api.Conflict:    {http.StatusConflict, "EndPoint.0002"},
	api.Limit:       {http.StatusBadRequest, "EndPoint.0016"},
	api.Unavailable: {http.StatusServiceUnavailable, "EndPoint.0001"},
}

var vpcepInternal = number{http.StatusInternalServerError, "EndPoint.0001"}

// vpcepBody is the form of VPCEP's errors. Newer pages show the gateway's flat
// form; every client reads this one (spec/whitelist.md §3).
type vpcepBody struct {
	Error struct {
		Message string `json:"message"`
		Code    string `json:"code"`
	} `json:"error"`
}

// vpcepError gives err the shape of VPCEP: what the service's table says of the
// number, and after it what is wrong here.
func vpcepError(c echo.Context, err error) *reply {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Code == api.Internal {
		return vpcepReply(c, vpcepInternal, messageOf(c, err))
	}
	if len(e.Problems) == 0 {
		return vpcepReply(c, vpcepNumber(e), say(c, e.Message))
	}
	details := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		details[i] = sentence(p.Path, say(c, p.Message), "", "")
	}
	return vpcepReply(c, vpcepNumber(e), details...)
}

// vpcepNumber is the number of the error as a whole or, if it has none, of the
// first thing that is wrong.
func vpcepNumber(e *api.Error) number {
	n, rest := vpcepNumbers[e.Message.Key], vpcepByCode[e.Code]
	for _, p := range e.Problems {
		n = cmp.Or(n, vpcepNumbers[p.Message.Key])
		if code, ok := vpcepByPath[position.ReplaceAllString(p.Path, "")]; ok {
			n = cmp.Or(n, number{rest.status, code})
		}
	}
	return cmp.Or(n, rest, vpcepInternal)
}

// position is the place in a list that a path names.
var position = regexp.MustCompile(`\.[0-9]+`)

// vpcepReply says first what the service's table says of the number.
func vpcepReply(c echo.Context, n number, details ...string) *reply {
	var body vpcepBody
	body.Error.Code = n.code
	body.Error.Message = strings.Join(append([]string{say(c, api.M("wire.vpcep."+n.code))}, details...), " ")
	return &reply{n.status, body}
}
