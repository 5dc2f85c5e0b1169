package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// receiver takes the events of a project's alerts and verifies each, as the
// Standard Webhooks specification tells receivers to.
type receiver struct {
	*httptest.Server

	t   *testing.T
	key []byte

	mu    sync.Mutex
	taken []event
}

// event is a request that a receiver has taken.
type event struct {
	Type  string
	ID    string
	Link  struct{ Name, Endpoint string }
	Check struct{ Status, Step, Path, Message string }

	body string
}

// receive starts a receiver. secret is the one that Switchboard is told.
func receive(t *testing.T, secret string) *receiver {
	t.Helper()
	r := &receiver{t: t, key: []byte(secret)}
	if text, encoded := strings.CutPrefix(secret, "whsec_"); encoded {
		key, err := base64.StdEncoding.DecodeString(text)
		require.NoError(t, err)
		r.key = key
	}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	var e event
	if err != nil || !r.isGenuine(request.Header, body) || json.Unmarshal(body, &e) != nil || e.ID != request.Header.Get("webhook-id") {
		r.t.Errorf("not a genuine event: %v %s", request.Header, body)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	e.body = string(body)
	r.mu.Lock()
	r.taken = append(r.taken, e)
	r.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// isGenuine verifies a signature.
func (r *receiver) isGenuine(h http.Header, body []byte) bool {
	at, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, r.key)
	_, _ = io.WriteString(mac, h.Get("webhook-id")+"."+h.Get("webhook-timestamp")+"."+string(body))
	return h.Get("webhook-signature") == "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// events are those that were taken so far, in their order.
func (r *receiver) events() []event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]event(nil), r.taken...)
}

// await waits until so many events were taken and returns the last.
func (r *receiver) await(count int) event {
	r.t.Helper()
	all := eventually(r.t, strconv.Itoa(count)+" events", func() ([]event, bool) {
		now := r.events()
		return now, len(now) >= count
	})
	require.Len(r.t, all, count)
	return all[count-1]
}
