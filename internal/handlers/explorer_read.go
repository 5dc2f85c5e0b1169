package handlers

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// readCall takes the secrets out of what was typed, and says what lacks.
func (p *pages) readCall(c echo.Context) (*call, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	k, err := p.newCall(c, values)
	if err != nil {
		return nil, err
	}
	for _, one := range k.operation.Parameters {
		path := one.In + "." + one.Name
		if one.Schema.Format == secretFormat {
			k.secrets[path] = p.typedSecret(c, values, path, false)
		}
		if one.Required && strings.TrimSpace(values.Get(path)) == "" && k.secrets[path] == "" {
			k.refuse(path, api.M("explorer.required"))
		}
	}
	if k.body != nil && k.flat() {
		p.readFlat(c, k)
	} else if k.body != nil {
		p.readJSON(c, k)
	}
	if k.operation.Removes && values.Get(callConfirm) != "true" {
		k.refuse(callConfirm, api.M("explorer.confirm_first"))
	}
	return k, nil
}

func (k *call) refuse(path string, m api.Message) {
	k.problems = append(k.problems, api.Problem{Path: path, Message: m})
}

func (p *pages) readFlat(c echo.Context, k *call) {
	for key, one := range k.body.Properties {
		path, s := callBody+key, k.document.resolve(one)
		if s.Format == secretFormat {
			k.secrets[path] = p.typedSecret(c, k.values, path, false)
		}
		if text := k.values.Get(path); text != "" && s.Type == "integer" {
			if _, err := strconv.ParseInt(text, 10, 64); err != nil {
				k.refuse(path, api.M("explorer.integer"))
			}
		}
	}
}

func (p *pages) readJSON(c echo.Context, k *call) {
	text := k.values.Get(callJSON)
	if strings.TrimSpace(text) == "" {
		if k.operation.Body.Required {
			k.refuse(callJSON, api.M("explorer.required"))
		}
		return
	}
	withheld, found, ok := k.document.withhold(text)
	k.values.Set(callJSON, withheld)
	if !ok {
		k.gone = withheld == ""
		k.refuse(callJSON, api.M("explorer.json"))
		return
	}
	for _, name := range variablesIn(withheld) {
		path := callSecret + name
		if k.secrets[path] = p.typedSecret(c, k.values, path, false); found[name] != "" {
			k.secrets[path] = found[name]
		}
		if k.secrets[path] == "" {
			k.refuse(path, api.M("explorer.required"))
		}
	}
}
