package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

const manyAliasPosts = 1_500

// What is typed into any field of an alias, or is no typing at all.
var (
	aliasVerbs = []string{
		"", "/validate", "/validate", "/edit", "/edit", "/edit", "/review", "/review", "/try", "/delete", "/delete/confirmed", "/nothing",
	}
	aliasOps = []string{
		"add:rules", "remove:rules.0", "up:rules.1", "down:rules.0", "set:weight=50", "set:weight", "set:id=x", "set:function=", "add:weight",
		"remove:rules.-1", "up:rules.99999999999999999999", "set:rules.0.value=a, b", ":", "add:", "set:=",
	}
	aliasValues = []string{
		"", "v1", "v2", "latest", "V1", "10", "101", "-1", "12.5", "1e2", "９", "off", "weight", "rules", "and", "or", "xor", "header", "Cookie", "=", "in",
		"X-Team", "a,b,,a", ",", "\r\nX: 1", "\x00", "\xff", strings.Repeat("9", 400), strings.Repeat("a,", 5000), "<b>", "true", "{{.n}}",
	}
)

// Whatever is posted to the pages of aliases is never answered by a failure of
// ours, and no alias ever breaks a rule.
func TestManyBadAliasPosts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byRules())
	function := alias.Function.ID
	random := rand.New(rand.NewPCG(postsSeed, 5))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	statuses := map[int]int{}
	for range manyAliasPosts {
		typed := typedAlias(function, "name", fmt.Sprintf("a%d", random.Uint32()), "shift", pick([]string{"off", "weight", "rules"}))
		if random.IntN(2) == 0 {
			typed.Set("id", alias.ID)
			typed.Set("record", pick([]string{"1", "", "x", "99"}))
		}
		names := []string{"rules.1.type", "rules.1.value", "rules.0", "rules.199.param", "rules.x.param", "count", "request", "only", "back"}
		for name := range typed {
			names = append(names, name)
		}
		for range random.IntN(5) {
			typed.Set(pick(names), pick(aliasValues))
		}
		typed.Set("op", pick(aliasOps))
		path := s.aliases() + pick(aliasVerbs)
		if random.IntN(6) == 0 {
			path = s.aliasPath(alias) + pick([]string{"", "", "/delete?version=-1", "/nothing"})
		}
		var headers []header
		if random.IntN(2) == 0 {
			headers = fragment(pick([]string{"alias-form", "field-rules", "field-weight", "field-version", "alias-words", "trial", "x"}))
		}
		p := s.post(path, typed, headers...)
		require.Less(t, p.status, http.StatusInternalServerError, "%s %v", path, typed)
		statuses[p.status]++
		if _, err := s.service.Alias(t.Context(), s.scope(), alias.ID); err != nil {
			require.Equal(t, api.NotFound, api.CodeOf(err))
			alias = s.pointedAgain(function)
		}
	}
	require.NotContains(t, s.log.String(), "level=ERROR")
	require.NotContains(t, s.log.String(), "panic")
	for _, status := range []int{http.StatusOK, http.StatusSeeOther, http.StatusNotFound, http.StatusUnprocessableEntity} {
		require.NotZero(t, statuses[status], "posts that always end in the same way test nothing: %d of %v", status, statuses)
	}
	stored, err := s.service.AliasesOf(t.Context(), s.scope(), function)
	require.NoError(t, err)
	mains := map[string]string{}
	for i := range stored {
		d := stored[i].Draft()
		require.NoError(t, s.service.ValidateAlias(t.Context(), s.scope(), function, stored[i].ID, d), "%+v", stored[i])
		require.Empty(t, mains[stored[i].Route.Main], "one alias for each main version")
		mains[stored[i].Route.Main] = stored[i].Name
	}
}

// pointedAgain stores an alias of a function whose aliases were deleted.
func (s *site) pointedAgain(function string) api.Alias {
	s.t.Helper()
	left, err := s.service.AliasesOf(s.t.Context(), s.scope(), function)
	require.NoError(s.t, err)
	for i := range left {
		require.NoError(s.t, s.service.DeleteAlias(s.t.Context(), s.scope(), left[i].ID, 0))
	}
	return s.point(function, "again", "v1", "v2")
}
