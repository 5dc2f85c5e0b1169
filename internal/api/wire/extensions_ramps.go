package wire

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// rampJSON is a ramp and how far it is.
type rampJSON struct {
	ID         string         `json:"id"`
	Main       string         `json:"main"`
	Additional string         `json:"additional"`
	Steps      []rampStepJSON `json:"steps"`
	Promote    bool           `json:"promote"`
	State      api.RampState  `json:"state"`
	At         int            `json:"at"` // the step in force, from 0
	Since      time.Time      `json:"since"`
	Next       time.Time      `json:"next,omitzero"`
	Started    time.Time      `json:"started"`
	By         string         `json:"by"`
	Ended      time.Time      `json:"ended,omitzero"`
	EndedBy    string         `json:"ended_by,omitempty"`
	Message    string         `json:"message,omitempty"`
}

// rampStepJSON is a step; its time is as Go writes durations, "0s" until
// somebody says so.
type rampStepJSON struct {
	Percent int    `json:"percent"`
	Hold    string `json:"hold"`
}

func encodeRamp(c echo.Context, r api.Ramp) rampJSON {
	return rampJSON{
		ID: r.ID, Main: r.Main, Additional: r.Additional, Promote: r.Promote, State: r.State, At: r.At,
		Steps: each(r.Steps, func(step api.RampStep) rampStepJSON { return rampStepJSON{step.Percent, step.Hold.String()} }),
		Since: r.Since, Next: r.Next, Started: r.Started.At, By: r.Started.By, Ended: r.Ended, EndedBy: r.EndedBy,
		Message: told(c, r.Message),
	}
}

const shownRamps = 50

// listRamps answers GET …/aliases/{name}/ramps: newest first.
func (s *server) listRamps(c echo.Context, scope api.Scope, alias api.Alias) error {
	ramps, err := s.Service.Ramps(c.Request().Context(), scope, alias.ID, shownRamps)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Ramps []rampJSON `json:"ramps"`
	}{each(ramps, func(r api.Ramp) rampJSON { return encodeRamp(c, r) })})
}

// rampBody is the body of a new ramp.
type rampBody struct {
	Additional string         `json:"additional"`
	Steps      []rampStepBody `json:"steps"`
	Promote    bool           `json:"promote"`
}

type rampStepBody struct {
	Percent json.RawMessage `json:"percent"`        // a number
	Hold    string          `json:"hold,omitempty"` // as Go writes durations; absent until somebody says so
}

// startRamp answers POST …/aliases/{name}/ramps {"additional": "v4", "steps":
// [{"percent": 5, "hold": "15m"}, {"percent": 100}], "promote": true}.
func (s *server) startRamp(c echo.Context, scope api.Scope, alias api.Alias) error {
	var body rampBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	draft := api.RampDraft{Additional: body.Additional, Promote: body.Promote}
	for _, step := range body.Steps {
		draft.Steps = append(draft.Steps, api.RampStepDraft{Percent: string(step.Percent), Hold: step.Hold})
	}
	ramp, err := s.Service.StartRamp(c.Request().Context(), scope, alias.ID, draft, alias.Version)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, encodeRamp(c, ramp))
}

// steerRamp answers POST …/aliases/{name}/ramps/steer {"do": "next", "at": 0};
// at is the step that was seen.
func (s *server) steerRamp(c echo.Context, scope api.Scope, alias api.Alias) error {
	var body struct {
		Do api.RampDeed `json:"do"`
		At *int         `json:"at"`
	}
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.At == nil {
		return api.Errorf(api.Invalid, "wire.body_type", "field", "at", "want", "number")
	}
	ramp, err := s.Service.SteerRamp(c.Request().Context(), scope, alias.ID, body.Do, *body.At)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeRamp(c, ramp))
}
