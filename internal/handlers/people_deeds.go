package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// personDeed is what an administrator does to somebody, after a question that says
// what follows.
type personDeed struct {
	title, text, button string // keys
	consequences        []string
	done                string // key of what is said afterwards; empty where a link is shown
	do                  func(*identity.Service, context.Context, api.Actor, string) error
}

// personDeeds are the deeds by the last word of their address.
var personDeeds = map[string]personDeed{
	"disable": {
		title: "people.disable_title", text: "people.disable_text", button: "people.disable", done: "people.disable_done",
		consequences: []string{"people.dies_sessions", "people.dies_tokens", "people.dies_keys", "people.dies_links", "people.disable_stays"},
		do:           (*identity.Service).DisablePerson,
	},
	"enable": {
		title: "people.enable_title", text: "people.enable_text", button: "people.enable", done: "people.enable_done",
		consequences: []string{"people.enable_roles", "people.enable_again"},
		do:           (*identity.Service).EnablePerson,
	},
	"factor": {
		title: "people.factor_title", text: "people.factor_text", button: "people.reset_factor", done: "people.factor_done",
		consequences: []string{"people.factor_codes", "people.factor_password"},
		do:           (*identity.Service).ResetFactor,
	},
	"reset": {
		title: "people.reset_title", text: "people.reset_text", button: "people.reset_button",
		consequences: []string{"people.reset_password", "people.dies_sessions", "people.reset_tokens", "people.reset_links", "people.reset_stays"},
	},
}

func (p *pages) askPerson(c echo.Context, verb string, deed personDeed) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	ctx, path := localised(c), templates.PersonPath(person.ID)
	question := templates.Confirm{
		Text: locale.T(ctx, deed.text, "name", person.Name), Button: locale.T(ctx, deed.button),
		Action: path + "/" + verb, Cancel: path,
	}
	for _, key := range deed.consequences {
		question.Consequences = append(question.Consequences, locale.T(ctx, key))
	}
	return p.askFirst(c, deed.title, question, templates.PersonCrumbs(ctx, &person))
}

// toPerson does what was asked; a reset answers with the one-time link.
func (p *pages) toPerson(c echo.Context, deed personDeed) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	ctx, actor, path := c.Request().Context(), p.actor(c), templates.PersonPath(person.ID)
	if deed.do == nil {
		token, err := p.Identity.ResetPassword(ctx, actor, person.ID)
		if err != nil {
			return p.sayRefusalAt(c, path, err)
		}
		return p.handOver(c, &person, token, false)
	}
	if err := deed.do(p.Identity, ctx, actor, person.ID); err != nil {
		return p.sayRefusalAt(c, path, err)
	}
	p.flash(c, api.M(deed.done, "name", person.Name))
	return redirect(c, path)
}
