package connector_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/apitest"
	. "switchboard/internal/api/connector"
)

func TestCatalogueListsTheDocumentedConnectors(t *testing.T) {
	t.Parallel()
	var names []string
	for _, c := range All {
		names = append(names, c.Name)
		require.Same(t, c, Find(c.Name))
	}
	require.Equal(t, []string{
		"generic-jdbc-connector", "obs-connector", "hdfs-connector", "hbase-connector", "hive-connector", "ftp-connector",
		"sftp-connector", "mongodb-connector", "redis-connector", "nas-connector", "kafka-connector", "dis-connector",
		"elasticsearch-connector", "dli-connector", "opentsdb-connector", "http-connector", "thirdparty-obs-connector",
		"dms-kafka-connector",
	}, names)
	require.Nil(t, Find("no-such-connector"))
}

func TestTilesLeadToTheirVariant(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range All {
		require.NotEmpty(t, c.Tiles, c.Name)
		for i := range c.Tiles {
			tile := &c.Tiles[i]
			require.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, tile.Slug)
			require.False(t, seen[tile.Slug], "slug %s twice", tile.Slug)
			seen[tile.Slug] = true
			require.Contains(t, Groups, tile.Group, tile.Slug)
			requireText(t, tile.Label, tile.Slug)
			found, same := FindTile(tile.Slug)
			require.Same(t, c, found)
			require.Same(t, tile, same)
			require.Same(t, tile, c.TileOf(map[string]string{c.Variant: strings.ToLower(tile.Value)}))
		}
	}
	c, tile := FindTile("no-such-tile")
	require.Nil(t, c)
	require.Nil(t, tile)
}

func TestEveryVariantHasExactlyOneTile(t *testing.T) {
	t.Parallel()
	for _, c := range All {
		if c.Variant == "" {
			require.Len(t, c.Tiles, 1, c.Name)
			require.Empty(t, c.Tiles[0].Value, c.Name)
			continue
		}
		variant := c.Input(c.Variant)
		require.NotNil(t, variant, c.Name)
		require.Empty(t, variant.When, c.Name)
		require.True(t, variant.Endpoint, c.Name)
		var choices, tiles []string
		for _, choice := range variant.Choices {
			choices = append(choices, choice.Value)
		}
		for _, tile := range c.Tiles {
			tiles = append(tiles, tile.Value)
		}
		require.ElementsMatch(t, choices, tiles, c.Name)
	}
}

func TestInputsAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, c := range All {
		requireText(t, c.Label, c.Name)
		requireSentence(t, c.Help, c.Name)
		seen := map[string]bool{}
		for i := range c.Inputs {
			in := &c.Inputs[i]
			at := c.Name + " " + in.Name
			require.Regexp(t, `^(linkConfig|dialect)\.[A-Za-z]+$`, in.Name)
			require.False(t, seen[in.Name], "%s twice", at)
			requireText(t, in.Label, at)
			requireSentence(t, in.Help, at)
			require.Equal(t, in.Kind == Enum, len(in.Choices) > 0, at)
			require.Equal(t, in.Secret, in.Kind == Password || in.Kind == File, at)
			require.Equal(t, in.Kind == URI, len(in.Schemes) > 0, at)
			require.False(t, in.Required && in.Advanced, "%s is required but hidden", at)
			require.False(t, in.Secret && (in.Default != "" || in.Defaults != nil), at)
			if in.Kind == HostList {
				require.Contains(t, []string{",", ";"}, in.Separator, at)
			}
			requireEarlierInputs(t, c, in, seen)
			requireValidDefaults(t, in, at)
			if in.Instead != "" {
				require.NotNil(t, c.Input(in.Instead), at)
			}
			seen[in.Name] = true
		}
	}
}

// requireEarlierInputs is what keeps Applies from turning in circles.
func requireEarlierInputs(t *testing.T, c *Connector, in *Input, earlier map[string]bool) {
	t.Helper()
	terms := slices.Clone(in.When)
	for _, d := range in.Defaults {
		terms = append(terms, d.When)
	}
	for _, term := range terms {
		require.True(t, earlier[term.Input], "%s %s depends on %s, which does not stand before it", c.Name, in.Name, term.Input)
		named := c.Input(term.Input)
		require.NotEmpty(t, term.In)
		require.Contains(t, []Kind{Enum, Bool}, named.Kind)
		for _, value := range term.In {
			canonical, f := named.Judge(value)
			require.Nil(t, f, "%s %s: %s cannot be %q", c.Name, in.Name, term.Input, value)
			require.Equal(t, canonical, value)
		}
	}
}

