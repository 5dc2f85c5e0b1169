package wire

import (
	"net/http"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// describedAliases are the aliases of FunctionGraph, and what it lacks of them.
func describedAliases() map[string]described {
	gray := keys{
		"version?": "", "description?": "",
		"additional_version_weights?": map[string]int{}, "additional_version_strategy?": map[string]aliasStrategyJSON{},
	}
	fresh := keys{"name": ""}
	for key, value := range gray {
		fresh[key] = value
	}
	seen := described{Body: seenBody{}, Optional: true, Example: `{"additional":"v2"}`, Answer: ownAliasJSON{}}
	aborted := seen
	aborted.Removes = true
	return map[string]described{
		"CreateVersionAlias": {
			Body: fresh, Needs: []string{"name", "version"}, Answer: aliasJSON{},
			Example: `{"name":"prod","version":"v1","description":"","additional_version_weights":{"v2":10}}`,
		},
		"ListVersionAliases": {Answer: []aliasJSON{}},
		"ShowVersionAlias":   {Answer: aliasJSON{}},
		"UpdateVersionAlias": {
			Body: gray, Needs: []string{"version"}, Answer: aliasJSON{},
			Example: `{"version":"v1","additional_version_strategy":{"v2":{"combine_type":"and","rules":[{"rule_type":"Header","param":"X-Team","op":"=","value":"qa"}]}}}`,
		},
		"DeleteVersionAlias": {Status: http.StatusNoContent, Removes: true},

		"ShowAlias": {Answer: ownAliasJSON{}},
		"DecideAlias": {
			Body: keys{"headers": map[string]any{}, "simulate": 0}, Example: `{"headers":{"X-Team":"qa"},"simulate":1000}`, Answer: decisionJSON{},
		},
		"UpdateAliasSticky": {
			Body: keys{"sticky": routing.Source{}}, Needs: []string{"sticky"}, Example: `{"sticky":{"type":"header","param":"X-User"}}`, Answer: ownAliasJSON{},
		},
		"PromoteAlias": seen,
		"AbortAlias":   aborted,
		"ListRamps":    {Answer: keys{"ramps": []rampJSON{}}},
		"StartRamp": {
			Body: keys{"additional": "", "steps": []rampStepJSON{}, "promote": false}, Needs: []string{"additional", "steps"},
			Example: `{"additional":"v2","steps":[{"percent":5,"hold":"15m"},{"percent":50,"hold":"1h"},{"percent":100}],"promote":true}`,
			Status:  http.StatusCreated, Answer: rampJSON{},
		},
		"SteerRamp": {
			Body: keys{"do": api.RampDeed(""), "at": 0}, Needs: []string{"do", "at"}, Example: `{"do":"pause","at":0}`, Answer: rampJSON{},
		},
	}
}
