package wire

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/signature"
)

// stage is a project in which one deed is done. Its word is in all names that others
// could have, too.
type stage struct {
	*world
	s    api.Scope
	word string
}

func (w *world) stage(t testing.TB, word string) *stage {
	t.Helper()
	project, err := w.ids.AddProject(t.Context(), console, identity.Project{Name: word})
	require.NoError(t, err)
	actor := api.Actor{UserID: w.user.ID, User: w.user.Name, Way: api.WayPage, Role: api.RoleAdministrator}
	st := &stage{world: w, s: api.Scope{Project: project.ID, Actor: actor}, word: word}
	require.NoError(t, w.Requests.SetApprovalRules(t.Context(), st.s, nil, api.Confirmation{}))
	return st
}

func (st *stage) plane() apitest.Plane { return apitest.Plane{Service: st.Service, Mine: st.s} }

// work does what is due in the background until something is done.
func (st *stage) work(t testing.TB, done func() bool) {
	t.Helper()
	for range 1000 {
		if done() {
			return
		}
		require.NoError(t, st.Service.(*embedded.Plane).CatchUp(t.Context(), time.Now()))
	}
	require.Fail(t, "the work does not end")
}

// example is a deed that can be done on a stage.
type example struct {
	name string // of the case
	deed func(t *testing.T, st *stage) api.Deed
}

// examples are some of every deed.
func examples() []example {
	return slices.Concat(linkExamples, connectionExamples, endpointExamples, whitelistExamples, functionExamples, aliasExamples,
		policyExamples, backupExamples, consoleExamples)
}

func nameOf(d api.Deed) string { return reflect.TypeOf(d).Name() }

// The same project twice: in one a deed is done, to the other its calls are sent.
// After that they have the same.
func TestTheCallsOfADeedDoWhatItDoes(t *testing.T) {
	t.Parallel()
	w := start(t)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	random := rand.New(rand.NewPCG(8, 49))
	shown := map[string]bool{}
	for i, e := range examples() {
		t.Run(e.name, func(t *testing.T) {
			done, asked := w.stage(t, fmt.Sprintf("done%dx", i)), w.stage(t, fmt.Sprintf("sent%dx", i))
			deed, same := e.deed(t, done), e.deed(t, asked)
			shown[nameOf(deed)] = true
			before := done.holds(t)
			requireSame(t, before, asked.holds(t))

			asked.mutate(t, random, same)
			calls, err := CallsOf(t.Context(), w.server.Service, asked.s, asked.place(), same)
			require.NoError(t, err)
			requireSecretsApart(t, calls)
			require.NotEmpty(t, calls)
			for _, c := range calls {
				asked.execute(t, server.URL, &c)
			}
			require.NoError(t, deed.Do(t.Context(), w.server.Service, done.s))
			after := done.holds(t)
			require.NotEqual(t, before, after, "the deed does nothing")
			requireSame(t, after, asked.holds(t))
		})
	}
	require.Equal(t, deedNames(t), shown)
}

// deedNames are those of all deeds.
func deedNames(t *testing.T) map[string]bool {
	t.Helper()
	source, err := os.ReadFile("../deed_code.go")
	require.NoError(t, err)
	_, list, _ := strings.Cut(string(source), "var deeds = []Deed{\n")
	list, _, _ = strings.Cut(list, "\n}\n")
	names := map[string]bool{}
	for _, found := range regexp.MustCompile(`(\w+)\{\}`).FindAllStringSubmatch(list, -1) {
		names[found[1]] = true
	}
	require.Len(t, names, 49)
	return names
}

func (st *stage) place() Place { return Place{Project: st.s.Project, Region: region} }

// execute sends a call, signed, over the network.
func (st *stage) execute(t *testing.T, base string, c *Call) {
	t.Helper()
	r, body, err := c.Request(t.Context(), base)
	require.NoError(t, err)
	signature.Sign(r, body, st.key.Access, st.key.Secret.Reveal(), time.Now())
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Less(t, response.StatusCode, http.StatusMultipleChoices, "%s %s %s\n%s", c.Operation.Method, c.URL(), body, answer)
}

// requireSecretsApart looks for secrets wherever a call could be printed.
func requireSecretsApart(t *testing.T, calls []Call) {
	t.Helper()
	for _, c := range calls {
		text := fmt.Sprintf("%v %+v %#v %s %s", c, c, c, c.Body, c.URL())
		for name, secret := range c.Secrets {
			require.Regexp(t, `^[A-Z][A-Z0-9_]*$`, name)
			require.Contains(t, string(c.Body), Variable(name).text())
			if !secret.IsZero() {
				require.NotContains(t, text, secret.Reveal())
			}
		}
		require.NotContains(t, text, "canary")
	}
}
