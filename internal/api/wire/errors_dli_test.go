package wire

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestNumbersOfDLI(t *testing.T) {
	t.Parallel()
	problem := func(paths ...string) error {
		var problems []api.Problem
		for i := 0; i < len(paths); i += 2 {
			problems = append(problems, api.Problem{Path: paths[i], Message: api.M(paths[i+1], "name", "x")})
		}
		return api.Refuse(problems)
	}
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"a parameter":               {problem("name", "connection.name_required"), 400, "DLI.0001"},
		"no JSON":                   {api.Errorf(api.Invalid, "wire.body_json"), 400, "DLI.0001"},
		"an unknown connection":     {api.Errorf(api.NotFound, "connection.not_found"), 400, "DLI.0002"},
		"a deleted connection":      {api.Errorf(api.Conflict, "connection.deleted"), 400, "DLI.0002"},
		"an unknown queue":          {api.Errorf(api.NotFound, "queue.not_found"), 400, "DLI.0002"},
		"an unknown queue to bind":  {problem("queues.1", "connection.queue_unknown"), 400, "DLI.0002"},
		"a taken name":              {api.Errorf(api.Conflict, "connection.name_taken"), 400, "DLI.0006"},
		"a taken name of a queue":   {api.Errorf(api.Conflict, "queue.name_taken"), 400, "DLI.0006"},
		"still being created":       {api.Errorf(api.Conflict, "connection.creating"), 400, "DLI.0007"},
		"the default queue to bind": {problem("queues.0", "connection.queue_default"), 400, "DLI.0007"},
		"the default queue":         {api.Errorf(api.Conflict, "queue.default_stays"), 400, "DLI.0007"},
		"a failed check":            {api.Errorf(api.CheckFailed, "link.check_failed"), 400, "DLI.0012"},
		"nobody":                    {api.Errorf(api.Unauthorised, "error.not_found"), 401, "DLI.0013"},
		"another project":           {api.Errorf(api.Forbidden, "wire.project_mismatch", "project", "p"), 403, "DLI.0016"},
		"too many":                  {api.Errorf(api.Limit, "connection.too_many", "max", 1000), 400, "DLI.1028"},
		"busy":                      {api.Errorf(api.Unavailable, "error.not_found"), 503, "DLI.0999"},
		"broken":                    {errors.New("constraint connections_pk"), 500, "DLI.0999"},
		"a bug":                     {api.Errorf(api.Internal, "constraint"), 500, "DLI.0999"},
	} {
		s := newServer(Options{})
		r := dliError(s.context("GET", "/"), c.err)
		require.Equal(t, c.status, r.status, name)
		require.Equal(t, c.code, r.body.(flatBody).Code, name)
		require.NotContains(t, r.body.(flatBody).Message, "constraint", name)
	}
	r := dliError(newServer(Options{}).context("GET", "/"), problem("name", "connection.name_required", "url", "connection.url_required"))
	require.Equal(t, "name: Enter a name for the connection. url: Enter the address of the service as host:port.", r.body.(flatBody).Message,
		"all that is wrong, with its field")
}
