package embedded

import (
	"errors"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/objects"
)

// maxFaultDetail bounds what is kept of a store's own words, in characters.
const maxFaultDetail = 500

// fault is a fault with what it says; detail is text from elsewhere.
func fault(code api.FaultCode, detail string) *api.Fault {
	return &api.Fault{
		Code: code, Message: api.M("fault." + string(code)), Hint: api.M("fault." + string(code) + "_hint"), Detail: faultDetail(detail),
	}
}

func faultDetail(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
	if runes := []rune(text); len(runes) > maxFaultDetail {
		text = string(runes[:maxFaultDetail-1]) + "…"
	}
	return text
}

// faultOf is what an error of a store, or of a region that cannot be opened, is to
// people: what was read there, or what was written to there, is the matter.
func faultOf(err error, reading bool) *api.Fault {
	side := func(source, destination api.FaultCode) api.FaultCode {
		if reading {
			return source
		}
		return destination
	}
	code := api.FaultInternal
	switch {
	case errors.Is(err, errFolderEmpty):
		code = api.FaultEmpty
	case errors.Is(err, objects.ErrChanged):
		code = api.FaultSourceChanged
	case errors.Is(err, objects.ErrCorrupt):
		code = api.FaultChecksum
	case errors.Is(err, objects.ErrNotFound):
		code = side(api.FaultSourceMissing, api.FaultInternal)
	case errors.Is(err, objects.ErrNoStore):
		code = side(api.FaultSourceMissing, api.FaultDestinationGone)
	case errors.Is(err, objects.ErrDenied):
		code = side(api.FaultSourceUnreadable, api.FaultDestinationRefused)
	case errors.Is(err, objects.ErrFull):
		code = side(api.FaultSourceUnreadable, api.FaultDestinationFull)
	case errors.Is(err, objects.ErrUnreachable):
		code = side(api.FaultSourceUnreachable, api.FaultDestinationAway)
	case api.CodeOf(err) == api.NotFound, errors.Is(err, keyring.ErrSealed), errors.Is(err, errOutside):
		code = api.FaultRegion
	}
	return fault(code, err.Error())
}

// temporary reports whether it is worth another try.
func temporary(f *api.Fault) bool {
	return f.Code == api.FaultSourceUnreachable || f.Code == api.FaultDestinationAway
}

// faultError is a fault as the error of a call.
func faultError(f *api.Fault) error {
	code := api.Conflict
	if temporary(f) {
		code = api.Unavailable
	}
	return &api.Error{Code: code, Message: f.Message}
}
