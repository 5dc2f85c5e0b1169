package wire

import "net/http"

// offered are the calls about what the account's other projects offer to it: an endpoint
// service admits its owner's account, and says its name to whom it admits.
var offered = map[string]bool{"GET " + servicesAt + "/describe": true, "POST " + csbsAt + "/vpc-endpoints": true}

// vain are the calls that take what is not here for what needs nothing done.
var vain = map[string]bool{
	"POST " + dliAt + "/:id/disassociate-queue": true, // it is bound to nothing
	"POST " + providerAt + "/resources/action":  true, // it cannot be protected, says the answer
}

// otherwise are calls that get as far as to be refused for what is there.
var otherwise = map[string]int{
	"POST " + ownService + "/everyone":                         http.StatusForbidden,  // it has to be approved
	"POST " + functionRoute + "/invocations":                   http.StatusBadGateway, // nobody answers
	"POST " + ownAt + "/requests/:request/refuse":              http.StatusConflict,   // it was approved
	"POST " + ownAt + "/replications/:run/retry":               http.StatusBadRequest, // nothing is left to copy
	"POST " + providerAt + "/checkpoint_items/:item/replicate": http.StatusBadRequest, // it is there already
	"DELETE " + csbsAt + "/policies/:policy":                   http.StatusBadRequest, // it is being backed up
	"DELETE " + dliAt + "/:id":                                 http.StatusBadRequest, // it is still being created
}

// further are the calls that ask for a role also in the project that backups go to, which
// is not there for a credential of another one.
var further = map[string]bool{"POST " + ownAt + "/replications/plan": true}
