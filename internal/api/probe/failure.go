package probe

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"switchboard/internal/api"
)

// failure is something wrong with a step, in words for people: the messages
// "check.<name>", what happened, and "hint.<name>", what to do about it.
type failure struct {
	name  string
	hint  string         // the hint's name, if it is another
	path  string         // the input to blame, if one is
	step  api.StepName   // where it belongs, if that step is later than the one that met it
	args  map[string]any // of the messages, besides the attempt's own
	cause error          // the driver's own words; nil to keep them back
}

func (f *failure) Error() string { return "probe: " + f.name }

func (f *failure) stepOr(name api.StepName) api.StepName {
	if f.step == "" {
		return name
	}
	return f.step
}

// fault makes a failure that blames an input, or none if path is empty.
func fault(name, path string) *failure { return &failure{name: name, path: path} }

// afterSignIn returns f as a failure of the database step, which servers
// report in their answer to the sign-in.
func (f failure) afterSignIn() *failure {
	f.step = api.StepDatabase
	return &f
}

// because returns f with the driver's words.
func (f failure) because(cause error) *failure {
	f.cause = cause
	return &f
}

// hinting returns f with another hint.
func (f failure) hinting(name string) *failure {
	f.hint = name
	return &f
}

// with returns f with an argument for its messages.
func (f failure) with(name, value string) *failure {
	f.args = map[string]any{name: value}
	return &f
}

// explain makes a failure of any error that ended a check.
func explain(err error, at endpoint) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	switch {
	case errors.Is(err, context.Canceled):
		return fault("cancelled", "")
	case errors.Is(err, context.DeadlineExceeded):
		return fault("timeout", at.hostPath)
	case dropped(err):
		return fault("dropped", "").because(err)
	}
	return fault("unexpected", "").because(err)
}

// dropped reports whether the other side closed the connection.
func dropped(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func timedOut(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

func resolveFailure(ctx context.Context, err error, at endpoint) error {
	if ctx.Err() == context.Canceled {
		return err
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return fault("resolve.unknown", at.hostPath)
	}
	return fault("resolve.failed", at.hostPath)
}

// connectFailure explains why no connection came about. An address that the
// policy refuses and one that cannot be reached give the same answer (S3).
func connectFailure(ctx context.Context, err error, at endpoint) error {
	switch {
	case ctx.Err() == context.Canceled:
		return err
	case unreachable(err):
		return fault("connect.unreachable", at.hostPath)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fault("connect.refused", at.portPath).because(err)
	case timedOut(err), ended(ctx):
		return fault("connect.timeout", at.hostPath)
	}
	return err
}

// unreachable reports whether there is no way to an address, or none that the
// policy allows.
func unreachable(err error) bool {
	return slices.ContainsFunc([]error{
		errForbidden, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EADDRNOTAVAIL, syscall.EACCES, syscall.EPERM,
	}, func(cause error) bool { return errors.Is(err, cause) })
}

// Bounds of texts that come from servers, in characters.
const (
	maxDetail = 500
	maxFound  = 200
)

// clean is Clean with the secrets of the attempt.
func (a *attempt) clean(text string, limit int) string {
	return Clean(text, maps.Values(a.secrets), limit)
}

// Clean makes a text that may come from a server fit to be shown: no secret
// in any form in which it might be echoed, no control characters, capped. The
// secrets go first, so that none survives because the cap cut it.
func Clean(text string, secrets iter.Seq[api.Secret], limit int) string {
	for secret := range secrets {
		text = redact(text, secret.Reveal())
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.Is(unicode.Cf, r): // Cf: invisible, can turn the direction of writing
			return -1
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit-1]) + "…"
	}
	return text
}

func redact(text, secret string) string {
	if secret == "" {
		return text
	}
	quoted := strconv.Quote(secret)
	for _, form := range []string{
		secret, quoted[1 : len(quoted)-1], url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)),
	} {
		text = strings.ReplaceAll(text, form, "[…]")
	}
	return text
}
