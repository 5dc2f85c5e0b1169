package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// selection reads which links a bulk action is about: the one whose own button
// was pressed (only), those that are ticked (id, many times), or with all=true
// those that the list's filter finds.
func selection(c echo.Context) (api.Selection, error) {
	values, err := formValues(c)
	if err != nil {
		return api.Selection{}, err
	}
	if one := values.Get("only"); one != "" {
		return api.Selection{IDs: []string{one}}, nil
	}
	if values.Get("all") != "true" {
		return api.Selection{IDs: values["id"]}, nil
	}
	return api.Selection{Query: &api.LinkQuery{Search: values.Get("q"), Connector: values.Get("connector")}}, nil
}
