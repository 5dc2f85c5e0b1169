package samples

import (
	"fmt"
	"strings"
)

// answered stands in an import for what only the answer to a create says.
const answered = "ID-FROM-THE-ANSWER"

// resources are what Terraform has for an operation, in the words of the provider
// huaweicloud.
var resources = map[string]func(w *terraform, s step){
	"CreateLink": linkResource,
	"UpdateLink": linkResource,
	"DeleteLink": func(w *terraform, s step) { w.removed("huaweicloud_cdm_link", s.Params["link"]) },

	"CreateQueue": queueResource,
	"DeleteQueue": func(w *terraform, s step) { w.removed("huaweicloud_dli_queue", s.Params["queue"]) },

	"CreateEndpointService": endpointServiceResource,
	"UpdateEndpointService": endpointServiceResource,
	"DeleteEndpointService": func(w *terraform, s step) { w.removed("huaweicloud_vpcep_service", s.Params["service"]) },

	"BatchAddEndpointServicePermissions": permissionsOfService,
	"CreateEndpoint":                     endpointResource,
	"DeleteEndpoint":                     func(w *terraform, s step) { w.removed("huaweicloud_vpcep_endpoint", s.Params["endpoint"]) },
	"AcceptOrRejectEndpoint":             approvalResource,

	"CreateFunction":     functionResource,
	"DeleteFunction":     func(w *terraform, s step) { w.removed("huaweicloud_fgs_function", functionOf(s)) },
	"CreateVersionAlias": aliasOfFunction,
	"UpdateVersionAlias": aliasOfFunction,

	"CreatePolicy": policyResource,
	"UpdatePolicy": policyResource,
	"DeletePolicy": func(w *terraform, s step) { w.removed("huaweicloud_csbs_backup_policy", s.Params["policy"]) },
}

// linkArguments are inputs of a link that are arguments of their own.
var linkArguments = map[string]string{"accessKey": "access_key", "securityKey": "secret_key", "password": "password"}

func linkResource(w *terraform, s step) {
	link := s.body.at("links", "0")
	name := plainText(link.member("name"))
	w.resource("huaweicloud_cdm_link", name, s.Params["cluster"]+"/"+name, func() {
		w.setText("cluster_id", s.Params["cluster"])
		w.set("name", link.member("name"))
		w.set("connector", link.member("connector-name"))
		w.set("enabled", link.member("enabled"))
		config := &value{kind: object}
		configs := link.at("link-config-values", "configs")
		if configs != nil {
			for _, c := range configs.items {
				for _, input := range c.at("inputs").list() {
					key := strings.TrimPrefix(plainText(input.member("name")), "linkConfig.")
					if argument := linkArguments[key]; argument != "" {
						w.set(argument, input.member("value"))
					} else if v := input.member("value"); v != nil {
						config.members = append(config.members, member{key, v})
					}
				}
			}
		}
		w.set("config", config)
	})
}

func queueResource(w *terraform, s step) {
	name := plainText(s.body.member("queue_name"))
	w.resource("huaweicloud_dli_queue", name, name, func() {
		w.set("name", s.body.member("queue_name"))
		w.set("queue_type", s.body.member("queue_type"))
		w.set("description", s.body.member("description"))
		w.set("cu_count", s.body.member("cu_count"))
		w.set("vpc_cidr", s.body.member("cidr_in_vpc"))
		w.set("tags", tagsOf(s.body.member("tags"), "key", "value"))
	})
}

func endpointServiceResource(w *terraform, s step) {
	id := s.Params["service"]
	if id == "" {
		id = answered
	}
	name := plainText(s.body.member("service_name"))
	if name == "" {
		name = s.Params["service"]
	}
	w.resource("huaweicloud_vpcep_service", name, id, func() {
		w.set("name", s.body.member("service_name"))
		w.set("server_type", s.body.member("server_type"))
		w.set("vpc_id", s.body.member("vpc_id"))
		w.set("port_id", s.body.member("port_id"))
		w.set("approval", s.body.member("approval_enabled"))
		w.set("service_type", s.body.member("service_type"))
		w.set("description", s.body.member("description"))
		for _, port := range s.body.member("ports").list() {
			w.block("port_mapping", func() {
				w.set("service_port", port.member("server_port"))
				w.set("terminal_port", port.member("client_port"))
				w.set("protocol", port.member("protocol"))
			})
		}
		w.set("tags", tagsOf(s.body.member("tags"), "key", "value"))
	})
}

// permissionsOfService are an argument of the service's resource.
func permissionsOfService(w *terraform, s step) {
	all := &value{kind: list}
	for _, entry := range s.body.member("permissions").list() {
		if p := entry.member("permission"); p != nil {
			all.items = append(all.items, p)
		}
	}
	w.WriteString("# To be added to what the resource of the service has already.\n")
	w.block(`resource "huaweicloud_vpcep_service" "`+label(s.Params["service"])+`"`, func() {
		w.set("permissions", all)
	})
}

