package objects

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"syscall"

	"github.com/minio/minio-go/v7"
)

// codes say what the errors of servers mean. Source: the error lists of S3, OBS,
// MinIO and Ceph, which share most of them.
var codes = map[string]error{
	"NoSuchKey": ErrNotFound, "NoSuchVersion": ErrNotFound, "NoSuchUpload": ErrNotFound,
	"NoSuchBucket": ErrNoStore, "InvalidBucketName": ErrNoStore, "InvalidBucketState": ErrNoStore, "PermanentRedirect": ErrNoStore,
	"QuotaExceeded": ErrFull, "XMinioStorageFull": ErrFull, "XMinioAdminBucketQuotaExceeded": ErrFull, "InsufficientStorageSpace": ErrFull,
	"InsufficientStorage": ErrFull, "QuotaExceed": ErrFull, "EntityTooLarge": ErrFull, "CapacityExceeded": ErrFull, "StorageFull": ErrFull,
	"PreconditionFailed": ErrChanged, "InvalidRange": ErrChanged,
	"BadDigest": ErrCorrupt, "InvalidDigest": ErrCorrupt, "XAmzContentSHA256Mismatch": ErrCorrupt, "XAmzContentChecksumMismatch": ErrCorrupt,
	"IncompleteBody": ErrUnreachable, "RequestTimeout": ErrUnreachable, "SlowDown": ErrUnreachable, "ServiceUnavailable": ErrUnreachable,
	"InternalError": ErrUnreachable, "OperationAborted": ErrUnreachable, "ConditionalRequestConflict": ErrUnreachable,
	"InvalidPart": ErrUnreachable, "InvalidPartOrder": ErrUnreachable, // somebody else sent one meanwhile: the next try looks again
	"RequestTimeTooSkewed": ErrDenied,
}

// word is a code that may be shown: nothing else of an answer is (S5).
var word = regexp.MustCompile(`^[A-Za-z0-9.]{1,64}$`)

// storeFault says what an error of the library or of the way to the server means.
func storeFault(err error) error {
	if err == nil || known(err) {
		return err
	}
	said, ok := errors.AsType[minio.ErrorResponse](err)
	if !ok {
		return fmt.Errorf("%w: %s", ErrUnreachable, lost(err))
	}
	kind := codes[said.Code]
	if kind == nil {
		kind = kindOf(said.StatusCode)
	}
	if !word.MatchString(said.Code) {
		said.Code = http.StatusText(said.StatusCode)
	}
	return fmt.Errorf("%w: %s (%d)", kind, said.Code, said.StatusCode)
}

// unsent is storeFault of what is sent: an upload that is not there was completed or
// given up by somebody else, and the next try finds out.
func unsent(err error) error {
	if err = storeFault(err); errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: the upload was ended by somebody else", ErrUnreachable)
	}
	return err
}

// kindOf judges an answer with a code that nobody knows.
func kindOf(status int) error {
	switch {
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusInsufficientStorage:
		return ErrFull
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= http.StatusInternalServerError, status == 0:
		return ErrUnreachable
	}
	return ErrDenied
}

// lost says why no answer came, in words of its own.
func lost(err error) string {
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return e.Err.Error()
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return "no answer in time"
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return "the connection was lost"
	}
	return "no answer"
}

// cancelled prefers that somebody gave up to what came of it.
func cancelled(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
