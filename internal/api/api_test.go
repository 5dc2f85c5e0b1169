package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestASecretHasNoPrintedForm(t *testing.T) {
	t.Parallel()
	const text = "canary-password"
	secret := api.NewSecret(text)
	holder := struct{ Password api.Secret }{secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		require.NotContains(t, fmt.Sprintf(verb, secret), text, verb)
		require.NotContains(t, fmt.Sprintf(verb, holder), text, verb)
		require.NotContains(t, fmt.Sprintf(verb, &holder), text, verb)
		require.NotContains(t, fmt.Sprintf(verb, map[string]api.Secret{"p": secret}), fmt.Sprintf("%x", text), verb)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("signing in", "password", secret, "holder", holder)
	require.NotContains(t, log.String(), text)
	_, err := json.Marshal(holder)
	require.Error(t, err, "encoding a secret is a mistake, not a redaction")
	require.NotContains(t, err.Error(), text)
	require.Equal(t, text, secret.Reveal())
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want api.Code
	}{
		{"nothing wrong", nil, ""},
		{"one of ours", api.Errorf(api.Conflict, "key"), api.Conflict},
		{"one of ours, wrapped", fmt.Errorf("saving: %w", api.Errorf(api.NotFound, "key")), api.NotFound},
		{"anything else", errors.New("disk full"), api.Internal},
		{"no problems are no error", api.Refuse(nil), ""},
		{"problems are", api.Refuse([]api.Problem{{Path: "name"}}), api.Invalid},
	} {
		require.Equal(t, c.want, api.CodeOf(c.err), c.name)
	}
}

func TestAMessageSurvivesBeingStored(t *testing.T) {
	t.Parallel()
	stored, err := json.Marshal(api.Step{Name: api.StepConnect, Message: api.M("check.refused", "host", "db", "port", "3306")})
	require.NoError(t, err)
	var step api.Step
	require.NoError(t, json.Unmarshal(stored, &step))
	require.Equal(t, api.M("check.refused", "host", "db", "port", "3306"), step.Message)
	require.NotContains(t, string(stored), "hint", "what says nothing is left out")
}

func TestALinksNumberFitsTheDialect(t *testing.T) {
	t.Parallel()
	a, b := api.Link{ID: "0190-a"}, api.Link{ID: "0190-b"}
	require.Positive(t, a.Number())
	require.Equal(t, a.Number(), a.Number())
	require.NotEqual(t, a.Number(), b.Number())
}
