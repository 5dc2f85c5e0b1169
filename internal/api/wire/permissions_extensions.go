package wire

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// entryJSON is an entry of a whitelist with what the dialect has no field for.
type entryJSON struct {
	ID          string    `json:"id"`
	Permission  string    `json:"permission"`
	Description string    `json:"description"`
	Expires     time.Time `json:"expires,omitzero"`
	Reason      string    `json:"reason,omitempty"`
}

func encodeEntry(p *api.Permission) *entryJSON {
	if p == nil {
		return nil
	}
	return &entryJSON{p.ID, p.Permission, p.Description, p.Expires, p.Reason}
}

// showAccess answers GET …/access?account=: whether an account may connect, and
// by which entry.
func (s *server) showAccess(c echo.Context, scope api.Scope, service string) error {
	access, err := s.Service.WhoMayConnect(c.Request().Context(), scope, service, c.QueryParam("account"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Account  string     `json:"account"`
		Allowed  bool       `json:"allowed"`
		Owner    bool       `json:"owner"`
		Approval bool       `json:"approval"`
		By       *entryJSON `json:"by,omitempty"`
	}{access.Account, access.Allowed, access.Owner, access.Approval, encodeEntry(access.By)})
}

// entriesBody is the body of judge and additions.
type entriesBody struct {
	Permissions []entryBody `json:"permissions"`
}

type entryBody struct {
	Permission  string `json:"permission"`
	Description string `json:"description,omitempty"`
	Expires     string `json:"expires,omitempty"` // RFC 3339; absent for never
}

// The routes that read many entries, and how long their bodies may be, in bytes:
// as many as an addition takes, with long descriptions.
const (
	judgeRoute     = ownService + "/permissions/judge"
	additionsRoute = ownService + "/permissions/additions"
	maxEntries     = 8 << 20
)

// readEntries reads many entries.
func readEntries(c echo.Context) ([]api.PermissionDraft, error) {
	var body entriesBody
	if err := decodeBody(c, &body); err != nil {
		return nil, err
	}
	drafts := make([]api.PermissionDraft, len(body.Permissions))
	for i, p := range body.Permissions {
		expires, err := readExpiry(p.Expires)
		if err != nil {
			return nil, err
		}
		drafts[i] = api.PermissionDraft{Permission: p.Permission, Description: p.Description, Expires: expires}
	}
	return drafts, nil
}

// readExpiry reads a moment; no text is never.
func readExpiry(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, api.Errorf(api.Invalid, "wire.expires")
	}
	return at, nil
}

// verdictJSON says what is wrong with an entry; nothing, if it can be added.
type verdictJSON struct {
	Fine        bool   `json:"fine"`
	Permission  string `json:"permission,omitempty"`
	Description string `json:"description,omitempty"`
	Expires     string `json:"expires,omitempty"`
	Note        string `json:"note,omitempty"`
}

// judgePermissions answers POST …/permissions/judge: what additions would say
// of each entry. It changes nothing.
func (s *server) judgePermissions(c echo.Context, scope api.Scope, service string) error {
	drafts, err := readEntries(c)
	if err != nil {
		return err
	}
	verdicts, err := s.Service.JudgePermissions(c.Request().Context(), scope, service, drafts)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Verdicts []verdictJSON `json:"verdicts"`
	}{each(verdicts, func(v api.Verdict) verdictJSON {
		return verdictJSON{v.Fine(), told(c, v.Permission), told(c, v.Description), told(c, v.Expires), told(c, v.Note)}
	})})
}

// told is what m says, or nothing.
func told(c echo.Context, m api.Message) string {
	if m.IsZero() {
		return ""
	}
	return say(c, m)
}

// expiryBody is when an entry ends, in RFC 3339; "" is never.
type expiryBody struct {
	Expires *string `json:"expires"`
}

// renewPermission answers PUT …/permissions/{id}/expiry {"expires": "…Z"}; ""
// is never.
func (s *server) renewPermission(c echo.Context, scope api.Scope, service string) error {
	var body expiryBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Expires == nil {
		return api.Errorf(api.Invalid, "wire.body_type", "field", "expires", "want", "string")
	}
	expires, err := readExpiry(*body.Expires)
	if err != nil {
		return err
	}
	change := api.PermissionChange{Expires: &expires}
	renewed, err := s.Service.ChangePermission(c.Request().Context(), scope, service, param(c, "permission"), change)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeEntry(&renewed))
}

// everyoneBody is the wish to let every account in (S21).
type everyoneBody struct {
	Confirm string `json:"confirm"` // the service's whole name
	Reason  string `json:"reason"`
	Expires string `json:"expires,omitempty"` // RFC 3339; absent for never
}

// openToEveryone answers POST …/everyone {"confirm", "reason", "expires"}: with the
// reason and the end for which the dialect has no field.
func (s *server) openToEveryone(c echo.Context, scope api.Scope, service string) error {
	var body everyoneBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	expires, err := readExpiry(body.Expires)
	if err != nil {
		return err
	}
	draft := api.EveryoneDraft{Confirm: body.Confirm, Reason: body.Reason, Expires: expires}
	opened, err := s.Service.OpenToEveryone(c.Request().Context(), scope, service, draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeEntry(&opened))
}
