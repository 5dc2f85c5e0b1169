package api

import "switchboard/internal/api/routing"

// Route is where a draft's alias would lead, as far as its form is right:
// what else others have is not looked at. The problems are those of the form.
func (d *AliasDraft) Route() (routing.Route, []Problem) { return routing.Route{}, nil }

// Draft is the alias as a draft that would leave it as it is.
func (a *Alias) Draft() AliasDraft { return AliasDraft{} }
