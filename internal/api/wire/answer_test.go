package wire

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

// The memory of an answer as long as few are is not held for the next ones.
func TestTheBufferOfALongAnswerIsNotKept(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\x00", maxBuffer/6+1) // each six bytes of JSON
	for range 10 {
		rec := httptest.NewRecorder()
		c := echo.New().NewContext(httptest.NewRequest(http.MethodPost, "/", nil), rec)
		require.NoError(t, answer(c, http.StatusOK, long))
		require.Equal(t, len(long)*6+2, rec.Body.Len())
		kept := buffers.Get().(*bytes.Buffer)
		require.LessOrEqual(t, kept.Cap(), maxBuffer)
		buffers.Put(kept)
	}
}
