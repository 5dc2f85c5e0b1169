package wire

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// additionJSON is many entries on their way into a whitelist.
type additionJSON struct {
	ID      string        `json:"id"`
	Started time.Time     `json:"started"`
	By      string        `json:"by"`
	Ended   time.Time     `json:"ended,omitzero"`
	Stopped bool          `json:"stopped"`
	Total   int           `json:"total"`
	Done    int           `json:"done"`
	Added   int           `json:"added"`
	Refused []refusedJSON `json:"refused"`
}

type refusedJSON struct {
	Permission  string    `json:"permission"`
	Description string    `json:"description"`
	Expires     time.Time `json:"expires,omitzero"`
	Message     string    `json:"message"`
}

func encodeAddition(c echo.Context, a *api.Addition) additionJSON {
	return additionJSON{
		ID: a.ID, Started: a.Started.At, By: a.Started.By, Ended: a.Ended, Stopped: a.Stopped,
		Total: a.Total, Done: a.Done, Added: a.Added,
		Refused: each(a.Refused, func(r api.RefusedPermission) refusedJSON {
			return refusedJSON{r.Draft.Permission, r.Draft.Description, r.Draft.Expires, say(c, r.Message)}
		}),
	}
}

// startAddition answers POST …/permissions/additions: many entries, added batch
// after batch in the background.
func (s *server) startAddition(c echo.Context, scope api.Scope, service string) error {
	drafts, err := readEntries(c)
	if err != nil {
		return err
	}
	addition, err := s.Service.StartAddition(c.Request().Context(), scope, service, drafts)
	if err != nil {
		return err
	}
	return answer(c, http.StatusAccepted, encodeAddition(c, &addition))
}

// showAddition answers GET …/permissions/additions/{id}: how far it is.
func (s *server) showAddition(c echo.Context, scope api.Scope, service string) error {
	addition, err := s.Service.Addition(c.Request().Context(), scope, service, param(c, "addition"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeAddition(c, &addition))
}

// cancelAddition answers POST …/permissions/additions/{id}/cancel: what was
// added stays.
func (s *server) cancelAddition(c echo.Context, scope api.Scope, service string) error {
	if err := s.Service.CancelAddition(c.Request().Context(), scope, service, param(c, "addition")); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}
