package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/impl"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/response"

	"switchboard/internal/api"
	"switchboard/internal/api/sdk"
	"switchboard/internal/api/wire"
)

// MaxAnswer is how long an answer may be, in bytes.
const MaxAnswer = 8 << 20

// Answer is what a service said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // whole, at most MaxAnswer
	Took   time.Duration
}

var (
	errTooLong = errors.New("cloud: the answer is too long")
	// errUnread ends what the SDK does with an answer: it is read here, since the
	// SDK's types are stricter than the services are.
	errUnread = errors.New("cloud: the answer is not the SDK's")
)

// exchange is a call that is sent once. As the SDK's way to the network it carries the
// context, which the SDK knows nothing of, and keeps the answer as it came.
type exchange struct {
	ctx  context.Context //nolint:containedctx // of the one request that it is for
	next http.RoundTripper

	sent   atomic.Bool // there was a connection: something may have arrived
	answer Answer      // with a status if there is one, even if err says that its body is not whole
	err    error
}

// RoundTrip implements http.RoundTripper.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { x.sent.Store(true) },
	})
	began := time.Now()
	x.err = x.read(r.WithContext(ctx))
	x.answer.Took = time.Since(began)
	if x.err != nil {
		return nil, x.err
	}
	return &http.Response{StatusCode: x.answer.Status, Header: x.answer.Header, Body: http.NoBody, Request: r}, nil
}

func (x *exchange) read(r *http.Request) error {
	got, err := x.next.RoundTrip(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	x.answer.Status, x.answer.Header = got.StatusCode, got.Header
	x.answer.Body, err = io.ReadAll(io.LimitReader(got.Body, MaxAnswer+1))
	if err == nil && len(x.answer.Body) > MaxAnswer {
		return errTooLong
	}
	return err
}

// HandleError implements sdkerr.ErrorHandler.
func (x *exchange) HandleError(*request.DefaultHttpRequest, *response.DefaultHttpResponse) error {
	return errUnread
}

// send sends a call as who, in the SDK's types if they can say it, and otherwise as it
// is. The error says that the call itself makes no request.
func (x *exchange) send(call *wire.Call, base string, who auth.ICredential) error {
	_, body, err := call.Request(x.ctx, base)
	if err != nil {
		return err
	}
	for name, value := range call.Params {
		if !onePart(value) {
			return fmt.Errorf("cloud: %s of %s cannot stand in a path", name, call.Operation.ID)
		}
	}
	client := impl.NewDefaultHttpClient(config.DefaultHttpConfig().WithTimeout(0).WithHttpRoundTripper(x))
	filled := *call
	filled.Body, filled.Secrets = nil, nil
	if len(body) > 0 {
		filled.Body = body
	}
	if method, typed, ok := sdk.Request(&filled); ok && single(&filled) && call.Operation.ID != invocation {
		_, err = core.NewHcHttpClient(client).WithEndpoints([]string{base}).WithCredential(who).WithErrorHandler(x).
			WithExtraHeaders(call.Header).Sync(typed, method.Definition)
	} else {
		err = sendPlain(client, &filled, base, who)
	}
	if x.err == nil && x.answer.Status == 0 {
		return err
	}
	return nil // what the SDK made of it is not asked for
}

// invocation runs a function: with its event byte by byte as it was sent, for as long as
// the function takes, and never twice for one call.
const invocation = "InvokeFunction"

// onePart reports whether a value can stand in a path by itself. With an empty one the
// call would be another: that of the list, say, instead of that of one thing in it.
func onePart(value string) bool {
	return value != "" && value != "." && value != ".." && !strings.ContainsAny(value, "/{}\\")
}

// single reports whether no parameter is there twice, which the SDK's types cannot say.
func single(call *wire.Call) bool {
	for _, values := range call.Query {
		if len(values) > 1 {
			return false
		}
	}
	return true
}

// sendPlain sends what the SDK has no types for with its builder and signer.
func sendPlain(client *impl.DefaultHttpClient, call *wire.Call, base string, who auth.ICredential) error {
	path, err := url.PathUnescape(call.Path()) // the SDK escapes it again
	if err != nil {
		return err
	}
	b := request.NewHttpRequestBuilder().WithEndpoint(base).WithMethod(call.Operation.Method).WithPath(path).
		WithSigningAlgorithm(client.GetHttpConfig().SigningAlgorithm).
		AddHeaderParam("Content-Type", "application/json;charset=UTF-8")
	for name, value := range call.Header {
		b.AddHeaderParam(name, value)
	}
	for name, values := range call.Query {
		b.AddQueryParam(name, reflect.ValueOf(values))
	}
	if call.Body != nil {
		b.WithBody("", string(call.Body))
	}
	r, err := who.ProcessAuthRequest(client, b.Build())
	if err != nil {
		return err
	}
	_, err = client.SyncInvokeHttp(r)
	return err
}

// bearer has a token, or nothing yet.
type bearer struct {
	project string
	token   api.Secret
}

// ProcessAuthParams implements auth.ICredential.
func (b bearer) ProcessAuthParams(*impl.DefaultHttpClient, string) (auth.ICredential, error) {
	return b, nil
}

// ProcessAuthRequest implements auth.ICredential.
func (b bearer) ProcessAuthRequest(_ *impl.DefaultHttpClient, r *request.DefaultHttpRequest) (*request.DefaultHttpRequest, error) {
	to := r.Builder().AddAutoFilledPathParam("project_id", b.project)
	if !b.token.IsZero() {
		to.AddHeaderParam("X-Auth-Token", b.token.Reveal())
	}
	return to.Build(), nil
}
