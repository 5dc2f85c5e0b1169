package probe

import (
	"fmt"
	"slices"

	"switchboard/internal/api"
)

// usualPort is a port by which one knows what listens on it.
type usualPort struct {
	port     uint16
	owner    string   // as people call it, in every language
	services []string // of connections that may well have it
}

// usualPorts are ports that people enter by mistake, mostly those beside the
// right one.
var usualPorts = []usualPort{
	{22, "SSH", nil},
	{80, "HTTP", []string{"CSS", "CloudTable.OpenTSDB", "MRS.OpenTSDB"}},
	{443, "HTTPS", []string{"CSS", "CloudTable.OpenTSDB", "MRS.OpenTSDB"}},
	{1433, "SQL Server", nil},
	{1521, "Oracle", nil},
	{2181, "ZooKeeper", []string{"CloudTable"}},
	{2888, "ZooKeeper (quorum)", nil},
	{3306, "MySQL", []string{"RDS"}},
	{3888, "ZooKeeper (election)", nil},
	{4242, "OpenTSDB", []string{"CloudTable.OpenTSDB", "MRS.OpenTSDB"}},
	{5432, "PostgreSQL", []string{"RDS", "DWS"}},
	{5601, "Kibana", nil},
	{6379, "Redis", nil},
	{8000, "DWS", []string{"DWS"}},
	{8020, "HDFS", nil},
	{9092, "Kafka", nil},
	{9200, "Elasticsearch", []string{"CSS"}},
	{9300, "Elasticsearch (transport)", nil},
	{16000, "HBase Master", nil},
	{16010, "HBase Master Web UI", nil},
	{16020, "HBase RegionServer", nil},
	{16030, "HBase RegionServer Web UI", nil},
	{27017, "MongoDB", nil},
	{60000, "HBase Master", nil},
	{60010, "HBase Master Web UI", nil},
	{60020, "HBase RegionServer", nil},
	{60030, "HBase RegionServer Web UI", nil},
}

// formSteps judge what the connection says: is it what the service's console
// shows?
func formSteps(d *api.ConnectionDraft) []api.Step {
	var steps []api.Step
	for _, problem := range d.AddressProblems() {
		steps = append(steps, api.Step{Name: api.StepAddressForm, Status: api.Failed, Path: problem.Path, Message: problem.Message})
	}
	addresses := api.ConnectionAddresses(d.URL)
	for _, address := range addresses {
		at, _ := readEndpoint(address, pathURL) // it is one
		if f := foreignPort(d.Service, at.port); f != nil {
			step := judged(api.StepAddressForm, api.Warned, f)
			if len(addresses) > 1 {
				step.At = address
			}
			steps = append(steps, step)
		}
	}
	if len(steps) == 0 {
		steps = append(steps, api.Step{Name: api.StepAddressForm, Status: api.Passed, Found: d.Service + ", " + d.URL})
	}
	return steps
}

// foreignPort says that a port is usually another service's, or nil.
func foreignPort(service string, port uint16) *failure {
	known := api.FindConnectionService(service)
	i := slices.IndexFunc(usualPorts, func(u usualPort) bool { return u.port == port })
	if known == nil || i < 0 || slices.Contains(usualPorts[i].services, known.Name) {
		return nil
	}
	f := fault("form.port", pathURL)
	f.args = map[string]any{
		"port": fmt.Sprint(port), "peer": usualPorts[i].owner, "wanted": known.Name, "usual": fmt.Sprint(known.Port),
	}
	return f
}
