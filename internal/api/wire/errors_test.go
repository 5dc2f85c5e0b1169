package wire

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// flatFault requires that rec is an error in the flat form with that status and
// number, and returns its text.
func flatFault(t testing.TB, rec *httptest.ResponseRecorder, status int, code string) string {
	t.Helper()
	require.Equal(t, status, rec.Code, rec.Body.String())
	require.Equal(t, "application/json", rec.Header().Get("Content-Type"))
	require.NotEmpty(t, rec.Header().Get("X-Request-Id"))
	var body map[string]string
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body), rec.Body.String())
	require.Len(t, body, 2, "flat, and nothing else")
	require.Equal(t, code, body["error_code"], rec.Body.String())
	require.NotEmpty(t, body["error_msg"])
	require.NotRegexp(t, `\[[a-z]+\.`, body["error_msg"], "the text is in the catalogue")
	return body["error_msg"]
}
