package handlers

import "github.com/labstack/echo/v4"

// Routes are all that a console with these options serves.
func Routes(o Options) []*echo.Route {
	e := echo.New()
	(&pages{Options: o, cookies: newCookies(o.Keys)}).routes(e)
	return e.Routes()
}
