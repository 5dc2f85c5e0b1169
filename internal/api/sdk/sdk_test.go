package sdk

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/wire"
)

var parameters = regexp.MustCompile(`:\w+|\{\w+\}`)

// What we call as the SDK calls it is the same request.
func TestEveryMethodIsAnOperation(t *testing.T) {
	t.Parallel()
	for _, s := range services {
		for _, m := range s.methods {
			o := wire.FindOperation(m.name)
			require.NotNil(t, o, m.name)
			theirs := m.definition()
			require.Equal(t, theirs.Method, o.Method, m.name)
			require.Equal(t, parameters.ReplaceAllString(theirs.Path, "*"), parameters.ReplaceAllString(o.Route, "*"), m.name)
		}
	}
}
