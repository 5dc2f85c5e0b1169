package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// Bounds of the body of a request, in bytes. The cloud takes 12 MB from
// everybody (spec/iam.md §2); nothing that is served here comes near a
// megabyte but files of links and code of functions, and memory is not lent to
// strangers.
const (
	maxBody        = 1 << 20
	maxCredentials = 64 << 10
)

// importRoute is the one that reads files.
const importRoute = "/switchboard/v1/projects/:project/links/import"

// bodyLimit is how long the body of a request may be, in bytes.
func bodyLimit(c echo.Context) int64 {
	switch c.Path() {
	case importRoute:
		return api.MaxImportFile
	case judgeRoute, additionsRoute:
		return maxEntries
	case invocationsRoute:
		return api.MaxInvocationBody
	case functionsRoute, codeRoute:
		return maxFunction
	}
	return maxBody
}

// maxBuffer is how long a buffer may have become, in bytes, to be kept for another
// answer: few are longer, and theirs would stay.
const maxBuffer = 1 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// answer sends body as JSON, or nothing but the status if body is nil.
func answer(c echo.Context, status int, body any) error {
	if body == nil {
		return c.NoContent(status)
	}
	b := buffers.Get().(*bytes.Buffer)
	defer keepBuffer(b)
	b.Reset()
	if err := encoder(b).Encode(body); err != nil {
		return err
	}
	return answerBytes(c, status, bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func keepBuffer(b *bytes.Buffer) {
	if b.Cap() <= maxBuffer {
		buffers.Put(b)
	}
}

func answerBytes(c echo.Context, status int, body []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	c.Response().WriteHeader(status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err := c.Response().Write(body)
	return err
}

// encoder writes JSON as it is: our answers are never part of a page.
func encoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

// readBody reads the whole body and puts it back for the next reader.
func readBody(c echo.Context, limit int64) ([]byte, error) {
	r := c.Request()
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, limit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		if c.Path() == invocationsRoute { // of which the service has its own opinion
			return nil, api.Errorf(api.Limit, "invoke.body_too_long", "max", limit>>20)
		}
		return nil, gateway(c, http.StatusRequestEntityTooLarge, "APIGW.0201", "Request entity too large")
	}
	if err != nil {
		return nil, gateway(c, http.StatusBadRequest, "APIGW.0201", "The request body ended before its announced length")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// language is what X-Language asks for: "zh-cn", "zh_cn" and the like are
// Chinese, all else is English.
func language(c echo.Context) string {
	if strings.HasPrefix(strings.ToLower(c.Request().Header.Get("X-Language")), locale.Chinese) {
		return locale.Chinese
	}
	return locale.English
}

func say(c echo.Context, m api.Message) string { return locale.In(language(c), m) }
