package wire

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// hookJSON is where the project's changes of state are told, and how that went last.
type hookJSON struct {
	URL        string    `json:"url"`
	Enabled    bool      `json:"enabled"`
	HasSecret  bool      `json:"has_secret"`
	Version    int64     `json:"version"`
	LastAt     time.Time `json:"last_at,omitzero"`
	LastStatus int       `json:"last_status,omitempty"` // HTTP
	LastError  string    `json:"last_error,omitempty"`
}

// hookBody says where they are told; without a URL nowhere, and without a secret the
// stored one stays.
type hookBody struct {
	URL     string  `json:"url"`
	Enabled bool    `json:"enabled"`
	Secret  *string `json:"secret,omitempty"`
	Version int64   `json:"version,omitempty"` // of the one that was read; 0 for whichever is there
}

// showHook answers GET …/hook.
func (s *server) showHook(c echo.Context, scope api.Scope) error {
	hook, err := s.Service.Hook(c.Request().Context(), scope)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, hookJSON{
		hook.URL, hook.Enabled, hook.Secret, hook.Version, hook.LastAt, hook.LastStatus, told(c, hook.LastError),
	})
}

// updateHook answers PUT …/hook {"url", "enabled", "secret"}.
func (s *server) updateHook(c echo.Context, scope api.Scope) error {
	var body hookBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	draft := api.HookDraft{URL: body.URL, Enabled: body.Enabled, Version: body.Version}
	if body.Secret != nil {
		draft.Secret = api.NewSecret(*body.Secret)
	}
	if err := s.Service.SetHook(c.Request().Context(), scope, draft); err != nil {
		return err
	}
	return s.showHook(c, scope)
}
