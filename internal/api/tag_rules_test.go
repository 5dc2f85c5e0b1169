package api_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// said lists problems as "path key".
func said(problems []api.Problem) []string {
	var texts []string
	for _, p := range problems {
		texts = append(texts, p.Path+" "+p.Message.Key)
	}
	return texts
}

func TestTags(t *testing.T) {
	t.Parallel()
	rules := api.ConnectionTags
	for name, c := range map[string]struct {
		tags []api.Tag
		want []string
	}{
		"none":                     {nil, nil},
		"words in any language":    {[]api.Tag{{"环境", "生产"}, {"cost-centre", "a b_c.d:9"}}, nil},
		"as long as may be":        {[]api.Tag{{strings.Repeat("键", 128), strings.Repeat("值", 255)}}, nil},
		"too long":                 {[]api.Tag{{strings.Repeat("键", 129), strings.Repeat("值", 256)}}, []string{"tags.0.key tag.too_long", "tags.0.value tag.too_long"}},
		"without a key or a value": {[]api.Tag{{"", ""}}, []string{"tags.0.key tag.key_required", "tags.0.value tag.value_required"}},
		"the same key again":       {[]api.Tag{{"a", "1"}, {"b", "1"}, {"a", "2"}}, []string{"tags.2.key tag.key_twice"}},
		"another case is another":  {[]api.Tag{{"a", "1"}, {"A", "1"}}, nil},
		"spaces at the edges":      {[]api.Tag{{" a", "b\u00a0"}}, []string{"tags.0.key tag.edge_space", "tags.0.value tag.edge_space"}},
		"forbidden characters":     {[]api.Tag{{"a=b", "x|y"}, {"a/b", `c:\d`}}, []string{"tags.0.key tag.character", "tags.0.value tag.character", "tags.1.key tag.character", "tags.1.value tag.character"}},
		"what cannot be seen":      {[]api.Tag{{"a\u200bb", "x\x00y"}, {"\xff", "a\nb"}}, []string{"tags.0.key tag.character", "tags.0.value tag.character", "tags.1.key tag.character", "tags.1.value tag.character"}},
	} {
		require.Equal(t, c.want, said(rules.Problems("tags", c.tags)), name)
	}

	many := make([]api.Tag, rules.Count+1)
	for i := range many {
		many[i] = api.Tag{Key: strconv.Itoa(i), Value: "x"}
	}
	require.Equal(t, []string{"tags tag.too_many"}, said(rules.Problems("tags", many)))
	require.Empty(t, rules.Problems("tags", many[1:]))
	require.Empty(t, api.EndpointServiceTags.Problems("tags", []api.Tag{{Key: "a"}}), "a value may be missing there")
}

func TestATagsProblemNamesTheCharacter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a<b": "<", "a\u200bb": "U+200B", "a\tb": "U+0009", "a\xffb": "U+FFFD"} {
		problems := api.ConnectionTags.Problems("tags", []api.Tag{{Key: text, Value: "x"}})
		require.Equal(t, want, problems[0].Message.Args["character"], "%q", text)
	}
}
