package templates_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func TestObjectDiff(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change api.Change
		has    []string
		hasNot []string
	}{
		"a change of a kind with words has them, and the fields": {
			api.Change{Kind: api.KindLink, Action: "update", Before: []byte(`{"name":"a","enabled":true}`), After: []byte(`{"name":"b","enabled":true}`)},
			[]string{"Name", "<del>a</del>", "<ins>b</ins>", `<span class="mono">name</span>`}, []string{"enabled"},
		},
		"what is made has what it is made with": {
			api.Change{Kind: api.KindLink, Action: "create", After: []byte(`{"name":"b","secrets":{"linkConfig.password":true},"connector":"generic-jdbc-connector"}`)},
			[]string{"<ins>b</ins>", "entered"}, nil,
		},
		"what is gone has what it was": {
			api.Change{Kind: api.KindLink, Action: "delete", Before: []byte(`{"name":"b","secrets":{"linkConfig.password":true},"connector":"generic-jdbc-connector"}`)},
			[]string{"<del>b</del>", "removed"}, []string{"<ins>b</ins>"},
		},
		"a kind without words has the fields": {
			api.Change{Kind: "token", Before: []byte(`{"n":12345678901234567890,"list":[{"a":"<b>"}]}`), After: []byte(`{"n":12345678901234567891,"list":[]}`)},
			[]string{"12345678901234567890", "12345678901234567891", "list.0.a", "&lt;b&gt;"}, []string{"<b>"},
		},
		"no difference is said": {
			api.Change{Kind: "token", Before: []byte(`{"n":1}`), After: []byte(`{"n":1}`)}, []string{"Nothing is different."}, []string{"<table"},
		},
		"what is no JSON breaks nothing": {
			api.Change{Kind: api.KindLink, Before: []byte(`{`), After: []byte(`[]`)}, []string{"Nothing is different."}, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, text := render(t, t.Context(), templates.ObjectDiff(test.change))
			for _, part := range test.has {
				require.Contains(t, text, part)
			}
			for _, part := range test.hasNot {
				require.NotContains(t, text, part)
			}
		})
	}
}

func TestEveryFilterHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		ctx := locale.With(t.Context(), lang)
		said := func(key string) { require.NotEqual(t, "["+key+"]", locale.T(ctx, key), lang) }
		for _, kind := range templates.AuditKinds {
			said("kind." + string(kind))
		}
		for _, action := range templates.AuditActions {
			said("change." + action)
		}
		for _, way := range templates.AuditWays {
			said("way." + string(way))
		}
		for _, rule := range api.Approvable {
			said("request_action." + string(rule.Action))
		}
		for _, state := range templates.RequestStates {
			said("request_state." + string(state))
			said("request_event." + string(state))
			if state != api.RequestOpen {
				said("request_verdict." + string(state))
			}
		}
	}
}
