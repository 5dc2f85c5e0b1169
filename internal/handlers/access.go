package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// A route says at its end whom it is for; without a word it is for whoever may see the
// project. It answers nobody else, before anything is read: who may not send a form does
// not get to fill it in. What is done all the same is judged by the service.

func (p *pages) editor(next echo.HandlerFunc) echo.HandlerFunc { return p.only(api.RoleEditor, next) }

func (p *pages) approver(next echo.HandlerFunc) echo.HandlerFunc {
	return p.only(api.RoleApprover, next)
}

func (p *pages) admin(next echo.HandlerFunc) echo.HandlerFunc { return p.only(api.RoleAdmin, next) }

func (p *pages) administrator(next echo.HandlerFunc) echo.HandlerFunc {
	return p.only(api.RoleAdministrator, next)
}

// only lets those pass who have a role where the page is. Nobody opens a form where
// nothing is changed; who has it open already gets it back from the service, with what
// he typed.
func (p *pages) only(needed api.Role, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := api.Allow(p.actor(c), needed); err != nil {
			return err
		}
		if here := project(c); here != nil && c.Request().Method == http.MethodGet {
			if err := here.Changeable(); err != nil {
				return err
			}
		}
		return next(c)
	}
}
