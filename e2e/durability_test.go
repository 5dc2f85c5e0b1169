package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the wire API has acknowledged is there after the process was killed in
// the middle of its work.
func TestAcknowledgedLinksSurviveKill(t *testing.T) {
	t.Parallel()
	p := prepare(t, checkingForm)
	p.launch(t)
	p.await(t)
	acknowledged := killWhileCreating(t, p)
	require.GreaterOrEqual(t, len(acknowledged), killAfter)

	p.launch(t)
	p.await(t)
	t.Cleanup(func() { p.stop(t) })
	c := p.call(t)
	a := c.send(http.MethodGet, c.links()+"/all", nil)
	require.Equal(t, http.StatusOK, a.status)
	var listed struct{ Links []struct{ Name string } }
	require.NoError(t, json.Unmarshal([]byte(a.body), &listed))
	found := map[string]bool{}
	for _, link := range listed.Links {
		found[link.Name] = true
	}
	for _, name := range acknowledged {
		require.True(t, found[name], "%s was acknowledged and is gone", name)
	}
}

const (
	writers   = 4
	killAfter = 60 // acknowledged links
)

// killWhileCreating creates links from several connections, kills the process
// while they are at work, and returns the names that were acknowledged.
func killWhileCreating(t *testing.T, p *program) []string {
	t.Helper()
	c := p.call(t)
	acknowledged := make(chan string)
	var work sync.WaitGroup
	for writer := range writers {
		work.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("link_%d_%d", writer, n)
				if !c.tryCreate(name) {
					return
				}
				acknowledged <- name
			}
		})
	}
	go func() {
		work.Wait()
		close(acknowledged)
	}()
	var names []string
	for name := range acknowledged {
		if names = append(names, name); len(names) == killAfter {
			p.kill(t)
		}
	}
	return names
}

// tryCreate reports whether the creation of a link was acknowledged.
func (c *caller) tryCreate(name string) bool {
	body, err := json.Marshal(linkBody(name, somewhere(nil)))
	if err != nil {
		return false
	}
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+c.links(), bytes.NewReader(body))
	if err != nil {
		return false
	}
	r.Header.Set("X-Auth-Token", c.token)
	resp, err := c.http.Do(r)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}
