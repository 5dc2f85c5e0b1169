package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestUpstreamHeader(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, out http.Header }{
		"what is not ours goes on, with every value": {
			http.Header{"X-Tester": {"a", "b"}, "Content-Type": {"text/plain"}, "X-Cffee": {"c"}, "X-Authority": {"d"}},
			http.Header{"X-Tester": {"a", "b"}, "Content-Type": {"text/plain"}, "X-Cffee": {"c"}, "X-Authority": {"d"}},
		},
		"credentials stay": {
			http.Header{
				"Authorization": {"a"}, "X-Auth-Token": {"a"}, "X-Subject-Token": {"a"}, "X-Service-Token": {"a"}, "X-Security-Token": {"a"},
				"X-Sdk-Date": {"a"}, "X-Sdk-Content-Sha256": {"a"}, "X-Project-Id": {"a"}, "X-Domain-Id": {"a"}, "X-Cff-Log-Type": {"a"},
			},
			http.Header{},
		},
		"what is about the connection stays, and what that names": {
			http.Header{"Connection": {"close, X-Hop", "keep-alive,x-other"}, "X-Hop": {"a"}, "X-Other": {"a"}, "Te": {"a"}, "Upgrade": {"a"}, "Accept": {"b"}},
			http.Header{"Accept": {"b"}},
		},
		"who called is not to be made up": {
			http.Header{"X-Forwarded-For": {"10.0.0.1"}, "X-Forwarded-Proto": {"https"}, "Forwarded": {"for=10.0.0.1"}, "X-Real-Ip": {"10.0.0.1"}},
			http.Header{},
		},
		"nor by what is before other proxies": {
			http.Header{
				"True-Client-Ip": {"10.0.0.1"}, "Cf-Connecting-Ip": {"10.0.0.1"}, "X-Client-Ip": {"10.0.0.1"}, "Client-Ip": {"10.0.0.1"},
				"X-Cluster-Client-Ip": {"10.0.0.1"},
			},
			http.Header{},
		},
		"nor by names that CGI reads as these": {
			http.Header{
				"X_auth_token": {"a"}, "X_AUTH-TOKEN": {"a"}, "X-Auth_token": {"a"}, "X.auth.token": {"a"}, "X_sdk_date": {"a"},
				"X_forwarded_for": {"10.0.0.1"}, "Content_length": {"7"}, "X_tester": {"b"},
			},
			http.Header{"X_tester": {"b"}},
		},
		"cookies go on, but for the session": {
			http.Header{"Cookie": {"a=1; switchboard=secret; switchboard2=x", " __Host-switchboard = secret;b=2"}},
			http.Header{"Cookie": {"a=1; switchboard2=x; b=2"}},
		},
		"cookies without the session are as they were": {
			http.Header{"Cookie": {"a=1;b=2", "c"}},
			http.Header{"Cookie": {"a=1;b=2", "c"}},
		},
		"the session alone": {http.Header{"Cookie": {"switchboard=secret"}}, http.Header{}},
		"nothing":           {nil, http.Header{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := c.in.Clone()
			got := (&api.Call{Header: c.in}).UpstreamHeader()
			require.Equal(t, c.out, got)
			got.Set("Accept", "changed")
			require.Equal(t, before, c.in, "the call's own stays as it is")
		})
	}
}
