package wire

import "github.com/labstack/echo/v4"

// Operation is something that programs can ask for: a route of the dialect.
type Operation struct {
	// ID is what the official SDKs call it, or what they would.
	ID string
	// API is the service that it belongs to, which is also whose endpoint it has in
	// a region.
	API    API
	Method string
	// Route is the path with its parameters, as the server registers it: /v3/:name.
	Route string
}

// API is a service of the dialect.
type API string

// The services. What the dialect lacks is Extensions, which no region has.
const (
	IAM           API = "iam"
	CDM           API = "cdm"
	DLI           API = "dli"
	FunctionGraph API = "functiongraph"
	VPCEP         API = "vpcep"
	CSBS          API = "csbs"
	Extensions    API = "switchboard"
)

// FindOperation returns the operation of that id, or nil.
func FindOperation(id string) *Operation {
	for i := range operations {
		if operations[i].ID == id {
			return &operations[i]
		}
	}
	return nil
}

// serve registers the handler of an operation where the table says that it is.
func serve(e *echo.Echo, id string, h echo.HandlerFunc) {
	o := FindOperation(id)
	e.Add(o.Method, o.Route, h)
}
