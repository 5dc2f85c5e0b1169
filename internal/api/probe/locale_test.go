package probe_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestEverySentenceIsThereInBothLanguages(t *testing.T) {
	t.Parallel()
	en, zh := sentences(t, "en"), sentences(t, "zh")
	argument := regexp.MustCompile(`{{\.(\w+)}}`)
	known := []string{"host", "port", "user", "database", "wanted", "peer", "scheme", "usual", "took", "queue", "network"}
	for key, text := range en {
		require.NotEmpty(t, zh[key], key)
		require.ElementsMatch(t, argument.FindAllString(text, -1), argument.FindAllString(zh[key], -1), key)
		for _, match := range argument.FindAllStringSubmatch(text, -1) {
			require.Contains(t, known, match[1], key)
		}
	}
	require.Len(t, zh, len(en))

	for _, step := range []api.StepName{
		api.StepForm, api.StepKerberos, api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepHostKey,
		api.StepSignIn, api.StepDatabase, api.StepRead, api.StepCluster, api.StepVersion,
	} {
		require.Contains(t, en, "step."+string(step))
	}
	for _, status := range []api.Status{api.Passed, api.Warned, api.Failed, api.Skipped, api.FormOnly} {
		require.Contains(t, en, "status."+string(status))
	}
}

func TestEveryFailureHasItsSentencesAndEverySentenceIsUsed(t *testing.T) {
	t.Parallel()
	en, source := sentences(t, "en"), sources(t)
	made := regexp.MustCompile(`(?:fault|hinting)\("([a-z_.]+)"`).FindAllStringSubmatch(source, -1)
	require.NotEmpty(t, made)
	for _, match := range made {
		require.Contains(t, en, "hint."+match[1])
	}
	for key := range en {
		kind, name, _ := strings.Cut(key, ".")
		if kind == "check" {
			require.Contains(t, source, name+`"`, key)
			if key != "check.form_only" {
				require.Contains(t, en, "hint."+name)
			}
		}
		if kind == "hint" {
			require.Contains(t, source, `"`+name+`"`, key)
		}
	}
}

func sentences(t *testing.T, lang string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", "locale", "parts", "probe*."+lang+".json"))
	require.NoError(t, err)
	all := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &all))
	}
	return all
}

func sources(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var all strings.Builder
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		all.Write(text)
	}
	return all.String()
}
