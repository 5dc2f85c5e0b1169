package wire

import "switchboard/internal/locale"

// formTexts are what forms say of a field that is the same, by its key, or by schema and
// key.
var formTexts = map[string]string{
	"Connection.name":              "connections.name_help",
	"network_id":                   "connections.network_id_help",
	"security_group_id":            "connections.security_group_help",
	"Queue.queue_name":             "queues.name_help",
	"cidr_in_vpc":                  "queues.cidr_help",
	"handler":                      "functions.handler_help",
	"runtime":                      "functions.runtime_help",
	"Function.timeout":             "functions.timeout_help",
	"FunctionConfig.timeout":       "functions.timeout_help",
	"user_data":                    "functions.user_data_help",
	"upstream":                     "functions.upstream_help",
	"Version.description":          "functions.version_description_help",
	"CreateVersionAlias.version":   "aliases.main_help",
	"UpdateVersionAlias.version":   "aliases.main_help",
	"sticky":                       "aliases.sticky_help",
	"AliasStrategy.rules":          "aliases.rules_help",
	"Hook.url":                     "alerts.url_help",
	"Hook.secret":                  "alerts.secret_help",
	"Hook.enabled":                 "alerts.enabled_help",
	"approval_enabled":             "whitelist.approval_help",
	"EndpointService.service_name": "whitelist.short_name_help",
	"EndpointService.ports":        "whitelist.ports_help",
	"EndpointService.vpc_id":       "whitelist.vpc_id_help",
	"vip_port_id":                  "whitelist.vip_port_id_help",
	"Entry.description":            "whitelist.description_help",
	"Entry.expires":                "whitelist.expires_help",
	"Everyone.expires":             "whitelist.everyone_expires_help",
	"Everyone.reason":              "whitelist.reason_help",
	"enable_acceleration":          "policies.accelerate_help",
	"timezone":                     "policies.zone_help",
	"Region.name":                  "regions.name_help",
	"Region.endpoint":              "regions.endpoint_help",
	"prefix":                       "regions.prefix_help",
	"Region.secret":                "regions.secret_help",
	"bandwidth":                    "regions.bandwidth_help",
}

// about says what a key is: what a form says of it, or a sentence of its own; empty if
// there is none.
func (s *schemas) about(owner, key string) string {
	own := owner + "." + key
	for _, sentence := range []string{formTexts[own], "openapi.field." + own, formTexts[key], "openapi.field." + key} {
		if text, ok := locale.Plain(s.lang, sentence); ok {
			return text
		}
	}
	return ""
}
