package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/telemetry"
)

// tellRequest tells the server which route answered a request, and who was
// signed in. It stands around everything else that runs behind the router.
func tellRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		r := telemetry.Of(c.Request().Context())
		r.Route = c.Path()
		if s := currentSession(c); s != nil {
			r.User = s.User.ID
		}
		return err
	}
}
