package wire

import (
	"math"
	"net/http"

	"switchboard/internal/api"
)

// describedFunctions are FunctionGraph but for aliases.
func describedFunctions() map[string]described {
	marked := []parameter{whole("marker", 0, math.MaxInt32), whole("maxitems", 1, api.MaxFunctionPage)}
	functions := append(marked[:2:2], text("func_name"), text("package_name"))
	return map[string]described{
		"CreateFunction": {
			Body: functionBody{}, Needs: []string{"func_name"}, Answer: functionJSON{},
			Example: `{"func_name":"orders","package":"default","runtime":"Node.js14.18","handler":"index.handler","timeout":30,"memory_size":256,"code_type":"inline","func_code":{"file":""}}`,
		},
		"ListFunctions":        {Query: functions, Answer: functionsJSON{}},
		"DeleteFunction":       {Status: http.StatusNoContent, Removes: true},
		"ShowFunctionConfig":   {Answer: functionJSON{}},
		"UpdateFunctionConfig": {Body: functionConfigBody{}, Example: `{"timeout":60,"memory_size":512}`, Answer: functionJSON{}},
		"UpdateFunctionCode":   {Body: functionCodeBody{}, Example: `{"code_type":"inline","func_code":{"file":"ZXhwb3J0cy5oYW5kbGVyID0gKCkgPT4gIm9rIjs="}}`, Answer: functionJSON{}},
		"CreateFunctionVersion": {
			Body: versionBody{}, Optional: true, Example: `{"version":"v1","description":""}`, Answer: functionJSON{},
		},
		"ListFunctionVersions": {Query: marked, Answer: keys{"versions": []functionJSON{}, "next_marker": 0, "count": 0}},
		"InvokeFunction": {
			Header: []parameter{choice(headerLogType, "tail"), choice(headerRequestVersion, "v0", "v1")},
			Body:   map[string]any{}, Optional: true, Example: `{}`, Answer: invocationJSON{},
		},
		"UpdateVersionUpstream": {
			Body: upstreamBody{}, Needs: []string{"upstream"}, Example: `{"upstream":"http://127.0.0.1:8080/orders"}`, Answer: functionJSON{},
		},
	}
}