func requireValidDefaults(t *testing.T, in *Input, at string) {
	t.Helper()
	values := []string{in.Default, in.Example}
	for _, d := range in.Defaults {
		values = append(values, d.Value)
	}
	for _, value := range values {
		if value != "" {
			canonical, f := in.Judge(value)
			require.Nil(t, f, "%s: %q", at, value)
			require.Equal(t, value, canonical, at)
		}
	}
	for _, choice := range in.Choices {
		require.Equal(t, choice.Label.EN == "", choice.Label.ZH == "", "%s %s is labelled in one language", at, choice.Value)
	}
}

func TestDocumentedSecretsAreSecret(t *testing.T) {
	t.Parallel()
	secrets := map[string][]string{
		"generic-jdbc-connector":   {"password"},
		"obs-connector":            {"securityKey", "securityToken"},
		"hdfs-connector":           {"password", "keytab"},
		"hbase-connector":          {"password", "keytab", "securityKey"},
		"hive-connector":           {"password", "keytab", "securityKey"},
		"ftp-connector":            {"password"},
		"sftp-connector":           {"password"},
		"mongodb-connector":        {"password"},
		"redis-connector":          {"password"},
		"nas-connector":            {"password"},
		"kafka-connector":          {"password"},
		"dis-connector":            {"sk"},
		"elasticsearch-connector":  {"password"},
		"dli-connector":            {"sk"},
		"opentsdb-connector":       {"sk"},
		"http-connector":           nil,
		"thirdparty-obs-connector": {"securityKey"},
		"dms-kafka-connector":      {"password", "sk"},
	}
	for _, c := range All {
		var found []string
		for _, in := range c.Inputs {
			if in.Secret {
				found = append(found, strings.TrimPrefix(in.Name, "linkConfig."))
			}
		}
		require.ElementsMatch(t, secrets[c.Name], found, c.Name)
	}
}

func TestExamplesAreCompleteAndFaultless(t *testing.T) {
	t.Parallel()
	examples := apitest.ConnectorExamples()
	for _, c := range All {
		for _, tile := range c.Tiles {
			example, ok := examples[tile.Slug]
			require.True(t, ok, tile.Slug)
			delete(examples, tile.Slug)
			require.Equal(t, tile.Slug, c.TileOf(example.Values).Slug)
			require.Empty(t, c.Faults(example.Values, has(example.Secrets)), tile.Slug)
			require.Equal(t, example.Values, c.Normalise(example.Values), tile.Slug)
			requireComplete(t, c, tile.Slug, example)
		}
	}
	require.Empty(t, slices.Collect(maps.Keys(examples)), "examples without a tile")
}

// requireComplete: every input that applies is set, and nothing else is,
// except that an input may stand in another's place.
func requireComplete(t *testing.T, c *Connector, slug string, example apitest.ConnectorExample) {
	t.Helper()
	for i := range c.Inputs {
		in := &c.Inputs[i]
		from := example.Values
		if in.Secret {
			from = example.Secrets
			if text, ok := from[in.Name]; ok {
				_, f := in.Judge(text)
				require.Nil(t, f, slug)
			}
		}
		_, isSet := from[in.Name]
		require.Equal(t, c.Applies(in, example.Values), isSet, "%s %s", slug, in.Name)
	}
}

func TestAMissingRequiredInputIsExactlyOneFault(t *testing.T) {
	t.Parallel()
	for slug := range apitest.ConnectorExamples() {
		c, _ := FindTile(slug)
		for i := range c.Inputs {
			in := &c.Inputs[i]
			example := apitest.ConnectorExamples()[slug]
			if !in.Required || !c.Applies(in, example.Values) || example.Values[in.Instead] != "" {
				continue
			}
			delete(example.Values, in.Name)
			delete(example.Secrets, in.Name)
			require.Equal(t, []Fault{{Path: in.Name, Key: "input.required"}},
				c.Faults(example.Values, has(example.Secrets)), "%s without %s", slug, in.Name)
		}
	}
}

func has(secrets map[string]string) func(string) bool {
	return func(path string) bool { return secrets[path] != "" }
}

func requireText(t *testing.T, text Text, at string) {
	t.Helper()
	for _, lang := range []string{"en", "zh"} {
		require.NotEmpty(t, text.In(lang), "%s in %s", at, lang)
		require.Equal(t, strings.TrimSpace(text.In(lang)), text.In(lang), at)
	}
}

func requireSentence(t *testing.T, text Text, at string) {
	t.Helper()
	requireText(t, text, at)
	require.Regexp(t, `^[A-Z0-9].*\.$`, text.EN, at)
	require.Regexp(t, `\p{Han}.*。$`, text.ZH, at)
}