func endpointResource(w *terraform, s step) {
	w.resource("huaweicloud_vpcep_endpoint", "endpoint", answered, func() {
		w.set("service_id", s.body.member("endpoint_service_id"))
		w.set("vpc_id", s.body.member("vpc_id"))
		w.set("network_id", s.body.member("subnet_id"))
		w.set("description", s.body.member("description"))
		w.set("tags", tagsOf(s.body.member("tags"), "key", "value"))
	})
}

func approvalResource(w *terraform, s step) {
	if plainText(s.body.member("action")) != "receive" {
		w.without = append(w.without, s.Operation.ID)
		return
	}
	w.block(`resource "huaweicloud_vpcep_approval" "`+label(s.Params["service"])+`"`, func() {
		w.setText("service_id", s.Params["service"])
		w.set("endpoints", s.body.member("endpoints"))
	})
}

// functionArguments are those whose names are the same in both.
var functionArguments = []string{
	"runtime", "handler", "memory_size", "timeout", "description", "code_type", "code_url", "code_filename", "user_data", "xrole", "app_xrole",
}

func functionResource(w *terraform, s step) {
	name := plainText(s.body.member("func_name"))
	pkg := plainText(s.body.member("package"))
	urn := fmt.Sprintf("urn:fss:%s:%s:function:%s:%s", w.at.Region, w.at.Project, pkg, name)
	w.resource("huaweicloud_fgs_function", name, urn, func() {
		w.set("name", s.body.member("func_name"))
		w.set("app", s.body.member("package"))
		for _, argument := range functionArguments {
			w.set(argument, s.body.member(argument))
		}
		w.set("func_code", s.body.at("func_code", "file"))
	})
}

// aliasOfFunction is a block of the function's resource.
func aliasOfFunction(w *terraform, s step) {
	name := s.body.member("name")
	if name == nil {
		name = &value{kind: text, text: s.Params["alias"]}
	}
	w.WriteString("# A block of the resource of the function.\n")
	w.block(`resource "huaweicloud_fgs_function" "`+label(functionOf(s))+`"`, func() {
		w.block("versions", func() {
			w.set("name", s.body.member("version"))
			w.block("aliases", func() {
				w.set("name", name)
				w.set("description", s.body.member("description"))
				w.json("additional_version_weights", s.body.member("additional_version_weights"))
				w.json("additional_version_strategy", s.body.member("additional_version_strategy"))
			})
		})
	})
}

// json writes an argument that takes JSON as a text.
func (w *terraform) json(name string, v *value) {
	if v == nil || len(v.members) == 0 {
		return
	}
	w.WriteString(w.margin + name + " = jsonencode(")
	l := &layout{indent: "  ", pair: " = ", text: hclText, variable: w.secret}
	l.write(&w.Builder, v, w.margin)
	w.WriteString(")\n")
}

// functionOf is the name of the function in the path, which is a URN.
func functionOf(s step) string {
	parts := strings.Split(s.Params["function"], ":")
	if len(parts) < 7 {
		return s.Params["function"]
	}
	return parts[6]
}

func policyResource(w *terraform, s step) {
	policy := s.body.member("policy")
	id := s.Params["policy"]
	if id == "" {
		id = answered
	}
	w.resource("huaweicloud_csbs_backup_policy", plainText(policy.member("name")), id, func() {
		w.set("name", policy.member("name"))
		w.set("description", policy.member("description"))
		for _, r := range policy.member("resources").list() {
			w.block("resource", func() {
				w.set("id", r.member("id"))
				w.set("type", r.member("type"))
				w.set("name", r.member("name"))
			})
		}
		for _, o := range policy.member("scheduled_operations").list() {
			w.block("scheduled_operation", func() {
				w.set("name", o.member("name"))
				w.set("enabled", o.member("enabled"))
				w.set("trigger_pattern", o.at("trigger", "properties", "pattern"))
				for _, argument := range []string{"max_backups", "retention_duration_days", "permanent"} {
					w.set(argument, o.at("operation_definition", argument))
				}
			})
		}
	})
}

// tagsOf is a list of keys and values as a map, nil for none.
func tagsOf(v *value, key, val string) *value {
	if len(v.list()) == 0 {
		return nil
	}
	out := &value{kind: object}
	for _, tag := range v.list() {
		if text := tag.member(val); text != nil {
			out.members = append(out.members, member{plainText(tag.member(key)), text})
		}
	}
	return out
}

// list are the items of a list, none of anything else.
func (v *value) list() []*value {
	if v == nil {
		return nil
	}
	return v.items
}

// plainText is a text, empty for anything else.
func plainText(v *value) string {
	if v == nil || v.kind != text {
		return ""
	}
	return v.text
}
