package embedded_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// told is a request that a receiver got, whose signature is right.
type told struct {
	ID   string // of the header
	Body struct {
		Type, ID, Project string
		Link              *struct{ ID, Name, Connector, Endpoint string }
		Connection        *struct{ ID, Name, Service, Endpoint string }
		Check             struct{ Status, Step, Path, Message string }
		Replication       *struct {
			ID, Name                          string
			Region                            string `json:"destination_region"`
			Total, Succeeded, Failed, Skipped int
			Reasons                           []struct {
				Code    api.FaultCode
				Message string
			}
		}
	}
}

// receiver takes what is told and answers with the status.
func receiver(t *testing.T, status func() int, key []byte) (url string, all chan told) {
	t.Helper()
	all = make(chan told, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got := told{ID: r.Header.Get("webhook-id")}
		at := r.Header.Get("webhook-timestamp")
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(got.ID + "." + at + "." + string(body)))
		seconds, err := strconv.ParseInt(at, 10, 64)
		fresh := err == nil && time.Since(time.Unix(seconds, 0)) < time.Minute
		signed := r.Header.Get("webhook-signature") == "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if r.Method != http.MethodPost || !fresh || !signed || json.Unmarshal(body, &got.Body) != nil {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		all <- got
		w.WriteHeader(status())
		_, _ = w.Write([]byte("the receiver's own words"))
	}))
	t.Cleanup(server.Close)
	return server.URL, all
}

func always(status int) func() int { return func() int { return status } }

func setHook(t *testing.T, p apitest.Plane, url, secret string) {
	t.Helper()
	require.NoError(t, p.Service.SetHook(t.Context(), mine, api.HookDraft{URL: url, Enabled: true, Secret: api.NewSecret(secret)}))
}

func hook(t *testing.T, p apitest.Plane) api.Hook {
	t.Helper()
	h, err := p.Service.Hook(t.Context(), mine)
	require.NoError(t, err)
	return h
}

func TestOnlyChangesOfStateAreTold(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		url, all := receiver(t, always(http.StatusNoContent), []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		link, setPassword := realLink(t, p)
		catchUp(t, p, 0)
		require.Empty(t, all, "that it answers at first is no news")

		setPassword("changed")
		check(t, p, link.ID)
		check(t, p, link.ID)
		catchUp(t, p, 0)
		require.Len(t, all, 1)
		failed := <-all
		require.Equal(t, "link.failed", failed.Body.Type)
		require.Equal(t, failed.ID, failed.Body.ID)
		require.Equal(t, mine.Project, failed.Body.Project)
		require.Equal(t, link.ID, failed.Body.Link.ID)
		require.Equal(t, link.Endpoint, failed.Body.Link.Endpoint)
		require.Equal(t, "failed", failed.Body.Check.Status)
		require.Equal(t, "sign_in", failed.Body.Check.Step)
		require.NotEmpty(t, failed.Body.Check.Message)

		setPassword("")
		check(t, p, link.ID)
		check(t, p, link.ID)
		catchUp(t, p, 0)
		require.Len(t, all, 1)
		recovered := <-all
		require.Equal(t, "link.recovered", recovered.Body.Type)
		require.Equal(t, "passed", recovered.Body.Check.Status)
		require.Equal(t, http.StatusNoContent, hook(t, p).LastStatus)
		require.True(t, hook(t, p).LastError.IsZero())
	})
}

func TestChangesOfAConnectionAreToldAsItsOwn(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		url, all := receiver(t, always(http.StatusOK), []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		address := testserver.ClosedAddr(t).String()
		c, err := p.Service.CreateConnection(t.Context(), mine, api.ConnectionDraft{
			Name: "orders", Service: "RDS", URL: address,
			SecurityGroupID: "a1b2c3d4-0000-4000-8000-000000000001", NetworkID: "a1b2c3d4-0000-4000-8000-000000000002",
		})
		require.NoError(t, err)
		catchUp(t, p, 0)
		catchUp(t, p, 0)
		require.Len(t, all, 1)
		got := (<-all).Body
		require.Equal(t, "connection.failed", got.Type)
		require.Nil(t, got.Link)
		require.Equal(t, []string{c.ID, "orders", "RDS", address},
			[]string{got.Connection.ID, got.Connection.Name, got.Connection.Service, got.Connection.Endpoint})
		require.Equal(t, "connect", got.Check.Step)
	})
}

func TestALinkThatNeverAnsweredIsToldAtOnce(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		begin(t, p)
		url, all := receiver(t, always(http.StatusOK), []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		_, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Anyway)
		require.NoError(t, err)
		select {
		case got := <-all:
			require.Equal(t, "link.failed", got.Body.Type)
			require.Equal(t, "linkConfig.port", got.Body.Check.Path)
		case <-time.After(20 * time.Second):
			require.Fail(t, "nothing was told")
		}
	})
}

