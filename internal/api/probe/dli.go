package probe

import (
	"encoding/json"
	"net"
	"strings"
)

// pathRegion is the region, which says where DLI is.
const pathRegion = "linkConfig.region"

// dliService is Data Lake Insight, asked for its databases.
var dliService = cloudService{
	name:  "DLI",
	where: dliPlace,
	list:  func(project string) string { return "/v1.0/" + project + "/databases" },
	names: func(body []byte) ([]string, bool) {
		var list struct {
			Databases []struct {
				Name string `json:"database_name"`
			} `json:"databases"`
		}
		err := json.Unmarshal(body, &list)
		var names []string
		for _, database := range list.Databases {
			names = append(names, database.Name)
		}
		return names, err == nil && list.Databases != nil
	},
}

// dliSystem needs the region, which a link may leave out: without it nobody
// but the cloud knows where to ask.
var dliSystem = &system{
	connector: "dli-connector",
	when:      func(in inputs) bool { return in.text(pathRegion) != "" },
	protocol:  protocolHTTP,
	plan:      dliService.plan,
	check:     dliService.check,
}

// dliPlace makes the address of DLI out of the region.
func dliPlace(in inputs) (place, error) {
	region := strings.ToLower(in.text(pathRegion))
	if !regionName.MatchString(region) {
		return place{}, fault("input", pathRegion)
	}
	at, err := readEndpoint(net.JoinHostPort("dli."+region+"."+CloudDomain(region), "443"), pathRegion)
	return place{at: at, how: overTLS}, err
}

// cloudDomains are the domains of the clouds that have regions of their own;
// all other regions are Huawei Cloud's.
var cloudDomains = map[string]string{
	"eu-de":       "otc.t-systems.com",
	"eu-nl":       "otc.t-systems.com",
	"eu-ch2":      "sc.otc.t-systems.com",
	"eu-west-101": "myhuaweicloud.eu",
}

// CloudDomain is the domain below which a region of a public cloud has its services.
func CloudDomain(region string) string {
	if domain := cloudDomains[region]; domain != "" {
		return domain
	}
	return "myhuaweicloud.com"
}
