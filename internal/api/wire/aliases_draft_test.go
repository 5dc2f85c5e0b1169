package wire

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

func TestAliasJSONIsWhatTheServerReads(t *testing.T) {
	t.Parallel()
	for name, draft := range map[string]api.AliasDraft{
		"one version": {Name: "prod", Version: "v3", Description: new("")},
		"a weight":    {Name: "gray", Version: "v3", Description: new("a <b>"), Weights: []api.WeightDraft{{Version: "v4", Weight: "20"}}},
		"rules": {Name: "beta", Version: "v3", Description: new(""), Strategies: []api.StrategyDraft{{
			Version: "v4", Combine: routing.Or, Rules: []routing.Rule{{Type: "Header", Param: "X-Team", Op: routing.In, Value: "qa,ops"}},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := AliasJSON(false, draft)
			require.NoError(t, err)
			var made newAliasBody
			require.NoError(t, json.Unmarshal(text, &made))
			read, err := made.draft()
			require.NoError(t, err)
			require.Equal(t, draft, read)

			text, err = AliasJSON(true, draft)
			require.NoError(t, err)
			require.NotContains(t, string(text), `"name"`, "an alias cannot be renamed")
			var changed aliasBody
			require.NoError(t, json.Unmarshal(text, &changed))
			draft.Name = ""
			read, err = changed.draft()
			require.NoError(t, err)
			require.Equal(t, draft, read)
		})
	}
}