func TestADeliveryIsTriedAgainUntilItIsTaken(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		answers := make(chan int, 3)
		for _, status := range []int{http.StatusInternalServerError, http.StatusFound, http.StatusOK} {
			answers <- status
		}
		url, all := receiver(t, func() int { return <-answers }, []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		_, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Anyway)
		require.NoError(t, err)
		catchUp(t, p, 0)
		require.Equal(t, http.StatusInternalServerError, hook(t, p).LastStatus)
		require.Equal(t, "hook.refused", hook(t, p).LastError.Key)
		catchUp(t, p, 0)
		require.Len(t, all, 1, "the next try is not due yet")
		catchUp(t, p, 20*time.Second)
		require.Equal(t, http.StatusFound, hook(t, p).LastStatus, "a redirect is not followed")
		catchUp(t, p, time.Minute)
		require.True(t, hook(t, p).LastError.IsZero())
		catchUp(t, p, 50*time.Minute)
		require.Len(t, all, 3, "what was taken is not told again")
		require.Equal(t, (<-all).ID, (<-all).ID, "every try has the same id")
	})
}

func TestADeliveryIsGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		url, all := receiver(t, always(http.StatusBadGateway), []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Anyway)
		require.NoError(t, err)
		require.NoError(t, p.Service.Schedule(t.Context(), mine, api.KindLink, link.ID, 0))
		catchUp(t, p, 0)
		exec(t, db, "UPDATE hook_events SET at = at - ?", (24 * time.Hour).Microseconds())
		catchUp(t, p, time.Hour)
		catchUp(t, p, 24*time.Hour)
		require.Len(t, all, 2)
	})
}

func TestAHookThatIsSwitchedOffForgetsWhatItHadToTell(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		url, all := receiver(t, always(http.StatusOK), []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		_, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "a"), api.Anyway)
		require.NoError(t, err)
		require.NoError(t, p.Service.SetHook(t.Context(), mine, api.HookDraft{URL: url, Enabled: false}))
		_, err = p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "b"), api.Anyway)
		require.NoError(t, err)
		require.NoError(t, p.Service.SetHook(t.Context(), mine, api.HookDraft{URL: url, Enabled: true}))
		catchUp(t, p, 0)
		require.Empty(t, all)
	})
}

func TestAHookIsTested(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		key := []byte("0123456789abcdef0123456789abcdef")
		status := http.StatusOK
		url, all := receiver(t, func() int { return status }, key)
		setHook(t, p, url, "whsec_"+base64.StdEncoding.EncodeToString(key))
		require.NoError(t, p.Service.TestHook(t.Context(), mine))
		require.Equal(t, "test", (<-all).Body.Type)
		status = http.StatusForbidden
		err := p.Service.TestHook(t.Context(), mine)
		require.Equal(t, api.Invalid, api.CodeOf(err))
		e := err.(*api.Error) //nolint:errorlint // services return it as it is
		require.Equal(t, []api.Problem{{Path: "url", Message: api.M("hook.refused", "status", http.StatusForbidden)}}, e.Problems)
		require.NotContains(t, dump(t, db, "hooks"), "own words", "what a receiver says is not kept")
	})
}

func TestAHookDoesNotReachWhatChecksDoNot(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		setHook(t, p, "http://169.254.169.254/latest/meta-data/", apitest.HookSecret)
		require.Equal(t, api.Invalid, api.CodeOf(p.Service.TestHook(t.Context(), mine)))
		require.Equal(t, api.M("hook.unreachable"), hook(t, p).LastError)
	})
}

func TestAHooksAddressAndSecretAreSealedAndResealed(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		older, newer := keyring.NewKey(), keyring.NewKey()
		p := plane(t, db, ring(t, older))
		url, all := receiver(t, always(http.StatusOK), []byte(apitest.HookSecret))
		const token = "hook-url-token-7f3a"
		url += "/" + token + "?access_token=" + token
		setHook(t, p, url, apitest.HookSecret)
		require.NoError(t, p.Service.TestHook(t.Context(), mine))
		<-all
		_, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Anyway)
		require.NoError(t, err)
		require.Equal(t, url, hook(t, p).URL, "the project sees its own")
		for _, table := range []string{"hooks", "hook_events", "audit"} {
			require.NotContains(t, dump(t, db, table), apitest.HookSecret)
			require.NotContains(t, dump(t, db, table), token, "an address may be a secret as well")
		}
		require.NotContains(t, dump(t, db, "hook_events"), "correct-horse-9")

		both := planeOn(t, db, ring(t, newer, older)).Service.(*embedded.Plane)
		n, err := both.Reseal(context.Background())
		require.NoError(t, err)
		require.Equal(t, 2, n, "a link and a hook")
		alone := planeOn(t, db, ring(t, newer))
		require.NoError(t, alone.Service.TestHook(t.Context(), mine))
		require.Len(t, all, 1)
	})
}
