package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever is posted to the form of a link is a form with problems, never a
// failure of ours.
func FuzzLinkForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", typed().Encode())
	f.Add("application/x-www-form-urlencoded", typed("op", "add:linkConfig.jdbcProperties", "linkConfig.jdbcProperties.7.key", "a").Encode())
	f.Add("application/x-www-form-urlencoded", typed("op", "remove:linkConfig.jdbcProperties.-1", "version", "9e99").Encode())
	f.Add("application/x-www-form-urlencoded", "connector=hdfs-connector&linkConfig.hadoopType=Apache+Hadoop&linkConfig.keytab.held=x.y&%zz")
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"connector\"\r\n\r\nhttp-connector\r\n--b--\r\n")
	f.Add("multipart/form-data", "--\r\n")
	f.Add("application/json", `{"connector": 1}`)
	s := newSite(f)
	// Saving and testing read the same form, but they would dial where it points.
	verbs := []string{"/edit", "/validate"}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		for _, verb := range verbs {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+s.links()+verb, strings.NewReader(body))
			require.NoError(t, err)
			req.Header["Content-Type"] = []string{strings.Map(printable, contentType)}
			res, err := s.client.Do(req)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Less(t, res.StatusCode, http.StatusInternalServerError, "%s: %s", verb, s.log.String())
		}
	})
}

// printable leaves out what no header can carry.
func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}
