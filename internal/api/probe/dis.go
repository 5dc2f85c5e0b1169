package probe

import "encoding/json"

// pathDISEndpoint is where DIS is.
const pathDISEndpoint = "linkConfig.endpoint"

// disService is the Data Ingestion Service, asked for its streams.
var disService = cloudService{
	name:  "DIS",
	where: func(in inputs) (place, error) { return in.placeOf(pathDISEndpoint) },
	list:  func(project string) string { return "/v2/" + project + "/streams?limit=10" },
	names: func(body []byte) ([]string, bool) {
		var list struct {
			Names []string `json:"stream_names"`
		}
		err := json.Unmarshal(body, &list)
		return list.Names, err == nil && list.Names != nil
	},
}

var disSystem = &system{
	connector: "dis-connector",
	protocol:  protocolHTTP,
	plan:      disService.plan,
	check:     disService.check,
}
