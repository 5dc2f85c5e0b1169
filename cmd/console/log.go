package main

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"switchboard/internal/telemetry"
)

// Formats of the log.
const (
	logText = "text"
	logJSON = "json"
)

func newLog(to io.Writer, format string) *slog.Logger {
	if format == logJSON {
		return slog.New(slog.NewJSONHandler(to, nil))
	}
	return slog.New(slog.NewTextHandler(to, nil))
}

// observed writes a line for each request that next has answered, and counts it.
// The line has the route and not the path, let alone a query: those may hold what
// is nobody else's business.
func (s *served) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, out := time.Now(), &answerWriter{ResponseWriter: w}
		ctx, seen := telemetry.Watch(r.Context())
		s.Metrics.underWay.Inc()
		defer func() { // also when the answer is cut off
			took := time.Since(began)
			s.Metrics.underWay.Dec()
			s.Metrics.answered(r.Method, seen, out.code(), took)
			s.Log.LogAttrs(ctx, slog.LevelInfo, "request",
				slog.String("request_id", w.Header().Get("X-Request-Id")), slog.String("method", r.Method),
				slog.String("route", seen.Route), slog.Int("status", out.code()), slog.Int64("bytes", out.bytes),
				slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("user", seen.User), slog.String("addr", host(r)))
		}()
		next.ServeHTTP(out, r.WithContext(ctx))
	})
}

// answerWriter remembers how a request was answered.
type answerWriter struct {
	http.ResponseWriter

	status int
	bytes  int64
}

// code is the status; 200 for an answer that was begun without one, and 499, as
// other servers have it, if there was none because the client had gone.
func (w *answerWriter) code() int {
	if w.status == 0 {
		return statusGone
	}
	return w.status
}

const statusGone = 499

// WriteHeader implements http.ResponseWriter.
func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *answerWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what is underneath.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
