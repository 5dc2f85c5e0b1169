package wire

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// invocationsRoute is where functions are called.
const invocationsRoute = functionRoute + "/invocations"

// answerTime is how long a caller may take to read an answer, however long it
// was to come.
const answerTime = 2 * time.Minute

// Headers of invocations (spec/aliases.md §6). The last three are ours: which
// version answered, why that one, and how the result is written.
const (
	headerLogType         = "X-Cff-Log-Type"
	headerRequestVersion  = "X-Cff-Request-Version"
	headerRequestID       = "X-Cff-Request-Id"
	headerResponseVersion = "X-Cff-Response-Version"
	headerSummary         = "X-Cff-Invoke-Summary"
	headerBilled          = "X-Cff-Billing-Duration"
	headerLog             = "X-Cff-Function-Log"
	headerErrCode         = "X-Func-Err-Code"
	headerIsErr           = "X-Is-Func-Err"

	headerVersion        = "X-Cff-Function-Version"
	headerVersionReason  = "X-Cff-Version-Reason"
	headerResultEncoding = "X-Cff-Result-Encoding"
)

// invocationJSON is the answer in the form v1.
type invocationJSON struct {
	RequestID string `json:"request_id"`
	Result    string `json:"result"`
	Log       string `json:"log"`
	Status    int    `json:"status"`
}

// invoke answers POST …/{urn}/invocations: 200 whatever the upstream's status
// was, in the form v1 unless v0 is asked for.
func (s *server) invoke(c echo.Context, scope api.Scope, urn api.FunctionURN) error {
	body, err := readBody(c, bodyLimit(c))
	if err != nil {
		return err
	}
	r := c.Request()
	said, err := s.Service.Invoke(r.Context(), scope, api.Call{
		Package: urn.Package, Function: urn.Name, Qualifier: urn.Qualifier, Header: r.Header, Body: body,
	})
	// The server's own deadline is for answers that come at once. Where there is
	// none, there is nothing to put off.
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(answerTime))
	if err != nil {
		describeFault(c, &said, err)
		return err
	}
	log := ""
	if r.Header.Get(headerLogType) == "tail" {
		log = s.logLine(c, &said)
	}
	describe(c, &said, log)
	if r.Header.Get(headerRequestVersion) == "v0" {
		return answerText(c, &said)
	}
	out := invocationJSON{RequestID: requestID(c), Result: string(said.Body), Log: log, Status: said.Status}
	if !utf8.Valid(said.Body) {
		out.Result = base64.StdEncoding.EncodeToString(said.Body)
		c.Response().Header().Set(headerResultEncoding, "base64")
	}
	return answer(c, http.StatusOK, &out)
}

// describe says in headers how an invocation went.
func describe(c echo.Context, said *api.Answer, log string) {
	h := c.Response().Header()
	h.Set(headerRequestID, requestID(c))
	describeDecision(h, said)
	h.Set(headerResponseVersion, "v1")
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	billed := int64((said.Took + time.Millisecond - 1) / time.Millisecond)
	h.Set(headerBilled, strconv.FormatInt(billed, 10))
	// What it used of its memory, nobody here knows.
	h.Set(headerSummary, fmt.Sprintf(`{"duration":%.3f,"billingDuration":%d,"memorySize":%d}`, milliseconds(said), billed, said.MemoryMB))
	h.Set(headerIsErr, "false")
	h.Set(headerErrCode, "0")
	if said.Status/100 != 2 {
		describeFailure(h, said.Status)
	}
	if log != "" {
		h.Set(headerLog, base64.StdEncoding.EncodeToString([]byte(log)))
	}
}

// describeFault says in headers what is known of an invocation without an answer:
// which version it would have come from, if that was decided.
func describeFault(c echo.Context, said *api.Answer, err error) {
	h := c.Response().Header()
	h.Set(headerRequestID, requestID(c))
	if said.Decision.Version != "" {
		describeDecision(h, said)
		describeFailure(h, fgsError(c, err).status)
	}
}

func describeDecision(h http.Header, said *api.Answer) {
	h.Set(headerVersion, said.Decision.Version)
	h.Set(headerVersionReason, string(said.Decision.Reason))
}

// describeFailure says with what HTTP status an invocation failed.
func describeFailure(h http.Header, status int) {
	h.Set(headerIsErr, "true")
	h.Set(headerErrCode, strconv.Itoa(status))
}

// logLine is what there is to log of an invocation that we did not run.
func (s *server) logLine(c echo.Context, said *api.Answer) string {
	return fmt.Sprintf("%s Finish invoke request '%s', version: %s, status: %d, duration: %.3fms\n",
		s.now().UTC().Format("2006-01-02T15:04:05Z"), requestID(c), said.Decision.Version, said.Status, milliseconds(said))
}

func milliseconds(said *api.Answer) float64 { return float64(said.Took) / float64(time.Millisecond) }

// answerText sends the result as it is. Whatever the upstream calls it, it is
// text and nothing that a browser would act upon: it has our origin (S26).
func answerText(c echo.Context, said *api.Answer) error {
	h := c.Response().Header()
	h.Set(headerResponseVersion, "v0")
	h.Set(echo.HeaderContentType, echo.MIMETextPlainCharsetUTF8)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(said.Body)))
	c.Response().WriteHeader(http.StatusOK)
	_, err := c.Response().Write(said.Body)
	return err
}
