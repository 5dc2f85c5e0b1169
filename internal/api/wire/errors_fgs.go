package wire

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// FunctionGraph's numbers (spec/aliases.md §7).
var (
	fgsInvalid     = number{http.StatusBadRequest, "FSS.0400"}
	fgsForbidden   = number{http.StatusForbidden, "FSS.0403"}
	fgsMissing     = number{http.StatusNotFound, "FSS.0404"}
	fgsConflict    = number{http.StatusConflict, "FSS.0409"}
	fgsTooBig      = number{http.StatusRequestEntityTooLarge, "FSS.0413"}
	fgsBusy        = number{http.StatusTooManyRequests, "FSS.0429"}
	fgsInternal    = number{http.StatusInternalServerError, "FSS.0500"}
	fgsUnavailable = number{http.StatusServiceUnavailable, "FSS.0500"}
	fgsNoUpstream  = number{http.StatusNotImplemented, "FSS.0500"}
	fgsUpstream    = number{http.StatusBadGateway, "FSS.0500"}

	fgsQuery = number{http.StatusBadRequest, "FSS.1001"}
	fgsURN   = number{http.StatusBadRequest, "FSS.1309"}

	fgsFunctionName    = number{http.StatusBadRequest, "FSS.1002"}
	fgsHandler         = number{http.StatusBadRequest, "FSS.1003"}
	fgsPackage         = number{http.StatusBadRequest, "FSS.1004"}
	fgsRuntime         = number{http.StatusBadRequest, "FSS.1005"}
	fgsCodeType        = number{http.StatusBadRequest, "FSS.1006"}
	fgsMemory          = number{http.StatusBadRequest, "FSS.1007"}
	fgsTimeout         = number{http.StatusBadRequest, "FSS.1008"}
	fgsCode            = number{http.StatusBadRequest, "FSS.1011"}
	fgsNoCode          = number{http.StatusBadRequest, "FSS.1012"}
	fgsUnchanged       = number{http.StatusBadRequest, "FSS.1016"}
	fgsDescription     = number{http.StatusBadRequest, "FSS.1019"}
	fgsFunctionLimit   = number{http.StatusForbidden, "FSS.1041"}
	fgsFunctionMissing = number{http.StatusNotFound, "FSS.1051"}
	fgsFunctionTaken   = number{http.StatusConflict, "FSS.1061"}
	fgsCodeFileTooBig  = number{http.StatusRequestEntityTooLarge, "FSS.1071"}
	fgsInlineTooBig    = number{http.StatusRequestEntityTooLarge, "FSS.1072"}

	fgsVersion           = number{http.StatusBadRequest, "FSS.1015"}
	fgsVersionMissing    = number{http.StatusNotFound, "FSS.1052"}
	fgsVersionTaken      = number{http.StatusConflict, "FSS.1062"}
	fgsVersionAdditional = number{http.StatusForbidden, "FSS.1094"}

	fgsAlias          = number{http.StatusBadRequest, "FSS.1014"}
	fgsAliasLimit     = number{http.StatusForbidden, "FSS.1043"}
	fgsAliasMissing   = number{http.StatusNotFound, "FSS.1053"}
	fgsAliasTaken     = number{http.StatusConflict, "FSS.1063"}
	fgsMainTaken      = number{http.StatusConflict, "FSS.1066"}
	fgsAdditional     = number{http.StatusBadRequest, "FSS.1091"}
	fgsWeight         = number{http.StatusBadRequest, "FSS.1092"}
	fgsAdditionalSame = number{http.StatusBadRequest, "FSS.1093"}
)

// fgsByCode numbers the messages that have no number in fgsNumbers.
var fgsByCode = map[api.Code]number{
	api.Invalid:     fgsInvalid,
	api.Forbidden:   fgsForbidden,
	api.Approval:    fgsForbidden,
	api.NotFound:    fgsMissing,
	api.Conflict:    fgsConflict,
	api.Limit:       fgsBusy,
	api.Unavailable: fgsUnavailable,
}

// fgsQueryFields are the parameters of lists. What is wrong with one has a
// number of its own.
var fgsQueryFields = regexp.MustCompile(`^(marker|maxitems|max_items)$`)

// fgsField is the dialect's name of a field.
func fgsField(path string) string {
	switch path {
	case "gray": // weights and rules both: no one field
		return ""
	case "additional":
		return "additional_version"
	case "weight":
		return "additional_version_weights"
	case "combine":
		return "combine_type"
	}
	return strings.Replace(path, ".type", ".rule_type", 1)
}

// fgsError gives err the shape of FunctionGraph: the number of the first thing
// that is wrong, and a text that names every field that is.
func fgsError(c echo.Context, err error) *reply {
	return flatError(c, err, fgsInternal, fgsNumber, fgsField)
}

// fgsNumber is the number of the error as a whole or, if it has none, of the
// first thing that is wrong: problems are in the order in which the dialect
// reports them (spec/aliases.md §11 no. 11).
func fgsNumber(e *api.Error) number {
	n := fgsNumbers[e.Message.Key]
	if len(e.Problems) > 0 {
		first := e.Problems[0]
		if fgsQueryFields.MatchString(first.Path) {
			return fgsQuery
		}
		n = cmp.Or(n, fgsNumbers[first.Message.Key])
	}
	return cmp.Or(n, fgsByCode[e.Code], fgsInternal)
}
