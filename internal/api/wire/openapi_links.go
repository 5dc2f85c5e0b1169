package wire

import (
	"net/http"

	"switchboard/internal/api"
)

// describedLinks are CDM, and what it lacks.
func describedLinks() map[string]described {
	const example = `{"links":[{"name":"orders","connector-name":"generic-jdbc-connector","enabled":true,"link-config-values":{"configs":[{"name":"linkConfig","inputs":[` +
		`{"name":"linkConfig.databaseType","value":"MYSQL"},{"name":"linkConfig.host","value":"db.example.com"},{"name":"linkConfig.port","value":"3306"},` +
		`{"name":"linkConfig.database","value":"orders"},{"name":"linkConfig.username","value":"reader"},{"name":"linkConfig.password","value":"${password}"}]}]}}]}`
	needs := []string{"links"}
	all := map[string]described{
		"ListClusters": {Answer: keys{"clusters": []clusterJSON{}}},

		"CreateLink": {Query: []parameter{flag("validate")}, Body: linksBody{}, Needs: needs, Example: example, Answer: validation{}},
		"ListLinks":  {Query: []parameter{text("cname")}, Answer: keys{"links": []linkJSON{}}},
		"ShowLink":   {Answer: linksJSON{}},
		"UpdateLink": {Body: linksBody{}, Needs: needs, Example: example, Answer: validation{}},
		"DeleteLink": {Answer: keys{}, Removes: true},

		"ListConnectors": {Answer: keys{"version?": "", "connectors": []connectorJSON{}}},
		"ExportLinks":    {Query: []parameter{text("q"), text("connector"), text("cluster")}, Answer: keys{"links": []fileLink{}}},
		"ImportLinks": {
			Query: []parameter{text("cluster"), flag("apply")}, Body: linksBody{}, Needs: needs, Example: example, Answer: keys{"links": []planJSON{}},
		},
		"EnableLink": settled(enabledBody{}, "enabled"),

		"ShowHook":   {Answer: hookJSON{}},
		"UpdateHook": {Body: hookBody{}, Needs: []string{"url"}, Answer: hookJSON{}},
	}
	describeWatched(all, "Link")
	return all
}

// describeWatched adds what things have in common that are watched.
func describeWatched(all map[string]described, thing string) {
	all["Test"+thing] = described{Answer: api.Check{}}
	all["List"+thing+"Checks"] = described{Query: paged(), Answer: listOf("checks", []pastCheckJSON{})}
	all["List"+thing+"Episodes"] = described{Answer: keys{"episodes": []episodeJSON{}}}
	all["Schedule"+thing+"Checks"] = described{
		Body: keys{"every": ""}, Needs: []string{"every"}, Example: `{"every":"1h"}`, Status: http.StatusNoContent,
	}
}
