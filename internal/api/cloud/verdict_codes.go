package cloud

import (
	"net/http"

	"switchboard/internal/api"
)

// tooManyRequests is VPCEP's way to say 429, in a 400.
const tooManyRequests = "EndPoint.0022"

// codes are the services' numbers whose status says something else than they mean: the
// tables of errors (links, connections, aliases, whitelist and replication, all §3 or
// §7), read from their end.
var codes = map[string]api.Code{
	"APIGW.0101": api.Unavailable, // the gateway knows no such API: not that a thing is not there
	"APIG.0101":  api.Unavailable,
	"APIGW.0301": api.Unauthorised,
	"APIG.0301":  api.Unauthorised,
	"APIGW.0302": api.Forbidden,
	"APIGW.0308": api.Limit,
	"APIG.0308":  api.Limit,
	"IAM.1104":   api.Unauthorised, // the access key is blocked
	"IAM.1105":   api.Unauthorised, // expired
	"IAM.1106":   api.Unauthorised, // nobody's
	"IAM.1107":   api.Unauthorised, // not active
	"IAM.1108":   api.Unauthorised, // the token that belongs to it expired

	"Cdm.0000": api.Unavailable,
	"Cdm.0001": api.NotFound,
	"Cdm.0021": api.Conflict, // in use, in a 500
	"Cdm.0032": api.Forbidden,
	"Cdm.0036": api.Unavailable,
	"Cdm.0060": api.Conflict,
	"Cdm.0085": api.Limit,
	"Cdm.0094": api.NotFound,
	"Cdm.0101": api.NotFound,
	"Cdm.0315": api.Conflict,
	"Cdm.0316": api.NotFound,
	"Cdm.0321": api.Conflict,

	"DLI.0002": api.NotFound,
	"DLI.0003": api.Forbidden,
	"DLI.0006": api.Conflict,
	"DLI.0007": api.Conflict,
	"DLI.0011": api.Forbidden,
	"DLI.0012": api.Conflict, // not in a state to
	"DLI.0013": api.Unauthorised,
	"DLI.0014": api.Unauthorised,
	"DLI.0015": api.Unauthorised,
	"DLI.0016": api.Forbidden,
	"DLI.0019": api.Unavailable,
	"DLI.0999": api.Unavailable,
	"DLI.1028": api.Limit,

	"FSS.1041": api.Limit, // 403, as the next three
	"FSS.1043": api.Limit,
	"FSS.1094": api.Conflict,
	"FSS.1154": api.Conflict,

	"EndPoint.0003": api.Unauthorised,
	"EndPoint.0011": api.Invalid, // an empty body, in a 504
	"EndPoint.0012": api.Invalid,
	"EndPoint.0016": api.Limit,
	"EndPoint.0022": api.Limit,
	"EndPoint.1018": api.Limit,
	"Endpoint.1018": api.Limit, // so written in the table
	"EndPoint.2003": api.NotFound,
	"EndPoint.2004": api.Conflict,
	"EndPoint.2006": api.NotFound,
	"EndPoint.2012": api.Forbidden,
	"EndPoint.2045": api.Limit,
	"EndPoint.3006": api.Conflict,
	"EndPoint.3049": api.Limit,

	"CSBS.0001":          api.Limit,
	"CSBS.1001":          api.Conflict, // a backup is being made, in a 500
	"CSBS.2003":          api.Conflict,
	"CSBS.2004":          api.Conflict,
	"CSBS.4000":          api.Conflict,
	"CSBS.5001":          api.Conflict,
	"CSBS.6004":          api.Conflict,
	"CSBS.6030":          api.Conflict,
	"CSBS.6031":          api.Conflict,
	"CSBS.6032":          api.Invalid,
	"CSBS.8007":          api.Conflict,
	"CSBS.9006":          api.Limit,
	"CSBS.9007":          api.Conflict,
	"BackupService.1009": api.Conflict,
	"BackupService.1012": api.Limit,
	"BackupService.4008": api.Forbidden,
}

// byStatus is what a status means where the number says nothing.
func byStatus(status int) api.Code {
	switch status {
	case http.StatusUnauthorized:
		return api.Unauthorised
	case http.StatusForbidden:
		return api.Forbidden
	case http.StatusNotFound, http.StatusGone:
		return api.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired:
		return api.Conflict
	case http.StatusTooManyRequests:
		return api.Limit
	case http.StatusRequestTimeout:
		return api.Unavailable
	}
	if status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		return api.Invalid
	}
	return api.Unavailable
}
