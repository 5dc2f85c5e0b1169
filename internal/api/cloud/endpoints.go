// Package cloud talks to a region of a cloud, or to whatever speaks the dialect of one:
// it sends calls, with the official SDK where that has the call and signed by it where
// it has not, and says what became of them. It keeps nothing but a token in memory.
package cloud

import (
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/wire"
)

// names are what the services of a region are called, in every language.
var names = map[wire.API]string{
	wire.IAM: "IAM", wire.CDM: "CDM", wire.DLI: "DLI", wire.FunctionGraph: "FunctionGraph", wire.VPCEP: "VPCEP", wire.CSBS: "CSBS",
	wire.Extensions: "Switchboard",
}

// Account is whose project is talked to, and where.
type Account struct {
	// Endpoints are where the services are: https://host[:port].
	Endpoints map[wire.API]string
	Project   string // its id in the region
	// Access and Secret are an access key; or Domain, User and Secret are who signs in.
	Access       string
	Domain, User string
	Secret       api.Secret
}

// AccountOf is the account that a draft without problems describes; its secret must be
// in it.
func AccountOf(d *api.BackendDraft) Account {
	a := Account{Project: d.Project, Access: d.Access, Secret: d.Secret, Endpoints: map[wire.API]string{}}
	if d.Access == "" {
		a.Domain, a.User = d.Domain, d.User
	}
	for service := range names {
		if at := endpoint(d, service); at != "" {
			a.Endpoints[service] = at
		}
	}
	return a
}

// endpoint is where a service is: as somebody said, or as the clouds name theirs
// (spec/iam.md §5, and the first sections of the services).
func endpoint(d *api.BackendDraft, service wire.API) string {
	if own := d.Endpoints[string(service)]; own != "" {
		return own
	}
	if service == wire.Extensions && d.Cloud != api.CloudCustom {
		return "" // no cloud has ours
	}
	if d.Cloud == api.CloudCustom {
		return strings.TrimSuffix(d.Base, "/")
	}
	domain := probe.CloudDomain(d.Region)
	if d.Cloud == api.CloudOTC && !strings.HasSuffix(domain, "otc.t-systems.com") {
		domain = "otc.t-systems.com"
	}
	if service == wire.IAM && domain == "myhuaweicloud.com" {
		return "https://iam." + domain // one for all regions
	}
	return "https://" + string(service) + "." + d.Region + "." + domain
}
